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
