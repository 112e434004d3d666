ALTER TABLE cases DROP COLUMN event;
REVOKE UPDATE (counted_from) ON cases FROM portal_family, portal_staff;
ALTER TABLE cases DROP COLUMN counted_from;
