-- What is said about a household, and what it is asked: the regency office may give one to the kecamatan, whose
-- supervisor then sees it and works on it as the office does. No officer of a village ever does.
CREATE FUNCTION staff_is_above() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS
$$ SELECT EXISTS (SELECT FROM staff WHERE id = current_staff() AND active AND role IN ('regency_office', 'supervisor')) $$;
GRANT EXECUTE ON FUNCTION staff_is_above() TO portal_staff;
ALTER POLICY assigned_area ON cases USING (
    village_id <@ (SELECT staff_case_area()) AND (NOT restricted OR (SELECT staff_sees_sealed())
        OR kind IN ('other_objection', 'claim_about_us') AND level = 'kecamatan' AND (SELECT staff_is_above())));
ALTER POLICY assigned_area_not_kin ON cases
    USING (village_id <@ (SELECT staff_case_area()) AND (NOT restricted OR (SELECT staff_sees_sealed())
               OR kind IN ('other_objection', 'claim_about_us') AND level = 'kecamatan' AND (SELECT staff_is_above()))
           AND family_id <> ALL ((SELECT staff_kin())::bigint[]))
    WITH CHECK (village_id <@ (SELECT staff_case_area()));
ALTER POLICY of_both_cases ON claim_link USING (
    (SELECT staff_is_above())
    AND EXISTS (SELECT FROM cases c WHERE c.family_id = report_family_id AND c.id = report_id)
    AND EXISTS (SELECT FROM cases c WHERE c.family_id = claim_family_id AND c.id = claim_id));
DO $$
DECLARE body text;
BEGIN
    -- Who works on a report opens its claims, on the own level; a report of another level is none of the kecamatan's.
    body := pg_get_functiondef('claim_open(text, bytea, bytea, text, bytea, bytea, bytea, date)'::regprocedure);
    body := replace(body, 'staff_sees_sealed() AND c.village_id',
                    '(staff_sees_sealed() OR staff_is_above() AND c.level = ''kecamatan'') AND c.village_id');
    body := replace(body, '''regency'', true, current_staff()',
                    'CASE WHEN staff_sees_sealed() THEN ''regency'' ELSE ''kecamatan'' END, true, current_staff()');
    EXECUTE body;
    -- What a second officer confirmed and sent to the centre is not erased any more.
    body := pg_get_functiondef('claim_erase(text)'::regprocedure);
    body := replace(body, 'staff_sees_sealed() AND c.village_id',
                    '(staff_sees_sealed() OR staff_is_above() AND c.level = ''kecamatan'')'
                    ' AND c.decision IS NULL AND c.village_id');
    EXECUTE body;
    -- A household may appeal as soon as a second officer confirmed what was found, while it is with the centre.
    body := pg_get_functiondef('case_appeals()'::regprocedure);
    body := replace(body, 'c.decision IS NOT NULL AND c.closed_at IS NOT NULL',
                    'c.decision IS NOT NULL AND (c.closed_at IS NOT NULL OR c.kind = ''claim_about_us'')');
    body := replace(body, 'e.event = first.decision',
                    'e.event = CASE first.kind WHEN ''claim_about_us'' THEN ''confirmed'' ELSE first.decision END');
    EXECUTE body;
END $$;
-- What was found goes to another officer, of the regency. Not by the hand of whoever found it: the kecamatan does not see
-- it any more from that moment on.
CREATE FUNCTION claim_goes_up() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    to_staff bigint;
BEGIN
    SELECT n.staff_id INTO to_staff FROM case_next(NEW.family_id, NEW.case_id, 'regency') n;
    UPDATE cases c SET assigned_to = to_staff, level = 'regency'
        WHERE c.family_id = NEW.family_id AND c.id = NEW.case_id AND c.kind = 'claim_about_us';
    RETURN NULL;
END
$$;
CREATE TRIGGER claim_goes_up AFTER INSERT ON case_event FOR EACH ROW
    WHEN (NEW.event = 'verified' AND NEW.state = 'found') EXECUTE FUNCTION claim_goes_up();
