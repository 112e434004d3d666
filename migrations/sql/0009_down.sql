DROP FUNCTION own_pin_set(text, text, bytea), own_pin(), own_sessions_end(uuid, bytea), own_sessions(),
    session_on(bytea, text, bigint, int, int), kiosk_lane(bytea), kiosk_find(uuid), kiosk_revoke(uuid);
ALTER TABLE web_session DROP COLUMN public_id, DROP COLUMN device, DROP COLUMN kiosk_id;
DROP TABLE kiosk;
DROP FUNCTION kiosk_area();
