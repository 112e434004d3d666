-- The day's head of the trail: one hash over the 256 chains, kept here and published elsewhere (a newspaper, another
-- authority, paper). Who changes the trail afterwards, heads and all, no longer fits what was published.
CREATE TABLE audit_published_head (
    day date CONSTRAINT pk_audit_published_head PRIMARY KEY,
    made_at timestamptz NOT NULL DEFAULT now(),
    seqs bigint[] NOT NULL,
    hashes bytea[] NOT NULL,
    head bytea NOT NULL,
    CONSTRAINT ck_audit_published_head_whole CHECK (cardinality(seqs) = 256 AND cardinality(hashes) = 256)
);
ALTER TABLE audit_published_head ENABLE ROW LEVEL SECURITY;
CREATE POLICY worker_all ON audit_published_head TO portal_worker USING ((SELECT current_job()) <> '');
GRANT SELECT ON audit_published_head TO portal_worker;

-- Keep the head of that day, once. The worker calls it and reads no chain. True where it is new.
CREATE FUNCTION audit_publish(of_day date) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
BEGIN
    INSERT INTO audit_published_head (day, seqs, hashes, head)
    SELECT of_day, array_agg(h.seq ORDER BY h.shard), array_agg(h.hash ORDER BY h.shard),
        sha256(convert_to(of_day::text, 'UTF8') || string_agg(int2send(h.shard) || int8send(h.seq) || h.hash, ''::bytea
                                                              ORDER BY h.shard))
    FROM audit_head h
    HAVING count(*) = 256
    ON CONFLICT (day) DO NOTHING;
    RETURN FOUND;
END
$$;
GRANT EXECUTE ON FUNCTION audit_publish(date) TO portal_worker;

-- What the auditor reads: the trail by time, without the data of families.
CREATE INDEX ix_audit_event_at ON audit_event (at, shard, seq);

-- Makes the marks of families and people in the auditor's list: drawn here, read by nobody, changed by the owner only.
CREATE TABLE audit_mark_key (
    id smallint CONSTRAINT pk_audit_mark_key PRIMARY KEY CONSTRAINT ck_audit_mark_key_one CHECK (id = 1),
    key bytea NOT NULL
);
ALTER TABLE audit_mark_key ENABLE ROW LEVEL SECURITY;
CREATE POLICY worker_all ON audit_mark_key TO portal_worker USING ((SELECT current_job()) <> '');
INSERT INTO audit_mark_key VALUES (1, sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));

-- The area of the auditor who asks; nothing for any other role.
CREATE FUNCTION auditor_area() RETURNS int8multirange LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
    SELECT coalesce(range_agg(s.villages), '{}'::int8multirange) FROM serving() s
    WHERE s.staff_id = current_staff() AND s.role = 'auditor'
$$;

-- The officers who serve or served a part of that area.
CREATE FUNCTION auditor_officers() RETURNS bigint[] LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
    SELECT coalesce(array_agg(DISTINCT a.staff_id), '{}') FROM staff_assignment a
    WHERE auditor_area() && area_span(a.area_id)
$$;
GRANT EXECUTE ON FUNCTION auditor_area(), auditor_officers() TO portal_staff;

-- Families and people are marks: the same mark is the same family, and no mark leads to one. Of the data of an event
-- only what concerns officers, devices and counts; an officer's own words are not shown.
CREATE VIEW audit_trail WITH (security_barrier) AS
SELECT e.at, e.shard, e.seq, e.event, e.actor_kind,
    CASE WHEN e.actor_kind = 'staff' THEN e.actor_id END AS staff_id,
    CASE WHEN e.actor_kind <> 'staff' AND e.actor_id IS NOT NULL THEN
        substr(encode(sha256(k.key || 'person'::bytea || int8send(e.actor_id) || k.key), 'hex'), 1, 10) END AS person_mark,
    CASE WHEN e.family_id IS NOT NULL THEN
        substr(encode(sha256(k.key || 'family'::bytea || int8send(e.family_id) || k.key), 'hex'), 1, 10) END AS family_mark,
    coalesce((
        SELECT jsonb_object_agg(d.key, CASE
            WHEN d.key <> 'reason' OR d.value #>> '{}' IN ('case', 'paper', 'intake', 'visit', 'reset', 'slip', 'reveal', 'pin')
            THEN d.value ELSE '"own_words"' END)
        FROM jsonb_each(e.data) d
        WHERE d.key IN ('staff', 'by', 'role', 'before', 'area', 'village', 'kiosk', 'tries', 'subjects', 'known_device',
            'in_hour', 'in_day', 'purpose', 'first', 'last', 'level', 'move', 'substitute', 'leave', 'left', 'sessions',
            'helped_by', 'topic', 'why', 'reason', 'copied', 'adding', 'field', 'kind', 'count', 'notice', 'known')
    ), '{}') AS data
FROM audit_event e CROSS JOIN (SELECT key FROM audit_mark_key) k
WHERE (SELECT auditor_area()) <> '{}'::int8multirange
  AND (e.family_id IS NULL OR EXISTS (
        SELECT FROM family f WHERE f.id = e.family_id AND f.village_id <@ (SELECT auditor_area())))
  AND (e.actor_kind <> 'staff' OR e.family_id IS NOT NULL OR e.actor_id = ANY ((SELECT auditor_officers())::bigint[]));
GRANT SELECT ON audit_trail TO portal_staff;
