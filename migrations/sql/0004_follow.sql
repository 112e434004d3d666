-- The cases of a family go with it to another village, where other officers see its record. An open one stays with
-- its officer who serves that village too; else it goes to whom a new one would go, and its path says so.
CREATE FUNCTION cases_follow_family() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
DECLARE
    moving cases;
    taker bigint;
    taker_level text;
BEGIN
    FOR moving IN SELECT * FROM cases c WHERE c.family_id = NEW.id ORDER BY c.id FOR UPDATE LOOP
        IF moving.closed_at IS NOT NULL OR EXISTS (
            SELECT FROM staff_assignment a JOIN staff s ON s.id = a.staff_id AND s.active
            WHERE s.id = moving.assigned_to AND NEW.village_id <@ area_span(a.area_id)
              AND a.since <= current_date AND (a.until IS NULL OR a.until >= current_date)
        ) THEN
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
CREATE TRIGGER cases_follow_family AFTER UPDATE OF village_id ON family
    FOR EACH ROW WHEN (OLD.village_id IS DISTINCT FROM NEW.village_id) EXECUTE FUNCTION cases_follow_family();
