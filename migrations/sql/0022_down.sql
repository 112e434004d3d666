DROP FUNCTION own_pin_proven(text);
DROP POLICY rests ON cases;
DROP POLICY left_by_nobody_else ON cases;
DROP POLICY left_alone ON cases;
ALTER POLICY sends_own ON cases WITH CHECK (
    family_id = (SELECT current_family()) AND person_id = (SELECT current_person()) AND state = 'sent');
