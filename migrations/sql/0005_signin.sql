-- A device from which an officer has signed in: its wrong tries are counted apart, as a family's are, so that a
-- stranger who knows a login does not keep the officer out.
CREATE TABLE staff_device (
    staff_id bigint NOT NULL CONSTRAINT fk_staff_device_staff_id REFERENCES staff (id),
    device_hash bytea NOT NULL,
    since timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_staff_device PRIMARY KEY (staff_id, device_hash)
);
ALTER TABLE staff_device ENABLE ROW LEVEL SECURITY;
CREATE POLICY worker_all ON staff_device TO portal_worker USING ((SELECT current_job()) <> '');
GRANT SELECT, DELETE ON staff_device TO portal_worker;

-- A login can be guessed, its keyed hash cannot: who asks for a hash has to name it. Empty (then the login is enough)
-- for an officer made before this column, until the next sign-in or command writes it.
ALTER TABLE staff_credential ADD COLUMN login_hash bytea CONSTRAINT uq_staff_credential_login_hash UNIQUE;

-- Whether tries count in this lane now; if so, the wrong ones before are forgotten.
CREATE FUNCTION signin_lane_opens(subject bytea, in_lane text) RETURNS boolean LANGUAGE plpgsql
SET search_path = public, pg_temp AS
$$
BEGIN
    DELETE FROM signin_guard g WHERE g.subject_hash = subject AND g.lane = in_lane
        AND (g.locked_until IS NULL OR g.locked_until <= now() OR g.last_failed_at <= now() - interval '24 hours');
    RETURN FOUND OR NOT EXISTS (SELECT FROM signin_guard g WHERE g.subject_hash = subject AND g.lane = in_lane);
END
$$;

-- Begin a family's session. Takes nothing on trust: the account is the open one of this keyed hash of a NIK, its
-- stored hash is the one that was proven (neither can be read without the other), and the lane is open, which is
-- that of strangers, of a device the account knows, or 'activated' in the transaction that used the person's slip.
-- Else false, and nothing happens.
DROP FUNCTION signin_succeed(bigint, bytea, text, bytea, bytea, int, int, text);
CREATE FUNCTION signin_succeed(account bigint, subject bytea, in_lane text, device bytea, proven text, token bytea,
                               idle_minutes int, hours int, rehashed text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
#variable_conflict use_variable
DECLARE
    mine record;
    its_lane boolean;
BEGIN
    SELECT a.id, a.person_id, a.last_visit_at INTO mine FROM account a
        JOIN nik_index n ON n.person_id = a.person_id AND n.nik_hash = subject
        WHERE a.id = account AND a.closed_at IS NULL AND a.pin_hash = proven FOR UPDATE OF a;
    IF NOT FOUND THEN RETURN false; END IF;
    its_lane := CASE in_lane WHEN 'unknown' THEN true
        WHEN 'activated' THEN EXISTS (SELECT FROM slip s WHERE s.person_id = mine.person_id AND s.used_at = now())
        ELSE in_lane = 'device:' || encode(device, 'hex') AND EXISTS (
            SELECT FROM known_device d WHERE d.account_id = mine.id AND d.device_hash = device) END;
    IF its_lane IS NOT TRUE OR NOT signin_lane_opens(subject, in_lane) THEN RETURN false; END IF;
    UPDATE account a SET last_visit_at = now(), pin_hash = coalesce(rehashed, a.pin_hash) WHERE a.id = account;
    INSERT INTO known_device (account_id, device_hash) VALUES (account, device)
    ON CONFLICT (account_id, device_hash) DO UPDATE SET last_seen_at = now();
    INSERT INTO web_session (token_hash, account_id, idle_ends_after, expires_at, previous_visit_at)
    VALUES (token, account, idle_minutes, now() + make_interval(hours => hours), mine.last_visit_at);
    RETURN true;
END
$$;
GRANT EXECUTE ON FUNCTION signin_succeed(bigint, bytea, text, bytea, text, bytea, int, int, text) TO portal_anonymous;

-- What an officer's sign-in needs, as signin_lookup: one row of the same shape for known, unknown and locked.
DROP FUNCTION staff_lookup(text, bytea);
CREATE FUNCTION staff_lookup(wanted_login text, subject bytea, device bytea)
RETURNS TABLE (staff_id bigint, password_hash text, totp_sealed bytea, lane text, failures int,
               locked_until timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    WITH who AS (
        SELECT c.staff_id, c.password_hash, c.totp_sealed FROM staff_credential c
        JOIN staff s ON s.id = c.staff_id AND s.active
        WHERE c.login = wanted_login AND coalesce(c.login_hash, subject) = subject
    ), lane AS (
        SELECT CASE WHEN EXISTS (
            SELECT FROM who JOIN staff_device d ON d.staff_id = who.staff_id AND d.device_hash = device
        ) THEN 'device:' || encode(device, 'hex') ELSE 'unknown' END AS name
    )
    SELECT who.staff_id, who.password_hash, who.totp_sealed, lane.name, coalesce(g.failures, 0), g.locked_until
    FROM lane LEFT JOIN who ON true
    LEFT JOIN signin_guard g ON g.subject_hash = subject AND g.lane = lane.name
        AND g.last_failed_at > now() - interval '24 hours'
$$;

-- Begin an officer's session, as signin_succeed: the active officer of this keyed hash of a login, the stored hash
-- that was proven, an open lane, and the step of the authenticator, which is spent here: later than every one before,
-- and not of a time to come (ten minutes for clocks that differ), which would shut the officer out until then.
DROP FUNCTION staff_succeed(bigint, bytea, bytea, int, int, text);
CREATE FUNCTION staff_succeed(staff bigint, subject bytea, in_lane text, device bytea, proven text, step bigint,
                              token bytea, idle_minutes int, hours int, rehashed text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
#variable_conflict use_variable
DECLARE its_lane boolean;
BEGIN
    PERFORM FROM staff_credential c JOIN staff s ON s.id = c.staff_id AND s.active
        WHERE c.staff_id = staff AND c.password_hash = proven AND coalesce(c.login_hash, subject) = subject
          AND c.totp_last_step < step AND step <= extract(epoch FROM clock_timestamp()) / 30 + 20
        FOR UPDATE OF c;
    IF NOT FOUND THEN RETURN false; END IF;
    its_lane := CASE in_lane WHEN 'unknown' THEN true
        ELSE in_lane = 'device:' || encode(device, 'hex') AND EXISTS (
            SELECT FROM staff_device d WHERE d.staff_id = staff AND d.device_hash = device) END;
    IF its_lane IS NOT TRUE OR NOT signin_lane_opens(subject, in_lane) THEN RETURN false; END IF;
    UPDATE staff_credential c SET totp_last_step = step, login_hash = subject,
        password_hash = coalesce(rehashed, c.password_hash) WHERE c.staff_id = staff;
    INSERT INTO staff_device (staff_id, device_hash) VALUES (staff, device)
    ON CONFLICT (staff_id, device_hash) DO UPDATE SET last_seen_at = now();
    INSERT INTO web_session (token_hash, staff_id, idle_ends_after, expires_at)
    VALUES (token, staff, idle_minutes, now() + make_interval(hours => hours));
    RETURN true;
END
$$;
GRANT EXECUTE ON FUNCTION staff_lookup(text, bytea, bytea),
    staff_succeed(bigint, bytea, text, bytea, text, bigint, bytea, int, int, text) TO portal_anonymous;
GRANT EXECUTE ON FUNCTION staff_lookup(text, bytea, bytea) TO portal_worker;
-- The web spends a code only by beginning a session; commands still ask a second officer for one.
REVOKE EXECUTE ON FUNCTION staff_spend_code(bigint, bigint) FROM portal_anonymous;
