CREATE FUNCTION staff_lookup(wanted_login text, subject bytea)
RETURNS TABLE (staff_id bigint, password_hash text, totp_sealed bytea, failures int, locked_until timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT c.staff_id, c.password_hash, c.totp_sealed, coalesce(g.failures, 0), g.locked_until
    FROM (SELECT 1) one
    LEFT JOIN (staff_credential c JOIN staff s ON s.id = c.staff_id AND s.active) ON c.login = wanted_login
    LEFT JOIN signin_guard g ON g.subject_hash = subject AND g.lane = 'staff'
        AND g.last_failed_at > now() - interval '24 hours'
$$;

-- Spend a TOTP step: true once, false when it or a later one was used before.
CREATE FUNCTION staff_spend_code(staff bigint, step bigint)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    UPDATE staff_credential SET totp_last_step = step WHERE staff_id = staff AND totp_last_step < step;
    RETURN FOUND;
END
$$;

-- Begin an officer's session; false, and nothing happens, where the login was locked meanwhile.
CREATE FUNCTION staff_succeed(staff bigint, subject bytea, token bytea, idle_minutes int, hours int, rehashed text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    DELETE FROM signin_guard WHERE subject_hash = subject AND lane = 'staff'
        AND (locked_until IS NULL OR locked_until <= now() OR last_failed_at <= now() - interval '24 hours');
    IF NOT FOUND AND EXISTS (SELECT FROM signin_guard WHERE subject_hash = subject AND lane = 'staff') THEN
        RETURN false;
    END IF;
    UPDATE staff_credential SET password_hash = coalesce(rehashed, password_hash) WHERE staff_id = staff;
    INSERT INTO web_session (token_hash, staff_id, idle_ends_after, expires_at)
    VALUES (token, staff, idle_minutes, now() + make_interval(hours => hours));
    RETURN true;
END
$$;
GRANT EXECUTE ON FUNCTION staff_lookup(text, bytea), staff_spend_code(bigint, bigint),
    staff_succeed(bigint, bytea, bytea, int, int, text) TO portal_anonymous;
GRANT EXECUTE ON FUNCTION staff_lookup(text, bytea), staff_spend_code(bigint, bigint) TO portal_worker;
