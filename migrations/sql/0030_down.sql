DROP TRIGGER registration_in_time ON cases;
DROP FUNCTION registration_in_time();
DROP POLICY own_draw ON place_draw;
DROP TABLE place;
DROP TABLE place_draw;
DROP FUNCTION place_moves();
DROP FUNCTION place_ahead(bigint, integer);
-- The code before knows no such state.
UPDATE cases SET state = 'accepted', decision = 'accepted' WHERE state = 'listed';
UPDATE case_event SET state = 'accepted' WHERE state = 'listed';
CREATE OR REPLACE FUNCTION offerings_published(regency bigint) RETURNS json LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
    SELECT json_build_array(
        coalesce((SELECT r.revision FROM regency_catalogue r WHERE r.regency_id = regency), 0),
        coalesce((SELECT json_agg(json_build_array(o.public_id, o.state, v.number, v.content, v.quota,
                v.registration_from, v.registration_until, v.starts_on, v.ends_on, v.asked) ORDER BY o.id, v.number)
            FROM offering o JOIN offering_version v ON v.offering_id = o.id AND v.state = 'published'
            WHERE o.regency_id = regency AND o.state IN ('published', 'closed')), '[]'))
$$;
UPDATE regency_catalogue SET revision = 1 + floor(random() * 1e15);
DROP TRIGGER offering_order_stays ON offering_version;
DROP FUNCTION offering_order_stays();
DROP TRIGGER offering_lot ON offering;
DROP FUNCTION offering_lot();
ALTER TABLE offering_version DROP COLUMN place_order;
ALTER TABLE offering DROP COLUMN lot_seed;
