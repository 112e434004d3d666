DROP FUNCTION draft_alone(uuid);
DROP POLICY seen_alone ON case_file;
CREATE POLICY seen_alone ON case_file AS RESTRICTIVE FOR SELECT TO portal_family USING (
    (SELECT current_helper()) IS NULL OR case_id IS NULL OR EXISTS (
        SELECT FROM cases c WHERE c.family_id = case_file.family_id AND c.id = case_file.case_id));
DROP POLICY seen_alone ON case_draft;
CREATE POLICY seen_alone ON case_draft AS RESTRICTIVE FOR SELECT TO portal_family USING (
    (SELECT current_helper()) IS NULL OR kind NOT IN ('levy', 'card_kept', 'conduct', 'violence'));
ALTER TABLE case_draft DROP COLUMN alone;
ALTER TABLE cases DROP COLUMN event;
REVOKE UPDATE (counted_from) ON cases FROM portal_family, portal_staff;
ALTER TABLE cases DROP COLUMN counted_from;
