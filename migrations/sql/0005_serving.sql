-- Who serves which villages today: the one place that says when an assignment counts. A query that joins it is
-- planned as if the tables stood there themselves, so it stays plain SQL: no definer, no search_path of its own.
CREATE FUNCTION serving() RETURNS TABLE (staff_id bigint, role text, villages int8range) LANGUAGE sql STABLE AS
$$
    SELECT s.id, s.role, area_span(a.area_id)
    FROM staff_assignment a JOIN staff s ON s.id = a.staff_id AND s.active
    WHERE a.since <= current_date AND (a.until IS NULL OR a.until >= current_date)
$$;

-- Whether this officer serves this village today.
CREATE FUNCTION serves(staff bigint, village bigint) RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT EXISTS (SELECT FROM serving() s WHERE s.staff_id = staff AND village <@ s.villages) $$;
GRANT EXECUTE ON FUNCTION serving(), serves(bigint, bigint) TO portal_worker;

CREATE OR REPLACE FUNCTION staff_area() RETURNS int8multirange LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
    SELECT coalesce(range_agg(s.villages), '{}'::int8multirange) FROM serving() s WHERE s.staff_id = current_staff()
$$;

CREATE OR REPLACE FUNCTION case_route(family bigint, sealed boolean)
RETURNS TABLE (staff_id bigint, level text) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
    SELECT s.staff_id,
        CASE s.role WHEN 'social_worker' THEN 'village' WHEN 'supervisor' THEN 'kecamatan' ELSE 'regency' END
    FROM family f
    JOIN serving() s ON f.village_id <@ s.villages
        AND (s.role = 'regency_office' OR NOT sealed AND s.role IN ('social_worker', 'supervisor'))
    LEFT JOIN companion c ON c.family_id = f.id AND c.staff_id = s.staff_id
    WHERE f.id = family
      AND NOT EXISTS (SELECT FROM staff_kinship k WHERE k.staff_id = s.staff_id AND k.family_id = f.id)
    ORDER BY array_position(ARRAY['social_worker', 'supervisor', 'regency_office'], s.role),
        c.staff_id IS NULL,
        (SELECT count(*) FROM cases o WHERE o.assigned_to = s.staff_id AND o.closed_at IS NULL),
        s.staff_id
    LIMIT 1
$$;

CREATE OR REPLACE FUNCTION case_route_above(family bigint, village bigint, from_level text)
RETURNS TABLE (staff_id bigint, level text) LANGUAGE sql STABLE SET search_path = public, pg_temp AS
$$
    SELECT s.staff_id, CASE s.role WHEN 'supervisor' THEN 'kecamatan' ELSE 'regency' END
    FROM serving() s
    WHERE village <@ s.villages
      AND (s.role = 'regency_office' OR from_level = 'village' AND s.role = 'supervisor')
      AND NOT EXISTS (SELECT FROM staff_kinship k WHERE k.staff_id = s.staff_id AND k.family_id = family)
    ORDER BY s.role = 'regency_office',
        (SELECT count(*) FROM cases o WHERE o.assigned_to = s.staff_id AND o.closed_at IS NULL),
        s.staff_id
    LIMIT 1
$$;

CREATE OR REPLACE FUNCTION cases_follow_family() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
DECLARE
    moving cases;
    taker bigint;
    taker_level text;
BEGIN
    FOR moving IN SELECT * FROM cases c WHERE c.family_id = NEW.id ORDER BY c.id FOR UPDATE LOOP
        IF moving.closed_at IS NOT NULL OR serves(moving.assigned_to, NEW.village_id) THEN
            UPDATE cases c SET village_id = NEW.village_id WHERE c.family_id = NEW.id AND c.id = moving.id;
            CONTINUE;
        END IF;
        SELECT r.staff_id, r.level INTO taker, taker_level FROM case_route(NEW.id, moving.restricted) r;
        taker_level := coalesce(taker_level, 'regency');
        UPDATE cases c SET village_id = NEW.village_id, assigned_to = taker, level = taker_level,
            version = c.version + 1 WHERE c.family_id = NEW.id AND c.id = moving.id;
        INSERT INTO case_event (family_id, case_id, event, actor_kind, actor_name, state, data)
        VALUES (NEW.id, moving.id, 'followed', 'portal', 'Portal', moving.state, jsonb_build_object('level', taker_level));
        PERFORM audit_record('case_followed', NEW.id,
                             jsonb_build_object('reference', moving.reference, 'level', taker_level));
    END LOOP;
    RETURN NULL;
END
$$;
