-- Why an officer looked stands here alone, where the family reads it; the trail names the look by its public id.
DROP FUNCTION look_note(bigint, text, text);
CREATE FUNCTION look_note(family bigint, why text, reference text) RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
DECLARE
    sender bigint;
    noted uuid;
BEGIN
    IF NOT EXISTS (SELECT FROM family f WHERE f.id = family AND f.village_id <@ staff_area()) THEN
        RAISE EXCEPTION 'a look outside the own villages' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT c.person_id INTO sender FROM cases c
        WHERE c.reference = look_note.reference AND c.family_id = family AND c.restricted;
    INSERT INTO look (family_id, person_id, staff_id, staff_name, staff_title, reason, case_reference)
        SELECT family, sender, s.id, s.name, s.title, why, look_note.reference FROM staff s WHERE s.id = current_staff()
        ON CONFLICT DO NOTHING RETURNING public_id INTO noted;
    IF noted IS NULL THEN
        SELECT l.public_id INTO noted FROM look l WHERE l.family_id = family AND l.staff_id = current_staff()
            AND l.reason = why AND l.case_reference IS NOT DISTINCT FROM look_note.reference
            AND l.hour = date_trunc('hour', now(), 'UTC');
    END IF;
    RETURN noted;
END
$$;
REVOKE EXECUTE ON FUNCTION look_note(bigint, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION look_note(bigint, text, text) TO portal_staff;
