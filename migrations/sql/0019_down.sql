DROP POLICY drops_of_open_visit ON case_file;
DROP POLICY of_open_visit ON case_file;
DROP TABLE staff_photo;
DROP TABLE visit;
DROP FUNCTION visit_stays();
