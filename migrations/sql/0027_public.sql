-- The words of a recorded name by which it is compared: capitals, no titles, no degrees after a comma. The twin of
-- words_of in portal/home/check_names.py, which does the same to what was typed; a test holds both equal.
CREATE FUNCTION name_words(name text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE SET search_path = public, pg_temp AS
$$
DECLARE
    letters text := translate(split_part(name, ',', 1), 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ');
    found text[];
    kept text[] := '{}';
    word text;
BEGIN
    letters := btrim(regexp_replace(translate(letters, E'\'`\u2018\u2019\u02bc', ''), '[^A-Z]+', ' ', 'g'), ' ');
    IF letters = '' THEN RETURN kept; END IF;
    found := (string_to_array(letters, ' '))[1:12];
    FOREACH word IN ARRAY found LOOP
        CONTINUE WHEN word = ANY ('{HJ,HJH,HAJI,HAJJAH,NY,NYONYA,TN,TUAN,BPK,BAPAK,IBU,SDR,SDRI,ALM,ALMH,DRS,DRA,DR,IR,KH,UST,USTADZ}')
            OR word = 'H' AND kept = '{}';
        IF word = ANY ('{MUH,MOH,MOCH,MUCH,MHD,MUHD,MOHD,MUHAMAD,MOHAMMAD,MOHAMAD,MOCHAMMAD,MOCHAMAD,MUCHAMMAD,MUCHAMAD,MUHAMMED,MOHAMMED,MOHAMED}') THEN
            word := 'MUHAMMAD';
        END IF;
        kept := kept || word;
    END LOOP;
    RETURN CASE WHEN kept = '{}' THEN found ELSE kept END;
END
$$;

-- One letter more, fewer or other, or two neighbours changed about. The twin of one_typo_apart in check_names.py.
CREATE FUNCTION one_typo_apart(one text, other text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE
SET search_path = public, pg_temp AS
$$
DECLARE
    alike int := 0;
BEGIN
    IF length(one) > length(other) THEN RETURN one_typo_apart(other, one); END IF;
    IF length(other) - length(one) > 1 THEN RETURN false; END IF;
    WHILE alike < length(one) AND substr(one, alike + 1, 1) = substr(other, alike + 1, 1) LOOP
        alike := alike + 1;
    END LOOP;
    IF length(one) < length(other) THEN RETURN substr(one, alike + 1) = substr(other, alike + 2); END IF;
    RETURN substr(one, alike + 2) = substr(other, alike + 2)
        OR substr(one, alike + 1, 2) = reverse(substr(other, alike + 1, 2)) AND substr(one, alike + 3) = substr(other, alike + 3);
END
$$;

-- Whether two names are one and the same person's, written by different people: the words in any order, one typo in a
-- long word, a letter for a word; as many words, or the same letters with the spaces elsewhere. The twin of same_name.
CREATE FUNCTION names_agree(typed text[], recorded text[]) RETURNS boolean LANGUAGE plpgsql IMMUTABLE
SET search_path = public, pg_temp AS
$$
DECLARE
    one text;
    other text;
    round int;
    place int;
    left_over text[];
    whole boolean := false;
BEGIN
    IF cardinality(typed) = 0 OR cardinality(recorded) = 0 THEN RETURN false; END IF;
    IF array_to_string(typed, '') = array_to_string(recorded, '') THEN RETURN true; END IF;
    IF cardinality(typed) <> cardinality(recorded) THEN RETURN false; END IF;
    FOR round IN 1..3 LOOP
        left_over := '{}';
        FOREACH one IN ARRAY typed LOOP
            place := NULL;
            FOR at IN 1..cardinality(recorded) LOOP
                other := recorded[at];
                IF (CASE round
                    WHEN 1 THEN one = other
                    WHEN 2 THEN least(length(one), length(other)) >= 5 AND one_typo_apart(one, other)
                    ELSE least(length(one), length(other)) = 1 AND left(one, 1) = left(other, 1) END) THEN
                    place := at;
                    EXIT;
                END IF;
            END LOOP;
            IF place IS NULL THEN
                left_over := left_over || one;
            ELSE
                whole := whole OR round < 3 AND length(one) > 1;
                recorded := recorded[:place - 1] || recorded[place + 1:];
            END IF;
        END LOOP;
        typed := left_over;
    END LOOP;
    RETURN whole AND cardinality(typed) = 0;
END
$$;

-- One more of this subject today.
CREATE FUNCTION check_count(subject bytea) RETURNS void LANGUAGE sql SET search_path = public, pg_temp AS
$$
    INSERT INTO signin_guard AS g (subject_hash, lane, failures) VALUES (subject, 'check', 1)
    ON CONFLICT (subject_hash, lane) DO UPDATE SET failures = g.failures + 1, last_failed_at = now()
$$;
REVOKE EXECUTE ON FUNCTION name_words(text), one_typo_apart(text, text), names_agree(text[], text[]),
    check_count(bytea) FROM PUBLIC;

-- Is the person of this NIK, by this name, in the record of this village? One bit, by the same statements whatever is
-- wrong; no name and no place leaves the database, nor which of the three differed. Of the living, in families that are
-- not closed. Counted by the day of the village's country: by NIK, by device (a kiosk has room for a queue of people,
-- and counts its NIKs apart, so that nobody elsewhere can use them up), and elsewhere for everybody together. Browsers
-- that keep no token (device NULL) share one count. What is over a limit is not looked at and not counted.
CREATE FUNCTION public_check(subject bytea, words text[], village bigint, device bytea)
RETURNS TABLE (found boolean, over text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
#variable_conflict use_column
DECLARE
    day text := to_char(now() AT TIME ZONE 'Asia/Jakarta', 'YYYY-MM-DD');
    kiosk text := kiosk_lane(device);
    by_nik bytea := sha256(convert_to('check-nik:' || day || coalesce(kiosk, ''), 'UTF8') || subject);
    by_device bytea := sha256(convert_to('check-device:' || day, 'UTF8') || coalesce(device, ''));
    everybody bytea := sha256(convert_to('check-day:' || day, 'UTF8'));
    most_by_device int := CASE WHEN kiosk IS NOT NULL THEN 200 WHEN device IS NULL THEN 100 ELSE 10 END;
    alarm_at int := CASE WHEN kiosk IS NOT NULL THEN 100 WHEN device IS NULL THEN 50 ELSE 6 END;
    passed text;
    tried int;
BEGIN
    -- One after the other, so that many at once are no more than many in a row.
    PERFORM pg_advisory_xact_lock(('x' || encode(substr(everybody, 1, 8), 'hex'))::bit(64)::bigint);
    SELECT max(CASE g.subject_hash WHEN by_nik THEN 'nik' WHEN by_device THEN 'device' ELSE 'everybody' END) INTO passed
        FROM signin_guard g WHERE g.lane = 'check'
          AND (g.subject_hash = by_nik AND g.failures >= 5 OR g.subject_hash = by_device AND g.failures >= most_by_device
               OR g.subject_hash = everybody AND g.failures >= 3000 AND kiosk IS NULL);
    IF passed IS NOT NULL THEN RETURN QUERY SELECT false, passed; RETURN; END IF;
    PERFORM check_count(by_nik), check_count(by_device);
    IF kiosk IS NULL THEN PERFORM check_count(everybody); END IF;
    INSERT INTO pin_trial (trial_hash, subject_hash) VALUES (by_device, by_nik)
    ON CONFLICT (trial_hash, subject_hash) DO NOTHING;
    IF FOUND THEN
        SELECT count(*) INTO tried FROM pin_trial t WHERE t.trial_hash = by_device;
        IF tried = alarm_at THEN
            PERFORM audit_record('check_swept', NULL, jsonb_build_object('subjects', tried, 'by',
                CASE WHEN kiosk IS NOT NULL THEN kiosk WHEN device IS NULL THEN 'unknown' ELSE 'device' END));
        END IF;
    END IF;
    -- The products, not "and": each part is worked out whatever the others are.
    RETURN QUERY SELECT coalesce(max((m.id IS NOT NULL)::int * (f.village_id IS NOT DISTINCT FROM village)::int
            * names_agree(words, name_words(coalesce(m.name, 'SITI TIDAK TERCATAT')))::int), 0) = 1, NULL::text
        FROM (SELECT 1) one
        LEFT JOIN nik_index n ON n.nik_hash = subject
        LEFT JOIN member m ON m.person_id = n.person_id AND m.until IS NULL AND m.alive IS NOT FALSE
        LEFT JOIN family f ON f.id = m.family_id AND f.closed_on IS NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION public_check(bytea, text[], bigint, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public_check(bytea, text[], bigint, bytea) TO portal_anonymous;
