DROP FUNCTION case_next(bigint, bigint, text);
DROP TRIGGER case_many_eyes ON case_event;
DROP FUNCTION case_many_eyes();
DROP FUNCTION eyes_of(text);
DROP TRIGGER case_z_appeals ON cases;
DROP FUNCTION case_appeals();
REVOKE UPDATE (waits_since, reminders) ON cases FROM portal_family, portal_staff;
ALTER POLICY moves_own ON cases
    USING (family_id = (SELECT current_family()) AND (NOT restricted OR person_id = (SELECT current_person())))
    WITH CHECK (state IN ('answered', 'withdrawn'));
ALTER POLICY own_cases ON cases USING (
    family_id = (SELECT current_family()) AND (NOT restricted OR person_id = (SELECT current_person())));
ALTER TABLE cases
    DROP COLUMN private, DROP COLUMN urgent, DROP COLUMN about_person_id, DROP COLUMN heading,
    DROP COLUMN first_case, DROP COLUMN first_decider, DROP COLUMN waits_since, DROP COLUMN reminders;
