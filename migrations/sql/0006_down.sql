DROP FUNCTION conflicts_at_counter(), counter_find(bytea, text), counter_family(uuid), conflict_families(),
    conflict_answer(uuid), conflict_note(bytea), signin_lookup(bytea, bytea), family_is_unclear(bigint),
    families_of(bigint), slip_find(bytea, bytea), slip_use(bytea, bytea, text, jsonb), resets_at_counter(uuid),
    reset_call_off(uuid), reset_confirm(uuid), reset_held(uuid), reset_start(text, bigint, bigint, date, jsonb),
    tell_of_reset(pin_reset, text, jsonb), reset_state(pin_reset), counter_area();
DROP TABLE pin_reset, nik_conflict;
