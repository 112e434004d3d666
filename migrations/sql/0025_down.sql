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
