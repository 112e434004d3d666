DROP FUNCTION session_find(bytea, boolean);
CREATE FUNCTION session_find(token bytea, touch boolean DEFAULT true)
RETURNS TABLE (account_id bigint, staff_id bigint, person_id bigint, family_id bigint, member_id bigint,
               relation smallint, name text, language text, role text, title text, village_id bigint,
               previous_visit_at timestamptz, record_revision int, cases_revision int, inbox_revision int,
               kiosk_id bigint, helper_id bigint, helper_name text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
#variable_conflict use_column
DECLARE
    found web_session;
    beside text;
BEGIN
    SELECT * INTO found FROM web_session s WHERE s.token_hash = token AND s.ended_at IS NULL
        AND s.expires_at > now() AND s.last_seen_at + make_interval(mins => s.idle_ends_after) > now();
    IF found.token_hash IS NULL THEN RETURN; END IF;
    IF found.helped_by IS NOT NULL THEN
        SELECT s.name INTO beside FROM staff s WHERE s.id = found.helped_by AND s.active;
        IF beside IS NULL THEN RETURN; END IF;
    END IF;
    IF touch AND found.last_seen_at < now() - make_interval(
            secs => 60 - 55 * (found.kiosk_id IS NOT NULL)::int) THEN
        PERFORM set_config('synchronous_commit', 'off', true);  -- no page waits for the disk to remember a minute
        UPDATE web_session s SET last_seen_at = now() WHERE s.token_hash = token;
    END IF;
    IF found.staff_id IS NOT NULL THEN
        RETURN QUERY SELECT NULL::bigint, s.id, NULL::bigint, NULL::bigint, NULL::bigint, NULL::smallint, s.name,
                'id'::text, s.role, s.title,
                (SELECT min(t.area_id) FROM staff_assignment t WHERE t.staff_id = s.id), found.previous_visit_at, 0, 0, 0,
                found.kiosk_id, NULL::bigint, NULL::text
            FROM staff s WHERE s.id = found.staff_id AND s.active;
    ELSE
        RETURN QUERY SELECT a.id, NULL::bigint, a.person_id, m.family_id, m.id, m.relation, m.name,
                a.language, NULL::text, NULL::text, f.village_id, found.previous_visit_at,
                f.revision, f.cases_revision, a.inbox_revision, found.kiosk_id, found.helped_by, beside
            FROM account a CROSS JOIN LATERAL (
                SELECT o.family_id, o.id, o.relation, o.name FROM member o
                WHERE o.person_id = a.person_id AND o.until IS NULL
                ORDER BY (o.family_id = a.family_id) DESC, o.family_id LIMIT 1) m
            JOIN family f ON f.id = m.family_id
            WHERE a.id = found.account_id AND a.closed_at IS NULL;
    END IF;
END
$$;
GRANT EXECUTE ON FUNCTION session_find(bytea, boolean) TO portal_anonymous;
DROP FUNCTION offerings_published(bigint);
DROP TABLE regency_catalogue;
DROP TABLE offering_version;
DROP TABLE offering;
DROP FUNCTION catalogue_raised();
DROP FUNCTION offering_signed();
DROP FUNCTION offering_version_signed();
