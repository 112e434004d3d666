-- A promise in hours runs from when it was last made: at sorting, at the family's answer, at going up. Null: from sending.
ALTER TABLE cases ADD COLUMN counted_from timestamptz;
GRANT UPDATE (counted_from) ON cases TO portal_family, portal_staff;
UPDATE cases c SET counted_from = said.at
    FROM (SELECT e.family_id, e.case_id, max(e.at) AS at FROM case_event e
          WHERE e.event IN ('answered', 'resumed', 'sorted', 'raised') GROUP BY e.family_id, e.case_id) said
    WHERE c.urgent AND c.closed_at IS NULL AND said.family_id = c.family_id AND said.case_id = c.id;

-- The cases of one event of life stand under its name.
ALTER TABLE cases ADD COLUMN event text,
    ADD CONSTRAINT ck_cases_event_has_a_heading CHECK (event IS NULL OR heading IS NOT NULL);

-- What was begun and is the member's alone: whoever sits beside does not find it, from the answer on that makes it so.
-- Of open drafts that can become so nobody can say here what was answered.
ALTER TABLE case_draft ADD COLUMN alone boolean NOT NULL DEFAULT false;
UPDATE case_draft SET alone = true WHERE recorded_by IS NULL AND kind IN ('levy', 'card_kept', 'conduct', 'violence',
    'aid_missing', 'told', 'data_misused', 'other_objection', 'leave_aid');
DROP POLICY seen_alone ON case_draft;
CREATE POLICY seen_alone ON case_draft AS RESTRICTIVE FOR SELECT TO portal_family USING (
    (SELECT current_helper()) IS NULL OR NOT alone AND kind NOT IN ('levy', 'card_kept', 'conduct', 'violence'));
DROP POLICY seen_alone ON case_file;
CREATE POLICY seen_alone ON case_file AS RESTRICTIVE FOR SELECT TO portal_family USING (
    (SELECT current_helper()) IS NULL
    OR case_id IS NULL AND EXISTS (SELECT FROM case_draft d WHERE d.id = case_file.draft_id)
    OR EXISTS (SELECT FROM cases c WHERE c.family_id = case_file.family_id AND c.id = case_file.case_id));
-- In a session of two the member's own answer takes the draft out of sight of both: no row may be written that its
-- writer does not see, so this does.
CREATE FUNCTION draft_alone(wanted uuid) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    UPDATE case_draft d SET alone = true WHERE d.id = wanted AND d.recorded_by IS NULL
        AND d.person_id = current_person() AND d.family_id = current_family()
$$;
REVOKE EXECUTE ON FUNCTION draft_alone(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION draft_alone(uuid) TO portal_family;
