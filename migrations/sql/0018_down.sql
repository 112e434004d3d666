DROP FUNCTION case_paper_added(bigint);
ALTER POLICY adds_papers ON case_file WITH CHECK (
    family_id = (SELECT current_family()) AND person_id = (SELECT current_person()) AND (case_id IS NULL OR EXISTS (
        SELECT FROM cases c WHERE c.family_id = case_file.family_id AND c.id = case_file.case_id)));
ALTER POLICY own_papers ON case_file USING (
    family_id = (SELECT current_family()) AND (
        person_id = (SELECT current_person()) OR EXISTS (
            SELECT FROM cases c WHERE c.family_id = case_file.family_id AND c.id = case_file.case_id)));
DROP POLICY marks_papers ON case_file;
REVOKE UPDATE (state, advice, looked_at) ON case_file FROM portal_staff;
DROP TRIGGER case_file_marks ON case_file;
DROP FUNCTION case_file_marks();
ALTER TABLE case_file DROP COLUMN state, DROP COLUMN advice, DROP COLUMN looked_at, DROP COLUMN first_sent_at;
