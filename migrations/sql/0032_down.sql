DROP TABLE said_right;
CREATE OR REPLACE FUNCTION raise_cases_revision() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS
$$ BEGIN
    UPDATE family SET cases_revision = cases_revision + 1 WHERE id = NEW.family_id;
    RETURN NULL;
END $$;
