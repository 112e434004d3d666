"""Merges a staged extract into the official layer of the record. Nothing else writes that layer.

Set by set in one transaction: a family's rows are inserted, compared and updated together, the value
before is kept for every field that changes, and the record's revision is raised once a family.
"""

from __future__ import annotations

from dataclasses import dataclass

from portal.registry.merge.benefits import merge_disbursements, merge_participations
from portal.registry.merge.closing import close_absent
from portal.registry.merge.families import find_families, merge_desil, merge_families, merge_housing, take_families
from portal.registry.merge.load import Load
from portal.registry.merge.members import find_members, keep_findings, merge_health, merge_members
from portal.registry.merge.statements import compare_statements
from portal.registry.merge.tables import Stage

__all__ = ["Ending", "Load", "Stage", "merge"]

_FILES = {
    "family": "keluarga",
    "housing": "keluarga",
    "desil": "keluarga",
    "member": "anggota",
    "member_health": "anggota",
    "participation": "kepesertaan",
    "disbursement": "penyaluran",
}


@dataclass(frozen=True, slots=True)
class Ending:
    """How many families received something before, and for how many of them aid ends."""

    receiving: int
    losing: int

    @property
    def share(self) -> float:
        """The share of receiving families that lose something."""
        return self.losing / self.receiving if self.receiving else 0.0


def merge(load: Load) -> Ending:
    """Merge the staged rows; the caller commits, or undoes all of it. ``load.counts`` says what changed."""
    load.run("SET LOCAL work_mem = '256MB'")
    load.run("SET LOCAL statement_timeout = 0")
    load.run("SET LOCAL jit = off")
    for done, step in enumerate(_STEPS):
        load.tell(done, len(_STEPS))
        step(load)
    load.tell(len(_STEPS), len(_STEPS))
    return Ending(load.counts["families_that_received_something_before"], load.counts["families_that_lose_a_program"])


def _note_receiving(load: Load) -> None:
    load.run(
        "CREATE TEMP TABLE receiving ON COMMIT DROP AS SELECT p.family_id, count(*) AS programs FROM participation p"
        " JOIN family f ON f.id = p.family_id WHERE p.active AND f.closed_on IS NULL AND (f.regency_id = :regency"
        " OR f.id IN (SELECT family_id FROM family_key WHERE NOT is_new)) GROUP BY p.family_id"
    )


def _note_ending(load: Load) -> None:
    """Who loses a programme: ended by the extract, fewer in force than before, or the whole family closed."""
    receiving = load.number("SELECT count(*) FROM receiving")
    losing = (
        load.number(
            "SELECT count(*) FROM receiving r WHERE EXISTS (SELECT FROM ended e WHERE e.family_id = r.family_id)"
            " OR r.programs > (SELECT count(*) FROM participation p WHERE p.family_id = r.family_id AND p.active)"
            " OR EXISTS (SELECT FROM family f WHERE f.id = r.family_id AND f.closed_on IS NOT NULL)"
        )
        if receiving
        else 0
    )
    load.counts["families_that_received_something_before"] = receiving
    load.counts["families_that_lose_a_program"] = losing


def _count(load: Load) -> None:
    """Changed rows by file, and changed fields by name: ``penyaluran.status_changed``."""
    rows = load.connection.exec_driver_sql(
        "SELECT subject, field, was_unknown AND subject = 'desil', count(*) FROM made_change GROUP BY 1, 2, 3"
    )
    for subject, field, now_known, number in rows:
        load.counts[f"{_FILES[subject]}.{field}_{'now_known' if now_known else 'changed'}"] += number
    changed = load.connection.exec_driver_sql(
        "SELECT CASE WHEN subject IN ('family', 'housing', 'desil') THEN 'family'"
        " WHEN subject = 'member_health' THEN 'member' ELSE subject END, count(DISTINCT subject_id)"
        " FROM made_change GROUP BY 1"
    )
    for subject, number in changed:
        load.counts[f"{_FILES[subject]}.changed"] = number


_STEPS = (
    find_families,
    _note_receiving,
    merge_families,
    merge_housing,
    merge_desil,
    find_members,
    merge_members,
    merge_health,
    merge_participations,
    merge_disbursements,
    close_absent,
    keep_findings,
    _note_ending,
    take_families,
    compare_statements,
    _count,
)
