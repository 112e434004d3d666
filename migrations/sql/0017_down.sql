DROP FUNCTION own_officers();
DROP FUNCTION sealed_confirm(text), sealed_ask(text, text), sealed_list(), sealed_openable();
DROP POLICY seen_alone ON case_draft;
DROP POLICY seen_alone ON look;
DROP POLICY seen_alone ON notice;
DROP POLICY seen_alone ON case_file;
DROP POLICY sent_alone ON cases;
DROP POLICY seen_alone ON cases;
DROP POLICY moved_by_two ON cases;
DROP POLICY opened_by_two ON cases;
DROP FUNCTION sealed_read();
DROP TABLE sealed_opening;
CREATE OR REPLACE FUNCTION case_keeps_away() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
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
REVOKE UPDATE (sorted_as) ON cases FROM portal_staff;
ALTER TABLE cases DROP COLUMN needs_two, DROP COLUMN sorted_as;
