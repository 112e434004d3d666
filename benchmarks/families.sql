-- Families in the shape of a registry, made in one statement a table. Told by settings: how many (bench.families),
-- how many of them have a login (bench.accounts, spread evenly over all), and one sealed value a purpose.
-- Five families in a row have 1, 2, 3, 3 and 4 members: 2.6 on average. Everybody is invented.

CREATE FUNCTION pg_temp.told(name text) RETURNS text LANGUAGE sql STABLE AS
$$ SELECT current_setting('bench.' || name) $$;
CREATE FUNCTION pg_temp.bytes(content text) RETURNS bytea LANGUAGE sql IMMUTABLE AS
$$ SELECT substring(sha256(content::bytea) FOR 16) $$;
-- The first member of a family; the others follow.
CREATE FUNCTION pg_temp.head(family bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS
$$ SELECT (family - 1) / 5 * 13 + (ARRAY[0, 1, 3, 6, 9])[(family - 1) % 5 + 1] + 1 $$;
CREATE FUNCTION pg_temp.pick(number bigint, words text[]) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT words[number % cardinality(words) + 1] $$;

-- What a browser keeps: 43 letters, as random to the eye as real ones (benchmarks/data.py gives the same).
CREATE FUNCTION pg_temp.token(number bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT translate(encode(sha256(('bench-' || number)::bytea), 'base64'), '+/=', '-_') $$;

CREATE TEMP TABLE families ON COMMIT DROP AS
SELECT g AS id, g % 5 AS kind, pg_temp.head(g) AS head, pg_temp.head(g + 1) - pg_temp.head(g) AS size,
    3510000000 + (g % 25 + 1) * 10000 + 2001 + g / 25 % 10 AS village
FROM generate_series(1, pg_temp.told('families')::bigint) g;
CREATE TEMP TABLE logins ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY id) AS number, id AS family, head AS person, village
FROM families
WHERE id * pg_temp.told('accounts')::bigint % pg_temp.told('families')::bigint < pg_temp.told('accounts')::bigint;
CREATE TEMP TABLE people ON COMMIT DROP AS
SELECT f.head + k AS id, f.id AS family, f.size, k AS place,
    CASE WHEN k = 0 AND f.size = 1 THEN date '1951-03-09' WHEN k < 2 THEN date '1985-06-15' ELSE date '2014-02-20' END
        + (f.id * 37 + k * 211)::int % 2400 AS birth,
    CASE WHEN k = 1 OR k > 1 AND f.id % 2 = 0 OR f.size = 1 THEN 'P' ELSE 'L' END AS sex
FROM families f CROSS JOIN LATERAL generate_series(0, f.size - 1) k;
ANALYZE families, people, logins;

INSERT INTO area (id, level, parent_id, name)
SELECT 35, 1, NULL, 'Jawa Timur' UNION ALL SELECT 3510, 2, 35, 'Kabupaten Banyuwangi'
UNION ALL SELECT 351000 + k, 3, 3510, 'Kecamatan ' || k FROM generate_series(1, 25) k
UNION ALL SELECT 3510000000 + k * 10000 + 2001 + v, 4, 351000 + k, format('Desa %s-%s', k, v + 1)
FROM generate_series(1, 25) k, generate_series(0, 9) v;

INSERT INTO staff (id, name, title, hours, role)
SELECT k, 'Wahyu Hidayat', 'Pendamping sosial Kecamatan ' || k, 'Senin-Jumat 08.00-15.00', 'social_worker'
FROM generate_series(1, 25) k;
INSERT INTO staff_assignment (staff_id, area_id, since)
SELECT k, 351000 + k, date '2024-01-01' FROM generate_series(1, 25) k;
INSERT INTO extract_load (id, regency_id, as_of, state, applied_at) VALUES (1, 3510, '2026-10-01', 'loaded', now());

INSERT INTO person (id) SELECT id FROM people;
INSERT INTO nik_index (nik_hash, person_id, key_version) SELECT pg_temp.bytes('nik' || id), id, 1 FROM people;
INSERT INTO family (id, kk_hash, kk_key_version, kk_sealed, nkks, village_id, address_sealed, rt, rw, bank, card_last4,
                    status, source, source_date, as_of, extract_id, fingerprint)
SELECT id, pg_temp.bytes('kk' || id), 1, pg_temp.told('kk')::bytea, (350000000 + id)::text, village,
    pg_temp.told('address')::bytea, lpad((id % 12 + 1)::text, 3, '0'), '002', pg_temp.pick(id, '{BRI,BNI,MANDIRI,POS}'),
    lpad((id % 10000)::text, 4, '0'), 'active', 'GROUND CHECK', date '2025-08-01' + (id % 200)::int, date '2026-10-01', 1,
    pg_temp.bytes('row' || id)
FROM families;
INSERT INTO housing (family_id, tenure, land_proof, floor_area_m2, floor, wall, roof, water, toilet, sewage, lighting,
                     power_va, fuel, motorcycles, cars, land_m2, savings, loan, bank_accounts)
SELECT id, 1, 5, 24 + id % 60, id % 8 + 1, id % 4 + 1, id % 4 + 1, id % 7 + 3, id % 4 + 1, 3, 1, 450 + id % 2 * 450, 4,
    id % 3, 0, 0, id % 3 = 0, id % 2 = 0, id % 3
FROM families;
INSERT INTO desil (family_id, ranked_on, desil, extract_id)
SELECT f.id, d.day, d.desil, 1 FROM families f,
    LATERAL (VALUES (date '2026-04-01', f.id % 4 + 1), (date '2026-10-01', f.id % 5 + 1)) d (day, desil);

INSERT INTO member (family_id, id, person_id, nik_sealed, name, birth_date, sex, relation, marital, school_participation,
                    school_level, school_grade, education, work_status, alive, source, since, extract_id, fingerprint)
SELECT family, id, id, pg_temp.told('nik')::bytea,
    CASE sex WHEN 'P' THEN pg_temp.pick(id, '{SITI,SRI,Dewi,Rina,Yuni,Wati,Tuti}')
             ELSE pg_temp.pick(id, '{Budi,AGUS,Slamet,HASAN,Joko,Iwan,Eko}') END
        || ' ' || pg_temp.pick(id / 7, '{Santoso,WIJAYA,Lestari,RAHAYU,Utomo}'),
    birth, sex, least(place + 1, 3), CASE WHEN place > 1 THEN 1 WHEN size = 1 THEN 4 ELSE 2 END,
    CASE WHEN place > 1 THEN 2 ELSE 3 END, CASE WHEN place > 1 THEN CASE WHEN birth < '2014-06-01' THEN 'SMP' ELSE 'SD' END END,
    CASE WHEN place > 1 THEN 2026 - extract(year FROM birth)::int - 6 END, CASE WHEN place < 2 THEN 'SMP' END,
    CASE WHEN place < 2 THEN 'BURUH' END, true, 'DUKCAPIL', date '2026-01-01', 1, pg_temp.bytes('row' || id)
FROM people;
INSERT INTO member_health (family_id, member_id, person_id, birth_date, disability, pregnant, chronic_illness)
SELECT family, id, id, birth, CASE WHEN id % 30 = 0 THEN 2 ELSE 0 END, id % 41 = 0 AND place = 1,
    CASE WHEN id % 9 = 0 THEN 'HIPERTENSI' END
FROM people;

INSERT INTO participation (family_id, program, since, until, active, reason, ended_as_of, extract_id)
SELECT id, 'SEMBAKO', date '2023-01-01', NULL::date, true, NULL, NULL::date, 1 FROM families
UNION ALL
SELECT id, 'PKH', date '2022-07-01', CASE WHEN ended THEN date '2026-09-30' END, NOT ended,
    CASE WHEN ended THEN 'DESIL' END, CASE WHEN ended THEN date '2026-10-01' END, 1
FROM (SELECT id, id % 10 = 0 AS ended FROM families) f;
-- Seven stages of two programmes each: the last one is on its way.
INSERT INTO disbursement (family_id, program, year, stage, amount, scheduled_on, paid_on, status, channel, extract_id)
SELECT f.id, p.program, q.year, q.stage, p.amount, q.day, CASE WHEN q.stage < 4 OR q.year < 2026 THEN q.day + 6 END,
    CASE WHEN q.stage < 4 OR q.year < 2026 THEN 'SUKSES SPM' ELSE pg_temp.pick(f.id, '{SI,PROSES SPM,CALON PENERIMA}') END,
    pg_temp.pick(f.id, '{BRI,BNI,MANDIRI,POS}'), 1
FROM families f
CROSS JOIN (VALUES ('PKH', 975000), ('SEMBAKO', 600000)) p (program, amount)
CROSS JOIN (SELECT year, stage, make_date(year, stage * 3 - 2, 20) AS day
            FROM (VALUES (2025, 2), (2025, 3), (2025, 4), (2026, 1), (2026, 2), (2026, 3), (2026, 4)) v (year, stage)) q;
INSERT INTO record_change (family_id, subject, field, old, new, source, as_of, extract_id, at)
SELECT id, 'desil', 'desil', (id % 4 + 1)::text, (id % 5 + 1)::text, 'DTSEN', date '2026-10-01', 1, timestamptz '2026-10-03'
FROM families;

INSERT INTO account (id, person_id, family_id, pin_hash, last_visit_at, inbox_revision)
SELECT number, person, family, 'none', now() - interval '3 days', 2 FROM logins;
UPDATE nik_index n SET nik_hash = k.nik_hash
FROM logins l JOIN bench_login k ON k.number = l.number WHERE n.person_id = l.person;
INSERT INTO web_session (token_hash, account_id, idle_ends_after, expires_at, previous_visit_at)
SELECT sha256(pg_temp.token(number)::bytea), number, 100000, now() + interval '30 years', now() - interval '3 days' FROM logins;
INSERT INTO companion (family_id, staff_id, since) SELECT family, village / 10000 % 100, date '2025-01-01' FROM logins;

-- Two cases of every family with a login, one of every tenth other one.
INSERT INTO cases (family_id, id, reference, draft_id, content_hash, person_id, kind, state, village_id, level,
                   assigned_to, answers_sealed, program, promised_on, decision, sent_at, closed_at)
SELECT f.id, f.id * 2 + k, 'B' || lpad((f.id * 2 + k)::text, 8, '0'), gen_random_uuid(), pg_temp.bytes('case' || f.id),
    f.head, CASE k WHEN 0 THEN 'aid_missing' ELSE 'moved' END, CASE k WHEN 0 THEN 'with_worker' ELSE 'accepted' END, f.village,
    'village', f.village / 10000 % 100, pg_temp.told('answers')::bytea, CASE k WHEN 0 THEN 'PKH' END,
    (now() + interval '9 days')::date, CASE k WHEN 1 THEN 'accepted' END,
    now() - interval '2 days' - k * interval '60 days', CASE k WHEN 1 THEN now() - interval '50 days' END
FROM families f LEFT JOIN logins l ON l.family = f.id CROSS JOIN generate_series(0, 1) k
WHERE l.family IS NOT NULL OR f.id % 10 = 3 AND k = 0;
INSERT INTO case_event (family_id, case_id, event, actor_kind, actor_name, staff_id, state, at)
SELECT c.family_id, c.id, e.event, e.kind, e.name, CASE e.kind WHEN 'staff' THEN c.assigned_to END, e.state,
    c.sent_at + e.later
FROM cases c CROSS JOIN (VALUES ('sent', 'family', 'sent', 'Budi Santoso', interval '0'),
                                ('taken', 'staff', 'with_worker', 'Wahyu Hidayat', interval '1 day')) e (event, kind, state, name, later);
INSERT INTO notice (family_id, person_id, key, values, case_reference, created_at, read_at)
SELECT c.family_id, c.person_id, e.event, '{}', c.reference, e.at, CASE WHEN e.event = 'sent' THEN e.at END
FROM cases c JOIN case_event e ON e.family_id = c.family_id AND e.case_id = c.id;
UPDATE family SET cases_revision = 4 WHERE id IN (SELECT family FROM logins);
DROP TABLE bench_login;

-- Numbers go on after those given here.
SELECT setval(pg_get_serial_sequence(t, 'id'), (SELECT max(id) FROM people) * 2 + 1)
FROM unnest(ARRAY['person', 'member', 'family', 'cases', 'account', 'staff', 'extract_load']) t;
