DROP FUNCTION public_check(bytea, text[], bigint, bytea);
DROP FUNCTION check_count(bytea);
DROP FUNCTION names_agree(text[], text[]);
DROP FUNCTION one_typo_apart(text, text);
DROP FUNCTION name_words(text);
