-- Who is told in person: whom no channel reaches, and who told them.
ALTER TABLE notice ADD COLUMN told_at timestamptz,
    ADD COLUMN told_by bigint CONSTRAINT fk_notice_told_by_staff REFERENCES staff (id);
CREATE INDEX ix_notice_told_by ON notice (told_by) WHERE told_by IS NOT NULL;

-- Messages of the officer's villages that wait unread and that no channel carries or carried. Never one of a sealed case
-- or of a relative; and only for whom they are, since when and how many, not what they say.
CREATE FUNCTION notices_untold(keys text[], before timestamptz)
RETURNS TABLE (notice_id bigint, family_id bigint, person_id bigint, created_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT n.id, n.family_id, n.person_id, n.created_at
    FROM notice n JOIN family f ON f.id = n.family_id AND f.closed_on IS NULL
    WHERE f.village_id <@ staff_case_area() AND n.family_id <> ALL (staff_kin())
      AND n.key = ANY (keys) AND n.read_at IS NULL AND n.told_at IS NULL
      AND n.created_at < before AND n.created_at > before - interval '90 days'
      AND NOT EXISTS (SELECT FROM cases c WHERE c.reference = n.case_reference AND c.restricted)
      AND NOT EXISTS (SELECT FROM delivery d WHERE d.family_id = n.family_id AND d.notice_id = n.id
                      AND d.state IN ('waiting', 'sending', 'sent'))
$$;
CREATE FUNCTION notices_tell(keys text[], before timestamptz, family bigint, person bigint) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE told integer;
BEGIN
    UPDATE notice n SET told_at = now(), told_by = current_staff()
        FROM notices_untold(keys, before) u
        WHERE u.family_id = family AND u.person_id = person AND n.family_id = u.family_id AND n.id = u.notice_id;
    GET DIAGNOSTICS told = ROW_COUNT;
    IF told > 0 THEN
        PERFORM audit_record('notice_told', family, jsonb_build_object('count', told));
    END IF;
    RETURN told;
END
$$;
REVOKE EXECUTE ON FUNCTION notices_untold(text[], timestamptz),
    notices_tell(text[], timestamptz, bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION notices_untold(text[], timestamptz),
    notices_tell(text[], timestamptz, bigint, bigint) TO portal_staff;

-- What became of the messages of a case that the officer may see: the channel and the moment, for the path of the case.
CREATE FUNCTION case_deliveries(wanted text) RETURNS TABLE (channel text, state text, at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT d.channel, d.state, max(d.changed_at)
    FROM cases c
    JOIN notice n ON n.family_id = c.family_id AND n.case_reference = c.reference
    JOIN delivery d ON d.family_id = n.family_id AND d.notice_id = n.id
    WHERE c.reference = wanted AND NOT c.restricted AND c.village_id <@ staff_case_area()
    GROUP BY d.message_key, d.channel, d.state
$$;
REVOKE EXECUTE ON FUNCTION case_deliveries(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION case_deliveries(text) TO portal_staff;
