"""The counter of a village: find a family of the own villages by NIK or slip, and see what can be done for it.

A family elsewhere answers like one that nobody has. Every look is noted with its reason, and the family can read it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Row, text

from portal.accounts.activation import tidy_serial
from portal.accounts.actor import StaffActor
from portal.accounts.signin import subject_of
from portal.audit.looks import note_look
from portal.core.clock import today, zone_of_area
from portal.core.messages import N_
from portal.core.names import written_name
from portal.core.nik import mask
from portal.extensions import db, keys

_ADULT_YEARS = 18
_FIND = text("SELECT family_public, village FROM counter_find(:subject, :serial)")
_FAMILY = text("SELECT * FROM counter_family(:family)")

#: Why an officer opens a family at the counter, by the word in the address: the family reads these words.
REASONS = {
    "slip": N_("to give out a slip for a first sign-in"),
    "pin": N_("because of a forgotten PIN"),
    "catat": N_("to write down what the person said at the counter"),
    "tanya": N_("to answer a question of the person at the counter"),
}


@dataclass(frozen=True, slots=True)
class CounterMember:
    """A member as the counter sees it: never a whole NIK."""

    person_public: UUID
    name: str
    birth_date: date | None
    relation: int | None
    nik: str  # masked
    dead: bool
    adult: bool
    login_since: datetime | None
    reset: UUID | None  # under way

    @property
    def can_be_helped(self) -> bool:
        """Whether something may be written down for this member."""
        return self.adult and not self.dead

    @property
    def can_get_slip(self) -> bool:
        """Whether a first sign-in may be given out."""
        return self.adult and not self.dead and self.login_since is None

    @property
    def can_get_new_pin(self) -> bool:
        """Whether a lost PIN may be replaced."""
        return self.adult and not self.dead and self.login_since is not None and self.reset is None


@dataclass(frozen=True, slots=True)
class CounterFamily:
    """A family at the counter."""

    public_id: UUID
    village: str
    kk: str  # masked
    is_kin: bool
    members: tuple[CounterMember, ...]


def find(actor: StaffActor, nik_text: str, serial: str) -> Sequence[Row[tuple[UUID, str]]]:
    """The families of the own villages with that NIK or slip: public id and village; two for a NIK in two families."""
    asked = {"subject": subject_of(nik_text) if nik_text else None, "serial": tidy_serial(serial) if serial else None}
    with db.begin(actor.scope) as session:
        return session.execute(_FIND, asked).all()


def open_family(actor: StaffActor, family: UUID, reason: str) -> CounterFamily | None:
    """The family, with the look noted; None outside the own villages. ``reason`` is a word of ``REASONS``."""
    with db.begin(actor.scope) as session:
        rows = session.execute(_FAMILY, {"family": family}).all()
        if not rows:
            return None
        note_look(session, rows[0].family_id, REASONS[reason])
    first = rows[0]
    day = today(zone_of_area(first.village_id))
    return CounterFamily(
        family,
        first.village,
        mask(keys.ring.unseal("kk", first.kk_sealed)),
        first.is_kin,
        tuple(_member(row, day) for row in rows),
    )


def note(actor: StaffActor, family_id: int, reason: str) -> None:
    """Note a look at a page that shows somebody of the family. ``reason`` is a word of ``REASONS``."""
    with db.begin(actor.scope) as session:
        note_look(session, family_id, REASONS[reason])


def is_adult(birth: date | None, day: date) -> bool:
    """Whether somebody born on that day is 18 on ``day``: from the birthday itself on. Unknown is no."""
    if birth is None:
        return False
    return (day.year - _ADULT_YEARS, day.month, day.day) >= (birth.year, birth.month, birth.day)


def _member(row: Row[tuple[object, ...]], day: date) -> CounterMember:
    return CounterMember(
        row.person_public,
        written_name(row.name),
        row.birth_date,
        row.relation,
        mask(keys.ring.unseal("nik", row.nik_sealed)),
        row.alive is False,
        is_adult(row.birth_date, day),
        row.login_since,
        row.reset,
    )
