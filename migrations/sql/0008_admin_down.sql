DROP FUNCTION browsing_counts(), kin_of_mine(), kin_declare(bigint, bytea, bytea, text),
    staff_confirm(bytea, bigint, bytea), staff_factor(bytea), session_confirmed_at(bytea),
    staff_recover(bigint, bytea, text, bytea, text, bytea, bytea, int, int, text),
    staff_invitation_use(bytea, bytea, text, bytea, bigint, bytea[]), staff_invitation_find(bytea),
    staff_invite(bigint, text, bytea, int), staff_with_login(), staff_confirm_proposal(bigint),
    staff_set_role(bigint, text), staff_add(text, text, text, text, bigint[], date, date);
DROP POLICY administrator_reads ON staff_assignment;
DROP POLICY administrator_adds ON staff_assignment;
DROP POLICY administrator_ends ON staff_assignment;
REVOKE INSERT (staff_id, area_id, since, until), UPDATE (until) ON staff_assignment FROM portal_staff;
DROP POLICY administrator_reads ON staff_kinship;
GRANT INSERT ON staff_kinship TO portal_staff;
DROP TABLE staff_alarm, staff_proposal, staff_recovery_code, staff_invitation;
DROP INDEX ix_audit_event_looks;
ALTER TABLE web_session DROP COLUMN confirmed_at;
ALTER TABLE staff_kinship DROP COLUMN nik_stands, DROP COLUMN declared_by, DROP COLUMN relation;
