INSERT INTO audit_head (shard, seq, hash) SELECT n, 0, '\x00'::bytea FROM generate_series(0, 255) n;

-- What is hashed of an event: every column, in one fixed text. Verification computes it again.
CREATE FUNCTION audit_digest(previous bytea, shard smallint, seq bigint, at timestamptz, event text, actor_kind text,
                             actor_id bigint, family_id bigint, data jsonb)
RETURNS bytea LANGUAGE sql IMMUTABLE AS
$$
    SELECT sha256(previous || convert_to(jsonb_build_array(
        shard, seq, extract(epoch FROM at), event, actor_kind, actor_id, family_id, data)::text, 'UTF8'))
$$;

-- Append one event to the chain of its shard, in the transaction of what it tells. The actor is the one
-- who asks, never an argument. Events without a family are spread by the actor.
CREATE FUNCTION audit_record(event text, family_id bigint, data jsonb)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    kind text := coalesce(nullif(replace(current_setting('role', true), 'portal_', ''), 'none'), 'owner');
    actor bigint := coalesce(current_person(), current_staff());
    place smallint := (coalesce(family_id, actor, 0) & 255)::smallint;
    head audit_head;
    moment timestamptz := clock_timestamp();
    digest bytea;
BEGIN
    SELECT * INTO STRICT head FROM audit_head h WHERE h.shard = place FOR UPDATE;
    digest := audit_digest(head.hash, place, head.seq + 1, moment, event, kind, actor, family_id, data);
    INSERT INTO audit_event (shard, seq, at, event, actor_kind, actor_id, family_id, data, previous, hash)
    VALUES (place, head.seq + 1, moment, event, kind, actor, family_id, data, head.hash, digest);
    UPDATE audit_head h SET seq = head.seq + 1, hash = digest WHERE h.shard = place;
END
$$;
GRANT EXECUTE ON FUNCTION audit_record(text, bigint, jsonb)
    TO portal_family, portal_staff, portal_worker, portal_anonymous;
