DROP TABLE contact;
DROP FUNCTION contact_accepted(bigint, text);
