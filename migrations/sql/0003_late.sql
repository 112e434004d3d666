-- Who takes over a case that was not answered in time: from the village the kecamatan's supervisor with the fewest
-- open cases, else (and from the kecamatan) the regency office. Never an officer of the own family or a relative.
CREATE FUNCTION case_route_above(family bigint, village bigint, from_level text)
RETURNS TABLE (staff_id bigint, level text) LANGUAGE sql STABLE SET search_path = public, pg_temp AS
$$
    SELECT s.id, CASE s.role WHEN 'supervisor' THEN 'kecamatan' ELSE 'regency' END
    FROM staff_assignment a
    JOIN staff s ON s.id = a.staff_id AND s.active
        AND (s.role = 'regency_office' OR from_level = 'village' AND s.role = 'supervisor')
    WHERE village <@ area_span(a.area_id)
      AND a.since <= current_date AND (a.until IS NULL OR a.until >= current_date)
      AND NOT EXISTS (SELECT FROM staff_kinship k WHERE k.staff_id = s.id AND k.family_id = family)
    ORDER BY s.role = 'regency_office',
        (SELECT count(*) FROM cases o WHERE o.assigned_to = s.id AND o.closed_at IS NULL),
        s.id
    LIMIT 1
$$;
GRANT EXECUTE ON FUNCTION case_route_above(bigint, bigint, text) TO portal_worker;

-- The sweep of files asks which names a row knows.
CREATE INDEX ix_case_file_blob ON case_file (blob);
