"""Families, houses and desil of a load."""

from __future__ import annotations

from portal.registry.merge.load import Load, Pairs, assignments, differs, history
from portal.registry.merge.tables import FAMILY_FIELDS, HOUSING_FIELDS

_PAIRS = (
    " FROM {family} s JOIN family_key k ON k.number = s.number AND NOT k.is_new AND s.given"
    " JOIN family o ON o.id = k.family_id AND o.fingerprint IS DISTINCT FROM s.fingerprint"
)
_OLD_FAMILY = "(SELECT id AS family_id, family.* FROM family)"


def find_families(load: Load) -> None:
    """Give every staged family its id: the recorded one, or a new one in the order of the extract.

    Families of which a newer extract has spoken (they moved to another regency) are left out.
    """
    load.run(
        "CREATE TEMP TABLE family_key ON COMMIT DROP AS"
        " SELECT s.number, coalesce(f.id, nextval(pg_get_serial_sequence('family', 'id'))) AS family_id,"
        " f.id IS NULL AS is_new FROM {family} s LEFT JOIN family f ON f.kk_hash = s.kk_hash"
        " WHERE (s.given OR f.id IS NOT NULL) AND (f.id IS NULL OR f.as_of <= :as_of) ORDER BY s.number"
    )
    load.run("CREATE UNIQUE INDEX ON family_key (number) INCLUDE (family_id, is_new)")
    load.run("ANALYZE family_key")
    load.run(
        "CREATE TEMP TABLE made_change (family_id bigint, subject text, subject_id bigint, field text,"
        " was_unknown boolean) ON COMMIT DROP"
    )
    load.run("CREATE TEMP TABLE touched (family_id bigint) ON COMMIT DROP")
    load.counts["keluarga.newer_in_registry"] = load.number("SELECT count(*) FROM {family}") - load.number(
        "SELECT count(*) FROM family_key"
    )


def merge_families(load: Load) -> None:
    """Insert new families and keep the value before of changed ones; ``take_families`` takes the new ones."""
    fields = load.fields("keluarga", FAMILY_FIELDS)
    columns = ", ".join(FAMILY_FIELDS)
    source = _PAIRS.replace("JOIN family o", f"JOIN {_OLD_FAMILY} o")
    history(load, Pairs("family", "o.id", source, origin="s.source, s.source_date"), fields)
    if "keluarga.address" in load.present:
        _keep_addresses(load)
    load.counts["keluarga.new"] = load.run(
        f"INSERT INTO family (id, kk_hash, kk_key_version, kk_sealed, address_sealed, {columns}, source, source_date,"
        f" as_of, extract_id, fingerprint) SELECT k.family_id, s.kk_hash, get_byte(s.fingerprint, 0), s.kk_sealed,"
        f" s.address_sealed, {', '.join(f's.{name}' for name in FAMILY_FIELDS)}, s.source, s.source_date, :as_of,"
        " :load, s.fingerprint FROM {family} s JOIN family_key k ON k.number = s.number AND k.is_new ORDER BY s.number"
    )
    load.run(
        "INSERT INTO made_change SELECT f.id, 'family', f.id, 'reopened', false FROM {family} s"
        " JOIN family_key k ON k.number = s.number AND NOT k.is_new AND s.given"
        " JOIN family f ON f.id = k.family_id AND f.closed_on IS NOT NULL"
    )


def _keep_addresses(load: Load) -> None:
    """The address before, sealed; whether it changed is told by the last sixteen bytes of the fingerprint."""
    load.run(
        "WITH made AS (INSERT INTO record_change (family_id, subject, subject_id, field, old_sealed, new_sealed,"
        " source, source_date, as_of, extract_id) SELECT o.id, 'family', o.id, 'address', o.address_sealed,"
        f" s.address_sealed, s.source, s.source_date, :as_of, :load {_PAIRS}"
        " WHERE substring(o.fingerprint FROM 18) IS DISTINCT FROM substring(s.fingerprint FROM 18)"
        " RETURNING family_id, subject, subject_id, field, old_sealed IS NULL)"
        " INSERT INTO made_change SELECT * FROM made"
    )


def merge_housing(load: Load) -> None:
    """House and assets: the new values, and the values before where they differ."""
    fields = load.fields("keluarga", HOUSING_FIELDS)
    pairs = (
        " FROM {family} s JOIN family_key k ON k.number = s.number AND NOT k.is_new AND s.given"
        f" JOIN housing o ON o.family_id = k.family_id AND {differs('o', 's', fields)}"
    )
    history(load, Pairs("housing", "o.family_id", pairs, origin="s.source, s.source_date"), fields)
    load.run(
        f"UPDATE housing o SET {assignments('s', fields)}family_id = o.family_id FROM {{family}} s"
        " JOIN family_key k ON k.number = s.number AND NOT k.is_new AND s.given"
        f" WHERE o.family_id = k.family_id AND {differs('o', 's', fields)}"
    )
    columns = ", ".join(HOUSING_FIELDS)
    load.run(
        f"INSERT INTO housing (family_id, {columns}) SELECT k.family_id, {', '.join(f's.{c}' for c in HOUSING_FIELDS)}"
        " FROM {family} s JOIN family_key k ON k.number = s.number AND s.given"
        " LEFT JOIN housing h ON h.family_id = k.family_id WHERE h.family_id IS NULL ORDER BY s.number"
    )


def merge_desil(load: Load) -> None:
    """A new rank only where it differs from the last one; the day is BPS's, or the extract's where it says none."""
    load.run(
        "CREATE TEMP TABLE desil_new ON COMMIT DROP AS"
        " SELECT k.family_id, k.is_new, coalesce(s.ranked_on, :as_of) AS ranked_on, s.desil, o.desil AS old, s.source"
        " FROM {family} s JOIN family_key k ON k.number = s.number AND s.given"
        " LEFT JOIN LATERAL (SELECT d.desil, d.ranked_on FROM desil d WHERE d.family_id = k.family_id"
        " ORDER BY d.ranked_on DESC LIMIT 1) o ON NOT k.is_new"
        " WHERE s.desil IS NOT NULL AND o.desil IS DISTINCT FROM s.desil"
        " AND (o.ranked_on IS NULL OR coalesce(s.ranked_on, :as_of) >= o.ranked_on) ORDER BY s.number"
    )
    load.run(
        "WITH made AS (INSERT INTO record_change (family_id, subject, subject_id, field, old, new, source, source_date,"
        " as_of, extract_id) SELECT family_id, 'desil', family_id, 'desil', old::text, desil::text, 'BPS', ranked_on,"
        " :as_of, :load FROM desil_new WHERE NOT is_new RETURNING family_id, subject, subject_id, field, old IS NULL)"
        " INSERT INTO made_change SELECT * FROM made"
    )
    load.run(
        "INSERT INTO desil (family_id, ranked_on, desil, extract_id)"
        " SELECT family_id, ranked_on, desil, :load FROM desil_new"
        " ON CONFLICT (family_id, ranked_on) DO UPDATE SET desil = excluded.desil, extract_id = excluded.extract_id"
    )


def take_families(load: Load) -> None:
    """Take the new values of recorded families and raise the revision of every one whose record changed.

    This comes last: from here to the end of the transaction the families' rows are locked, and nobody
    of them can send a case.
    """
    fields = load.fields("keluarga", FAMILY_FIELDS)
    address = "address_sealed = s.address_sealed, " if "keluarga.address" in load.present else ""
    load.run(
        "CREATE TEMP TABLE changed_family ON COMMIT DROP AS SELECT family_id FROM made_change"
        " UNION SELECT t.family_id FROM touched t"
    )
    load.run("ANALYZE changed_family")
    # Open cases follow a family to its new village (a trigger). Held before the family, as an officer holds them.
    load.run(
        "SELECT FROM cases c JOIN family o ON o.id = c.family_id JOIN family_key k ON k.family_id = o.id"
        " JOIN {family} s ON s.number = k.number AND s.given AND s.village_id <> o.village_id"
        " ORDER BY c.family_id, c.id FOR UPDATE OF c"
    )
    load.run(
        f"UPDATE family o SET {assignments('s', fields)}{address}source = s.source, source_date = s.source_date,"
        " as_of = :as_of, closed_on = NULL, extract_id = :load, fingerprint = s.fingerprint,"
        " revision = o.revision + (c.family_id IS NOT NULL)::int"
        " FROM {family} s JOIN family_key k ON k.number = s.number AND NOT k.is_new AND s.given"
        " LEFT JOIN changed_family c ON c.family_id = k.family_id"
        " WHERE o.id = k.family_id AND (o.fingerprint IS DISTINCT FROM s.fingerprint OR o.as_of < :as_of"
        " OR o.closed_on IS NOT NULL OR c.family_id IS NOT NULL)"
    )
    load.run(
        "UPDATE family o SET revision = o.revision + 1 FROM changed_family c WHERE o.id = c.family_id"
        " AND NOT EXISTS (SELECT FROM family_key k JOIN {family} s ON s.number = k.number"
        " WHERE k.family_id = o.id AND (k.is_new OR s.given))"
    )
    load.counts["families_touched"] = load.number(
        "SELECT count(*) FROM changed_family c WHERE NOT EXISTS"
        " (SELECT FROM family_key k WHERE k.family_id = c.family_id AND k.is_new)"
    )
