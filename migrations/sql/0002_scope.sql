-- Who is asking: read from the keys that the first statement of every transaction sets.
CREATE FUNCTION current_person() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('portal.person_id', true), '')::bigint $$;

CREATE FUNCTION current_family() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('portal.family_id', true), '')::bigint $$;

CREATE FUNCTION current_guardian() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT coalesce(current_setting('portal.guardian', true), '') = '1' $$;

CREATE FUNCTION current_staff() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('portal.staff_id', true), '')::bigint $$;

CREATE FUNCTION current_job() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT coalesce(current_setting('portal.job', true), '') $$;

-- The village codes below an area of any level: 3510 is 3510000000 to 3510999999.
CREATE FUNCTION area_span(area bigint) RETURNS int8range LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$
    SELECT CASE
        WHEN area < 100 THEN int8range(area * 100000000, (area + 1) * 100000000)
        WHEN area < 10000 THEN int8range(area * 1000000, (area + 1) * 1000000)
        WHEN area < 1000000 THEN int8range(area * 10000, (area + 1) * 10000)
        ELSE int8range(area, area + 1)
    END
$$;

-- The villages of the officer who asks, by the assignments of today.
CREATE FUNCTION staff_area() RETURNS int8multirange LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
    SELECT coalesce(range_agg(area_span(a.area_id)), '{}'::int8multirange)
    FROM staff_assignment a JOIN staff s ON s.id = a.staff_id AND s.active
    WHERE a.staff_id = current_staff()
      AND a.since <= current_date AND (a.until IS NULL OR a.until >= current_date)
$$;

CREATE FUNCTION staff_sees_sealed() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS
$$ SELECT EXISTS (SELECT FROM staff WHERE id = current_staff() AND active AND role = 'regency_office') $$;

CREATE FUNCTION staff_kin() RETURNS bigint[] LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS
$$ SELECT coalesce(array_agg(family_id), '{}') FROM staff_kinship WHERE staff_id = current_staff() $$;

GRANT EXECUTE ON FUNCTION current_person(), current_family(), current_guardian(), current_staff(), current_job(),
    area_span(bigint) TO portal_family, portal_staff, portal_worker, portal_anonymous;
GRANT EXECUTE ON FUNCTION staff_area(), staff_sees_sealed(), staff_kin() TO portal_staff;
