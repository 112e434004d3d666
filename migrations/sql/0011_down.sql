DROP FUNCTION own_login_held();
DROP TABLE consent;
DROP TRIGGER case_keeps_away ON cases;
DROP FUNCTION case_keeps_away(), look_route(uuid), case_route_around(bigint, bigint, boolean, text, bigint);
DROP POLICY of_visible_case ON look;
DROP POLICY not_whom_it_is_about ON cases;
DROP POLICY not_moved_by_whom_it_is_about ON cases;
DROP FUNCTION staff_oversees();
-- What only these walls keep from an officer is closed with them.
UPDATE cases SET state = 'withdrawn', closed_at = coalesce(closed_at, now()), restricted = true WHERE not_for IS NOT NULL;
ALTER TABLE cases DROP COLUMN about_look, DROP COLUMN not_for;
DROP FUNCTION look_note(bigint, text, text);
DROP TABLE look;
