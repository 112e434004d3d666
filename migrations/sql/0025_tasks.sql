-- What the family did at another office is news in whatever state the case stands: whoever decides on an older version
-- has not seen it. The family itself raises no version of a case that is not its turn.
CREATE FUNCTION task_makes_older() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS
$$
BEGIN
    UPDATE cases c SET version = c.version + 1
        WHERE c.family_id = NEW.family_id AND c.id = NEW.case_id AND c.closed_at IS NULL;
    RETURN NULL;
END
$$;
CREATE TRIGGER task_makes_older AFTER INSERT ON case_event FOR EACH ROW
    WHEN (NEW.event = 'task_done') EXECUTE FUNCTION task_makes_older();
