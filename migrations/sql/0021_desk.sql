-- A note of an officer on a case is a step of its path. The family reads it, unless that would show who reported:
-- such a note is for the officers who work on the case, and never for one whose own family or relative it is about.
ALTER TABLE case_event ADD COLUMN hidden_for text CONSTRAINT ck_case_event_hidden_for
    CHECK (hidden_for IS NULL OR hidden_for = 'reporter' AND event = 'note' AND actor_kind = 'staff');
CREATE POLICY not_hidden ON case_event AS RESTRICTIVE FOR SELECT TO portal_family USING (hidden_for IS NULL);
CREATE POLICY hidden_notes_at_the_desk ON case_event AS RESTRICTIVE FOR SELECT TO portal_staff USING (
    hidden_for IS NULL
    OR family_id <> ALL ((SELECT staff_kin())::bigint[]) AND EXISTS (
        SELECT FROM cases c WHERE c.family_id = case_event.family_id AND c.id = case_event.case_id
          AND c.village_id <@ (SELECT staff_case_area())));

-- The families of the officer's own villages in which somebody of that NIK stands; nothing tells unknown from elsewhere.
CREATE FUNCTION desk_find_nik(subject bytea) RETURNS TABLE (family_id bigint, member_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT f.id, m.id FROM nik_index n
    JOIN member m ON m.person_id = n.person_id AND m.until IS NULL
    JOIN family f ON f.id = m.family_id AND f.village_id <@ (SELECT staff_case_area())
    WHERE n.nik_hash = subject ORDER BY f.id
$$;

-- Members of those of the villages that are the officer's own, by patterns of LIKE in capitals. Upper and LIKE are not
-- leakproof, so that under the policies they would run over every family that the officer may see.
CREATE FUNCTION desk_find_name(patterns text[], villages bigint[], most int)
RETURNS TABLE (family_id bigint, member_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT f.id, m.id FROM unnest(villages) v (id)
    JOIN family f ON f.village_id = v.id AND f.closed_on IS NULL
    JOIN member m ON m.family_id = f.id AND m.until IS NULL
    WHERE v.id <@ (SELECT staff_case_area()) AND upper(m.name) LIKE ALL (patterns)
    ORDER BY upper(m.name), f.id, m.id LIMIT least(most, 50)
$$;

-- To whom whoever oversees a village may give a case of it: who serves it today and is no relative of the family.
CREATE FUNCTION case_takers(family bigint, village bigint) RETURNS TABLE (staff_id bigint, level text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT DISTINCT s.staff_id,
        CASE s.role WHEN 'social_worker' THEN 'village' WHEN 'supervisor' THEN 'kecamatan' ELSE 'regency' END
    FROM serving() s
    WHERE (SELECT staff_oversees()) AND village <@ (SELECT staff_case_area()) AND village <@ s.villages
      AND s.role IN ('social_worker', 'supervisor', 'regency_office')
      AND NOT EXISTS (SELECT FROM staff_kinship k WHERE k.staff_id = s.staff_id AND k.family_id = family)
$$;
GRANT EXECUTE ON FUNCTION desk_find_nik(bytea), desk_find_name(text[], bigint[], int), case_takers(bigint, bigint)
    TO portal_staff;

-- How long a village takes, counted every night over the cases sent in the last 90 days, without sealed ones. Of fewer
-- than five cases nothing is said.
CREATE TABLE village_pace (
    village_id bigint CONSTRAINT pk_village_pace PRIMARY KEY
        CONSTRAINT fk_village_pace_village_id REFERENCES area (id),
    counted_on date NOT NULL,
    cases integer NOT NULL CONSTRAINT ck_village_pace_cases CHECK (cases > 0),
    first_word_days integer,
    decision_days integer,
    CONSTRAINT ck_village_pace_enough CHECK (cases >= 5 OR first_word_days IS NULL AND decision_days IS NULL)
);
ALTER TABLE village_pace ENABLE ROW LEVEL SECURITY;
CREATE POLICY worker_all ON village_pace TO portal_worker USING ((SELECT current_job()) <> '');
GRANT SELECT, INSERT, UPDATE, DELETE ON village_pace TO portal_worker;
GRANT SELECT ON village_pace TO portal_family, portal_staff;
CREATE POLICY everyone_reads ON village_pace FOR SELECT TO portal_family, portal_staff USING (true);
