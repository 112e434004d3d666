-- A code that goes with this NIK, what it is for, what has become of it, and what a PIN must not be made of. One row in
-- any case: the serial is empty where code and NIK do not go together. The wait after wrong tries is that of its lane.
DROP FUNCTION slip_find(bytea, bytea);
CREATE FUNCTION slip_find(code bytea, subject bytea)
RETURNS TABLE (serial text, purpose text, state text, village_id bigint, birth_dates date[], kk_sealed bytea,
               locked_until timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT paper.serial, paper.purpose, paper.state, paper.village_id, paper.birth_dates, paper.kk_sealed,
        g.locked_until
    FROM (SELECT 1) one LEFT JOIN (
        SELECT s.serial, s.purpose, f.village_id, f.kk_sealed,
            CASE WHEN s.used_at IS NOT NULL THEN 'used'
                WHEN s.purpose = 'activation' AND s.expires_at > now() THEN 'good'
                WHEN r.id IS NULL OR s.expires_at <= now() AND reset_state(r) = 'confirmed' THEN 'expired'
                WHEN reset_state(r) = 'confirmed' THEN 'good'
                ELSE reset_state(r) END AS state,
            (SELECT array_agg(m.birth_date) FROM member m
             WHERE m.family_id = s.family_id AND m.birth_date IS NOT NULL) AS birth_dates
        FROM slip s JOIN nik_index n ON n.person_id = s.person_id AND n.nik_hash = subject
        JOIN family f ON f.id = s.family_id
        LEFT JOIN pin_reset r ON r.serial = s.serial
        WHERE s.code_hash = code
    ) paper ON true
    LEFT JOIN signin_guard g ON g.subject_hash = subject AND g.lane = 'activation'
        AND g.last_failed_at > now() - interval '24 hours'
$$;

-- Use the code once. For a first time the account begins to exist. For a lost PIN the account gets the new one, every
-- session of it ends, its devices are strangers again, its locks open, and the family is told. Empty when somebody was
-- quicker. ``said`` is the day and the time in the village's own words.
DROP FUNCTION slip_use(bytea, bytea, text);
CREATE FUNCTION slip_use(code bytea, subject bytea, new_pin_hash text, said jsonb)
RETURNS TABLE (account_id bigint, person_id bigint, family_id bigint, purpose text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
#variable_conflict use_column
DECLARE
    paper slip;
    asked pin_reset;
    mine bigint;
BEGIN
    -- Locked in the order in which officers lock them: the account, the reset, the slip.
    SELECT a.id INTO mine FROM account a JOIN slip s ON s.person_id = a.person_id AND s.purpose = 'reset'
        WHERE s.code_hash = code AND a.closed_at IS NULL FOR UPDATE OF a;
    SELECT r.* INTO asked FROM pin_reset r JOIN slip s ON s.serial = r.serial
        WHERE s.code_hash = code AND r.confirmed_at IS NOT NULL AND r.called_off_at IS NULL FOR UPDATE OF r;
    UPDATE slip s SET used_at = now() FROM nik_index n
    WHERE s.code_hash = code AND n.person_id = s.person_id AND n.nik_hash = subject
        AND s.used_at IS NULL AND s.expires_at > now()
        AND (s.purpose = 'activation' OR mine IS NOT NULL AND asked.id IS NOT NULL)
    RETURNING s.* INTO paper;
    IF paper.serial IS NULL THEN RETURN; END IF;
    IF paper.purpose = 'activation' THEN
        RETURN QUERY INSERT INTO account AS a (person_id, family_id, pin_hash, activated_by)
            VALUES (paper.person_id, paper.family_id, new_pin_hash, paper.bound_by)
            ON CONFLICT (person_id) DO NOTHING RETURNING a.id, a.person_id, a.family_id, paper.purpose;
        RETURN;
    END IF;
    UPDATE pin_reset r SET used_at = now() WHERE r.id = asked.id;
    UPDATE account a SET pin_hash = new_pin_hash, pin_changed_at = now() WHERE a.id = mine;
    UPDATE web_session w SET ended_at = now() WHERE w.account_id = mine AND w.ended_at IS NULL;
    DELETE FROM known_device d WHERE d.account_id = mine;
    DELETE FROM signin_guard g
        WHERE g.subject_hash IN (subject, sha256(convert_to('own-pin:' || mine, 'UTF8')));
    PERFORM tell_of_reset(asked, 'pin_reset_done', said);
    RETURN QUERY SELECT mine, paper.person_id, paper.family_id, paper.purpose;
END
$$;
GRANT EXECUTE ON FUNCTION slip_find(bytea, bytea), slip_use(bytea, bytea, text, jsonb) TO portal_anonymous;
