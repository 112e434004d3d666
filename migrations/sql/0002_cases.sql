-- To whom a new case of a family goes: its own pendamping if that one serves the village today, else the worker
-- of the village with the fewest open cases, else the kecamatan's supervisor, else the regency office.
-- A sealed case goes past the village to the regency office. Never to the officer's own family or a relative's.
CREATE FUNCTION case_route(family bigint, sealed boolean)
RETURNS TABLE (staff_id bigint, level text) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
    SELECT s.id, CASE s.role WHEN 'social_worker' THEN 'village' WHEN 'supervisor' THEN 'kecamatan' ELSE 'regency' END
    FROM family f
    JOIN staff_assignment a ON f.village_id <@ area_span(a.area_id)
        AND a.since <= current_date AND (a.until IS NULL OR a.until >= current_date)
    JOIN staff s ON s.id = a.staff_id AND s.active
        AND (s.role = 'regency_office' OR NOT sealed AND s.role IN ('social_worker', 'supervisor'))
    LEFT JOIN companion c ON c.family_id = f.id AND c.staff_id = s.id
    WHERE f.id = family
      AND NOT EXISTS (SELECT FROM staff_kinship k WHERE k.staff_id = s.id AND k.family_id = f.id)
    ORDER BY array_position(ARRAY['social_worker', 'supervisor', 'regency_office'], s.role),
        c.staff_id IS NULL,
        (SELECT count(*) FROM cases o WHERE o.assigned_to = s.id AND o.closed_at IS NULL),
        s.id
    LIMIT 1
$$;
GRANT EXECUTE ON FUNCTION case_route(bigint, boolean) TO portal_family, portal_staff;
