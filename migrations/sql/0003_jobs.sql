-- The worker takes jobs and keeps account of them. Nobody else touches a table here: families and officers leave
-- work through ``defer`` alone, in the transaction that asks for it.
REVOKE ALL ON SCHEMA jobs FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA jobs FROM PUBLIC;
GRANT USAGE ON SCHEMA jobs TO portal_family, portal_staff, portal_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA jobs TO portal_worker;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA jobs TO portal_worker;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA jobs TO portal_worker;

-- Arguments are ids. The last wall: sixteen digits in a row (a NIK, a No. KK) are never stored.
ALTER TABLE jobs.procrastinate_jobs ADD CONSTRAINT arguments_without_numbers CHECK (args::text !~ '[0-9]{16}');

CREATE FUNCTION jobs.defer(task text, args jsonb, run_at timestamptz) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = jobs, pg_temp AS
$$
    SELECT (procrastinate_defer_jobs_v1(ARRAY[
        ROW('portal', task, 0, NULL, NULL, args, run_at)::procrastinate_job_to_defer_v1]))[1]
$$;
GRANT EXECUTE ON FUNCTION jobs.defer(text, jsonb, timestamptz) TO portal_family, portal_staff, portal_worker;
