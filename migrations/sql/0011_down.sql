DROP FUNCTION look_note(bigint, text, text);
DROP TABLE look;
