-- What an officer writes down for a person, who helped in a session of two, and mandates of helpers.

ALTER TABLE case_draft
    ADD COLUMN recorded_by bigint CONSTRAINT fk_case_draft_recorded_by REFERENCES staff (id),
    ADD COLUMN recorded_at_place text,
    ADD CONSTRAINT ck_case_draft_recorded CHECK (
        (recorded_by IS NULL) = (recorded_at_place IS NULL) AND recorded_at_place IN ('counter', 'visit'));
ALTER TABLE cases
    ADD COLUMN recorded_by bigint CONSTRAINT fk_cases_recorded_by REFERENCES staff (id),
    ADD COLUMN recorded_at_place text,
    ADD COLUMN helped_by bigint CONSTRAINT fk_cases_helped_by REFERENCES staff (id),
    ADD CONSTRAINT ck_cases_recorded CHECK (
        (recorded_by IS NULL) = (recorded_at_place IS NULL) AND recorded_at_place IN ('counter', 'visit')),
    -- Whoever wrote it down never has it, whatever way it goes.
    ADD CONSTRAINT ck_cases_recorder_never_has_it CHECK (assigned_to IS DISTINCT FROM recorded_by OR recorded_by IS NULL),
    -- What must go past the officers of the village is not told to one of them.
    ADD CONSTRAINT ck_cases_sealed_is_not_recorded CHECK (recorded_by IS NULL OR NOT restricted);
-- The officer beside a member in a session of two, from the key that the first statement of a transaction sets.
CREATE FUNCTION current_helper() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('portal.helper_id', true), '')::bigint $$;
GRANT EXECUTE ON FUNCTION current_helper() TO portal_family;

ALTER TABLE web_session ADD COLUMN helped_by bigint CONSTRAINT fk_web_session_helped_by REFERENCES staff (id),
    ADD CONSTRAINT ck_web_session_helped_is_a_familys CHECK (helped_by IS NULL OR account_id IS NOT NULL);

-- Whether the officer who asks may write down what this member says: one who sits at a counter, in a village of
-- today, not for the own family, and for an adult (or a head of family) who is not recorded as dead.
CREATE FUNCTION may_record(family bigint, person bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
    SELECT EXISTS (
        SELECT FROM staff s
        JOIN family f ON f.id = family AND f.village_id <@ staff_area()
        JOIN member m ON m.family_id = f.id AND m.person_id = person AND m.until IS NULL AND m.alive IS NOT FALSE
            AND (m.relation = 1 OR m.birth_date IS NULL OR m.birth_date <= current_date - interval '18 years')
        WHERE s.id = current_staff() AND s.active AND s.role IN ('social_worker', 'village_operator', 'supervisor')
          AND family <> ALL (staff_kin()))
$$;
GRANT EXECUTE ON FUNCTION may_record(bigint, bigint) TO portal_staff;

-- The public ids and the name of such a member, for the addresses of the counter's pages.
CREATE FUNCTION recordable_person(family bigint, person bigint)
RETURNS TABLE (family_public uuid, person_public uuid, name text) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
    SELECT f.public_id, p.public_id, m.name FROM member m
    JOIN family f ON f.id = m.family_id JOIN person p ON p.id = m.person_id
    WHERE m.family_id = family AND m.person_id = person AND m.until IS NULL AND may_record(family, person)
$$;
GRANT EXECUTE ON FUNCTION recordable_person(bigint, bigint) TO portal_staff;

-- A draft returns to whoever writes it: the member's own, or the officer's who writes for a member.
DROP POLICY own_draft ON case_draft;
CREATE POLICY own_draft ON case_draft TO portal_family USING (
    person_id = (SELECT current_person()) AND family_id = (SELECT current_family()) AND recorded_by IS NULL);
GRANT SELECT, INSERT, UPDATE, DELETE ON case_draft TO portal_staff;
CREATE POLICY records_for_family ON case_draft TO portal_staff
    USING (recorded_by = (SELECT current_staff()) AND may_record(family_id, person_id));

-- Papers of such a draft: added, taken out again, and moved into the case.
GRANT INSERT, DELETE ON case_file TO portal_staff;
GRANT UPDATE (case_id) ON case_file TO portal_staff;
CREATE POLICY of_recorded_draft ON case_file TO portal_staff
    USING (case_id IS NULL AND EXISTS (
        SELECT FROM case_draft d WHERE d.id = case_file.draft_id AND d.family_id = case_file.family_id))
    WITH CHECK (EXISTS (
            SELECT FROM case_draft d WHERE d.id = case_file.draft_id AND d.family_id = case_file.family_id
              AND d.person_id = case_file.person_id)
        AND (case_id IS NULL OR EXISTS (
            SELECT FROM cases c WHERE c.family_id = case_file.family_id AND c.id = case_file.case_id
              AND c.draft_id = case_file.draft_id)));

GRANT INSERT ON cases TO portal_staff;
CREATE POLICY records_for_family ON cases FOR INSERT TO portal_staff WITH CHECK (
    recorded_by = (SELECT current_staff()) AND state = 'sent' AND helped_by IS NULL AND decision IS NULL
    AND may_record(family_id, person_id)
    AND village_id = (SELECT f.village_id FROM family f WHERE f.id = family_id));
-- The counter sees what was written down at one, and nothing else of cases: to print it, and to hear that it is not so.
CREATE POLICY recorded_at_counter ON cases FOR SELECT TO portal_staff
    USING (recorded_by IS NOT NULL AND may_record(family_id, person_id));
CREATE POLICY disowned_at_counter ON cases FOR UPDATE TO portal_staff
    USING (recorded_by IS NOT NULL AND may_record(family_id, person_id)) WITH CHECK (state = 'disowned');
-- Whoever wrote it down makes no move of it.
CREATE POLICY not_the_recorder ON cases AS RESTRICTIVE FOR UPDATE TO portal_staff
    USING (recorded_by IS DISTINCT FROM (SELECT current_staff()));
-- What is sent in a session of two says who helped.
CREATE POLICY says_who_helped ON cases AS RESTRICTIVE FOR INSERT TO portal_family
    WITH CHECK (recorded_by IS NULL AND helped_by IS NOT DISTINCT FROM (SELECT current_helper()));
-- The person whose words they are said to be may say that they are not.
CREATE POLICY disowns_own ON cases FOR UPDATE TO portal_family
    USING (family_id = (SELECT current_family()) AND person_id = (SELECT current_person()) AND recorded_by IS NOT NULL)
    WITH CHECK (family_id = (SELECT current_family()) AND person_id = (SELECT current_person())
                AND recorded_by IS NOT NULL AND state = 'disowned');

-- To whom a case goes: as before, and never to ``not_to``.
DROP FUNCTION case_route(bigint, boolean);
CREATE FUNCTION case_route(family bigint, sealed boolean, not_to bigint DEFAULT NULL)
RETURNS TABLE (staff_id bigint, level text) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
    SELECT s.staff_id,
        CASE s.role WHEN 'social_worker' THEN 'village' WHEN 'supervisor' THEN 'kecamatan' ELSE 'regency' END
    FROM family f
    JOIN serving() s ON f.village_id <@ s.villages
        AND (s.role = 'regency_office' OR NOT sealed AND s.role IN ('social_worker', 'supervisor'))
    LEFT JOIN companion c ON c.family_id = f.id AND c.staff_id = s.staff_id
    WHERE f.id = family AND s.staff_id IS DISTINCT FROM not_to
      AND NOT EXISTS (SELECT FROM staff_kinship k WHERE k.staff_id = s.staff_id AND k.family_id = f.id)
    ORDER BY array_position(ARRAY['social_worker', 'supervisor', 'regency_office'], s.role),
        c.staff_id IS NULL,
        (SELECT count(*) FROM cases o WHERE o.assigned_to = s.staff_id AND o.closed_at IS NULL),
        s.staff_id
    LIMIT 1
$$;
GRANT EXECUTE ON FUNCTION case_route(bigint, boolean, bigint) TO portal_family, portal_staff;

DROP FUNCTION case_route_above(bigint, bigint, text);
CREATE FUNCTION case_route_above(family bigint, village bigint, from_level text, not_to bigint DEFAULT NULL)
RETURNS TABLE (staff_id bigint, level text) LANGUAGE sql STABLE SET search_path = public, pg_temp AS
$$
    SELECT s.staff_id, CASE s.role WHEN 'supervisor' THEN 'kecamatan' ELSE 'regency' END
    FROM serving() s
    WHERE village <@ s.villages AND s.staff_id IS DISTINCT FROM not_to
      AND (s.role = 'regency_office' OR from_level = 'village' AND s.role = 'supervisor')
      AND NOT EXISTS (SELECT FROM staff_kinship k WHERE k.staff_id = s.staff_id AND k.family_id = family)
    ORDER BY s.role = 'regency_office',
        (SELECT count(*) FROM cases o WHERE o.assigned_to = s.staff_id AND o.closed_at IS NULL),
        s.staff_id
    LIMIT 1
$$;
GRANT EXECUTE ON FUNCTION case_route_above(bigint, bigint, text, bigint) TO portal_worker;

CREATE OR REPLACE FUNCTION cases_follow_family() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
DECLARE
    moving cases;
    taker bigint;
    taker_level text;
BEGIN
    FOR moving IN SELECT * FROM cases c WHERE c.family_id = NEW.id ORDER BY c.id FOR UPDATE LOOP
        IF moving.closed_at IS NOT NULL OR serves(moving.assigned_to, NEW.village_id) THEN
            UPDATE cases c SET village_id = NEW.village_id WHERE c.family_id = NEW.id AND c.id = moving.id;
            CONTINUE;
        END IF;
        SELECT r.staff_id, r.level INTO taker, taker_level
            FROM case_route(NEW.id, moving.restricted, moving.recorded_by) r;
        taker_level := coalesce(taker_level, 'regency');
        UPDATE cases c SET village_id = NEW.village_id, assigned_to = taker, level = taker_level,
            version = c.version + 1 WHERE c.family_id = NEW.id AND c.id = moving.id;
        INSERT INTO case_event (family_id, case_id, event, actor_kind, actor_name, state, data)
        VALUES (NEW.id, moving.id, 'followed', 'portal', 'Portal', moving.state, jsonb_build_object('level', taker_level));
        PERFORM audit_record('case_followed', NEW.id,
                             jsonb_build_object('reference', moving.reference, 'level', taker_level));
    END LOOP;
    RETURN NULL;
END
$$;

-- Disowned: it leaves whoever has it for the kecamatan's supervisor or the regency office, never for its recorder.
CREATE FUNCTION disowned_goes_up() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
DECLARE up record;
BEGIN
    SELECT r.staff_id, r.level INTO up FROM case_route_above(NEW.family_id, NEW.village_id, 'village', NEW.recorded_by) r;
    NEW.assigned_to := up.staff_id;
    NEW.level := coalesce(up.level, 'regency');
    RETURN NEW;
END
$$;
CREATE TRIGGER disowned_goes_up BEFORE UPDATE OF state ON cases FOR EACH ROW
    WHEN (NEW.state = 'disowned' AND OLD.state IS DISTINCT FROM 'disowned') EXECUTE FUNCTION disowned_goes_up();

-- A named helper of a family for a topic until a day, signed on paper before an officer.
CREATE TABLE mandate (
    id bigint GENERATED BY DEFAULT AS IDENTITY CONSTRAINT pk_mandate PRIMARY KEY,
    public_id uuid NOT NULL DEFAULT gen_random_uuid() CONSTRAINT uq_mandate_public_id UNIQUE,
    family_id bigint NOT NULL CONSTRAINT fk_mandate_family_id REFERENCES family (id),
    person_id bigint NOT NULL CONSTRAINT fk_mandate_person_id REFERENCES person (id),
    helper_name text NOT NULL,
    helper_relation text NOT NULL,
    topic text NOT NULL,
    since date NOT NULL DEFAULT current_date,
    until date NOT NULL,
    granted_by bigint NOT NULL CONSTRAINT fk_mandate_granted_by REFERENCES staff (id),
    officer_name text NOT NULL,
    granted_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    ended_by text,
    CONSTRAINT ck_mandate_topic CHECK (topic IN ('cases', 'aid')),
    CONSTRAINT ck_mandate_relation CHECK (helper_relation IN ('relative', 'neighbour', 'cadre', 'officer', 'other')),
    CONSTRAINT ck_mandate_one_year CHECK (until >= since AND until <= since + 366),
    CONSTRAINT ck_mandate_ended CHECK ((ended_at IS NULL) = (ended_by IS NULL) AND ended_by IN ('family', 'staff'))
);
CREATE INDEX ix_mandate_family_id ON mandate (family_id);
ALTER TABLE mandate ENABLE ROW LEVEL SECURITY;
CREATE POLICY worker_all ON mandate TO portal_worker USING ((SELECT current_job()) <> '');
GRANT SELECT, DELETE ON mandate TO portal_worker;
GRANT SELECT ON mandate TO portal_family;
GRANT UPDATE (ended_at, ended_by) ON mandate TO portal_family;
CREATE POLICY own_family ON mandate FOR SELECT TO portal_family USING (family_id = (SELECT current_family()));
CREATE POLICY ends_own ON mandate FOR UPDATE TO portal_family
    USING (family_id = (SELECT current_family()) AND ended_at IS NULL)
    WITH CHECK (family_id = (SELECT current_family()) AND ended_by = 'family');
GRANT SELECT, INSERT ON mandate TO portal_staff;
GRANT UPDATE (ended_at, ended_by) ON mandate TO portal_staff;
CREATE POLICY assigned_area ON mandate FOR SELECT TO portal_staff USING (may_record(family_id, person_id));
CREATE POLICY grants_at_counter ON mandate FOR INSERT TO portal_staff WITH CHECK (
    granted_by = (SELECT current_staff()) AND ended_at IS NULL AND since = current_date
    AND may_record(family_id, person_id));
CREATE POLICY ends_at_counter ON mandate FOR UPDATE TO portal_staff
    USING (ended_at IS NULL AND may_record(family_id, person_id))
    WITH CHECK (ended_by = 'staff' AND may_record(family_id, person_id));
-- The paper that was signed, under the mandate's own id.
CREATE POLICY of_granted_mandate ON case_file FOR INSERT TO portal_staff WITH CHECK (
    case_id IS NULL AND label = 'mandate' AND EXISTS (
        SELECT FROM mandate m WHERE m.public_id = case_file.draft_id AND m.family_id = case_file.family_id
          AND m.person_id = case_file.person_id AND m.granted_by = (SELECT current_staff())));
CREATE POLICY of_seen_mandate ON case_file FOR SELECT TO portal_staff USING (
    case_id IS NULL AND label = 'mandate' AND EXISTS (
        SELECT FROM mandate m WHERE m.public_id = case_file.draft_id AND m.family_id = case_file.family_id));

-- A session of two in the making: the member's PIN was right at a kiosk, and an officer has to confirm the code that
-- the kiosk shows, signed in on a device of their own. Ten minutes at most.
CREATE TABLE helped_pairing (
    token_hash bytea NOT NULL CONSTRAINT pk_helped_pairing PRIMARY KEY,
    code_hash bytea NOT NULL CONSTRAINT uq_helped_pairing_code_hash UNIQUE,
    account_id bigint NOT NULL CONSTRAINT fk_helped_pairing_account_id REFERENCES account (id),
    subject_hash bytea NOT NULL,
    lane text NOT NULL,
    proven text NOT NULL,
    kiosk_id bigint NOT NULL CONSTRAINT fk_helped_pairing_kiosk_id REFERENCES kiosk (id),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    staff_id bigint CONSTRAINT fk_helped_pairing_staff_id REFERENCES staff (id),
    confirmed_at timestamptz,
    used_at timestamptz
);
CREATE INDEX ix_helped_pairing_expires_at ON helped_pairing (expires_at);
ALTER TABLE helped_pairing ENABLE ROW LEVEL SECURITY;
CREATE POLICY worker_all ON helped_pairing TO portal_worker USING ((SELECT current_job()) <> '');
GRANT SELECT, DELETE ON helped_pairing TO portal_worker;

-- Leave the code of a session of two. Takes nothing on trust: the account is the open one of this keyed hash of a
-- NIK, and its stored hash is the one that was proven.
CREATE FUNCTION helped_offer(token bytea, code bytea, account bigint, subject bytea, in_lane text, proven_hash text,
                             on_kiosk bigint, minutes int)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
#variable_conflict use_column
BEGIN
    IF NOT EXISTS (SELECT FROM account a JOIN nik_index n ON n.person_id = a.person_id AND n.nik_hash = subject
                   WHERE a.id = account AND a.closed_at IS NULL AND a.pin_hash = proven_hash)
       OR NOT EXISTS (SELECT FROM kiosk k WHERE k.id = on_kiosk AND k.revoked_at IS NULL) THEN
        RETURN false;
    END IF;
    INSERT INTO helped_pairing (token_hash, code_hash, account_id, subject_hash, lane, proven, kiosk_id, expires_at)
    VALUES (token, code, account, subject, in_lane, proven_hash, on_kiosk, now() + make_interval(mins => minutes));
    RETURN true;
END
$$;

-- Whether an officer confirmed, for the kiosk that holds the token. One row while the code lives, else none.
CREATE FUNCTION helped_state(token bytea) RETURNS TABLE (name text, title text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT s.name, s.title FROM helped_pairing p LEFT JOIN staff s ON s.id = p.staff_id AND s.active
    WHERE p.token_hash = token AND p.used_at IS NULL AND p.expires_at > now()
$$;

-- Begin the session of two: confirmed by an officer who still serves that village, the PIN still the proven one, the
-- lane open. Once.
CREATE FUNCTION helped_begin(token bytea, session_token bytea, idle_minutes int, minutes int)
RETURNS TABLE (account_id bigint, person_id bigint, family_id bigint, staff_id bigint, name text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
#variable_conflict use_column
DECLARE
    pair helped_pairing;
    mine account;
    officer staff;
BEGIN
    SELECT * INTO pair FROM helped_pairing p WHERE p.token_hash = token AND p.used_at IS NULL
        AND p.confirmed_at IS NOT NULL AND p.expires_at > now() FOR UPDATE;
    IF NOT FOUND THEN RETURN; END IF;
    SELECT s.* INTO officer FROM staff s JOIN kiosk k ON k.id = pair.kiosk_id AND k.revoked_at IS NULL
        WHERE s.id = pair.staff_id AND s.active AND serves(s.id, k.village_id);
    IF NOT FOUND THEN RETURN; END IF;
    SELECT * INTO mine FROM account a WHERE a.id = pair.account_id AND a.closed_at IS NULL AND a.pin_hash = pair.proven
        FOR UPDATE;
    IF NOT FOUND OR NOT signin_lane_opens(pair.subject_hash, pair.lane)
        OR pair.lane LIKE 'kiosk:%' AND NOT signin_lane_opens(sha256(convert_to(pair.lane, 'UTF8')), 'kiosk')
    THEN RETURN; END IF;
    UPDATE helped_pairing p SET used_at = now() WHERE p.token_hash = token;
    UPDATE account a SET last_visit_at = now() WHERE a.id = mine.id;
    INSERT INTO web_session (token_hash, account_id, idle_ends_after, expires_at, previous_visit_at, helped_by, kiosk_id)
    VALUES (session_token, mine.id, idle_minutes, now() + make_interval(mins => minutes), mine.last_visit_at, officer.id,
            pair.kiosk_id);
    RETURN QUERY SELECT mine.id, mine.person_id, mine.family_id, officer.id, officer.name;
END
$$;
GRANT EXECUTE ON FUNCTION helped_offer(bytea, bytea, bigint, bytea, text, text, bigint, int),
    helped_state(bytea), helped_begin(bytea, bytea, int, int) TO portal_anonymous;

-- What a code stands for, to an officer who may help that family: at a kiosk of the own villages, not the own family.
CREATE FUNCTION helped_offered(code bytea)
RETURNS TABLE (account_id bigint, person_id bigint, family_id bigint, name text, kiosk_name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT a.id, a.person_id, m.family_id, m.name, k.name
    FROM helped_pairing p JOIN kiosk k ON k.id = p.kiosk_id AND k.revoked_at IS NULL AND k.village_id <@ staff_area()
    JOIN account a ON a.id = p.account_id AND a.closed_at IS NULL
    JOIN LATERAL (
        SELECT o.family_id, o.name FROM member o WHERE o.person_id = a.person_id AND o.until IS NULL
        ORDER BY (o.family_id = a.family_id) DESC, o.family_id LIMIT 1) m ON true
    WHERE p.code_hash = code AND p.used_at IS NULL AND p.staff_id IS NULL AND p.expires_at > now()
      AND may_record(m.family_id, a.person_id)
$$;
CREATE FUNCTION helped_confirm(code bytea) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
BEGIN
    IF NOT EXISTS (SELECT FROM helped_offered(code)) THEN RETURN false; END IF;
    UPDATE helped_pairing p SET staff_id = current_staff(), confirmed_at = now()
        WHERE p.code_hash = code AND p.staff_id IS NULL;
    RETURN FOUND;
END
$$;
GRANT EXECUTE ON FUNCTION helped_offered(bytea), helped_confirm(bytea) TO portal_staff;
