"""Statements established here, compared with what an extract now says.

One that agrees is settled. One that differs is contradicted, if the extract is younger than the
statement; both stay in sight. Nothing of a statement is ever changed but its state.
"""

from __future__ import annotations

from portal.registry.merge.load import Load
from portal.registry.merge.tables import HEALTH_FIELDS, MEMBER_FIELDS

_NUMBER = "'^-?[0-9]+(\\.[0-9]+)?$'"


def _listed(value: str) -> str:
    return f"string_to_array(regexp_replace(lower(btrim({value})), '\\s*[,;]\\s*', ',', 'g'), ',')"


_AGREES = (
    "CASE WHEN o.hash IS NOT NULL OR st.value_hash IS NOT NULL THEN o.hash IS NOT DISTINCT FROM st.value_hash"
    f" WHEN o.value ~ {_NUMBER} AND st.value ~ {_NUMBER} THEN o.value::numeric = st.value::numeric"
    # Several illnesses in one text: those stated are among those recorded, in whatever order.
    f" WHEN st.field = 'chronic_illness' THEN coalesce({_listed('st.value')} <@ {_listed('o.value')}, false)"
    " ELSE lower(o.value) IS NOT DISTINCT FROM lower(st.value) END"
)


def compare_statements(load: Load) -> None:
    """Settle or contradict the unsettled statements of families that this extract speaks of.

    About a member it speaks of the fields that its file has columns for.
    """
    told = ", ".join(f"'{name}'" for name in load.fields("anggota", (*MEMBER_FIELDS, *HEALTH_FIELDS)))
    of_member = f"m.member_id IS NOT NULL AND st.field IN ({told or 'NULL'})"
    load.run(
        "CREATE TEMP TABLE judged ON COMMIT DROP AS SELECT st.family_id, st.id,"
        f" {_AGREES} AS agrees, o.known FROM statement st JOIN family_key k ON k.family_id = st.family_id"
        " JOIN {family} s ON s.number = k.number JOIN family f ON f.id = st.family_id"
        " LEFT JOIN housing h ON h.family_id = st.family_id"
        " LEFT JOIN member_row m ON m.family_id = st.family_id AND m.member_id = st.subject_id"
        " CROSS JOIN LATERAL (SELECT CASE st.subject WHEN 'family' THEN to_jsonb(f) ->> st.field"
        " WHEN 'housing' THEN to_jsonb(h) ->> st.field ELSE to_jsonb(m) ->> st.field END AS value,"
        " CASE WHEN st.subject = 'family' AND st.field = 'address' THEN s.address_hash END AS hash,"
        f" CASE WHEN st.subject IN ('member', 'member_health') THEN {of_member} ELSE s.given END AS known) o"
        " WHERE st.state <> 'accepted'"
    )
    settled = (
        "UPDATE statement st SET state = '%s', compared_as_of = :as_of, extract_id = :load FROM judged j"
        " WHERE st.family_id = j.family_id AND st.id = j.id AND j.known"
    )
    load.counts["statements.accepted"] = load.run(settled.replace("%s", "accepted") + " AND j.agrees")
    load.counts["statements.contradicted"] = load.run(
        settled.replace("%s", "contradicted")
        + " AND NOT j.agrees AND st.stated_at::date <= :as_of AND st.state = 'waiting'"
    )
