DROP FUNCTION proposal_link(bigint, bytea);
DROP FUNCTION proposal_answer(text, bytea[], bytea, int, bytea, date);
DROP FUNCTION proposal_follow(text, bytea[], bytea);
DROP FUNCTION proposal_try(text, bytea[], bytea);
DROP FUNCTION proposal_send(bytea, bytea, text, bytea, bigint, boolean, boolean, bytea, date, bytea);
DROP FUNCTION proposal_next(bigint, text);
DROP FUNCTION proposal_route(bigint, text, bigint, bigint, bigint);
DROP TRIGGER proposal_many_eyes ON proposal_event;
DROP FUNCTION proposal_many_eyes();
DROP TABLE proposal_event;
DROP TABLE proposal;
DROP FUNCTION own_pin_proven(text);
DROP POLICY rests ON cases;
DROP POLICY left_by_nobody_else ON cases;
DROP POLICY left_alone ON cases;
ALTER POLICY sends_own ON cases WITH CHECK (
    family_id = (SELECT current_family()) AND person_id = (SELECT current_person()) AND state = 'sent');
