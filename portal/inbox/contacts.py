"""How a person wants to be reached: the number that the person gave, sealed, and the way that suits best.

Written at once where the person told it alone and signed in; else once an officer accepted it. The database keeps to
it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Connection, DateTime, ForeignKey, LargeBinary, Text, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.audit.trail import Event, record
from portal.core.db import Base
from portal.core.messages import N_
from portal.core.phones import Phone
from portal.core.sealing import Keyring
from portal.extensions import keys

PURPOSE = "contact.phone"
#: The ways to be reached and whose phone it is, by stored key.
CHANNELS: Mapping[str, str] = {"call": N_("Call"), "whatsapp": N_("WhatsApp"), "sms": N_("SMS"), "visit": N_("Come by")}
OWNERS: Mapping[str, str] = {
    "own": N_("My own"),
    "family": N_("Of a family member"),
    "other": N_("Of a neighbour"),
}
VISIT = "visit"
_CONTACTS = text("SELECT person_id, phone_sealed FROM contact WHERE phone_sealed IS NOT NULL FOR UPDATE")
_SET_HASH = text("UPDATE contact SET phone_hash = :hash WHERE person_id = :person")


class Contact(Base):
    """One person's number, or that there is none."""

    __tablename__ = "contact"
    __table_args__ = (
        CheckConstraint("channel IN ('call', 'whatsapp', 'sms', 'visit')", name="channel"),
        CheckConstraint("whose IN ('own', 'family', 'other')", name="whose"),
        CheckConstraint("(phone_sealed IS NULL) = (phone_hash IS NULL)", name="hashed"),
        CheckConstraint("phone_sealed IS NOT NULL OR channel = 'visit'", name="reachable"),
    )

    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"), primary_key=True, autoincrement=False)
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_hash: Mapped[bytes | None] = mapped_column(LargeBinary)  # keyed: one number of several people is one number
    channel: Mapped[str] = mapped_column(Text)
    whose: Mapped[str] = mapped_column(Text)
    case_reference: Mapped[str] = mapped_column(Text)  # of the case that told it
    since: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=text("now()"))


@dataclass(frozen=True, slots=True)
class Reached:
    """How a person is reached. Of a phone that is not the person's own, somebody else may read what is sent."""

    phone: Phone | None
    channel: str  # call, whatsapp, sms, visit
    whose: str  # own, family, other
    since: datetime


def set_phone(
    session: Session, person_id: int, phone: Phone | None, *, channel: str, whose: str, reference: str, family_id: int
) -> None:
    """Write how a person is reached, in the place of what was known; without a phone somebody comes by."""
    values = {
        "phone_sealed": keys.ring.seal(PURPOSE, phone.e164) if phone else None,
        "phone_hash": phone_hash(keys.ring, phone) if phone else None,
        "channel": channel if phone else VISIT,
        "whose": whose,
        "case_reference": reference,
        "since": text("now()"),
    }
    told = insert(Contact).values(person_id=person_id, **values)
    session.execute(told.on_conflict_do_update(index_elements=[Contact.person_id], set_=values))
    record(session, Event.CONTACT_SET, family_id=family_id, reference=reference)


def phone_of(session: Session, person_id: int) -> Phone | None:
    """The number of a person, as far as the scope sees it; None where there is none."""
    found = reached_by(session, person_id)
    return found.phone if found else None


def reached_by(session: Session, person_id: int) -> Reached | None:
    """How a person is reached, as far as the scope sees it; None where nothing was told."""
    one = session.execute(
        select(Contact.phone_sealed, Contact.channel, Contact.whose, Contact.since).where(
            Contact.person_id == person_id
        )
    ).one_or_none()
    if one is None:
        return None
    phone = Phone(keys.ring.unseal(PURPOSE, one.phone_sealed)) if one.phone_sealed else None
    return Reached(phone, one.channel, one.whose, one.since)


def phone_hash(ring: Keyring, phone: Phone) -> bytes:
    """The keyed hash by which one number is known to be the same."""
    return ring.blind_index(PURPOSE, phone.e164)


def rehash_contacts(connection: Connection, ring: Keyring) -> None:
    """Bring the hashes to a new index key (``portal keys rotate``)."""
    for row in connection.execute(_CONTACTS).all():
        phone = Phone(ring.unseal(PURPOSE, row.phone_sealed))
        connection.execute(_SET_HASH, {"hash": phone_hash(ring, phone), "person": row.person_id})
