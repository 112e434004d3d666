DROP POLICY of_visible_member ON person;
REVOKE SELECT (id, public_id) ON person FROM portal_staff;
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['housing', 'desil', 'member_health', 'participation', 'disbursement', 'record_change',
                             'statement'] LOOP
        EXECUTE format(
            'ALTER POLICY assigned_area ON %1$I USING (EXISTS ('
            'SELECT FROM family f WHERE f.id = %1$I.family_id AND f.village_id <@ (SELECT staff_area())))', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['statement', 'record_change'] LOOP
        EXECUTE format(
            'ALTER POLICY assigned_area_not_kin ON %1$I WITH CHECK ('
            'family_id <> ALL ((SELECT staff_kin())::bigint[]) AND EXISTS ('
            'SELECT FROM family f WHERE f.id = %1$I.family_id AND f.village_id <@ (SELECT staff_area())))', t);
    END LOOP;
END $$;
ALTER POLICY assigned_area ON cases USING (
    village_id <@ (SELECT staff_area()) AND (NOT restricted OR (SELECT staff_sees_sealed())));
ALTER POLICY assigned_area_not_kin ON cases
    USING (village_id <@ (SELECT staff_area()) AND (NOT restricted OR (SELECT staff_sees_sealed()))
           AND family_id <> ALL ((SELECT staff_kin())::bigint[]))
    WITH CHECK (village_id <@ (SELECT staff_area()));
DROP FUNCTION staff_case_area();
