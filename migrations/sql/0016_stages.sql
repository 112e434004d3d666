-- What the stages of a case need: whose eyes it is for, what it belongs to, and for how long it waits for the family.
ALTER TABLE cases
    ADD COLUMN private boolean NOT NULL DEFAULT false,
    ADD COLUMN urgent boolean NOT NULL DEFAULT false,
    ADD COLUMN about_person_id bigint CONSTRAINT fk_cases_about_person_id_person REFERENCES person (id),
    ADD COLUMN heading uuid,
    ADD COLUMN first_case text CONSTRAINT fk_cases_first_case_cases REFERENCES cases (reference),
    ADD COLUMN first_decider bigint CONSTRAINT fk_cases_first_decider_staff REFERENCES staff (id),
    ADD COLUMN waits_since date,
    ADD COLUMN reminders integer NOT NULL DEFAULT 0,
    ADD CONSTRAINT ck_cases_appeal_goes_to_another
        CHECK (assigned_to IS DISTINCT FROM first_decider OR first_decider IS NULL);
CREATE INDEX ix_cases_heading ON cases (heading) WHERE heading IS NOT NULL;
CREATE INDEX ix_cases_first_case ON cases (first_case) WHERE first_case IS NOT NULL;
CREATE INDEX ix_cases_waiting ON cases (waits_since) WHERE waits_since IS NOT NULL;

-- What concerns the body of one member is not for the other adults of the family; path and papers follow the case.
ALTER POLICY own_cases ON cases USING (
    family_id = (SELECT current_family()) AND (NOT restricted AND NOT private OR person_id = (SELECT current_person())));
ALTER POLICY moves_own ON cases
    USING (family_id = (SELECT current_family())
           AND (NOT restricted AND NOT private OR person_id = (SELECT current_person())))
    WITH CHECK (state IN ('answered', 'withdrawn', 'visit_set', 'with_worker'));
GRANT UPDATE (waits_since, reminders) ON cases TO portal_family, portal_staff;
GRANT UPDATE (urgent) ON cases TO portal_staff;

-- An appeal is about a decided case of the own family. It never comes to whoever decided that one, nor below that
-- level, nor to whom that one was kept from. The last of the triggers: it says where the case goes in the end.
CREATE FUNCTION case_appeals() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    first cases;
    allowed text[] := ARRAY['social_worker', 'supervisor', 'regency_office'];
BEGIN
    SELECT * INTO first FROM cases c WHERE c.reference = NEW.first_case AND c.family_id = NEW.family_id
        AND c.decision IS NOT NULL AND c.closed_at IS NOT NULL
        AND (c.person_id = NEW.person_id OR NOT c.restricted AND NOT c.private);
    IF NOT FOUND THEN RAISE EXCEPTION 'no such decision' USING ERRCODE = 'insufficient_privilege'; END IF;
    SELECT e.staff_id INTO NEW.first_decider FROM case_event e
        WHERE e.family_id = first.family_id AND e.case_id = first.id AND e.event = first.decision
        ORDER BY e.id DESC LIMIT 1;
    NEW.restricted := NEW.restricted OR first.restricted;
    NEW.private := NEW.private OR first.private;
    NEW.about_look := first.about_look;
    NEW.not_for := first.not_for;
    IF NEW.restricted OR first.level = 'regency' THEN
        allowed := ARRAY['regency_office'];
    ELSIF NEW.not_for IS NOT NULL OR first.level = 'kecamatan' THEN
        allowed := ARRAY['supervisor', 'regency_office'];
    END IF;
    NEW.assigned_to := NULL;
    SELECT s.staff_id,
        CASE s.role WHEN 'social_worker' THEN 'village' WHEN 'supervisor' THEN 'kecamatan' ELSE 'regency' END
    INTO NEW.assigned_to, NEW.level
    FROM serving() s
    WHERE NEW.village_id <@ s.villages AND s.role = ANY (allowed)
      AND s.staff_id IS DISTINCT FROM NEW.first_decider AND s.staff_id IS DISTINCT FROM NEW.not_for
      AND s.staff_id IS DISTINCT FROM NEW.recorded_by
      AND NOT EXISTS (SELECT FROM staff_kinship k WHERE k.staff_id = s.staff_id AND k.family_id = NEW.family_id)
    ORDER BY array_position(allowed, s.role),
        (SELECT count(*) FROM cases o WHERE o.assigned_to = s.staff_id AND o.closed_at IS NULL),
        s.staff_id
    LIMIT 1;
    NEW.level := coalesce(NEW.level, 'regency');
    RETURN NEW;
END
$$;
CREATE TRIGGER case_z_appeals BEFORE INSERT ON cases FOR EACH ROW
    WHEN (NEW.first_case IS NOT NULL) EXECUTE FUNCTION case_appeals();

-- Nobody does two of the steps that take several pairs of eyes, whatever the web believes.
CREATE FUNCTION eyes_of(event text) RETURNS text LANGUAGE sql IMMUTABLE AS
$$
    SELECT CASE event WHEN 'recommended' THEN 'village' WHEN 'meeting_held' THEN 'village'
        WHEN 'verified' THEN 'kecamatan' WHEN 'confirmed' THEN 'regency' END
$$;
CREATE FUNCTION case_many_eyes() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    IF EXISTS (SELECT FROM case_event e WHERE e.family_id = NEW.family_id AND e.case_id = NEW.case_id
               AND e.staff_id = NEW.staff_id AND eyes_of(e.event) <> eyes_of(NEW.event)) THEN
        RAISE EXCEPTION 'one officer, two steps' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER case_many_eyes BEFORE INSERT ON case_event FOR EACH ROW
    WHEN (NEW.event IN ('recommended', 'meeting_held', 'verified', 'confirmed')) EXECUTE FUNCTION case_many_eyes();

-- Who has a case next: above the village somebody who did none of its steps, back in the village who recommended it.
-- No row where the officer who asks does not see the case, or nobody may have it.
CREATE FUNCTION case_next(family bigint, case_no bigint, to_level text)
RETURNS TABLE (staff_id bigint, level text) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
    SELECT s.staff_id,
        CASE s.role WHEN 'social_worker' THEN 'village' WHEN 'supervisor' THEN 'kecamatan' ELSE 'regency' END
    FROM cases c
    JOIN serving() s ON c.village_id <@ s.villages AND s.role = ANY (CASE to_level
        WHEN 'village' THEN ARRAY['social_worker', 'supervisor', 'regency_office']
        WHEN 'kecamatan' THEN ARRAY['supervisor', 'regency_office']
        ELSE ARRAY['regency_office'] END)
    LEFT JOIN LATERAL (
        SELECT bool_or(e.event = 'recommended') AS recommended, bool_or(eyes_of(e.event) IS NOT NULL) AS did
        FROM case_event e WHERE e.family_id = c.family_id AND e.case_id = c.id AND e.staff_id = s.staff_id) e ON true
    WHERE c.family_id = case_next.family AND c.id = case_no AND c.village_id <@ (SELECT staff_case_area())
      AND s.staff_id IS DISTINCT FROM c.recorded_by AND s.staff_id IS DISTINCT FROM c.not_for
      AND s.staff_id IS DISTINCT FROM c.first_decider
      AND (to_level = 'village' OR e.did IS NOT TRUE)
      AND NOT EXISTS (SELECT FROM staff_kinship k WHERE k.staff_id = s.staff_id AND k.family_id = c.family_id)
    ORDER BY to_level = 'village' AND e.recommended IS TRUE DESC,
        array_position(ARRAY['social_worker', 'supervisor', 'regency_office'], s.role),
        (SELECT count(*) FROM cases o WHERE o.assigned_to = s.staff_id AND o.closed_at IS NULL),
        s.staff_id
    LIMIT 1
$$;
GRANT EXECUTE ON FUNCTION case_next(bigint, bigint, text) TO portal_staff;
