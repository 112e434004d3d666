"""A masked NIK shown whole to an officer who says why. The trail keeps who and whose, never the number.

The reason stands with the look that is noted, where the family reads it.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.accounts.actor import StaffActor
from portal.accounts.models import StaffKinship
from portal.audit.looks import note_look
from portal.audit.trail import Event, record
from portal.core.errors import Forbidden, NotFound
from portal.core.messages import N_
from portal.core.names import written_name
from portal.core.nik import mask
from portal.extensions import db, keys
from portal.registry.models import Family, Member, Person

REASONS = {
    "compare_card": N_("To compare the whole NIK with the KTP"),
    "dukcapil": N_("To ask Dukcapil about this NIK"),
    "bank": N_("To ask the bank or the post office about a payment, with the NIK"),
    "registration": N_("To write the NIK into a form of the ministry"),
}
_CASE = text("SELECT reference FROM cases WHERE reference = :reference AND family_id = :family")
OWN_FAMILY = N_("This is your own family or a declared relative's. A colleague looks for you.")


@dataclass(frozen=True, slots=True)
class Shown:
    """A number shown once."""

    name: str
    nik: str


@dataclass(frozen=True, slots=True)
class Masked:
    """A masked NIK, and the public ids with which it is asked for whole."""

    family: UUID
    person: UUID
    number: str


def masked_numbers(session: Session, family_id: int) -> dict[int, Masked]:
    """The masked NIK of each member of the family, by the id of the person."""
    found = (
        select(Member.person_id, Family.public_id, Person.public_id, Member.nik_sealed)
        .join(Family, Family.id == Member.family_id)
        .join(Person, Person.id == Member.person_id)
        .where(Member.family_id == family_id, Member.until.is_(None))
    )
    return {
        person: Masked(family, public, mask(keys.ring.unseal("nik", sealed)))
        for person, family, public, sealed in session.execute(found)
    }


def reveal(actor: StaffActor, family: UUID, person: UUID, reason: str, reference: str | None) -> Shown:
    """The whole NIK. Raises ``NotFound`` outside the officer's villages; the look stands in the trail with it."""
    wanted = (
        select(Member.family_id, Member.person_id, Member.name, Member.nik_sealed)
        .join(Family, Family.id == Member.family_id)
        .join(Person, Person.id == Member.person_id)
        .where(Family.public_id == family, Person.public_id == person, Member.until.is_(None))
    )
    with db.begin(actor.scope) as session:
        row = session.execute(wanted).one_or_none()
        if row is None:
            raise NotFound
        kin = select(StaffKinship.family_id).where(
            StaffKinship.staff_id == actor.staff_id, StaffKinship.family_id == row.family_id
        )
        if session.scalar(kin) is not None:
            raise Forbidden(OWN_FAMILY)
        # Only a case of this family is a reason of its own: any other word would hide a look from the count.
        case = session.execute(_CASE, {"reference": reference, "family": row.family_id}).scalar_one_or_none()
        more = {"reference": case} if case else {}
        look = note_look(session, row.family_id, REASONS[reason], case)
        record(session, Event.NUMBER_REVEALED, family_id=row.family_id, person=row.person_id, look=str(look), **more)
        return Shown(written_name(row.name), keys.ring.unseal("nik", row.nik_sealed))
