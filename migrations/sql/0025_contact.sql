-- How a person wants to be reached. The person alone reads and writes it, signed in with nobody beside; an officer who
-- serves the family reads it, and writes it only for a case of that person which that officer just accepted.
CREATE TABLE contact (
    person_id bigint CONSTRAINT pk_contact PRIMARY KEY CONSTRAINT fk_contact_person_id_person REFERENCES person (id),
    phone_sealed bytea,
    phone_hash bytea,
    channel text NOT NULL CONSTRAINT ck_contact_channel CHECK (channel IN ('call', 'whatsapp', 'sms', 'visit')),
    whose text NOT NULL CONSTRAINT ck_contact_whose CHECK (whose IN ('own', 'family', 'other')),
    case_reference text NOT NULL,
    since timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ck_contact_hashed CHECK ((phone_sealed IS NULL) = (phone_hash IS NULL)),
    CONSTRAINT ck_contact_reachable CHECK (phone_sealed IS NOT NULL OR channel = 'visit')
);
ALTER TABLE contact ENABLE ROW LEVEL SECURITY;
GRANT SELECT, DELETE ON contact TO portal_worker;
CREATE POLICY worker_all ON contact TO portal_worker USING ((SELECT current_job()) <> '');
GRANT SELECT, INSERT, UPDATE, DELETE ON contact TO portal_family;
CREATE POLICY own_contact ON contact FOR SELECT TO portal_family USING (person_id = (SELECT current_person()));
CREATE POLICY told_alone ON contact FOR INSERT TO portal_family
    WITH CHECK (person_id = (SELECT current_person()) AND (SELECT current_helper()) IS NULL);
CREATE POLICY changed_alone ON contact FOR UPDATE TO portal_family
    USING (person_id = (SELECT current_person()) AND (SELECT current_helper()) IS NULL);
CREATE POLICY removed_alone ON contact FOR DELETE TO portal_family
    USING (person_id = (SELECT current_person()) AND (SELECT current_helper()) IS NULL);
GRANT SELECT, INSERT, UPDATE ON contact TO portal_staff;
CREATE POLICY of_served_member ON contact FOR SELECT TO portal_staff USING (EXISTS (
    SELECT FROM member m JOIN family f ON f.id = m.family_id
    WHERE m.person_id = contact.person_id AND m.until IS NULL AND f.village_id <@ (SELECT staff_case_area())
      AND f.id <> ALL ((SELECT staff_kin())::bigint[])));
-- What an officer wrote down for a person counts once another officer accepted it.
CREATE FUNCTION contact_accepted(person bigint, wanted text) RETURNS boolean LANGUAGE sql STABLE AS
$$
    SELECT EXISTS (SELECT FROM cases c WHERE c.reference = wanted AND c.person_id = person AND c.kind = 'contact'
        AND c.state = 'accepted' AND EXISTS (SELECT FROM case_event e WHERE e.family_id = c.family_id
            AND e.case_id = c.id AND e.event = 'accepted' AND e.staff_id = (SELECT current_staff())))
$$;
GRANT EXECUTE ON FUNCTION contact_accepted(bigint, text) TO portal_staff;
CREATE POLICY accepted_for_it ON contact FOR INSERT TO portal_staff
    WITH CHECK ((SELECT contact_accepted(person_id, case_reference)));
CREATE POLICY accepted_anew ON contact FOR UPDATE TO portal_staff
    USING (true) WITH CHECK ((SELECT contact_accepted(person_id, case_reference)));
