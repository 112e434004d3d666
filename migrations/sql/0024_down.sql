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
