-- Roles are shared by every database of a server, so they are made once and never dropped here.
DO $$
DECLARE wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['portal_family', 'portal_staff', 'portal_worker', 'portal_anonymous', 'portal_web'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', wanted);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;  -- made by a neighbour meanwhile
            END;
        END IF;
    END LOOP;
END $$;

GRANT portal_family, portal_staff, portal_worker, portal_anonymous TO portal_web;
-- The owner runs the commands and the tests under the same walls.
GRANT portal_family, portal_staff, portal_worker, portal_anonymous TO CURRENT_USER;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO portal_family, portal_staff, portal_worker, portal_anonymous, portal_web;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
