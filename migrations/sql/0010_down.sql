DROP FUNCTION helped_confirm(bytea), helped_offered(bytea), helped_begin(bytea, bytea, int, int), helped_state(bytea),
    helped_offer(bytea, bytea, bigint, bytea, text, text, bigint, int);
DROP TABLE helped_pairing;
DROP POLICY of_seen_mandate ON case_file;
DROP POLICY of_granted_mandate ON case_file;
DELETE FROM case_file WHERE label = 'mandate';
DROP TABLE mandate;
DROP TRIGGER disowned_goes_up ON cases;
DROP FUNCTION disowned_goes_up();
DROP FUNCTION case_route(bigint, boolean, bigint), case_route_above(bigint, bigint, text, bigint);
DROP POLICY disowns_own ON cases;
DROP POLICY says_who_helped ON cases;
DROP POLICY not_the_recorder ON cases;
DROP POLICY disowned_at_counter ON cases;
DROP POLICY recorded_at_counter ON cases;
DROP POLICY records_for_family ON cases;
REVOKE INSERT ON cases FROM portal_staff;
DROP POLICY of_recorded_draft ON case_file;
REVOKE INSERT, DELETE ON case_file FROM portal_staff;
REVOKE UPDATE (case_id) ON case_file FROM portal_staff;
DROP POLICY records_for_family ON case_draft;
REVOKE SELECT, INSERT, UPDATE, DELETE ON case_draft FROM portal_staff;
DROP POLICY own_draft ON case_draft;
CREATE POLICY own_draft ON case_draft TO portal_family
    USING (person_id = (SELECT current_person()) AND family_id = (SELECT current_family()));
DROP FUNCTION recordable_person(bigint, bigint), may_record(bigint, bigint);
-- The drafts of officers belong to nobody without their column.
DELETE FROM case_file f USING case_draft d WHERE f.draft_id = d.id AND f.case_id IS NULL AND d.recorded_by IS NOT NULL;
DELETE FROM case_draft WHERE recorded_by IS NOT NULL;
UPDATE cases SET state = 'withdrawn', closed_at = coalesce(closed_at, now()) WHERE state IN ('disowned', 'void');
UPDATE web_session SET ended_at = now() WHERE helped_by IS NOT NULL AND ended_at IS NULL;
ALTER TABLE web_session DROP COLUMN helped_by;
DROP FUNCTION current_helper();
ALTER TABLE cases DROP COLUMN recorded_by, DROP COLUMN recorded_at_place, DROP COLUMN helped_by;
ALTER TABLE case_draft DROP COLUMN recorded_by, DROP COLUMN recorded_at_place;
