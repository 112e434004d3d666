DROP FUNCTION signin_succeed(bigint, bytea, text, bytea, text, bytea, int, int, text),
    staff_lookup(text, bytea, bytea), signin_lane_opens(bytea, text),
    staff_succeed(bigint, bytea, text, bytea, text, bigint, bytea, int, int, text);
DROP TABLE staff_device;
ALTER TABLE staff_credential DROP COLUMN login_hash;
