-- That a family sent something raises its number, also where it is sealed: no officer reads that column, nor the row as
-- a whole. A column that is added to the table is granted to officers with it.
REVOKE SELECT ON family FROM portal_staff;
DO $$
BEGIN
    EXECUTE (SELECT format('GRANT SELECT (%s) ON family TO portal_staff', string_agg(quote_ident(attname), ', '))
             FROM pg_attribute WHERE attrelid = 'family'::regclass AND attnum > 0 AND NOT attisdropped
               AND attname <> 'cases_revision');
END $$;
