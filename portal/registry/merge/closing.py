"""What is absent from a file declared full is closed, never deleted.

Only families of the extract's own regency are looked at. A family of which the extract holds a row
that was refused is not absent, and nothing of it is closed.
"""

from __future__ import annotations

from portal.registry.merge.load import Load, keep_closing

_CERTAIN = " AND NOT EXISTS (SELECT FROM {uncertain} u WHERE u.file = '%s' AND u.kk_hash = f.kk_hash)"


def close_absent(load: Load) -> None:
    """Close absent families, members and participations, as far as their file is full."""
    load.run("CREATE TEMP TABLE closed_participation (family_id bigint, id bigint) ON COMMIT DROP")
    if "keluarga" in load.full:
        _close_families(load)
    if "anggota" in load.full:
        _close_members(load)
    if "kepesertaan" in load.full:
        _close_participations(load)


def _close_families(load: Load) -> None:
    load.counts["keluarga.closed"] = load.run(
        "WITH gone AS (UPDATE family f SET closed_on = :as_of, as_of = :as_of, extract_id = :load"
        " WHERE f.regency_id = :regency AND f.closed_on IS NULL AND f.as_of <= :as_of"
        " AND NOT EXISTS (SELECT FROM family_key k WHERE k.family_id = f.id)"
        + _CERTAIN.replace("%s", "keluarga")
        + " RETURNING f.id AS family_id, f.id), kept AS ("
        + keep_closing("family", "closed_on", "NULL", ":as_of::text")
    )


def _close_members(load: Load) -> None:
    load.run("CREATE INDEX ON member_row (family_id, member_id)")
    load.counts["anggota.closed"] = load.run(
        "WITH gone AS (UPDATE member m SET until = :as_of, extract_id = :load FROM family f"
        " WHERE f.id = m.family_id AND f.regency_id = :regency AND m.until IS NULL AND f.as_of <= :as_of"
        " AND NOT EXISTS (SELECT FROM member_row r WHERE r.family_id = m.family_id AND r.member_id = m.id)"
        + _CERTAIN.replace("%s", "anggota")
        + " RETURNING m.family_id, m.id), kept AS ("
        + keep_closing("member", "until", "NULL", ":as_of::text")
    )


def _close_participations(load: Load) -> None:
    """Ended without a date and without a cause: the extract says neither."""
    load.run(
        "CREATE TEMP TABLE named_participation ON COMMIT DROP AS"
        " SELECT k.family_id, m.id AS member_id, s.program, s.since FROM {participation} s"
        " JOIN family_key k ON k.number = s.number LEFT JOIN nik_index n ON n.nik_hash = s.nik_hash"
        " LEFT JOIN member m ON m.family_id = k.family_id AND m.person_id = n.person_id"
    )
    load.run("ANALYZE named_participation")
    load.counts["kepesertaan.closed"] = load.run(
        "WITH gone AS (UPDATE participation p SET active = false, ended_as_of = :as_of, extract_id = :load"
        " FROM family f WHERE f.id = p.family_id AND f.regency_id = :regency AND p.active IS NOT FALSE"
        " AND f.as_of <= :as_of AND NOT EXISTS ("
        "SELECT FROM named_participation r WHERE r.family_id = p.family_id AND r.program = p.program"
        " AND coalesce(r.member_id, 0) = coalesce(p.member_id, 0)"
        " AND coalesce(r.since, DATE '0001-01-01') = coalesce(p.since, DATE '0001-01-01'))"
        + _CERTAIN.replace("%s", "kepesertaan")
        + " RETURNING p.family_id, p.id), noted AS (INSERT INTO closed_participation SELECT family_id, id FROM gone),"
        " kept AS (" + keep_closing("participation", "active", "'true'", "'false'")
    )
