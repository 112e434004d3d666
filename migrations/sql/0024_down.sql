DROP TRIGGER many_eyes ON case_event;
DROP TRIGGER many_eyes ON proposal_event;
DROP FUNCTION many_eyes();
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
CREATE FUNCTION proposal_many_eyes() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
BEGIN
    IF EXISTS (SELECT FROM proposal_event e WHERE e.proposal_id = NEW.proposal_id AND e.staff_id = NEW.staff_id
               AND eyes_of(e.event) <> eyes_of(NEW.event)) THEN
        RAISE EXCEPTION 'one officer, two steps' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER proposal_many_eyes BEFORE INSERT ON proposal_event FOR EACH ROW
    WHEN (NEW.event IN ('recommended', 'meeting_held', 'verified', 'confirmed')) EXECUTE FUNCTION proposal_many_eyes();
DROP POLICY auditor_reads ON kiosk;
CREATE OR REPLACE FUNCTION sealed_openable() RETURNS SETOF cases LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
    SELECT c.* FROM cases c
    WHERE c.needs_two AND staff_sees_sealed() AND c.village_id <@ staff_case_area()
      AND c.not_for IS DISTINCT FROM current_staff() AND c.first_decider IS DISTINCT FROM current_staff()
      AND NOT EXISTS (SELECT FROM staff_kinship k WHERE k.staff_id = current_staff() AND k.family_id = c.family_id)
$$;
DROP INDEX ix_cases_needs_two;
CREATE INDEX ix_cases_needs_two ON cases (village_id) WHERE needs_two AND closed_at IS NULL;
DROP INDEX ix_cases_closed_kind;
DROP INDEX ix_cases_kind;
DROP INDEX ix_cases_state;
