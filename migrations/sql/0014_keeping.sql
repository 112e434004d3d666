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

-- How long the record, the cases and the trail are kept: no law that we know says it, so the office decides and a
-- command of the owner writes it here. Without a row nothing of that kind is removed. Everybody may read it.
CREATE TABLE kept_for (
    kind text CONSTRAINT pk_kept_for PRIMARY KEY CONSTRAINT ck_kept_for_kind CHECK (kind IN ('record', 'cases', 'trail')),
    days integer NOT NULL CONSTRAINT ck_kept_for_a_year_at_least CHECK (days >= 365),
    decision text NOT NULL CONSTRAINT ck_kept_for_decision CHECK (length(decision) BETWEEN 3 AND 200),
    set_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE kept_for ENABLE ROW LEVEL SECURITY;
CREATE POLICY worker_all ON kept_for TO portal_worker USING ((SELECT current_job()) <> '');
CREATE POLICY everyone_reads ON kept_for FOR SELECT TO portal_family, portal_staff, portal_anonymous USING (true);
GRANT SELECT ON kept_for TO portal_worker, portal_family, portal_staff, portal_anonymous;

-- Where each chain of the trail begins now: the last event that was removed, with the hash on which the next stands.
CREATE TABLE audit_cut (
    shard smallint CONSTRAINT pk_audit_cut PRIMARY KEY,
    seq bigint NOT NULL,
    hash bytea NOT NULL,
    cut_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE audit_cut ENABLE ROW LEVEL SECURITY;
CREATE POLICY worker_all ON audit_cut TO portal_worker USING ((SELECT current_job()) <> '');

-- The moment before which the trail may go: none without a period. The worker gives no moment of its own.
CREATE FUNCTION audit_kept_since() RETURNS timestamptz LANGUAGE sql STABLE SET search_path = public, pg_temp AS
$$ SELECT now() - make_interval(days => k.days) FROM kept_for k WHERE k.kind = 'trail' $$;

-- How many events are older than the period. The newest of a chain always stays.
CREATE FUNCTION audit_due() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT count(*) FROM audit_event e JOIN audit_head h ON h.shard = e.shard AND e.seq < h.seq
    WHERE e.at < audit_kept_since()
$$;

-- Remove the oldest events of every chain, at most so many of each. How many went.
CREATE FUNCTION audit_forget(most int) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
DECLARE
    since timestamptz := audit_kept_since();
    head audit_head;
    kept_from bigint;
    last record;
    gone bigint := 0;
    removed bigint;
BEGIN
    IF since IS NULL THEN RETURN 0; END IF;
    FOR head IN SELECT * FROM audit_head h ORDER BY h.shard LOOP
        SELECT e.seq INTO kept_from FROM audit_event e WHERE e.shard = head.shard AND e.at >= since
            ORDER BY e.seq LIMIT 1;
        SELECT o.seq, o.hash INTO last FROM (
            SELECT e.seq, e.hash FROM audit_event e WHERE e.shard = head.shard
                AND e.seq < least(coalesce(kept_from, head.seq), head.seq) ORDER BY e.seq LIMIT most
        ) o ORDER BY o.seq DESC LIMIT 1;
        CONTINUE WHEN last.seq IS NULL;
        DELETE FROM audit_event e WHERE e.shard = head.shard AND e.seq <= last.seq;
        GET DIAGNOSTICS removed = ROW_COUNT;
        gone := gone + removed;
        INSERT INTO audit_cut AS c (shard, seq, hash) VALUES (head.shard, last.seq, last.hash)
            ON CONFLICT (shard) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, cut_at = now();
    END LOOP;
    RETURN gone;
END
$$;
REVOKE EXECUTE ON FUNCTION audit_kept_since(), audit_due(), audit_forget(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_due(), audit_forget(int) TO portal_worker;
