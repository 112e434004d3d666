-- That a family said of a recorded fact that it is right. The row names the change that recorded the fact and holds no
-- value; a later change of the same fact makes it void. No officer may read it, also not one who sits beside the member,
-- and nothing is decided by it.
CREATE TABLE said_right (
    family_id bigint NOT NULL,
    change_id bigint NOT NULL,
    person_id bigint NOT NULL CONSTRAINT fk_said_right_person_id_person REFERENCES person (id),
    said_at timestamptz NOT NULL,
    CONSTRAINT pk_said_right PRIMARY KEY (family_id, change_id),
    CONSTRAINT fk_said_right_change FOREIGN KEY (family_id, change_id) REFERENCES record_change (family_id, id)
        ON DELETE CASCADE
);
CREATE INDEX ix_said_right_person_id ON said_right (person_id);
CREATE INDEX ix_said_right_said_at ON said_right (said_at);

ALTER TABLE said_right ENABLE ROW LEVEL SECURITY;
GRANT SELECT, DELETE ON said_right TO portal_worker;
CREATE POLICY worker_all ON said_right TO portal_worker USING ((SELECT current_job()) <> '');

-- What was said of a change that a member may not read (health of another) is not that member's to read either.
GRANT SELECT, INSERT, DELETE ON said_right TO portal_family;
CREATE POLICY own_family ON said_right TO portal_family
    USING (family_id = (SELECT current_family()) AND (SELECT current_helper()) IS NULL AND EXISTS (
        SELECT FROM record_change c WHERE c.family_id = said_right.family_id AND c.id = said_right.change_id))
    WITH CHECK (family_id = (SELECT current_family()) AND (SELECT current_helper()) IS NULL
                AND person_id = (SELECT current_person()) AND EXISTS (
        SELECT FROM record_change c WHERE c.family_id = said_right.family_id AND c.id = said_right.change_id));

-- The pages that show it are made anew, also when it was taken back.
CREATE OR REPLACE FUNCTION raise_cases_revision() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS
$$ BEGIN
    UPDATE family SET cases_revision = cases_revision + 1 WHERE id = coalesce(NEW.family_id, OLD.family_id);
    RETURN NULL;
END $$;
CREATE TRIGGER raise_cases_revision AFTER INSERT OR DELETE ON said_right
    FOR EACH ROW EXECUTE FUNCTION raise_cases_revision();
