-- Each paper of a case has its own state, set by the officer who has the case; and it may have been sent before.
ALTER TABLE case_file
    ADD COLUMN state text NOT NULL DEFAULT 'received'
        CONSTRAINT ck_case_file_state CHECK (state IN ('received', 'readable', 'unreadable', 'accepted')),
    ADD COLUMN advice text
        CONSTRAINT ck_case_file_advice CHECK (advice IN ('dark', 'blurred', 'cut', 'shine', 'wrong')),
    ADD COLUMN looked_at timestamptz,
    ADD COLUMN first_sent_at timestamptz,
    ADD CONSTRAINT ck_case_file_unreadable_says_what_to_do CHECK ((state = 'unreadable') = (advice IS NOT NULL));

-- Whoever sends a paper says nothing of its state, nobody marks a paper of a draft, and a paper of a case stays there.
CREATE FUNCTION case_file_marks() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS
$$
BEGIN
    IF current_user NOT IN ('portal_family', 'portal_staff') THEN RETURN NEW; END IF;
    IF TG_OP = 'INSERT' THEN
        NEW.state := 'received';
        NEW.advice := NULL;
        NEW.looked_at := NULL;
    ELSIF (OLD.case_id IS NULL AND (NEW.state, NEW.advice) IS DISTINCT FROM (OLD.state, OLD.advice))
          OR (OLD.case_id IS NOT NULL AND NEW.case_id IS DISTINCT FROM OLD.case_id) THEN
        RAISE EXCEPTION 'not of this paper' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER case_file_marks BEFORE INSERT OR UPDATE ON case_file FOR EACH ROW EXECUTE FUNCTION case_file_marks();

GRANT UPDATE (state, advice, looked_at) ON case_file TO portal_staff;
CREATE POLICY marks_papers ON case_file FOR UPDATE TO portal_staff USING (
    case_id IS NOT NULL AND family_id <> ALL ((SELECT staff_kin())::bigint[]) AND EXISTS (
        SELECT FROM cases c WHERE c.family_id = case_file.family_id AND c.id = case_file.case_id
          AND c.closed_at IS NULL AND c.recorded_by IS DISTINCT FROM (SELECT current_staff())
          AND (c.assigned_to = (SELECT current_staff()) OR EXISTS (
              SELECT FROM staff_substitution l WHERE l.staff_id = c.assigned_to AND l.ended_at IS NULL
                AND l.substitute_id = (SELECT current_staff()) AND current_date BETWEEN l.since AND l.until))));

-- A family adds papers to an open case, not to one that is finished; papers of a case follow the case alone, also
-- for whoever sent them while an officer sits beside.
ALTER POLICY own_papers ON case_file USING (
    family_id = (SELECT current_family()) AND (
        (case_id IS NULL AND person_id = (SELECT current_person())) OR EXISTS (
            SELECT FROM cases c WHERE c.family_id = case_file.family_id AND c.id = case_file.case_id)));
ALTER POLICY adds_papers ON case_file WITH CHECK (
    family_id = (SELECT current_family()) AND person_id = (SELECT current_person()) AND (case_id IS NULL OR EXISTS (
        SELECT FROM cases c WHERE c.family_id = case_file.family_id AND c.id = case_file.case_id
          AND c.closed_at IS NULL)));

-- A paper was added: who decides has to see it first, so the version goes up, in whatever state the case is.
CREATE FUNCTION case_paper_added(wanted bigint) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
    UPDATE cases c SET version = c.version + 1
    WHERE c.family_id = current_family() AND c.id = wanted AND c.closed_at IS NULL
      AND (c.person_id = current_person() OR NOT c.restricted AND NOT c.private)
      AND (NOT c.needs_two OR current_helper() IS NULL)
$$;
REVOKE EXECUTE ON FUNCTION case_paper_added(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION case_paper_added(bigint) TO portal_family;
