-- What somebody said about another household. The office finds the household and opens a claim for it in neutral words;
-- the one table that joins the two is read by nobody but the office, and by no family.
CREATE TABLE claim_link (
    claim_family_id bigint NOT NULL,
    claim_id bigint NOT NULL,
    report_family_id bigint NOT NULL,
    report_id bigint NOT NULL,
    linked_by bigint NOT NULL CONSTRAINT fk_claim_link_linked_by_staff REFERENCES staff (id),
    linked_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_claim_link PRIMARY KEY (claim_family_id, claim_id),
    CONSTRAINT fk_claim_link_claim FOREIGN KEY (claim_family_id, claim_id)
        REFERENCES cases (family_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_claim_link_report FOREIGN KEY (report_family_id, report_id)
        REFERENCES cases (family_id, id) ON DELETE CASCADE,
    CONSTRAINT ck_claim_link_two_families CHECK (claim_family_id <> report_family_id)
);
CREATE INDEX ix_claim_link_report ON claim_link (report_family_id, report_id);
CREATE INDEX ix_claim_link_linked_by ON claim_link (linked_by);
ALTER TABLE claim_link ENABLE ROW LEVEL SECURITY;
GRANT SELECT, DELETE ON claim_link TO portal_worker;
CREATE POLICY worker_all ON claim_link TO portal_worker USING ((SELECT current_job()) <> '');
GRANT SELECT ON claim_link TO portal_staff;
CREATE POLICY of_both_cases ON claim_link FOR SELECT TO portal_staff USING (
    (SELECT staff_sees_sealed())
    AND EXISTS (SELECT FROM cases c WHERE c.family_id = report_family_id AND c.id = report_id)
    AND EXISTS (SELECT FROM cases c WHERE c.family_id = claim_family_id AND c.id = claim_id));

-- A report is sealed, and nobody sits beside who sends it or writes it down; a claim is opened by the function alone, and
-- the family answers it and does nothing else with it.
CREATE POLICY reported_alone ON cases AS RESTRICTIVE FOR INSERT TO portal_family WITH CHECK (
    kind <> 'claim_about_us' AND (kind <> 'other_objection' OR restricted AND (SELECT current_helper()) IS NULL));
CREATE POLICY reported_by_nobody_else ON cases AS RESTRICTIVE FOR INSERT TO portal_staff
    WITH CHECK (kind NOT IN ('other_objection', 'claim_about_us'));
CREATE POLICY claim_is_answered ON cases AS RESTRICTIVE FOR UPDATE TO portal_family
    USING (true) WITH CHECK (kind <> 'claim_about_us' OR state IN ('answered', 'with_worker'));

-- Open the claim for the household of this NIK or No. KK. No row where the report is not the officer's to work on, or the
-- household is none of the officer's area, the reporter's own or a relative's; it never says which.
CREATE FUNCTION claim_open(report text, nik bytea, kk bytea, wanted text, content bytea, answers bytea, words bytea,
                           due date)
RETURNS TABLE (family_id bigint, person_id bigint, case_id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
#variable_conflict use_column
DECLARE
    said cases;
    household family;
    who bigint;
    made bigint;
BEGIN
    SELECT * INTO said FROM cases c WHERE c.reference = report AND c.kind = 'other_objection' AND c.closed_at IS NULL
        AND c.assigned_to = current_staff() AND staff_sees_sealed() AND c.village_id <@ staff_case_area() FOR UPDATE;
    IF NOT FOUND THEN RETURN; END IF;
    SELECT f.* INTO household FROM family f WHERE f.closed_on IS NULL AND f.id <> said.family_id
        AND f.village_id <@ staff_case_area() AND f.id <> ALL (staff_kin())
        AND (f.kk_hash = kk OR EXISTS (SELECT FROM nik_index n JOIN member m ON m.person_id = n.person_id
             WHERE n.nik_hash = nik AND m.family_id = f.id AND m.until IS NULL)) LIMIT 1;
    IF NOT FOUND OR EXISTS (SELECT FROM claim_link l WHERE l.report_family_id = said.family_id
                            AND l.report_id = said.id AND l.claim_family_id = household.id) THEN
        RETURN;
    END IF;
    SELECT m.person_id INTO who FROM member m
        LEFT JOIN account a ON a.person_id = m.person_id AND a.closed_at IS NULL
        WHERE m.family_id = household.id AND m.until IS NULL AND m.alive IS NOT FALSE
        ORDER BY a.id IS NULL, m.relation NULLS LAST, m.id LIMIT 1;
    IF who IS NULL THEN RETURN; END IF;
    INSERT INTO cases (family_id, reference, draft_id, content_hash, person_id, kind, state, village_id, level,
                       restricted, assigned_to, answers_sealed, promised_on, waits_since)
    VALUES (household.id, wanted, gen_random_uuid(), content, who, 'claim_about_us', 'needs_more', household.village_id,
            'regency', true, current_staff(), answers, due, current_date) RETURNING id INTO made;
    INSERT INTO claim_link (claim_family_id, claim_id, report_family_id, report_id, linked_by)
    VALUES (household.id, made, said.family_id, said.id, current_staff());
    INSERT INTO case_event (family_id, case_id, event, actor_kind, actor_name, staff_id, state, words_sealed)
    SELECT household.id, made, 'asked', 'staff', s.name, s.id, 'needs_more', words FROM staff s WHERE s.id = current_staff();
    PERFORM audit_record('claim_opened', household.id, jsonb_build_object('reference', wanted));
    RETURN QUERY SELECT household.id, who, made;
END
$$;
-- It was not so: nothing of it stays in the household's record, and the trail keeps that this happened, not what. The
-- names of its files are given, to be removed from the disk.
CREATE FUNCTION claim_erase(wanted text) RETURNS TABLE (family_id bigint, person_id bigint, blobs text[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
#variable_conflict use_column
DECLARE
    claim cases;
    files text[];
BEGIN
    SELECT * INTO claim FROM cases c WHERE c.reference = wanted AND c.kind = 'claim_about_us'
        AND c.assigned_to = current_staff() AND staff_sees_sealed() AND c.village_id <@ staff_case_area()
        AND c.family_id <> ALL (staff_kin()) FOR UPDATE;
    IF NOT FOUND THEN RETURN; END IF;
    SELECT coalesce(array_agg(f.blob), '{}') INTO files FROM case_file f
        WHERE f.family_id = claim.family_id AND f.case_id = claim.id;
    DELETE FROM notice n WHERE n.family_id = claim.family_id AND n.case_reference = claim.reference;
    DELETE FROM case_file f WHERE f.family_id = claim.family_id AND f.case_id = claim.id;
    DELETE FROM case_event e WHERE e.family_id = claim.family_id AND e.case_id = claim.id;
    DELETE FROM cases c WHERE c.family_id = claim.family_id AND c.id = claim.id;
    PERFORM audit_record('claim_erased', claim.family_id, '{}');
    RETURN QUERY SELECT claim.family_id, claim.person_id, files;
END
$$;
REVOKE EXECUTE ON FUNCTION claim_open(text, bytea, bytea, text, bytea, bytea, bytea, date), claim_erase(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION claim_open(text, bytea, bytea, text, bytea, bytea, bytea, date), claim_erase(text) TO portal_staff;
