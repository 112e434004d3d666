-- Who has read what: for each side the newest words of the other side that it opened, and when it did so first. No
-- name: «the family» and «the officer» is all that the other side learns.
CREATE TABLE case_read (
    family_id bigint NOT NULL,
    case_id bigint NOT NULL,
    side text NOT NULL CONSTRAINT ck_case_read_side CHECK (side IN ('family', 'staff')),
    event_id bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_case_read PRIMARY KEY (family_id, case_id, side),
    CONSTRAINT fk_case_read_family_id_case_id FOREIGN KEY (family_id, case_id)
        REFERENCES cases (family_id, id) ON DELETE CASCADE
);
ALTER TABLE case_read ENABLE ROW LEVEL SECURITY;
CREATE POLICY worker_all ON case_read TO portal_worker USING ((SELECT current_job()) <> '');
GRANT SELECT, DELETE ON case_read TO portal_worker;
GRANT SELECT ON case_read TO portal_family, portal_staff;
GRANT INSERT (family_id, case_id, side, event_id), UPDATE (event_id, at) ON case_read TO portal_family, portal_staff;
CREATE POLICY of_visible_case ON case_read FOR SELECT TO portal_family, portal_staff USING (EXISTS (
    SELECT FROM cases c WHERE c.family_id = case_read.family_id AND c.id = case_read.case_id));

-- Each side writes its own mark, of a step that it may read, and only that it was read now.
CREATE POLICY reads_own ON case_read FOR INSERT TO portal_family WITH CHECK (
    side = 'family' AND at = now() AND EXISTS (
        SELECT FROM case_event e WHERE e.family_id = case_read.family_id AND e.case_id = case_read.case_id
          AND e.id = case_read.event_id AND e.actor_kind = 'staff'));
CREATE POLICY reads_on ON case_read FOR UPDATE TO portal_family USING (side = 'family') WITH CHECK (
    at = now() AND EXISTS (
        SELECT FROM case_event e WHERE e.family_id = case_read.family_id AND e.case_id = case_read.case_id
          AND e.id = case_read.event_id AND e.actor_kind = 'staff'));
-- An officer who looks at the own family's case, or who wrote it down, is not the one who answers it.
CREATE POLICY reads_own_staff ON case_read FOR INSERT TO portal_staff WITH CHECK (
    side = 'staff' AND at = now() AND family_id <> ALL ((SELECT staff_kin())::bigint[]) AND EXISTS (
        SELECT FROM case_event e JOIN cases c ON c.family_id = e.family_id AND c.id = e.case_id
        WHERE e.family_id = case_read.family_id AND e.case_id = case_read.case_id AND e.id = case_read.event_id
          AND e.actor_kind = 'family' AND c.recorded_by IS DISTINCT FROM (SELECT current_staff())));
CREATE POLICY reads_on_staff ON case_read FOR UPDATE TO portal_staff
    USING (side = 'staff' AND family_id <> ALL ((SELECT staff_kin())::bigint[]))
    WITH CHECK (at = now() AND EXISTS (
        SELECT FROM case_event e JOIN cases c ON c.family_id = e.family_id AND c.id = e.case_id
        WHERE e.family_id = case_read.family_id AND e.case_id = case_read.case_id AND e.id = case_read.event_id
          AND e.actor_kind = 'family' AND c.recorded_by IS DISTINCT FROM (SELECT current_staff())));

-- Count a wrong try in one lane, as signin_fail does. The try that is the ``alarm_at``-th tells the trail, once.
CREATE FUNCTION trace_fail(subject bytea, in_lane text, waits int[], alarm_at int, counted_by text, family bigint)
RETURNS timestamptz LANGUAGE plpgsql SET search_path = public, pg_temp AS
$$
#variable_conflict use_variable
DECLARE
    before int;
    counted record;
BEGIN
    SELECT g.failures INTO before FROM signin_guard g WHERE g.subject_hash = subject AND g.lane = in_lane;
    SELECT f.failures, f.locked_until INTO counted FROM signin_fail(subject, in_lane, NULL, waits) f;
    IF counted.failures = alarm_at AND counted.failures IS DISTINCT FROM before THEN
        PERFORM audit_record('case_trace_guessed', family, jsonb_build_object('by', counted_by, 'tries', alarm_at));
    END IF;
    RETURN counted.locked_until;
END
$$;

-- Where a case stands, for whoever holds the reference and knows the year of birth of the sender. One row in any case;
-- its state is empty, whatever was wrong: the reference, the year, a case that is nobody's to trace (sealed, private,
-- about an officer), or too many wrong tries, which alone is told by ``locked_until``.
--
-- Wrong tries are counted by reference, in a lane of its own on a kiosk and on a device from which the sender has
-- signed in (a neighbour who tries shuts the neighbour's lane only); by device; and, elsewhere than in those lanes, for
-- everybody together within the hour, so that many devices do not make many guesses.
CREATE FUNCTION case_trace(wanted text, born int, device bytea)
RETURNS TABLE (state text, level text, promised_on date, locked_until timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
#variable_conflict use_column
DECLARE
    subject bytea := sha256(convert_to('trace:' || wanted, 'UTF8'));
    everybody bytea := sha256(convert_to('trace-hour:' || extract(epoch FROM date_trunc('hour', now()))::bigint, 'UTF8'));
    kiosk text := kiosk_lane(device);
    device_subject bytea := sha256('trace-device'::bytea || device);
    found record;
    until timestamptz;
BEGIN
    -- One try after the other for one reference: many at once are no more guesses than many in a row.
    PERFORM pg_advisory_xact_lock(('x' || encode(substr(subject, 1, 8), 'hex'))::bit(64)::bigint);
    SELECT c.family_id, c.state, c.level, c.promised_on,
        coalesce(NOT c.restricted AND NOT c.private AND c.not_for IS NULL AND extract(year FROM m.birth_date) = born,
                 false) AS fits,
        coalesce(kiosk, CASE WHEN d.device_hash IS NOT NULL THEN 'device:' || encode(device, 'hex') END, 'unknown') AS lane
    INTO found
    FROM (SELECT 1) one
    LEFT JOIN cases c ON c.reference = wanted
    LEFT JOIN LATERAL (SELECT o.birth_date FROM member o WHERE o.person_id = c.person_id
                       ORDER BY o.until IS NOT NULL, o.family_id = c.family_id DESC LIMIT 1) m ON true
    LEFT JOIN account a ON a.person_id = c.person_id AND a.closed_at IS NULL
    LEFT JOIN known_device d ON d.account_id = a.id AND d.device_hash = device;
    SELECT max(g.locked_until) INTO until FROM signin_guard g
        WHERE g.last_failed_at > now() - interval '24 hours'
          AND (g.subject_hash = subject AND g.lane = found.lane
               OR g.subject_hash = device_subject AND g.lane = 'trace'
               OR g.subject_hash = everybody AND g.lane = 'trace' AND found.lane = 'unknown');
    IF found.fits AND (until IS NULL OR until <= now()) THEN
        -- A queue of people at a kiosk mistypes now and then; a device of one's own is forgiven after a day.
        DELETE FROM signin_guard g WHERE g.subject_hash = subject AND g.lane = found.lane
            OR kiosk IS NOT NULL AND g.subject_hash = device_subject AND g.lane = 'trace';
        RETURN QUERY SELECT found.state, found.level, found.promised_on, NULL::timestamptz;
        RETURN;
    END IF;
    until := trace_fail(subject, found.lane, '{0,0,60,600,3600,14400}', 5, 'reference', found.family_id);
    until := greatest(until, trace_fail(device_subject, 'trace', CASE WHEN kiosk IS NULL
        THEN '{0,0,0,0,0,15,60,300,900,3600}' ELSE '{0,0,0,0,0,0,0,0,0,15,30,60,120,300}' END::int[], 10, 'device', NULL));
    IF found.lane = 'unknown' THEN
        until := greatest(until, trace_fail(everybody, 'trace', array_fill(0, ARRAY[999]) || 3600, 1000, 'everybody', NULL));
    END IF;
    RETURN QUERY SELECT NULL::text, NULL::text, NULL::date, until;
END
$$;
GRANT EXECUTE ON FUNCTION case_trace(text, int, bytea) TO portal_anonymous;
