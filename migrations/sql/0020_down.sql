DROP FUNCTION case_trace(text, int, bytea);
DROP FUNCTION trace_fail(bytea, text, int[], int, text, bigint);
DROP TABLE case_read;
