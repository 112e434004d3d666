-- What a sign-in needs, in one statement of the same shape whether the NIK is known, unknown or locked.
-- A device from which this account has signed in before has a lane of its own.
CREATE FUNCTION signin_lookup(subject bytea, device bytea)
RETURNS TABLE (account_id bigint, person_id bigint, family_id bigint, pin_hash text, lane text, failures int,
               locked_until timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    WITH who AS (
        SELECT a.id, a.person_id, a.family_id, a.pin_hash FROM nik_index n
        JOIN account a ON a.person_id = n.person_id AND a.closed_at IS NULL
        WHERE n.nik_hash = subject
    ), lane AS (
        SELECT CASE WHEN EXISTS (
            SELECT FROM who JOIN known_device d ON d.account_id = who.id AND d.device_hash = device
        ) THEN 'device:' || encode(device, 'hex') ELSE 'unknown' END AS name
    )
    SELECT who.id, who.person_id, who.family_id, who.pin_hash, lane.name, coalesce(g.failures, 0), g.locked_until
    FROM lane LEFT JOIN who ON true
    LEFT JOIN signin_guard g ON g.subject_hash = subject AND g.lane = lane.name
        AND g.last_failed_at > now() - interval '24 hours'
$$;

-- Count a wrong try. ``waits`` holds the seconds to wait after the 1st, 2nd, ... try; the last one stands for
-- all that follow. While the wait lasts nothing is counted, so that nobody can make it longer. Where this secret
-- (keyed by day) is new to this subject, also answers how many subjects it was tried on since yesterday, else 0.
CREATE FUNCTION signin_fail(subject bytea, in_lane text, trial bytea, waits int[])
RETURNS TABLE (failures int, locked_until timestamptz, subjects_reached int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
#variable_conflict use_column
DECLARE
    counted signin_guard;
    reached int := 0;
BEGIN
    INSERT INTO signin_guard (subject_hash, lane, failures) VALUES (subject, in_lane, 0)
    ON CONFLICT (subject_hash, lane) DO NOTHING;
    SELECT * INTO counted FROM signin_guard g WHERE g.subject_hash = subject AND g.lane = in_lane FOR UPDATE;
    IF counted.locked_until IS NULL OR counted.locked_until <= now() THEN
        IF counted.last_failed_at <= now() - interval '24 hours' THEN counted.failures := 0; END IF;
        UPDATE signin_guard g SET failures = counted.failures + 1, last_failed_at = now(),
            locked_until = now() + make_interval(secs => waits[least(counted.failures + 1, cardinality(waits))])
        WHERE g.subject_hash = subject AND g.lane = in_lane
        RETURNING * INTO counted;
    END IF;
    IF trial IS NOT NULL THEN
        -- One after the other, so that the count passes every number.
        PERFORM pg_advisory_xact_lock(('x' || encode(substr(trial, 1, 8), 'hex'))::bit(64)::bigint);
        INSERT INTO pin_trial (trial_hash, subject_hash) VALUES (trial, subject)
        ON CONFLICT (trial_hash, subject_hash) DO NOTHING;
        IF FOUND THEN
            reached := (SELECT count(*) FROM pin_trial t
                        WHERE t.trial_hash = trial AND t.at > now() - interval '24 hours');
        END IF;
    END IF;
    RETURN QUERY SELECT counted.failures, counted.locked_until, reached;
END
$$;

-- Begin a family's session. The account is the one that signin_lookup gave after its PIN was proven. False, and
-- nothing happens, where the lane was locked meanwhile (many tries at once).
CREATE FUNCTION signin_succeed(account bigint, subject bytea, in_lane text, device bytea, token bytea,
                               idle_minutes int, hours int, rehashed text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
#variable_conflict use_variable
DECLARE visited timestamptz;
BEGIN
    DELETE FROM signin_guard WHERE subject_hash = subject AND lane = in_lane
        AND (locked_until IS NULL OR locked_until <= now() OR last_failed_at <= now() - interval '24 hours');
    IF NOT FOUND AND EXISTS (SELECT FROM signin_guard WHERE subject_hash = subject AND lane = in_lane) THEN
        RETURN false;
    END IF;
    SELECT a.last_visit_at INTO visited FROM account a WHERE a.id = account FOR UPDATE;
    UPDATE account a SET last_visit_at = now(), pin_hash = coalesce(rehashed, a.pin_hash) WHERE a.id = account;
    INSERT INTO known_device (account_id, device_hash) VALUES (account, device)
    ON CONFLICT (account_id, device_hash) DO UPDATE SET last_seen_at = now();
    INSERT INTO web_session (token_hash, account_id, idle_ends_after, expires_at, previous_visit_at)
    VALUES (token, account, idle_minutes, now() + make_interval(hours => hours), visited);
    RETURN true;
END
$$;

GRANT EXECUTE ON FUNCTION signin_lookup(bytea, bytea), signin_fail(bytea, text, bytea, int[]),
    signin_succeed(bigint, bytea, text, bytea, bytea, int, int, text) TO portal_anonymous;
