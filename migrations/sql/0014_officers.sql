-- There is always somebody who looks after officers, whatever page or command asks: the last administrator neither
-- ends nor becomes something else. Two who end each other at the same moment wait for each other here.
CREATE FUNCTION staff_keeps_an_administrator() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('staff_keeps_an_administrator'));
    IF NOT EXISTS (SELECT FROM staff s WHERE s.active AND s.role = 'administrator' AND s.id <> OLD.id) THEN
        RAISE EXCEPTION 'the last administrator stays' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'ck_staff_last_administrator';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER staff_keeps_an_administrator BEFORE UPDATE OF active, role ON staff FOR EACH ROW
    WHEN (OLD.active AND OLD.role = 'administrator' AND NOT (NEW.active AND NEW.role = 'administrator'))
    EXECUTE FUNCTION staff_keeps_an_administrator();

-- Whatever an officer could sign in with is gone: sessions, known browsers, passkeys, recovery codes, open links.
CREATE FUNCTION staff_shut_out(officer bigint) RETURNS void LANGUAGE sql SET search_path = public, pg_temp AS
$$
    UPDATE web_session SET ended_at = now() WHERE staff_id = officer AND ended_at IS NULL;
    UPDATE web_session SET ended_at = now() WHERE helped_by = officer AND ended_at IS NULL;
    DELETE FROM staff_device WHERE staff_id = officer;
    DELETE FROM passkey WHERE staff_id = officer;
    DELETE FROM staff_recovery_code WHERE staff_id = officer;
    UPDATE staff_invitation SET revoked_at = now() WHERE staff_id = officer AND used_at IS NULL AND revoked_at IS NULL;
    DELETE FROM staff_proposal WHERE staff_id = officer AND confirmed_at IS NULL;
$$;
REVOKE EXECUTE ON FUNCTION staff_shut_out(bigint) FROM PUBLIC;

-- End an officer's work, at once: no sign-in, no area after today, no leave of the own. Answers 'ended', or why not.
-- Somebody who waits for a second administrator is ended as well: nobody can confirm that one any more.
CREATE FUNCTION staff_end(officer bigint, last_day date) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
BEGIN
    IF officer = current_staff() THEN RETURN 'oneself'; END IF;
    IF officer <> ALL (staff_managed()) THEN RETURN 'unknown'; END IF;
    PERFORM FROM staff s WHERE s.id = officer AND (s.active OR EXISTS (
        SELECT FROM staff_proposal p WHERE p.staff_id = officer AND p.confirmed_at IS NULL)) FOR UPDATE;
    IF NOT FOUND THEN RETURN 'ended_before'; END IF;
    UPDATE staff SET active = false WHERE id = officer;
    UPDATE staff_assignment a SET until = greatest(last_day, a.since - 1)
        WHERE a.staff_id = officer AND (a.until IS NULL OR a.until > last_day);
    UPDATE staff_substitution l SET ended_at = now() WHERE l.staff_id = officer AND l.ended_at IS NULL;
    PERFORM staff_shut_out(officer);
    RETURN 'ended';
END
$$;

-- Take an officer's sign-in away and make a link for a new one, with the same login: password, authenticator, recovery
-- codes, all chosen anew. Answers 'made', or 'proposed' for an administrator, whose new sign-in a second one confirms
-- first (else one administrator could become another and be two), or why not.
CREATE FUNCTION staff_reset(officer bigint, token bytea, hours int) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
DECLARE
    known staff_credential;
    its_role text;
BEGIN
    IF officer = current_staff() THEN RETURN 'oneself'; END IF;
    IF officer <> ALL (staff_managed()) THEN RETURN 'unknown'; END IF;
    SELECT s.role INTO its_role FROM staff s WHERE s.id = officer AND s.active FOR UPDATE;
    IF NOT FOUND THEN RETURN 'ended_before'; END IF;
    SELECT * INTO known FROM staff_credential c WHERE c.staff_id = officer FOR UPDATE;
    IF NOT FOUND THEN RETURN 'no_login'; END IF;
    PERFORM staff_shut_out(officer);
    DELETE FROM signin_guard g WHERE g.subject_hash = known.login_hash;
    DELETE FROM staff_credential c WHERE c.staff_id = officer;
    IF its_role = 'administrator' THEN
        UPDATE staff SET active = false WHERE id = officer;
        INSERT INTO staff_proposal (act, staff_id, proposed_by) VALUES ('make_administrator', officer, current_staff());
        RETURN 'proposed';
    END IF;
    INSERT INTO staff_invitation (staff_id, login, token_hash, invited_by, expires_at)
        VALUES (officer, known.login, token, current_staff(), now() + make_interval(hours => hours));
    RETURN 'made';
END
$$;
REVOKE EXECUTE ON FUNCTION staff_end(bigint, date), staff_reset(bigint, bytea, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION staff_end(bigint, date), staff_reset(bigint, bytea, int) TO portal_staff;

-- The worker hands on the cases of who left.
GRANT EXECUTE ON FUNCTION case_route(bigint, boolean, bigint) TO portal_worker;

-- As before; a proposal that is too old to be confirmed is made anew.
CREATE OR REPLACE FUNCTION staff_set_role(officer bigint, wanted text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
BEGIN
    IF officer <> ALL (staff_managed()) THEN RETURN NULL; END IF;
    IF wanted = 'administrator' THEN
        INSERT INTO staff_proposal AS p (act, staff_id, proposed_by)
            VALUES ('make_administrator', officer, current_staff())
            ON CONFLICT (staff_id) WHERE confirmed_at IS NULL DO UPDATE
            SET proposed_by = excluded.proposed_by, proposed_at = now() WHERE p.proposed_at < now() - interval '7 days';
        RETURN 'proposed';
    END IF;
    UPDATE staff SET role = wanted WHERE id = officer AND active;
    IF NOT FOUND THEN RETURN NULL; END IF;
    DELETE FROM staff_proposal p WHERE p.staff_id = officer AND p.confirmed_at IS NULL;
    UPDATE web_session w SET ended_at = now() WHERE w.staff_id = officer AND w.ended_at IS NULL;
    RETURN 'changed';
END
$$;
