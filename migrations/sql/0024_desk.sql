-- The desk's queue narrowed down to a state or a kind: read in the same order, so that a filter which nearly nothing
-- fits does not walk through every case of the area. The kind of free words is the one that was found in them.
CREATE INDEX ix_cases_state ON cases (village_id, state, urgent DESC, promised_on, id) WHERE closed_at IS NULL;
CREATE INDEX ix_cases_kind ON cases (village_id, (CASE WHEN sorted_as IS NULL THEN kind ELSE sorted_as END), urgent DESC, promised_on, id)
    WHERE closed_at IS NULL;
CREATE INDEX ix_cases_closed_kind ON cases (village_id, (CASE WHEN sorted_as IS NULL THEN kind ELSE sorted_as END), closed_at DESC, id)
    WHERE closed_at IS NOT NULL;
-- The list of sealed cases holds finished ones too: without them in the index it walks through every case of the country.
DROP INDEX ix_cases_needs_two;
CREATE INDEX ix_cases_needs_two ON cases (village_id) WHERE needs_two;
-- As before, but who asks is asked once and not for every case.
CREATE OR REPLACE FUNCTION sealed_openable() RETURNS SETOF cases LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
    SELECT c.* FROM cases c
    WHERE c.needs_two AND (SELECT staff_sees_sealed()) AND c.village_id <@ (SELECT staff_case_area())
      AND c.not_for IS DISTINCT FROM (SELECT current_staff())
      AND c.first_decider IS DISTINCT FROM (SELECT current_staff())
      AND NOT EXISTS (SELECT FROM staff_kinship k WHERE k.staff_id = (SELECT current_staff())
                      AND k.family_id = c.family_id)
$$;
-- The auditor reads a kiosk by its label, where the trail names it.
CREATE POLICY auditor_reads ON kiosk FOR SELECT TO portal_staff USING (village_id <@ (SELECT auditor_area()));
-- Nobody does two of the steps that take several pairs of eyes: one function for cases and for proposals without a login.
CREATE FUNCTION many_eyes() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE did text[];
BEGIN
    IF TG_TABLE_NAME = 'case_event' THEN
        SELECT array_agg(e.event) INTO did FROM case_event e
            WHERE e.family_id = NEW.family_id AND e.case_id = NEW.case_id AND e.staff_id = NEW.staff_id;
    ELSE
        SELECT array_agg(e.event) INTO did FROM proposal_event e
            WHERE e.proposal_id = NEW.proposal_id AND e.staff_id = NEW.staff_id;
    END IF;
    IF EXISTS (SELECT FROM unnest(did) d (event) WHERE eyes_of(d.event) <> eyes_of(NEW.event)) THEN
        RAISE EXCEPTION 'one officer, two steps' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER case_many_eyes ON case_event;
DROP TRIGGER proposal_many_eyes ON proposal_event;
DROP FUNCTION case_many_eyes();
DROP FUNCTION proposal_many_eyes();
CREATE TRIGGER many_eyes BEFORE INSERT ON case_event FOR EACH ROW
    WHEN (NEW.event IN ('recommended', 'meeting_held', 'verified', 'confirmed')) EXECUTE FUNCTION many_eyes();
CREATE TRIGGER many_eyes BEFORE INSERT ON proposal_event FOR EACH ROW
    WHEN (NEW.event IN ('recommended', 'meeting_held', 'verified', 'confirmed')) EXECUTE FUNCTION many_eyes();
