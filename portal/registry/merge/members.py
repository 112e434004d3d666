"""People and their memberships of a load, their health facts, and NIKs in two families."""

from __future__ import annotations

from portal.registry.merge.load import Load, Pairs, assignments, differs, history
from portal.registry.merge.tables import HEALTH_FIELDS, MEMBER_FIELDS

_CHANGED = (
    " FROM member_row s JOIN member o ON o.family_id = s.family_id AND o.id = s.member_id"
    " AND o.fingerprint IS DISTINCT FROM s.fingerprint"
)


def find_members(load: Load) -> None:
    """Give every staged member its person (by the hash of the NIK) and its membership, recorded or new."""
    load.run(
        "CREATE TEMP TABLE person_key ON COMMIT DROP AS SELECT s.nik_hash,"
        " coalesce(n.person_id, nextval(pg_get_serial_sequence('person', 'id'))) AS person_id,"
        " n.person_id IS NULL AS is_new FROM {member} s LEFT JOIN nik_index n ON n.nik_hash = s.nik_hash WHERE s.first"
    )
    load.run("ANALYZE person_key")
    load.run("INSERT INTO person (id) SELECT person_id FROM person_key WHERE is_new")
    load.run(
        "INSERT INTO nik_index (nik_hash, person_id, key_version) SELECT p.nik_hash, p.person_id,"
        " (SELECT get_byte(fingerprint, 0) FROM {member} LIMIT 1) FROM person_key p WHERE p.is_new"
    )
    columns = ", ".join(f"s.{name}" for name in ("nik_sealed", "fingerprint", "source", *MEMBER_FIELDS, *HEALTH_FIELDS))
    load.run(
        "CREATE TEMP TABLE member_row ON COMMIT DROP AS"
        " SELECT k.family_id, coalesce(m.id, nextval(pg_get_serial_sequence('member', 'id'))) AS member_id,"
        f" p.person_id, m.id IS NULL AS is_new, p.is_new AS new_person, s.first, s.nik_hash, {columns}"
        " FROM {member} s JOIN family_key k ON k.number = s.number JOIN person_key p ON p.nik_hash = s.nik_hash"
        " LEFT JOIN member m ON m.family_id = k.family_id AND m.person_id = p.person_id"
    )
    load.run("ANALYZE member_row")


def merge_members(load: Load) -> None:
    """Insert new memberships, keep the value before of changed ones, open closed ones that are named again."""
    fields = load.fields("anggota", MEMBER_FIELDS)
    history(load, Pairs("member", "o.id", _CHANGED, origin="s.source, NULL::date"), fields)
    load.run(
        "INSERT INTO made_change SELECT o.family_id, 'member', o.id, 'reopened', false FROM member_row s"
        " JOIN member o ON o.family_id = s.family_id AND o.id = s.member_id WHERE o.until IS NOT NULL"
    )
    load.run(
        f"UPDATE member o SET {assignments('s', fields)}source = s.source, until = NULL, extract_id = :load,"
        " fingerprint = s.fingerprint FROM member_row s WHERE o.family_id = s.family_id AND o.id = s.member_id"
        " AND (o.fingerprint IS DISTINCT FROM s.fingerprint OR o.until IS NOT NULL)"
    )
    columns = ", ".join(MEMBER_FIELDS)
    load.counts["anggota.new"] = load.run(
        f"INSERT INTO member (family_id, id, person_id, nik_sealed, {columns}, source, since, extract_id, fingerprint)"
        f" SELECT family_id, member_id, person_id, nik_sealed, {columns}, source, :as_of, :load, fingerprint"
        " FROM member_row WHERE is_new"
    )
    load.run(
        "INSERT INTO touched SELECT r.family_id FROM member_row r"
        " JOIN family_key k ON k.family_id = r.family_id AND NOT k.is_new WHERE r.is_new"
    )


def merge_health(load: Load) -> None:
    """Health facts stand apart, and so does their history: only that person reads it."""
    fields = load.fields("anggota", HEALTH_FIELDS)
    pairs = (
        " FROM member_row s JOIN member_health o ON o.family_id = s.family_id AND o.member_id = s.member_id"
        f" AND NOT s.is_new AND {differs('o', 's', fields)}"
    )
    told = Pairs("member_health", "o.member_id", pairs, person_id="o.person_id", origin="s.source, NULL::date")
    history(load, told, fields)
    load.run(
        f"UPDATE member_health o SET {assignments('s', fields)}birth_date = s.birth_date FROM member_row s"
        " WHERE o.family_id = s.family_id AND o.member_id = s.member_id AND NOT s.is_new"
        f" AND ({differs('o', 's', fields)} OR o.birth_date IS DISTINCT FROM s.birth_date)"
    )
    columns = ", ".join(HEALTH_FIELDS)
    load.run(
        f"INSERT INTO member_health (family_id, member_id, person_id, birth_date, {columns})"
        f" SELECT s.family_id, s.member_id, s.person_id, s.birth_date, {', '.join(f's.{c}' for c in HEALTH_FIELDS)}"
        " FROM member_row s LEFT JOIN member_health o ON o.family_id = s.family_id AND o.member_id = s.member_id"
        f" WHERE o.family_id IS NULL AND num_nonnulls({', '.join(f's.{c}' for c in HEALTH_FIELDS)}) > 0"
    )


def keep_findings(load: Load) -> None:
    """Keep for people to judge: a NIK open in two families, once for the same families."""
    load.run(
        "INSERT INTO finding (extract_id, regency_id, kind, family_id, person_id, detail)"
        " SELECT :load, :regency, 'nik_in_two_families', x.family_id, x.person_id, x.detail FROM ("
        "SELECT min(m.family_id) AS family_id, m.person_id,"
        " jsonb_build_object('families', jsonb_agg(m.family_id ORDER BY m.family_id)) AS detail"
        " FROM (SELECT DISTINCT person_id FROM member_row WHERE NOT first OR (is_new AND NOT new_person)) r"
        " JOIN member m ON m.person_id = r.person_id AND m.until IS NULL GROUP BY m.person_id HAVING count(*) > 1) x"
        " WHERE NOT EXISTS (SELECT FROM finding f WHERE f.kind = 'nik_in_two_families' AND f.person_id = x.person_id"
        " AND f.detail = x.detail)"
    )
