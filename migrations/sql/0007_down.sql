DROP TRIGGER forget_passkeys ON account;
DROP FUNCTION forget_passkeys(), passkey_remove(uuid, text, bytea, text, bigint),
    passkey_add(bytea, bytea, bytea, bigint, boolean, boolean, text[], text),
    passkey_ask_new(bytea, bytea, bytea, text, bytea, text, bigint), own_proven(text, bytea, text, bigint),
    own_secret(bytea),
    passkey_staff_signin(bytea, text, bytea, bytea, bytea, bigint, boolean, boolean, text, bytea, text, bytea, bytea,
                         int, int, text),
    passkey_signin(bytea, bytea, bytea, bytea, bigint, boolean, boolean, text, bytea, bytea, int, int),
    passkey_proven(bytea, text, bytea, bytea, bytea, bigint), passkey_lookup(bytea, bytea, bytea),
    passkey_spend(bytea, text), passkey_take(bytea, text), passkey_ask(bytea, bytea, text),
    passkey_keep(bytea, bytea, text, bigint, bigint, bytea),
    passkey_lane_opens(bigint, bigint, bytea, text, bytea), passkey_subject(bigint);
DROP TABLE passkey_challenge, passkey;
