-- The families in which a person stands now.
CREATE FUNCTION families_of(person bigint) RETURNS bigint[] LANGUAGE sql STABLE SET search_path = public, pg_temp AS
$$
    SELECT coalesce(array_agg(m.family_id ORDER BY m.family_id), '{}') FROM member m
    JOIN family f ON f.id = m.family_id AND f.closed_on IS NULL WHERE m.person_id = person AND m.until IS NULL
$$;

-- Whether a person stands in several families and was not asked yet which of these is the own.
CREATE FUNCTION family_is_unclear(person bigint) RETURNS boolean LANGUAGE sql STABLE
SET search_path = public, pg_temp AS
$$
    SELECT cardinality(o.families) > 1 AND NOT EXISTS (SELECT FROM nik_conflict c
        WHERE c.person_id = person AND c.answered_at IS NOT NULL AND c.families @> o.families)
    FROM (SELECT families_of(person) AS families) o
$$;

-- As before, and whether the member has to say which of several families is the own.
DROP FUNCTION signin_lookup(bytea, bytea);
CREATE FUNCTION signin_lookup(subject bytea, device bytea)
RETURNS TABLE (account_id bigint, person_id bigint, family_id bigint, pin_hash text, lane text, failures int,
               unclear boolean, locked_until timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    WITH who AS (
        SELECT a.id, a.person_id, a.family_id, a.pin_hash FROM nik_index n
        JOIN account a ON a.person_id = n.person_id AND a.closed_at IS NULL
        WHERE n.nik_hash = subject
    ), lane AS (
        SELECT CASE WHEN EXISTS (
            SELECT FROM who JOIN known_device d ON d.account_id = who.id AND d.device_hash = device
        ) THEN 'device:' || encode(device, 'hex') ELSE 'unknown' END AS name
    )
    SELECT who.id, who.person_id, who.family_id, who.pin_hash, lane.name, coalesce(g.failures, 0),
        who.person_id IS NOT NULL AND family_is_unclear(who.person_id), g.locked_until
    FROM lane LEFT JOIN who ON true
    LEFT JOIN signin_guard g ON g.subject_hash = subject AND g.lane = lane.name
        AND g.last_failed_at > now() - interval '24 hours'
$$;

-- Keep that a member who signs in stands in several families. True where that is new.
CREATE FUNCTION conflict_note(subject bytea) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
BEGIN
    INSERT INTO nik_conflict (person_id, families)
        SELECT n.person_id, families_of(n.person_id) FROM nik_index n
        WHERE n.nik_hash = subject AND family_is_unclear(n.person_id)
    ON CONFLICT (person_id) DO UPDATE SET families = excluded.families, met_at = now(), chosen = NULL,
        answered_at = NULL WHERE NOT nik_conflict.families @> excluded.families;
    RETURN FOUND;
END
$$;
GRANT EXECUTE ON FUNCTION signin_lookup(bytea, bytea), conflict_note(bytea) TO portal_anonymous;

-- The families among which the member who asks has to choose; empty once that was done.
CREATE FUNCTION conflict_families()
RETURNS TABLE (family_public uuid, village text, kecamatan text, kk_sealed bytea) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
    SELECT f.public_id, v.name, k.name, f.kk_sealed FROM family f
    JOIN area v ON v.id = f.village_id JOIN area k ON k.id = v.parent_id
    WHERE f.id = ANY (families_of(current_person())) AND family_is_unclear(current_person()) ORDER BY f.id
$$;

-- Keep the answer (NULL: the member does not know); the login goes to the chosen family. The family it is in now, or
-- empty where there was nothing to choose.
CREATE FUNCTION conflict_answer(wanted uuid) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
DECLARE mine bigint;
BEGIN
    IF NOT family_is_unclear(current_person()) THEN RETURN NULL; END IF;
    IF wanted IS NOT NULL THEN
        SELECT f.id INTO mine FROM family f
            WHERE f.public_id = wanted AND f.id = ANY (families_of(current_person()));
        IF mine IS NULL THEN RETURN NULL; END IF;
    END IF;
    INSERT INTO nik_conflict (person_id, families, chosen, answered_at)
        VALUES (current_person(), families_of(current_person()), mine, now())
    ON CONFLICT (person_id) DO UPDATE SET families = excluded.families, chosen = excluded.chosen, answered_at = now();
    UPDATE account a SET family_id = coalesce(mine, a.family_id) WHERE a.person_id = current_person()
        RETURNING a.family_id INTO mine;
    RETURN mine;
END
$$;
GRANT EXECUTE ON FUNCTION conflict_families(), conflict_answer(uuid) TO portal_family;

-- Members who stand in several families, met at sign-in: the task of the supervisor of any of these families, until an
-- extract leaves them in one. Families elsewhere are named by their place only.
CREATE FUNCTION conflicts_at_counter()
RETURNS TABLE (person_id bigint, name text, met_at timestamptz, family_public uuid, village text, regency text,
               chosen boolean, mine boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    WITH own AS (
        SELECT coalesce(range_agg(s.villages), '{}'::int8multirange) AS villages FROM serving() s
        WHERE s.staff_id = current_staff() AND s.role = 'supervisor'
    )
    SELECT c.person_id, m.name, c.met_at, f.public_id, v.name, r.name, f.id = c.chosen, f.village_id <@ own.villages
    FROM own CROSS JOIN nik_conflict c
    JOIN member m ON m.person_id = c.person_id AND m.until IS NULL
    JOIN family f ON f.id = m.family_id AND f.closed_on IS NULL
    JOIN area v ON v.id = f.village_id JOIN area r ON r.id = f.regency_id
    WHERE cardinality(families_of(c.person_id)) > 1 AND EXISTS (
        SELECT FROM family o WHERE o.id = ANY (families_of(c.person_id)) AND o.village_id <@ own.villages)
    ORDER BY c.met_at, c.person_id, f.id
$$;

-- Families of the officer's counter by the hash of a NIK or the number of a slip; nothing tells unknown from elsewhere.
CREATE FUNCTION counter_find(subject bytea, slip_serial text) RETURNS TABLE (family_public uuid, village text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    WITH who AS (
        SELECT n.person_id FROM nik_index n WHERE n.nik_hash = subject
        UNION SELECT s.person_id FROM slip s WHERE s.serial = slip_serial
    )
    SELECT f.public_id, v.name FROM who JOIN member m ON m.person_id = who.person_id AND m.until IS NULL
    JOIN family f ON f.id = m.family_id AND f.village_id <@ counter_area() JOIN area v ON v.id = f.village_id
    ORDER BY f.id
$$;

-- A family at the counter: each member and whether there is a login, since when.
CREATE FUNCTION counter_family(wanted uuid)
RETURNS TABLE (family_id bigint, village_id bigint, village text, kk_sealed bytea, is_kin boolean, member_id bigint,
               person_public uuid, name text, birth_date date, relation smallint, nik_sealed bytea, alive boolean,
               login_since timestamptz, reset uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT f.id, f.village_id, v.name, f.kk_sealed, f.id = ANY (staff_kin()), m.id, p.public_id, m.name, m.birth_date,
        m.relation, m.nik_sealed, m.alive, a.activated_at,
        (SELECT r.public_id FROM pin_reset r WHERE r.person_id = m.person_id AND r.family_id = f.id
            AND reset_state(r) IN ('waiting', 'confirmed') ORDER BY r.id DESC LIMIT 1)
    FROM family f JOIN area v ON v.id = f.village_id JOIN member m ON m.family_id = f.id AND m.until IS NULL
    JOIN person p ON p.id = m.person_id LEFT JOIN account a ON a.person_id = m.person_id AND a.closed_at IS NULL
    WHERE f.public_id = wanted AND f.village_id <@ counter_area()
    ORDER BY m.relation NULLS LAST, m.id
$$;
GRANT EXECUTE ON FUNCTION conflicts_at_counter(), counter_find(bytea, text), counter_family(uuid) TO portal_staff;
