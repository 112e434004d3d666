DROP FUNCTION kiosk_find(uuid, int);
ALTER TABLE kiosk DROP COLUMN sealed_with;
DROP FUNCTION session_find(bytea, boolean);
DROP TRIGGER mandate_speaks ON cases;
DROP TRIGGER mandate_speaks ON case_draft;
DROP FUNCTION mandate_speaks();
-- What a helper began to tell would become the person's own words without the label.
DELETE FROM case_file f USING case_draft d WHERE f.draft_id = d.id AND f.case_id IS NULL AND d.mandate_id IS NOT NULL;
DELETE FROM case_draft WHERE mandate_id IS NOT NULL;
ALTER TABLE cases DROP COLUMN mandate_id, DROP COLUMN spoken_by;
ALTER TABLE case_draft DROP COLUMN mandate_id, DROP COLUMN spoken_by;
