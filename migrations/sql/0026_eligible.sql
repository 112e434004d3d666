-- Positive matches alone: a family, or one of its members, meets the basic conditions and does not receive it yet. Made
-- anew from the record whenever it changes, so no row of it refers to a family by a key: looking one up for each of
-- millions of rows took longer than finding them. The purge removes them with their family.
CREATE TABLE eligible (
    family_id bigint NOT NULL,
    member_id bigint,
    program text NOT NULL,
    about_health boolean NOT NULL,
    since date NOT NULL,
    catalog_version text NOT NULL,
    told_at timestamptz,
    CONSTRAINT uq_eligible_family_id UNIQUE NULLS NOT DISTINCT (family_id, program, member_id)
);
ALTER TABLE eligible ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE, DELETE ON eligible TO portal_worker;
CREATE POLICY worker_all ON eligible TO portal_worker USING ((SELECT current_job()) <> '');
-- That somebody fits can say that she is pregnant: such a row is read by whoever may read the member's health facts.
GRANT SELECT ON eligible TO portal_family, portal_staff;
CREATE POLICY own_family ON eligible FOR SELECT TO portal_family USING (
    family_id = (SELECT current_family())
    AND (NOT about_health OR EXISTS (
        SELECT FROM member_health h WHERE h.family_id = eligible.family_id AND h.member_id = eligible.member_id)));
CREATE POLICY assigned_area ON eligible FOR SELECT TO portal_staff USING (EXISTS (
    SELECT FROM family f WHERE f.id = eligible.family_id AND f.village_id <@ (SELECT staff_case_area())));
