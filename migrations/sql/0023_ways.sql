-- A promise in hours runs from when it was last made: at sorting, at the family's answer, at going up. Null: from sending.
ALTER TABLE cases ADD COLUMN counted_from timestamptz;
GRANT UPDATE (counted_from) ON cases TO portal_family, portal_staff;
UPDATE cases c SET counted_from = said.at
    FROM (SELECT e.family_id, e.case_id, max(e.at) AS at FROM case_event e
          WHERE e.event IN ('answered', 'resumed', 'sorted', 'raised') GROUP BY e.family_id, e.case_id) said
    WHERE c.urgent AND c.closed_at IS NULL AND said.family_id = c.family_id AND said.case_id = c.id;

-- The cases of one event of life stand under its name.
ALTER TABLE cases ADD COLUMN event text,
    ADD CONSTRAINT ck_cases_event_has_a_heading CHECK (event IS NULL OR heading IS NOT NULL);
