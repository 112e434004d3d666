-- What is established about somebody's body names its person: that one alone reads it, and a small child's guardian,
-- as for the health facts of the record.
ALTER TABLE statement ADD CONSTRAINT ck_statement_health_names_its_person
    CHECK (subject <> 'member_health' OR person_id IS NOT NULL);
ALTER TABLE record_change ADD CONSTRAINT ck_record_change_health_names_its_person
    CHECK (subject <> 'member_health' OR person_id IS NOT NULL);
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['statement', 'record_change'] LOOP
        EXECUTE format(
            'ALTER POLICY own_family ON %1$I USING (family_id = (SELECT current_family()) AND ('
            'person_id IS NULL OR person_id = (SELECT current_person()) OR ((SELECT current_guardian())'
            ' AND subject = ''member_health'' AND EXISTS (SELECT FROM member m WHERE m.family_id = %1$I.family_id'
            ' AND m.person_id = %1$I.person_id AND m.birth_date > current_date - interval ''13 years''))))', t);
    END LOOP;
END $$;
