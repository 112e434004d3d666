-- Bind a sealed slip to a member whom the officer has seen with KTP and KK. Answers 'bound', or why not.
CREATE FUNCTION slip_bind(slip_serial text, family bigint, member_wanted bigint, valid_days int, today date)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    seen member;
    paper slip;
BEGIN
    SELECT m.* INTO seen FROM member m JOIN family f ON f.id = m.family_id
        WHERE m.family_id = family AND m.id = member_wanted AND m.until IS NULL AND f.village_id <@ staff_area();
    IF seen.id IS NULL THEN RETURN 'member_unknown'; END IF;
    IF family = ANY (staff_kin()) THEN RETURN 'own_family'; END IF;
    IF seen.alive IS FALSE THEN RETURN 'recorded_dead'; END IF;
    IF seen.birth_date IS NULL OR seen.birth_date > today - interval '18 years' THEN RETURN 'not_adult'; END IF;
    IF EXISTS (SELECT FROM account a WHERE a.person_id = seen.person_id) THEN RETURN 'has_login'; END IF;
    SELECT * INTO paper FROM slip s WHERE s.serial = slip_serial FOR UPDATE;
    IF paper.serial IS NULL OR paper.purpose <> 'activation' THEN RETURN 'slip_unknown'; END IF;
    IF paper.bound_at IS NOT NULL OR paper.used_at IS NOT NULL THEN RETURN 'slip_taken'; END IF;
    -- A slip lost before it was used gives way to the new one.
    UPDATE slip s SET expires_at = now() WHERE s.person_id = seen.person_id AND s.used_at IS NULL;
    UPDATE slip s SET person_id = seen.person_id, family_id = family, bound_by = current_staff(), bound_at = now(),
        expires_at = now() + make_interval(days => valid_days) WHERE s.serial = slip_serial;
    RETURN 'bound';
END
$$;
GRANT EXECUTE ON FUNCTION slip_bind(text, bigint, bigint, int, date) TO portal_staff;

-- A member of the officer's own villages, by the hash of the NIK or by the public ids of family and person. A NIK
-- that stands in two families is found in both.
CREATE FUNCTION activation_member(subject bytea, family_wanted uuid, person_wanted uuid)
RETURNS TABLE (family_id bigint, member_id bigint, family_public uuid, person_public uuid, name text, birth_date date,
               village text, kk_sealed bytea, has_login boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    WITH who AS (
        SELECT n.person_id AS id FROM nik_index n WHERE n.nik_hash = subject
        UNION SELECT p.id FROM person p WHERE p.public_id = person_wanted
    )
    SELECT f.id, m.id, f.public_id, p.public_id, m.name, m.birth_date, v.name, f.kk_sealed,
        EXISTS (SELECT FROM account a WHERE a.person_id = p.id)
    FROM who JOIN person p ON p.id = who.id JOIN member m ON m.person_id = p.id AND m.until IS NULL
    JOIN family f ON f.id = m.family_id AND f.village_id <@ staff_area() JOIN area v ON v.id = f.village_id
    WHERE family_wanted IS NULL OR f.public_id = family_wanted
    ORDER BY f.id
$$;
GRANT EXECUTE ON FUNCTION activation_member(bytea, uuid, uuid) TO portal_staff;

-- A code that may be used now by the person of that NIK, with what a PIN must not be made of. One row in any case:
-- the serial is empty where there is no such code, and the wait after wrong tries is that of its own lane.
CREATE FUNCTION slip_find(code bytea, subject bytea)
RETURNS TABLE (serial text, family_id bigint, birth_dates date[], kk_sealed bytea, locked_until timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT paper.serial, paper.family_id, paper.birth_dates, paper.kk_sealed, g.locked_until
    FROM (SELECT 1) one LEFT JOIN (
        SELECT s.serial, s.family_id, f.kk_sealed,
            (SELECT array_agg(m.birth_date) FROM member m
             WHERE m.family_id = s.family_id AND m.birth_date IS NOT NULL) AS birth_dates
        FROM slip s JOIN nik_index n ON n.person_id = s.person_id AND n.nik_hash = subject
        JOIN family f ON f.id = s.family_id
        WHERE s.code_hash = code AND s.used_at IS NULL AND s.expires_at > now()
    ) paper ON true
    LEFT JOIN signin_guard g ON g.subject_hash = subject AND g.lane = 'activation'
        AND g.last_failed_at > now() - interval '24 hours'
$$;

-- Use the code once: the account begins to exist. Empty when somebody was quicker.
CREATE FUNCTION slip_use(code bytea, subject bytea, new_pin_hash text)
RETURNS TABLE (account_id bigint, person_id bigint, family_id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
#variable_conflict use_column
DECLARE paper slip;
BEGIN
    UPDATE slip s SET used_at = now() FROM nik_index n
    WHERE s.code_hash = code AND n.person_id = s.person_id AND n.nik_hash = subject
        AND s.used_at IS NULL AND s.expires_at > now()
    RETURNING s.* INTO paper;
    IF paper.serial IS NULL THEN RETURN; END IF;
    RETURN QUERY INSERT INTO account AS a (person_id, family_id, pin_hash, activated_by)
        VALUES (paper.person_id, paper.family_id, new_pin_hash, paper.bound_by)
        ON CONFLICT (person_id) DO NOTHING RETURNING a.id, a.person_id, a.family_id;
END
$$;
GRANT EXECUTE ON FUNCTION slip_find(bytea, bytea), slip_use(bytea, bytea, text) TO portal_anonymous;

-- How many slips each officer bound in the office's area and how many of them became a login.
CREATE FUNCTION activations_by_officer(since timestamptz)
RETURNS TABLE (staff_id bigint, name text, bound bigint, used bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT s.id, s.name, count(*), count(p.used_at) FROM slip p JOIN staff s ON s.id = p.bound_by
    JOIN family f ON f.id = p.family_id AND f.village_id <@ staff_area()
    WHERE p.bound_at >= since AND staff_sees_sealed() GROUP BY s.id, s.name ORDER BY count(*) DESC
$$;
GRANT EXECUTE ON FUNCTION activations_by_officer(timestamptz) TO portal_staff;
