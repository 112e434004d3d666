-- A trail that was cut no longer verifies from its first event: the older version would call it broken, and rightly.
DROP FUNCTION audit_forget(int), audit_due(), audit_kept_since();
DROP TABLE audit_cut;
DROP TABLE kept_for;
DROP FUNCTION held_loads_drop(timestamptz);
REVOKE UPDATE (ended_at) ON web_session FROM portal_worker;
DROP INDEX ix_web_session_helped;
DROP FUNCTION look_note(bigint, text, text);
CREATE OR REPLACE FUNCTION look_note(family bigint, why text, reference text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
DECLARE sender bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM family f WHERE f.id = family AND f.village_id <@ staff_area()) THEN
        RAISE EXCEPTION 'a look outside the own villages' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT c.person_id INTO sender FROM cases c
        WHERE c.reference = look_note.reference AND c.family_id = family AND c.restricted;
    INSERT INTO look (family_id, person_id, staff_id, staff_name, staff_title, reason, case_reference)
        SELECT family, sender, s.id, s.name, s.title, why, look_note.reference FROM staff s WHERE s.id = current_staff()
        ON CONFLICT DO NOTHING;
    RETURN FOUND;
END
$$;
GRANT EXECUTE ON FUNCTION look_note(bigint, text, text) TO portal_staff;
REVOKE EXECUTE ON FUNCTION case_route(bigint, boolean, bigint) FROM portal_worker;
DROP FUNCTION staff_reset(bigint, bytea, int), staff_end(bigint, date), staff_shut_out(bigint);
DROP TRIGGER staff_keeps_an_administrator ON staff;
DROP FUNCTION staff_keeps_an_administrator();
DROP FUNCTION passkey_confirm(bytea, bytea, bytea, bytea, bigint, boolean, boolean, bytea, text, bytea, bytea);
DELETE FROM passkey_challenge WHERE purpose = 'step_up';
ALTER TABLE passkey_challenge DROP CONSTRAINT ck_passkey_challenge_purpose,
    ADD CONSTRAINT ck_passkey_challenge_purpose CHECK (purpose IN ('add', 'family', 'staff', 'code'));
CREATE OR REPLACE FUNCTION passkey_add(asked bytea, credential bytea, key_given bytea, count bigint, eligible boolean,
                            copied boolean, ways text[], called text)
RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
#variable_conflict use_variable
DECLARE
    spent passkey_challenge;
    made uuid;
BEGIN
    SELECT * INTO spent FROM passkey_spend(asked, 'add') c WHERE coalesce(c.person_id, -c.staff_id)
        = coalesce(current_person(), -current_staff());
    IF spent.key IS NULL OR (SELECT count(*) FROM passkey p WHERE p.person_id = spent.person_id
                             OR p.staff_id = spent.staff_id) >= 10 THEN RETURN NULL; END IF;
    INSERT INTO passkey (person_id, staff_id, credential_id, user_handle, public_key, sign_count, backup_eligible,
                         backed_up, transports, name)
    VALUES (spent.person_id, spent.staff_id, credential, spent.user_handle, key_given, count, eligible, copied, ways,
            called)
    ON CONFLICT (credential_id) DO NOTHING RETURNING public_id INTO made;
    RETURN made;
END
$$;
CREATE OR REPLACE FUNCTION passkey_remove(which uuid, in_lane text, device bytea, proven text, step bigint)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    IF NOT own_proven(in_lane, device, proven, step) THEN RETURN false; END IF;
    DELETE FROM passkey p WHERE p.public_id = which AND (p.person_id = current_person()
        OR (current_person() IS NULL AND p.staff_id = current_staff()));
    RETURN true;
END
$$;
CREATE OR REPLACE FUNCTION staff_set_role(officer bigint, wanted text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
BEGIN
    IF officer <> ALL (staff_managed()) THEN RETURN NULL; END IF;
    IF wanted = 'administrator' THEN
        INSERT INTO staff_proposal (act, staff_id, proposed_by) VALUES ('make_administrator', officer, current_staff())
            ON CONFLICT DO NOTHING;
        RETURN 'proposed';
    END IF;
    UPDATE staff SET role = wanted WHERE id = officer AND active;
    IF NOT FOUND THEN RETURN NULL; END IF;
    DELETE FROM staff_proposal p WHERE p.staff_id = officer AND p.confirmed_at IS NULL;
    UPDATE web_session w SET ended_at = now() WHERE w.staff_id = officer AND w.ended_at IS NULL;
    RETURN 'changed';
END
$$;
