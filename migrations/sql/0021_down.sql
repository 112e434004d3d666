DROP TABLE village_pace;
DROP FUNCTION case_takers(bigint, bigint);
DROP FUNCTION desk_find_name(text[], bigint[], int);
DROP FUNCTION desk_find_nik(bytea);
-- A hidden note would be read by the family once nothing hides it.
DELETE FROM case_event WHERE hidden_for IS NOT NULL;
DROP POLICY hidden_notes_at_the_desk ON case_event;
DROP POLICY not_hidden ON case_event;
ALTER TABLE case_event DROP COLUMN hidden_for;
DROP INDEX ix_cases_village_sent;
DROP INDEX ix_cases_closed;
DROP INDEX ix_cases_assigned;
DROP INDEX ix_cases_queue;
CREATE INDEX ix_cases_queue ON cases (village_id, promised_on) WHERE closed_at IS NULL;
CREATE INDEX ix_cases_assigned ON cases (assigned_to, promised_on) WHERE closed_at IS NULL;
