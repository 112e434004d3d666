-- Open cases for the queue: 20,000 in the five villages of one worker, all the others (bench.cases in all) in villages
-- elsewhere, 4,000 each. Rows lie in no order of villages, as they come in. One family and one member a case.
CREATE FUNCTION pg_temp.told(name text) RETURNS text LANGUAGE sql STABLE AS
$$ SELECT current_setting('bench.' || name) $$;
CREATE TEMP TABLE queued ON COMMIT DROP AS
SELECT g AS id, CASE WHEN g <= 20000 THEN 3510012001 + g % 5
                     ELSE 3510000000 + (2 + (g - 20001) / 40000) * 10000 + 2001 + (g - 20001) / 4000 % 10 END AS village
FROM generate_series(1, pg_temp.told('cases')::bigint) g;
ANALYZE queued;

INSERT INTO area (id, level, parent_id, name)
SELECT 35, 1, NULL, 'Jawa Timur' UNION ALL SELECT 3510, 2, 35, 'Kabupaten Banyuwangi'
UNION ALL SELECT 351000 + k, 3, 3510, 'Kecamatan ' || k FROM generate_series(1, 60) k
UNION ALL SELECT (351000 + k)::bigint * 10000 + 2001 + v, 4, 351000 + k, format('Desa %s-%s', k, v + 1)
FROM generate_series(1, 60) k, generate_series(0, 9) v;
INSERT INTO staff (id, name, title, hours, role)
SELECT k, 'Wahyu Hidayat', 'Pendamping sosial', 'Senin-Jumat 08.00-15.00', 'social_worker' FROM generate_series(1, 60) k;
INSERT INTO staff_assignment (staff_id, area_id, since)
SELECT 1, 3510012001 + v, date '2024-01-01' FROM generate_series(0, 4) v
UNION ALL SELECT k, 351000 + k, date '2024-01-01' FROM generate_series(2, 60) k;
INSERT INTO web_session (token_hash, staff_id, idle_ends_after, expires_at)
VALUES (sha256(pg_temp.told('token')::bytea), 1, 100000, now() + interval '30 years');

INSERT INTO person (id) SELECT id FROM queued;
INSERT INTO family (id, kk_hash, kk_key_version, kk_sealed, village_id, status, source, as_of)
SELECT id, int8send(id), 1, '\x00', village, 'active', 'GROUND CHECK', date '2026-10-01' FROM queued;
INSERT INTO member (family_id, id, person_id, nik_sealed, name, sex, relation, alive, source, since)
SELECT id, id, id, '\x00', 'SITI AMINAH ' || id, 'P', 1, true, 'DUKCAPIL', date '2026-01-01' FROM queued;
INSERT INTO cases (family_id, id, reference, draft_id, content_hash, person_id, kind, state, village_id, level, assigned_to,
                   answers_sealed, promised_on, sent_at, urgent)
SELECT id, id, 'B' || lpad(id::text, 8, '0'), gen_random_uuid(), '\x00', id,
    CASE id % 2 WHEN 0 THEN 'aid_missing' ELSE 'moved' END,
    (ARRAY['sent', 'with_worker', 'needs_more', 'answered'])[1 + id % 4], village, 'village',
    CASE WHEN id <= 20000 THEN 1 ELSE (village / 10000 - 351000)::bigint END, sha256(int8send(id)),
    (now() + interval '1 day' * (id * 7 % 40 - 15))::date, now() - interval '1 day' * (id % 30), id % 97 = 0
FROM queued ORDER BY hashint8(id);
