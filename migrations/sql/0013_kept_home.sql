-- What a reader's home page shows, kept until a revision, the catalogue or the day makes it another.
CREATE TABLE kept_home (
    person_id bigint NOT NULL CONSTRAINT pk_kept_home PRIMARY KEY
        CONSTRAINT fk_kept_home_person_id_account REFERENCES account (person_id) ON DELETE CASCADE ON UPDATE CASCADE,
    family_id bigint NOT NULL,
    record_revision integer NOT NULL,
    cases_revision integer NOT NULL,
    inbox_revision integer NOT NULL,
    catalogue text NOT NULL,
    since date NOT NULL,
    until date NOT NULL,
    content json NOT NULL
) WITH (fillfactor = 70);
ALTER TABLE kept_home ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE ON kept_home TO portal_family;
-- It was read through the walls of this reader alone, without a helper beside, and only that one sees it again.
CREATE POLICY own_home ON kept_home TO portal_family
    USING (person_id = (SELECT current_person()))
    WITH CHECK (person_id = (SELECT current_person()) AND family_id = (SELECT current_family()));

-- What was kept for the member of a session, with what it stands on; asked in the same trip as session_find, which
-- says whether the session still holds.
CREATE FUNCTION session_kept_home(token bytea) RETURNS json LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
    SELECT json_build_array(json_build_array(k.family_id, k.record_revision, k.cases_revision, k.inbox_revision,
                                             k.catalogue), k.since, k.until, k.content)
    FROM web_session s
    JOIN account a ON a.id = s.account_id AND a.closed_at IS NULL
    JOIN kept_home k ON k.person_id = a.person_id
    WHERE s.token_hash = token AND s.ended_at IS NULL
$$;
REVOKE EXECUTE ON FUNCTION session_kept_home(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION session_kept_home(bytea) TO portal_anonymous;
