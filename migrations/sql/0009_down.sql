DROP TABLE kiosk;
DROP FUNCTION kiosk_find(uuid), kiosk_area();
