-- A passkey that comes or goes is told to the member whose it is: whoever knew the PIN could have made one.
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
    IF made IS NOT NULL AND spent.person_id IS NOT NULL THEN
        INSERT INTO notice (family_id, person_id, key, "values")
        VALUES (current_family(), spent.person_id, 'passkey_added', '{}');
    END IF;
    RETURN made;
END
$$;

-- As before, and told to the member.
CREATE OR REPLACE FUNCTION passkey_remove(which uuid, in_lane text, device bytea, proven text, step bigint)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    IF NOT own_proven(in_lane, device, proven, step) THEN RETURN false; END IF;
    DELETE FROM passkey p WHERE p.public_id = which AND (p.person_id = current_person()
        OR (current_person() IS NULL AND p.staff_id = current_staff()));
    IF FOUND AND current_person() IS NOT NULL THEN
        INSERT INTO notice (family_id, person_id, key, "values")
        VALUES (current_family(), current_person(), 'passkey_removed', '{}');
    END IF;
    RETURN true;
END
$$;

-- An officer's passkey confirms this session once more, in the place of a code.
ALTER TABLE passkey_challenge DROP CONSTRAINT ck_passkey_challenge_purpose,
    ADD CONSTRAINT ck_passkey_challenge_purpose CHECK (purpose IN ('add', 'family', 'staff', 'code', 'step_up'));
CREATE FUNCTION passkey_confirm(asked bytea, credential bytea, handle bytea, proven bytea, count bigint, copied boolean,
                                verified boolean, subject bytea, in_lane text, device bytea, session_token bytea)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
#variable_conflict use_variable
DECLARE used passkey := passkey_proven(asked, 'step_up', credential, handle, proven, count);
BEGIN
    PERFORM FROM staff_credential c JOIN staff s ON s.id = c.staff_id AND s.active
        WHERE c.staff_id = used.staff_id AND c.staff_id = current_staff() AND coalesce(c.login_hash, subject) = subject;
    IF NOT FOUND OR verified IS NOT TRUE
        OR NOT passkey_lane_opens(NULL, used.staff_id, subject, in_lane, device) THEN RETURN false; END IF;
    UPDATE passkey p SET sign_count = count, backed_up = copied, last_used_at = now() WHERE p.id = used.id;
    UPDATE web_session w SET confirmed_at = now() WHERE w.token_hash = session_token AND w.staff_id = current_staff()
        AND w.ended_at IS NULL;
    RETURN FOUND;
END
$$;
REVOKE EXECUTE ON FUNCTION passkey_confirm(bytea, bytea, bytea, bytea, bigint, boolean, boolean, bytea, text, bytea,
                                          bytea)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION passkey_confirm(bytea, bytea, bytea, bytea, bigint, boolean, boolean, bytea, text, bytea,
                                          bytea)
    TO portal_staff;
