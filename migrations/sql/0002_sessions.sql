-- Who a session token belongs to, with the revisions that a cached page stands on. Empty when it is unknown,
-- ended, idle too long or past its end. A person acts in the membership seen at activation, else in the only other
-- open one. An officer's village_id is an area of any level that tells the time zone. The time last seen is written at most once a minute.
CREATE FUNCTION session_find(token bytea)
RETURNS TABLE (account_id bigint, staff_id bigint, person_id bigint, family_id bigint, member_id bigint,
               relation smallint, name text, language text, role text, title text, village_id bigint,
               previous_visit_at timestamptz, record_revision int, cases_revision int, inbox_revision int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
#variable_conflict use_column
DECLARE found web_session;
BEGIN
    SELECT * INTO found FROM web_session s WHERE s.token_hash = token AND s.ended_at IS NULL
        AND s.expires_at > now() AND s.last_seen_at + make_interval(mins => s.idle_ends_after) > now();
    IF found.token_hash IS NULL THEN RETURN; END IF;
    IF found.last_seen_at < now() - interval '1 minute' THEN
        PERFORM set_config('synchronous_commit', 'off', true);  -- no page waits for the disk to remember a minute
        UPDATE web_session s SET last_seen_at = now() WHERE s.token_hash = token;
    END IF;
    IF found.staff_id IS NOT NULL THEN
        RETURN QUERY SELECT NULL::bigint, s.id, NULL::bigint, NULL::bigint, NULL::bigint, NULL::smallint, s.name,
                'id'::text, s.role, s.title,
                (SELECT min(t.area_id) FROM staff_assignment t WHERE t.staff_id = s.id), found.previous_visit_at, 0, 0, 0
            FROM staff s WHERE s.id = found.staff_id AND s.active;
    ELSE
        RETURN QUERY SELECT a.id, NULL::bigint, a.person_id, m.family_id, m.id, m.relation, m.name,
                a.language, NULL::text, NULL::text, f.village_id, found.previous_visit_at,
                f.revision, f.cases_revision, a.inbox_revision
            FROM account a CROSS JOIN LATERAL (
                SELECT o.family_id, o.id, o.relation, o.name FROM member o
                WHERE o.person_id = a.person_id AND o.until IS NULL
                ORDER BY (o.family_id = a.family_id) DESC, o.family_id LIMIT 1) m
            JOIN family f ON f.id = m.family_id
            WHERE a.id = found.account_id AND a.closed_at IS NULL;
    END IF;
END
$$;

CREATE FUNCTION session_end(token bytea) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS
$$ UPDATE web_session SET ended_at = now() WHERE token_hash = token AND ended_at IS NULL $$;

CREATE FUNCTION account_set_language(wanted text) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS
$$ UPDATE account SET language = wanted WHERE person_id = current_person() $$;

GRANT EXECUTE ON FUNCTION session_find(bytea), session_end(bytea) TO portal_anonymous;
GRANT EXECUTE ON FUNCTION session_end(bytea) TO portal_family, portal_staff;
GRANT EXECUTE ON FUNCTION account_set_language(text) TO portal_family;

-- A page that stands on the inbox, the cases or a statement is made anew when one of them changes.
CREATE FUNCTION raise_inbox_revision() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS
$$ BEGIN
    UPDATE account SET inbox_revision = inbox_revision + 1 WHERE person_id = NEW.person_id;
    RETURN NULL;
END $$;
CREATE TRIGGER raise_inbox_revision AFTER INSERT OR UPDATE ON notice
    FOR EACH ROW EXECUTE FUNCTION raise_inbox_revision();

CREATE FUNCTION raise_cases_revision() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS
$$ BEGIN
    UPDATE family SET cases_revision = cases_revision + 1 WHERE id = NEW.family_id;
    RETURN NULL;
END $$;
CREATE TRIGGER raise_cases_revision AFTER INSERT OR UPDATE ON cases
    FOR EACH ROW EXECUTE FUNCTION raise_cases_revision();
CREATE TRIGGER raise_cases_revision AFTER INSERT ON case_event
    FOR EACH ROW EXECUTE FUNCTION raise_cases_revision();

CREATE FUNCTION raise_record_revision() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS
$$ BEGIN
    UPDATE family SET revision = revision + 1 WHERE id = NEW.family_id;
    RETURN NULL;
END $$;
CREATE TRIGGER raise_record_revision AFTER INSERT OR UPDATE ON statement
    FOR EACH ROW EXECUTE FUNCTION raise_record_revision();
