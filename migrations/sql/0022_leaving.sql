-- Leaving aid: by the member alone, and nobody moves it for thirty days.
ALTER POLICY sends_own ON cases WITH CHECK (
    family_id = (SELECT current_family()) AND person_id = (SELECT current_person())
    AND state = CASE kind WHEN 'leave_aid' THEN 'resting' ELSE 'sent' END);
CREATE POLICY left_alone ON cases AS RESTRICTIVE FOR INSERT TO portal_family WITH CHECK (
    kind <> 'leave_aid' OR (SELECT current_helper()) IS NULL AND promised_on >= (now() AT TIME ZONE 'UTC')::date + 30);
CREATE POLICY left_by_nobody_else ON cases AS RESTRICTIVE FOR INSERT TO portal_staff WITH CHECK (kind <> 'leave_aid');
CREATE POLICY rests ON cases AS RESTRICTIVE FOR UPDATE TO portal_staff USING (state <> 'resting');

-- The PIN that the member typed was proven to be the stored one, and no wrong try waits.
CREATE FUNCTION own_pin_proven(proven text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
DECLARE mine bigint;
BEGIN
    SELECT a.id INTO mine FROM account a
        WHERE a.person_id = current_person() AND a.closed_at IS NULL AND a.pin_hash = proven FOR UPDATE;
    RETURN mine IS NOT NULL AND signin_lane_opens(sha256(convert_to('own-pin:' || mine, 'UTF8')), 'own');
END
$$;
REVOKE EXECUTE ON FUNCTION own_pin_proven(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION own_pin_proven(text) TO portal_family;
