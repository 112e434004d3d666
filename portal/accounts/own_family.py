"""A member whose NIK stands in several families says which one is the own; a supervisor gets it as a task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy import text

from portal.accounts.actor import FamilyActor, StaffActor
from portal.audit.trail import Event, record
from portal.core.names import written_name
from portal.core.nik import mask
from portal.extensions import db, keys

_FAMILIES = text("SELECT family_public, village, kecamatan, kk_sealed FROM conflict_families()")
_ANSWER = text("SELECT conflict_answer(CAST(:wanted AS uuid))")
_TASKS = text("SELECT * FROM conflicts_at_counter()")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the families in which the member stands: enough to know the own one by, and nothing of its people."""

    public_id: UUID
    kk: str  # masked
    village: str
    kecamatan: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A family in a task. ``public_id`` is empty where it is outside the supervisor's area."""

    public_id: UUID | None
    village: str
    regency: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Task:
    """A member who stands in several families, since a sign-in met it; gone when an extract has mended it."""

    name: str
    met_at: datetime
    families: tuple[Standing, ...]


def choices(actor: FamilyActor) -> Sequence[Choice]:
    """The families to choose from; none once the member has answered."""
    with db.begin(actor.scope) as session:
        rows = session.execute(_FAMILIES).all()
    return [
        Choice(row.family_public, mask(keys.ring.unseal("kk", row.kk_sealed)), row.village, row.kecamatan)
        for row in rows
    ]


def choose(actor: FamilyActor, wanted: UUID | None) -> bool:
    """Keep the answer, None for «I do not know»; the member's pages are of that family from now on."""
    with db.begin(actor.scope) as session:
        family: int | None = session.execute(_ANSWER, {"wanted": wanted}).scalar_one()
        if family is None:
            return False
        record(session, Event.FAMILY_CHOSEN, family_id=family, known=wanted is not None)
    return True


def tasks(actor: StaffActor) -> Sequence[Task]:
    """What a supervisor has to clear up; nothing for anybody else."""
    with db.begin(actor.scope) as session:
        rows = session.execute(_TASKS).all()
    found = []
    for _person, standing in groupby(rows, key=lambda row: row.person_id):
        lines = list(standing)
        families = tuple(
            Standing(row.family_public if row.mine else None, row.village, row.regency, bool(row.chosen))
            for row in lines
        )
        found.append(Task(written_name(lines[0].name), lines[0].met_at, families))
    return found
