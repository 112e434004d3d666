-- Who a session token belongs to, with the revisions that a cached page stands on. Empty when it is unknown,
-- ended, idle too long or past its end. A person acts in the membership seen at activation, else in the only other
-- open one. An officer's village_id is an area of any level that tells the time zone. The time last seen is written at most once a minute,
-- on a kiosk, where a session ends after two, every five seconds; and not at all where nobody touched anything (a
-- list that looks by itself whether there is something new), or the session would never end.
DROP FUNCTION session_find(bytea);
CREATE FUNCTION session_find(token bytea, touch boolean DEFAULT true)
RETURNS TABLE (account_id bigint, staff_id bigint, person_id bigint, family_id bigint, member_id bigint,
               relation smallint, name text, language text, role text, title text, village_id bigint,
               previous_visit_at timestamptz, record_revision int, cases_revision int, inbox_revision int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
#variable_conflict use_column
DECLARE found web_session;
BEGIN
    SELECT * INTO found FROM web_session s WHERE s.token_hash = token AND s.ended_at IS NULL
        AND s.expires_at > now() AND s.last_seen_at + make_interval(mins => s.idle_ends_after) > now();
    IF found.token_hash IS NULL THEN RETURN; END IF;
    IF touch AND found.last_seen_at < now() - make_interval(
            secs => 60 - 55 * (found.kiosk_id IS NOT NULL)::int) THEN
        PERFORM set_config('synchronous_commit', 'off', true);  -- no page waits for the disk to remember a minute
        UPDATE web_session s SET last_seen_at = now() WHERE s.token_hash = token;
    END IF;
    IF found.staff_id IS NOT NULL THEN
        RETURN QUERY SELECT NULL::bigint, s.id, NULL::bigint, NULL::bigint, NULL::bigint, NULL::smallint, s.name,
                'id'::text, s.role, s.title,
                (SELECT min(t.area_id) FROM staff_assignment t WHERE t.staff_id = s.id), found.previous_visit_at, 0, 0, 0
            FROM staff s WHERE s.id = found.staff_id AND s.active;
    ELSE
        RETURN QUERY SELECT a.id, NULL::bigint, a.person_id, m.family_id, m.id, m.relation, m.name,
                a.language, NULL::text, NULL::text, f.village_id, found.previous_visit_at,
                f.revision, f.cases_revision, a.inbox_revision
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

-- On what a session has just begun: the kind of browser, and the kiosk, where the ends can only come nearer and
-- no device stays known to anybody. Whoever holds the token says it, right after the sign-in.
CREATE FUNCTION session_on(token bytea, on_device text, on_kiosk bigint, idle_minutes int, hours int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    mine web_session;
    shared bytea := (SELECT k.device_hash FROM kiosk k WHERE k.id = on_kiosk AND k.revoked_at IS NULL);
BEGIN
    IF shared IS NULL THEN
        PERFORM set_config('synchronous_commit', 'off', true);  -- nobody waits for the disk to remember a browser
    END IF;
    UPDATE web_session s SET device = left(on_device, 40),
            kiosk_id = CASE WHEN shared IS NOT NULL THEN on_kiosk END,
            -- a session that was begun for this kiosk (an officer is beside the member) brought its own end
            idle_ends_after = CASE WHEN s.kiosk_id IS NULL THEN least(s.idle_ends_after, idle_minutes)
                                   ELSE s.idle_ends_after END,
            expires_at = least(s.expires_at, s.created_at + make_interval(hours => hours))
        WHERE s.token_hash = token AND s.ended_at IS NULL AND s.created_at > now() - interval '1 minute'
        RETURNING * INTO mine;
    IF shared IS NOT NULL THEN
        DELETE FROM known_device d WHERE d.account_id = mine.account_id AND d.device_hash = shared;
        DELETE FROM staff_device d WHERE d.staff_id = mine.staff_id AND d.device_hash = shared;
    END IF;
END
$$;
GRANT EXECUTE ON FUNCTION session_on(bytea, text, bigint, int, int) TO portal_anonymous;

-- The open sessions of whoever asks. No address is kept, so none can be shown.
CREATE FUNCTION own_sessions() RETURNS TABLE (token_hash bytea, public_id uuid, device text, kiosk text,
                                              created_at timestamptz, last_seen_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT s.token_hash, s.public_id, s.device, k.name, s.created_at, s.last_seen_at
    FROM web_session s LEFT JOIN kiosk k ON k.id = s.kiosk_id
    WHERE (s.staff_id = current_staff() OR s.account_id = (
            SELECT a.id FROM account a WHERE a.person_id = current_person() AND a.closed_at IS NULL))
      AND s.ended_at IS NULL AND s.expires_at > now()
      AND s.last_seen_at + make_interval(mins => s.idle_ends_after) > now()
    ORDER BY s.last_seen_at DESC, s.created_at DESC
$$;

-- End one of them, or all but the one kept; gives how many ended.
CREATE FUNCTION own_sessions_end(wanted uuid, kept bytea) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE ended int;
BEGIN
    UPDATE web_session s SET ended_at = now() FROM own_sessions() o
        WHERE s.token_hash = o.token_hash AND (wanted IS NULL OR s.public_id = wanted)
          AND s.token_hash IS DISTINCT FROM kept;
    GET DIAGNOSTICS ended = ROW_COUNT;
    RETURN ended;
END
$$;

-- The stored PIN of the member who asks, to prove the one that is typed.
CREATE FUNCTION own_pin() RETURNS TABLE (account_id bigint, pin_hash text, locked_until timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT a.id, a.pin_hash, g.locked_until FROM account a
    LEFT JOIN signin_guard g ON g.subject_hash = sha256(convert_to('own-pin:' || a.id, 'UTF8')) AND g.lane = 'own'
        AND g.last_failed_at > now() - interval '24 hours'
    WHERE a.person_id = current_person() AND a.closed_at IS NULL
$$;

-- Change it, where the stored one was proven and no wrong try waits; every other session of the member ends.
CREATE FUNCTION own_pin_set(proven text, pin text, kept bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE mine bigint;
BEGIN
    SELECT a.id INTO mine FROM account a
        WHERE a.person_id = current_person() AND a.closed_at IS NULL AND a.pin_hash = proven FOR UPDATE;
    IF mine IS NULL OR NOT signin_lane_opens(sha256(convert_to('own-pin:' || mine, 'UTF8')), 'own') THEN
        RETURN false;
    END IF;
    UPDATE account a SET pin_hash = pin, pin_changed_at = now() WHERE a.id = mine;
    PERFORM own_sessions_end(NULL, kept);
    INSERT INTO notice (family_id, person_id, key, "values") VALUES (current_family(), current_person(), 'pin_changed', '{}');
    RETURN true;
END
$$;
GRANT EXECUTE ON FUNCTION own_sessions(), own_sessions_end(uuid, bytea) TO portal_family, portal_staff;
GRANT EXECUTE ON FUNCTION own_pin(), own_pin_set(text, text, bytea) TO portal_family;

-- The lane in which wrong tries from this device are counted where it is a kiosk.
CREATE FUNCTION kiosk_lane(device bytea) RETURNS text LANGUAGE sql STABLE SET search_path = public, pg_temp AS
$$ SELECT 'kiosk:' || k.id FROM kiosk k WHERE k.device_hash = device AND k.revoked_at IS NULL $$;

-- As before. On a kiosk a NIK has a lane of its own, which no stranger elsewhere can shut and which shuts none
-- elsewhere; and the tries of the whole device are counted together, whatever the NIK.
CREATE OR REPLACE FUNCTION signin_lookup(subject bytea, device bytea)
RETURNS TABLE (account_id bigint, person_id bigint, family_id bigint, pin_hash text, lane text, failures int,
               unclear boolean, locked_until timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    WITH who AS (
        SELECT a.id, a.person_id, a.family_id, a.pin_hash FROM nik_index n
        JOIN account a ON a.person_id = n.person_id AND a.closed_at IS NULL
        WHERE n.nik_hash = subject
    ), lane AS (
        SELECT coalesce(kiosk_lane(device), CASE WHEN EXISTS (
            SELECT FROM who JOIN known_device d ON d.account_id = who.id AND d.device_hash = device
        ) THEN 'device:' || encode(device, 'hex') ELSE 'unknown' END) AS name
    )
    SELECT who.id, who.person_id, who.family_id, who.pin_hash, lane.name, coalesce(g.failures, 0),
        who.person_id IS NOT NULL AND family_is_unclear(who.person_id), greatest(g.locked_until, k.locked_until)
    FROM lane LEFT JOIN who ON true
    LEFT JOIN signin_guard k ON k.lane = 'kiosk' AND k.subject_hash = sha256(convert_to(lane.name, 'UTF8'))
        AND k.last_failed_at > now() - interval '24 hours'
    LEFT JOIN signin_guard g ON g.subject_hash = subject AND g.lane = lane.name
        AND g.last_failed_at > now() - interval '24 hours'
$$;

-- Begin a family's session. Takes nothing on trust: the account is the open one of this keyed hash of a NIK, its
-- stored hash is the one that was proven (neither can be read without the other), and the lane is open, which is
-- that of strangers, of a device the account knows, of a kiosk, which no account ever knows, or 'activated' in the
-- transaction that used the person's slip. Else false, and nothing happens.
CREATE OR REPLACE FUNCTION signin_succeed(account bigint, subject bytea, in_lane text, device bytea, proven text, token bytea,
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
        ELSE coalesce(in_lane = kiosk_lane(device), false) OR in_lane = 'device:' || encode(device, 'hex') AND EXISTS (
            SELECT FROM known_device d WHERE d.account_id = mine.id AND d.device_hash = device) END;
    IF its_lane IS NOT TRUE OR NOT signin_lane_opens(subject, in_lane)
        OR in_lane LIKE 'kiosk:%' AND NOT signin_lane_opens(sha256(convert_to(in_lane, 'UTF8')), 'kiosk')
    THEN RETURN false; END IF;
    UPDATE account a SET last_visit_at = now(), pin_hash = coalesce(rehashed, a.pin_hash) WHERE a.id = account;
    IF in_lane NOT LIKE 'kiosk:%' THEN
        INSERT INTO known_device (account_id, device_hash) VALUES (account, device)
        ON CONFLICT (account_id, device_hash) DO UPDATE SET last_seen_at = now();
    END IF;
    INSERT INTO web_session (token_hash, account_id, idle_ends_after, expires_at, previous_visit_at)
    VALUES (token, account, idle_minutes, now() + make_interval(hours => hours), mine.last_visit_at);
    RETURN true;
END
$$;
