-- The desk's queue: urgent first, then by promise, read village by village (or officer by officer) in the order of the
-- index, so that a page costs the same however many cases the country has.
DROP INDEX ix_cases_queue;
DROP INDEX ix_cases_assigned;
CREATE INDEX ix_cases_queue ON cases (village_id, urgent DESC, promised_on, id) WHERE closed_at IS NULL;
CREATE INDEX ix_cases_assigned ON cases (assigned_to, urgent DESC, promised_on, id) WHERE closed_at IS NULL;
CREATE INDEX ix_cases_closed ON cases (village_id, closed_at DESC, id) WHERE closed_at IS NOT NULL;
-- What came in since a day: the counter's list of today, and how long a village takes.
CREATE INDEX ix_cases_village_sent ON cases (village_id, sent_at);
