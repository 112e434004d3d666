DROP TRIGGER raise_cases_revision ON proposal;
DROP POLICY about_own_family ON proposal;
REVOKE SELECT (family_id, reference, state, level, promised_on, sent_at, closed_at) ON proposal FROM portal_family;
DROP FUNCTION proposal_photo(text, bytea[], bytea, text[], int[]);
DROP FUNCTION proposal_withdraw(text, bytea[], bytea, int);
DROP TABLE proposal_file;
DROP TRIGGER claim_goes_up ON case_event;
DROP FUNCTION claim_goes_up();
DO $$
DECLARE body text;
BEGIN
    body := pg_get_functiondef('case_appeals()'::regprocedure);
    body := replace(body, 'e.event = CASE first.kind WHEN ''claim_about_us'' THEN ''confirmed'' ELSE first.decision END',
                    'e.event = first.decision');
    body := replace(body, 'c.decision IS NOT NULL AND (c.closed_at IS NOT NULL OR c.kind = ''claim_about_us'')',
                    'c.decision IS NOT NULL AND c.closed_at IS NOT NULL');
    EXECUTE body;
    body := pg_get_functiondef('claim_erase(text)'::regprocedure);
    body := replace(body, '(staff_sees_sealed() OR staff_is_above() AND c.level = ''kecamatan'')'
                    ' AND c.decision IS NULL AND c.village_id', 'staff_sees_sealed() AND c.village_id');
    EXECUTE body;
    body := pg_get_functiondef('claim_open(text, bytea, bytea, text, bytea, bytea, bytea, date)'::regprocedure);
    body := replace(body, 'CASE WHEN staff_sees_sealed() THEN ''regency'' ELSE ''kecamatan'' END, true, current_staff()',
                    '''regency'', true, current_staff()');
    body := replace(body, '(staff_sees_sealed() OR staff_is_above() AND c.level = ''kecamatan'') AND c.village_id',
                    'staff_sees_sealed() AND c.village_id');
    EXECUTE body;
END $$;
ALTER POLICY of_both_cases ON claim_link USING (
    (SELECT staff_sees_sealed())
    AND EXISTS (SELECT FROM cases c WHERE c.family_id = report_family_id AND c.id = report_id)
    AND EXISTS (SELECT FROM cases c WHERE c.family_id = claim_family_id AND c.id = claim_id));
ALTER POLICY assigned_area ON cases USING (
    village_id <@ (SELECT staff_case_area()) AND (NOT restricted OR (SELECT staff_sees_sealed())));
ALTER POLICY assigned_area_not_kin ON cases
    USING (village_id <@ (SELECT staff_case_area()) AND (NOT restricted OR (SELECT staff_sees_sealed()))
           AND family_id <> ALL ((SELECT staff_kin())::bigint[]))
    WITH CHECK (village_id <@ (SELECT staff_case_area()));
DROP FUNCTION staff_is_above();
DROP TRIGGER task_makes_older ON case_event;
DROP FUNCTION task_makes_older();
REVOKE SELECT ON family FROM portal_staff;
GRANT SELECT ON family TO portal_staff;
ALTER POLICY own_family ON record_change USING (
    family_id = (SELECT current_family()) AND (person_id IS NULL OR person_id = (SELECT current_person())));
ALTER POLICY own_family ON statement USING (
    family_id = (SELECT current_family()) AND (person_id IS NULL OR person_id = (SELECT current_person())));
ALTER TABLE record_change DROP CONSTRAINT ck_record_change_health_names_its_person;
ALTER TABLE statement DROP CONSTRAINT ck_statement_health_names_its_person;
DROP TABLE contact;
DROP FUNCTION contact_accepted(bigint, text);
