-- A named helper speaks for the person who signed: what an officer writes down then bears the helper's name, kept
-- beside the case so that it can be read when the mandate is long gone.
ALTER TABLE case_draft
    ADD COLUMN mandate_id bigint CONSTRAINT fk_case_draft_mandate_id REFERENCES mandate (id) ON DELETE CASCADE,
    ADD COLUMN spoken_by text,
    ADD CONSTRAINT ck_case_draft_spoken CHECK (
        (mandate_id IS NULL) = (spoken_by IS NULL) AND (mandate_id IS NULL OR recorded_by IS NOT NULL));
ALTER TABLE cases
    ADD COLUMN mandate_id bigint CONSTRAINT fk_cases_mandate_id REFERENCES mandate (id) ON DELETE SET NULL,
    ADD COLUMN spoken_by text,
    ADD CONSTRAINT ck_cases_spoken CHECK (
        (mandate_id IS NULL OR spoken_by IS NOT NULL) AND (spoken_by IS NULL OR recorded_by IS NOT NULL));
CREATE INDEX ix_case_draft_mandate_id ON case_draft (mandate_id) WHERE mandate_id IS NOT NULL;
CREATE INDEX ix_cases_mandate_id ON cases (mandate_id) WHERE mandate_id IS NOT NULL;

-- Nothing is begun, changed or sent for a person by a mandate that has ended, is of another topic or was signed by
-- somebody else. The name is the one on the paper, whatever was given. Days are those of the westernmost zone.
CREATE FUNCTION mandate_speaks() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS
$$
BEGIN
    SELECT m.helper_name INTO NEW.spoken_by FROM mandate m
        WHERE m.id = NEW.mandate_id AND m.family_id = NEW.family_id AND m.person_id = NEW.person_id
          AND m.topic = 'cases' AND m.ended_at IS NULL AND m.until >= (now() AT TIME ZONE 'Asia/Jakarta')::date;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no mandate in force' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER mandate_speaks BEFORE INSERT OR UPDATE ON case_draft FOR EACH ROW
    WHEN (NEW.mandate_id IS NOT NULL OR NEW.spoken_by IS NOT NULL) EXECUTE FUNCTION mandate_speaks();
CREATE TRIGGER mandate_speaks BEFORE INSERT ON cases FOR EACH ROW
    WHEN (NEW.mandate_id IS NOT NULL OR NEW.spoken_by IS NOT NULL) EXECUTE FUNCTION mandate_speaks();

-- As before, and beside it: the kiosk on which the session began, and who is beside the member in a session of two,
-- which ends with the officer.
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

-- As before, and which key seals the cookie that the answer leaves: an older one is needed until every kiosk has been
-- opened once.
ALTER TABLE kiosk ADD COLUMN sealed_with smallint;
DROP FUNCTION kiosk_find(uuid);
CREATE FUNCTION kiosk_find(wanted uuid, key int)
RETURNS TABLE (id bigint, name text, village_id bigint, has_camera boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
#variable_conflict use_column
BEGIN
    UPDATE kiosk k SET last_seen_at = now(), sealed_with = key WHERE k.public_id = wanted AND k.revoked_at IS NULL
        AND (k.last_seen_at IS NULL OR k.last_seen_at < now() - interval '10 minutes'
             OR k.sealed_with IS DISTINCT FROM key);
    RETURN QUERY SELECT k.id, k.name, k.village_id, k.has_camera FROM kiosk k
        WHERE k.public_id = wanted AND k.revoked_at IS NULL;
END
$$;
GRANT EXECUTE ON FUNCTION kiosk_find(uuid, int) TO portal_anonymous;
