-- Sessions of two whose end nobody tapped: the worker notices it, ends them and tells the trail.
CREATE INDEX ix_web_session_helped ON web_session (last_seen_at) WHERE helped_by IS NOT NULL AND ended_at IS NULL;
GRANT UPDATE (ended_at) ON web_session TO portal_worker;

-- Give up loads that wait for a second officer since before that day (never less than a week), or whose process died,
-- and drop what they had staged. How many. The tables are the owner's, so that the worker asks for it.
CREATE FUNCTION held_loads_drop(waiting_since timestamptz) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
DECLARE
    held bigint;
    staged text;
    dropped int := 0;
BEGIN
    FOR held IN SELECT l.id FROM extract_load l
        WHERE l.created_at < least(waiting_since, now() - interval '7 days')
          AND (l.state = 'awaiting_confirmation'
               OR l.state = 'running' AND pg_try_advisory_xact_lock(7164, l.id::int))  -- as the importer locks it
        ORDER BY l.id FOR UPDATE SKIP LOCKED
    LOOP
        FOR staged IN SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = 'extract_stage' AND c.relkind = 'r' AND c.relname ~ ('^load_' || held || '_[a-z]+$')
        LOOP
            EXECUTE format('DROP TABLE extract_stage.%I', staged);
        END LOOP;
        UPDATE extract_load SET state = 'cancelled' WHERE id = held;
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END
$$;
REVOKE EXECUTE ON FUNCTION held_loads_drop(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION held_loads_drop(timestamptz) TO portal_worker;
