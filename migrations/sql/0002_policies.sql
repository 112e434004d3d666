DO $$
DECLARE t text;
BEGIN
    FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY worker_all ON %I TO portal_worker USING ((SELECT current_job()) <> '''')', t);
    END LOOP;
END $$;

-- Imports, matching, escalation. Secrets and the trail are not theirs.
GRANT SELECT, INSERT, UPDATE, DELETE ON area, family, housing, desil, person, nik_index, member, member_health,
    participation, disbursement, record_change, statement, extract_load, finding, notice, cases, case_event,
    case_draft, case_file, staff, staff_assignment, staff_kinship, companion TO portal_worker;
GRANT SELECT, DELETE ON web_session, signin_guard, pin_trial, known_device TO portal_worker;
GRANT SELECT ON account, slip TO portal_worker;

-- Known to everybody signed in.
GRANT SELECT ON area TO portal_family, portal_staff, portal_anonymous;
CREATE POLICY everyone_reads ON area FOR SELECT TO portal_family, portal_staff, portal_anonymous USING (true);
GRANT SELECT ON staff TO portal_family, portal_staff;
CREATE POLICY everyone_reads ON staff FOR SELECT TO portal_family, portal_staff USING (true);

-- /readyz asks whether the database is where the code needs it.
GRANT SELECT ON alembic_version TO portal_anonymous;

-- A family reads its own rows.
GRANT SELECT ON family, housing, desil, member, member_health, participation, disbursement, record_change, statement
    TO portal_family;
CREATE POLICY own_family ON family FOR SELECT TO portal_family USING (id = (SELECT current_family()));
CREATE POLICY own_family ON housing FOR SELECT TO portal_family USING (family_id = (SELECT current_family()));
CREATE POLICY own_family ON desil FOR SELECT TO portal_family USING (family_id = (SELECT current_family()));
CREATE POLICY own_family ON member FOR SELECT TO portal_family USING (family_id = (SELECT current_family()));
CREATE POLICY own_family ON participation FOR SELECT TO portal_family USING (family_id = (SELECT current_family()));
CREATE POLICY own_family ON disbursement FOR SELECT TO portal_family USING (family_id = (SELECT current_family()));
-- Health facts: that member, and a parent where it is a small child (under 13).
CREATE POLICY own_or_small_child ON member_health FOR SELECT TO portal_family USING (
    family_id = (SELECT current_family())
    AND (person_id = (SELECT current_person())
         OR ((SELECT current_guardian()) AND birth_date > current_date - interval '13 years')));
CREATE POLICY own_family ON record_change FOR SELECT TO portal_family USING (
    family_id = (SELECT current_family()) AND (person_id IS NULL OR person_id = (SELECT current_person())));
CREATE POLICY own_family ON statement FOR SELECT TO portal_family USING (
    family_id = (SELECT current_family()) AND (person_id IS NULL OR person_id = (SELECT current_person())));

-- A member's drafts, the family's cases (a sealed one only to its sender), their path and papers, and messages.
GRANT SELECT, INSERT, UPDATE, DELETE ON case_draft TO portal_family;
CREATE POLICY own_draft ON case_draft TO portal_family
    USING (person_id = (SELECT current_person()) AND family_id = (SELECT current_family()));
GRANT SELECT, INSERT ON cases TO portal_family;
GRANT UPDATE (state, version, closed_at, promised_on) ON cases TO portal_family;
CREATE POLICY own_cases ON cases FOR SELECT TO portal_family
    USING (family_id = (SELECT current_family()) AND (NOT restricted OR person_id = (SELECT current_person())));
-- A family sends, answers and takes back; every other move is an officer's.
CREATE POLICY sends_own ON cases FOR INSERT TO portal_family WITH CHECK (
    family_id = (SELECT current_family()) AND person_id = (SELECT current_person()) AND state = 'sent');
CREATE POLICY moves_own ON cases FOR UPDATE TO portal_family
    USING (family_id = (SELECT current_family()) AND (NOT restricted OR person_id = (SELECT current_person())))
    WITH CHECK (state IN ('answered', 'withdrawn'));
GRANT SELECT, INSERT ON case_event TO portal_family;
CREATE POLICY own_path ON case_event FOR SELECT TO portal_family USING (
    family_id = (SELECT current_family()) AND EXISTS (
        SELECT FROM cases c WHERE c.family_id = case_event.family_id AND c.id = case_event.case_id));
CREATE POLICY writes_own_path ON case_event FOR INSERT TO portal_family WITH CHECK (
    family_id = (SELECT current_family()) AND actor_kind = 'family' AND staff_id IS NULL AND EXISTS (
        SELECT FROM cases c WHERE c.family_id = case_event.family_id AND c.id = case_event.case_id));
GRANT SELECT, INSERT, DELETE ON case_file TO portal_family;
GRANT UPDATE (case_id) ON case_file TO portal_family;
CREATE POLICY own_papers ON case_file FOR SELECT TO portal_family USING (
    family_id = (SELECT current_family()) AND (
        person_id = (SELECT current_person()) OR EXISTS (
            SELECT FROM cases c WHERE c.family_id = case_file.family_id AND c.id = case_file.case_id)));
CREATE POLICY adds_papers ON case_file FOR INSERT TO portal_family WITH CHECK (
    family_id = (SELECT current_family()) AND person_id = (SELECT current_person()) AND (case_id IS NULL OR EXISTS (
        SELECT FROM cases c WHERE c.family_id = case_file.family_id AND c.id = case_file.case_id)));
-- Papers of a draft may go into a case or away; papers of a case stay.
CREATE POLICY sends_papers ON case_file FOR UPDATE TO portal_family USING (
    family_id = (SELECT current_family()) AND person_id = (SELECT current_person()) AND case_id IS NULL)
    WITH CHECK (EXISTS (SELECT FROM cases c WHERE c.family_id = case_file.family_id AND c.id = case_file.case_id));
CREATE POLICY drops_papers ON case_file FOR DELETE TO portal_family USING (
    family_id = (SELECT current_family()) AND person_id = (SELECT current_person()) AND case_id IS NULL);
GRANT SELECT ON notice TO portal_family;
GRANT UPDATE (read_at) ON notice TO portal_family;
CREATE POLICY own_notices ON notice TO portal_family
    USING (family_id = (SELECT current_family()) AND person_id = (SELECT current_person()));
GRANT INSERT ON notice TO portal_family;

-- An officer reads the families of the villages assigned today.
GRANT SELECT ON family, housing, desil, member, member_health, participation, disbursement, record_change, statement,
    cases, case_event, case_file, staff_assignment, staff_kinship, companion, extract_load, finding TO portal_staff;
CREATE POLICY assigned_area ON family FOR SELECT TO portal_staff USING (village_id <@ (SELECT staff_area()));
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['housing', 'desil', 'member', 'member_health', 'participation', 'disbursement',
                             'record_change', 'statement', 'companion'] LOOP
        EXECUTE format(
            'CREATE POLICY assigned_area ON %1$I FOR SELECT TO portal_staff USING (EXISTS ('
            'SELECT FROM family f WHERE f.id = %1$I.family_id AND f.village_id <@ (SELECT staff_area())))', t);
    END LOOP;
END $$;
CREATE POLICY assigned_area ON cases FOR SELECT TO portal_staff USING (
    village_id <@ (SELECT staff_area()) AND (NOT restricted OR (SELECT staff_sees_sealed())));
-- Nobody moves a case of the own family or of a declared relative.
CREATE POLICY assigned_area_not_kin ON cases FOR UPDATE TO portal_staff
    USING (village_id <@ (SELECT staff_area()) AND (NOT restricted OR (SELECT staff_sees_sealed()))
           AND family_id <> ALL ((SELECT staff_kin())::bigint[]))
    WITH CHECK (village_id <@ (SELECT staff_area()));
GRANT UPDATE (state, level, assigned_to, promised_on, visit_on, visit_part, decision, version,
    closed_at) ON cases TO portal_staff;
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['case_event', 'case_file'] LOOP
        EXECUTE format(
            'CREATE POLICY of_visible_case ON %1$I FOR SELECT TO portal_staff USING (EXISTS ('
            'SELECT FROM cases c WHERE c.family_id = %1$I.family_id AND c.id = %1$I.case_id))', t);
    END LOOP;
END $$;
GRANT INSERT ON case_event, notice, statement, record_change TO portal_staff;
CREATE POLICY of_visible_case_not_kin ON case_event FOR INSERT TO portal_staff WITH CHECK (
    staff_id = (SELECT current_staff()) AND actor_kind = 'staff'
    AND family_id <> ALL ((SELECT staff_kin())::bigint[]) AND EXISTS (
        SELECT FROM cases c WHERE c.family_id = case_event.family_id AND c.id = case_event.case_id));
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['notice', 'statement', 'record_change'] LOOP
        EXECUTE format(
            'CREATE POLICY assigned_area_not_kin ON %1$I FOR INSERT TO portal_staff WITH CHECK ('
            'family_id <> ALL ((SELECT staff_kin())::bigint[]) AND EXISTS ('
            'SELECT FROM family f WHERE f.id = %1$I.family_id AND f.village_id <@ (SELECT staff_area())))', t);
    END LOOP;
END $$;
CREATE POLICY own_assignments ON staff_assignment FOR SELECT TO portal_staff USING (staff_id = (SELECT current_staff()));
CREATE POLICY own_kinship ON staff_kinship TO portal_staff USING (staff_id = (SELECT current_staff()));
GRANT INSERT ON staff_kinship TO portal_staff;
-- Loads and findings concern the office of their regency.
CREATE POLICY office_reads ON extract_load FOR SELECT TO portal_staff
    USING ((SELECT staff_sees_sealed()) AND area_span(regency_id) <@ (SELECT staff_area()));
CREATE POLICY office_reads ON finding FOR SELECT TO portal_staff
    USING ((SELECT staff_sees_sealed()) AND area_span(regency_id) <@ (SELECT staff_area()));
