-- For everybody: the regencies whose office offers something on that day, with their province and how many they are. Of
-- the versions of an offering the newest that has begun holds, as on the pages of the regency.
CREATE FUNCTION offering_regencies(day date) RETURNS json LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
    SELECT coalesce(json_agg(json_build_array(a.id, a.name, p.name, n.programs) ORDER BY p.name, a.name), '[]')
    FROM (SELECT h.regency_id, count(*) AS programs
        FROM (SELECT DISTINCT ON (v.offering_id) v.regency_id, v.valid_until
            FROM offering_version v JOIN offering o ON o.id = v.offering_id AND o.state IN ('published', 'closed')
            WHERE v.state = 'published' AND v.valid_from <= day
            ORDER BY v.offering_id, v.number DESC) h
        WHERE h.valid_until >= day GROUP BY h.regency_id) n
    JOIN area a ON a.id = n.regency_id JOIN area p ON p.id = a.parent_id
$$;
REVOKE EXECUTE ON FUNCTION offering_regencies(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION offering_regencies(date) TO portal_anonymous;
