DROP FUNCTION offering_regencies(date);
