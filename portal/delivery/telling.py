"""Who is told in person: families of the officer's villages whom no channel reaches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.accounts.actor import StaffActor
from portal.audit.looks import note_look
from portal.core.clock import now
from portal.core.errors import NotFound
from portal.delivery.rules import rules
from portal.extensions import db, keys
from portal.registry.models import Area, Family, Member, Person

MOST = 300
_LOOK = "tell"  # a key of the reasons of looks
_UNTOLD = text(
    "SELECT family_id, person_id, count(*) AS number, min(created_at) AS since FROM notices_untold(:keys, :before)"
    " GROUP BY family_id, person_id ORDER BY since LIMIT :most"
)
_TELL = text("SELECT notices_tell(:keys, :before, :family, :person)")


@dataclass(frozen=True, slots=True)
class Untold:
    """One person who has messages that nothing carried."""

    family: UUID
    person: UUID
    name: str
    village: str
    rt: str
    rw: str
    count: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Neutral:
    """What stands on a letter: whom it is for and where they live, and nothing of what the message is about."""

    family: UUID
    person: UUID
    name: str
    address: str
    village: str
    rt: str
    rw: str


def untold(actor: StaffActor) -> list[tuple[str, list[Untold]]]:
    """By village, in each who waits longest first."""
    with db.begin(actor.scope) as session:
        rows = session.execute(_UNTOLD, _asked() | {"most": MOST}).all()
        people = _people(session, [(row.family_id, row.person_id) for row in rows])
    found = [
        Untold(*people[row.family_id, row.person_id], row.number, row.since)
        for row in rows
        if (row.family_id, row.person_id) in people
    ]
    villages = sorted({one.village for one in found})
    return [(village, [one for one in found if one.village == village]) for village in villages]


def letter(actor: StaffActor, family: UUID, person: UUID) -> Neutral:
    """The letter for one of them; the family reads that the officer looked. Raises ``NotFound``."""
    with db.begin(actor.scope) as session:
        family_id, person_id = _find(session, family, person)
        note_look(session, family_id, _LOOK)
        public, who, name, village, rt, rw = _people(session, [(family_id, person_id)])[family_id, person_id]
        sealed = session.scalar(select(Family.address_sealed).where(Family.id == family_id))
        address = "" if sealed is None else keys.ring.unseal("address", sealed)
        return Neutral(public, who, name, address, village, rt, rw)


def mark_told(actor: StaffActor, family: UUID, person: UUID) -> int:
    """The officer was there; gives how many messages count as told. Raises ``NotFound``."""
    with db.begin(actor.scope) as session:
        family_id, person_id = _find(session, family, person)
        asked = _asked() | {"family": family_id, "person": person_id}
        return int(session.execute(_TELL, asked).scalar_one())


def _asked() -> dict[str, object]:
    return {"keys": list(rules().tell), "before": now() - rules().tell_after}


def _find(session: Session, family: UUID, person: UUID) -> tuple[int, int]:
    """Their ids, if they stand on the officer's list."""
    query = text(
        "SELECT u.family_id, u.person_id FROM notices_untold(:keys, :before) u"
        " JOIN family f ON f.id = u.family_id JOIN person p ON p.id = u.person_id"
        " WHERE f.public_id = :family AND p.public_id = :person LIMIT 1"
    )
    row = session.execute(query, _asked() | {"family": family, "person": person}).one_or_none()
    if row is None:
        raise NotFound
    return row.family_id, row.person_id


def _people(
    session: Session, wanted: Sequence[tuple[int, int]]
) -> dict[tuple[int, int], tuple[UUID, UUID, str, str, str, str]]:
    """Public ids, name, village, RT and RW of members, as the officer may see them."""
    who = (Family.id, Member.person_id, Family.public_id, Person.public_id, Member.name)
    found = (
        select(*who, Area.name, Family.rt, Family.rw)
        .join(Member, Member.family_id == Family.id)
        .join(Person, Person.id == Member.person_id)
        .join(Area, Area.id == Family.village_id)
        .where(Family.id.in_({family for family, _ in wanted}), Member.until.is_(None))
    )
    return {
        (family, person): (public, one, name, village, rt or "", rw or "")
        for family, person, public, one, name, village, rt, rw in session.execute(found)
    }
