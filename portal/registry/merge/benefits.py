"""Participations and disbursements of a load."""

from __future__ import annotations

from portal.registry.merge.load import Load, Pairs, assignments, differs, history
from portal.registry.merge.tables import DISBURSEMENT_FIELDS, PARTICIPATION_FIELDS

_NOBODY, _NO_DAY = "0", "DATE '0001-01-01'"


def _rows(table: str) -> str:
    """Staged rows with their family, and with their member where a NIK is given (unknown ones fall out)."""
    return (
        f" FROM {{{table}}} s JOIN family_key k ON k.number = s.number"
        " LEFT JOIN nik_index n ON n.nik_hash = s.nik_hash"
        " LEFT JOIN member m ON m.family_id = k.family_id AND m.person_id = n.person_id"
    )


def _place_rows(load: Load, table: str, recorded: str, same: str, fields: list[str]) -> None:
    """Pair staged rows with recorded ones: what differs goes into ``<table>_pair``."""
    load.run(
        f"CREATE TEMP TABLE {table}_pair ON COMMIT DROP AS SELECT o.family_id AS of_family, o.id AS of_id, s.*"
        f"{_rows(table)} JOIN {recorded} o ON o.family_id = k.family_id AND {same}"
        f" WHERE NOT k.is_new AND (s.nik_hash IS NULL OR m.id IS NOT NULL) AND {differs('o', 's', fields)}"
    )


def merge_participations(load: Load) -> None:
    """New participations, ended ones and other differences; the cause is only what the extract says."""
    fields = load.fields("kepesertaan", PARTICIPATION_FIELDS)
    same = (
        f"o.program = s.program AND coalesce(o.since, {_NO_DAY}) = coalesce(s.since, {_NO_DAY})"
        f" AND coalesce(o.member_id, {_NOBODY}) = coalesce(m.id, {_NOBODY})"
    )
    _place_rows(load, "participation", "participation", same, fields)
    pairs = " FROM participation_pair s JOIN participation o ON o.family_id = s.of_family AND o.id = s.of_id"
    load.run(
        "CREATE TEMP TABLE ended ON COMMIT DROP AS SELECT o.family_id, o.id"
        f"{pairs} WHERE o.active IS TRUE AND s.active IS FALSE"
    )
    load.counts["kepesertaan.ended"] = load.number("SELECT count(*) FROM ended")
    history(load, Pairs("participation", "o.id", pairs), fields)
    load.run(
        f"UPDATE participation o SET {assignments('s', fields)}extract_id = :load,"
        " ended_as_of = CASE WHEN s.active IS NOT FALSE THEN NULL ELSE coalesce(o.ended_as_of, :as_of) END"
        " FROM participation_pair s WHERE o.family_id = s.of_family AND o.id = s.of_id"
    )
    load.counts["kepesertaan.new"] = load.run(
        "WITH made AS (INSERT INTO participation"
        " (family_id, member_id, program, since, until, active, reason, ended_as_of, extract_id)"
        " SELECT k.family_id, m.id, s.program, s.since, s.until, s.active, s.reason,"
        f" CASE WHEN s.active IS FALSE THEN :as_of END, :load{_rows('participation')}"
        f" LEFT JOIN participation o ON o.family_id = k.family_id AND {same}"
        " WHERE o.id IS NULL AND (s.nik_hash IS NULL OR m.id IS NOT NULL) RETURNING family_id)"
        " INSERT INTO touched SELECT family_id FROM made"
    )


def merge_disbursements(load: Load) -> None:
    """New disbursements and what became of known ones; absence says nothing of them."""
    fields = load.fields("penyaluran", DISBURSEMENT_FIELDS)
    same = (
        "o.program = s.program AND o.year = s.year AND o.stage = s.stage"
        f" AND coalesce(o.member_id, {_NOBODY}) = coalesce(m.id, {_NOBODY})"
    )
    _place_rows(load, "disbursement", "disbursement", same, fields)
    pairs = " FROM disbursement_pair s JOIN disbursement o ON o.family_id = s.of_family AND o.id = s.of_id"
    history(load, Pairs("disbursement", "o.id", pairs), fields)
    load.run(
        f"UPDATE disbursement o SET {assignments('s', fields)}extract_id = :load"
        " FROM disbursement_pair s WHERE o.family_id = s.of_family AND o.id = s.of_id"
    )
    columns = ", ".join(DISBURSEMENT_FIELDS)
    insert = (
        f"INSERT INTO disbursement (family_id, member_id, program, year, stage, {columns}, extract_id)"
        " SELECT k.family_id, %s, s.program, s.year, s.stage,"
        f" {', '.join(f's.{name}' for name in DISBURSEMENT_FIELDS)}, :load"
    )
    # A new family has nothing yet: its rows go in without being looked for.
    load.counts["penyaluran.new"] = load.run(
        insert.replace("%s", "NULL") + " FROM {disbursement} s JOIN family_key k ON k.number = s.number AND k.is_new"
        " WHERE s.nik_hash IS NULL"
    )
    load.counts["penyaluran.new"] += load.run(
        "WITH made AS ("
        + insert.replace("%s", "m.id")
        + _rows("disbursement")
        + f" LEFT JOIN disbursement o ON o.family_id = k.family_id AND {same}"
        " WHERE o.id IS NULL AND (s.nik_hash IS NULL AND NOT k.is_new OR m.id IS NOT NULL) RETURNING family_id)"
        " INSERT INTO touched SELECT family_id FROM made"
    )
