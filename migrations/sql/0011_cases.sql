-- A family does not know a look: the case goes over the officers of the village, and the one who looked never finds it.
ALTER TABLE cases
    ADD COLUMN about_look uuid CONSTRAINT fk_cases_about_look REFERENCES look (public_id) ON DELETE SET NULL,
    ADD COLUMN not_for bigint CONSTRAINT fk_cases_not_for REFERENCES staff (id),
    ADD CONSTRAINT ck_cases_never_whom_it_is_about CHECK (assigned_to IS DISTINCT FROM not_for OR not_for IS NULL),
    ADD CONSTRAINT ck_cases_look_has_an_officer CHECK (about_look IS NULL OR not_for IS NOT NULL);
CREATE INDEX ix_cases_about_look ON cases (about_look) WHERE about_look IS NOT NULL;

-- Whether the officer who asks oversees others: a kecamatan's supervisor or a regency office, of today.
CREATE FUNCTION staff_oversees() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
    SELECT EXISTS (SELECT FROM serving() s WHERE s.staff_id = current_staff()
                   AND s.role IN ('supervisor', 'regency_office'))
$$;
GRANT EXECUTE ON FUNCTION staff_oversees() TO portal_staff;
CREATE POLICY not_whom_it_is_about ON cases AS RESTRICTIVE FOR SELECT TO portal_staff
    USING (not_for IS NULL OR not_for <> (SELECT current_staff()) AND (SELECT staff_oversees()));
CREATE POLICY not_moved_by_whom_it_is_about ON cases AS RESTRICTIVE FOR UPDATE TO portal_staff
    USING (not_for IS NULL OR not_for <> (SELECT current_staff()) AND (SELECT staff_oversees()));

-- Whoever may see such a case may see the look that it is about.
GRANT SELECT ON look TO portal_staff;
CREATE POLICY of_visible_case ON look FOR SELECT TO portal_staff
    USING (EXISTS (SELECT FROM cases c WHERE c.about_look = look.public_id));

-- Who takes a case that is not for one officer: the supervisor, else the regency office; a sealed one the office.
CREATE FUNCTION case_route_around(family bigint, village bigint, sealed boolean, from_level text, not_to bigint)
RETURNS TABLE (staff_id bigint, level text) LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
BEGIN
    SELECT r.staff_id, r.level INTO staff_id, level FROM case_route_above(family, village,
        CASE WHEN sealed OR from_level = 'regency' THEN 'kecamatan' ELSE 'village' END, not_to) r;
    level := coalesce(level, 'regency');
    RETURN NEXT;
END
$$;

-- The same for the member who is about to send it. No row where the member sees no such look.
CREATE FUNCTION look_route(look uuid) RETURNS TABLE (staff_id bigint, level text) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
    SELECT r.staff_id, r.level FROM look l JOIN family f ON f.id = l.family_id
    CROSS JOIN LATERAL case_route_around(f.id, f.village_id, l.person_id IS NOT NULL, 'village', l.staff_id) r
    WHERE l.public_id = look_route.look AND l.family_id = current_family()
      AND (l.person_id IS NULL OR l.person_id = current_person())
$$;
GRANT EXECUTE ON FUNCTION look_route(uuid) TO portal_family;

-- Whatever way a case goes (sent, raised, handed on, moved with its family), it never reaches that officer or the village.
CREATE FUNCTION case_keeps_away() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE seen look;
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.not_for := NULL;
        IF NEW.about_look IS NULL THEN RETURN NEW; END IF;
        SELECT * INTO seen FROM look l WHERE l.public_id = NEW.about_look AND l.family_id = NEW.family_id
            AND (l.person_id IS NULL OR l.person_id = NEW.person_id);
        IF NOT FOUND THEN RAISE EXCEPTION 'no such look' USING ERRCODE = 'insufficient_privilege'; END IF;
        NEW.not_for := seen.staff_id;
        NEW.restricted := NEW.restricted OR seen.person_id IS NOT NULL;
    END IF;
    IF TG_OP = 'INSERT' OR NEW.level = 'village' OR NEW.assigned_to = NEW.not_for THEN
        SELECT r.staff_id, r.level INTO NEW.assigned_to, NEW.level FROM case_route_around(NEW.family_id, NEW.village_id,
            NEW.restricted, CASE WHEN TG_OP = 'INSERT' THEN 'village' ELSE NEW.level END, NEW.not_for) r;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER case_keeps_away BEFORE INSERT OR UPDATE OF assigned_to, level ON cases FOR EACH ROW
    WHEN (NEW.about_look IS NOT NULL OR NEW.not_for IS NOT NULL) EXECUTE FUNCTION case_keeps_away();

-- As before; the path says where the case really went.
CREATE OR REPLACE FUNCTION cases_follow_family() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
DECLARE
    moving cases;
    taker bigint;
    taker_level text;
BEGIN
    FOR moving IN SELECT * FROM cases c WHERE c.family_id = NEW.id ORDER BY c.id FOR UPDATE LOOP
        IF moving.closed_at IS NOT NULL OR serves(moving.assigned_to, NEW.village_id) THEN
            UPDATE cases c SET village_id = NEW.village_id WHERE c.family_id = NEW.id AND c.id = moving.id;
            CONTINUE;
        END IF;
        SELECT r.staff_id, r.level INTO taker, taker_level
            FROM case_route(NEW.id, moving.restricted, moving.recorded_by) r;
        UPDATE cases c SET village_id = NEW.village_id, assigned_to = taker, level = coalesce(taker_level, 'regency'),
            version = c.version + 1 WHERE c.family_id = NEW.id AND c.id = moving.id RETURNING c.level INTO taker_level;
        INSERT INTO case_event (family_id, case_id, event, actor_kind, actor_name, state, data)
        VALUES (NEW.id, moving.id, 'followed', 'portal', 'Portal', moving.state, jsonb_build_object('level', taker_level));
        PERFORM audit_record('case_followed', NEW.id,
                             jsonb_build_object('reference', moving.reference, 'level', taker_level));
    END LOOP;
    RETURN NULL;
END
$$;
