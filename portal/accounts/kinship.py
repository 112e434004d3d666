"""An officer declares the own family and relatives': colleagues decide on them from then on.

A No. KK alone is not believed: with the own family goes the own NIK, and the family in which that NIK stands is closed
to the officer as well. The administrator reads whether the two agree, not who the families are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from portal.accounts.actor import StaffActor
from portal.accounts.signin import subject_of
from portal.audit.trail import Event, record
from portal.core.nik import mask, parse_digits
from portal.extensions import db, keys

_DECLARE = text("SELECT kin_declare(:officer, :kk, CAST(:nik AS bytea), :relation)")
_MINE = text("SELECT relation, kk_sealed, village, declared_at, declared_by, nik_stands FROM kin_of_mine()")
_OVERSEEN = text(
    "SELECT id, public_id, name, title FROM staff WHERE active AND id = ANY (staff_overseen()) ORDER BY name, id"
)


@dataclass(frozen=True, slots=True)
class Kin:
    """A declared family, as the officer sees it. ``kk`` is masked."""

    is_own: bool
    kk: str
    village: str
    declared_at: datetime
    declared_by: str | None
    nik_stands: str | None


@dataclass(frozen=True, slots=True)
class Colleague:
    """An officer whom the reader oversees."""

    id: int
    public_id: UUID
    name: str
    title: str


def kin_of(actor: StaffActor) -> list[Kin]:
    """The families declared for this officer, the oldest first."""
    with db.begin(actor.scope) as session:
        return [
            Kin(
                row.relation == "own",
                mask(keys.ring.unseal("kk", row.kk_sealed)),
                row.village,
                row.declared_at,
                row.declared_by,
                row.nik_stands,
            )
            for row in session.execute(_MINE)
        ]


def overseen(actor: StaffActor) -> Sequence[Colleague]:
    """The officers for whom a supervisor or regency office may declare a family; nobody for others."""
    with db.begin(actor.scope) as session:
        return [Colleague(*row) for row in session.execute(_OVERSEEN)]


def declare(actor: StaffActor, kk: str, *, own_nik: str | None = None, officer: int | None = None) -> bool:
    """Declare the family of that No. KK (well formed): the own one with the own NIK, else a relative's.

    False where no family has this number. ``officer`` is another one whom the actor oversees.
    """
    whose = officer or actor.staff_id
    values = {
        "officer": whose,
        "nik": subject_of(own_nik) if own_nik else None,
        "relation": "own" if own_nik else "relative",
    }
    with db.begin(actor.scope) as session:
        hashes = keys.ring.blind_indexes("kk", parse_digits(kk))
        found = any(session.execute(_DECLARE, values | {"kk": hashed}).scalar_one() for hashed in hashes)
        if found:
            record(session, Event.KINSHIP_DECLARED, staff=whose, by=actor.staff_id)
    return found
