"""Who looked: every time staff open a family's record or case, with the reason; the family reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Text,
    UniqueConstraint,
    func,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.audit.trail import Event, record
from portal.core.db import Base
from portal.core.messages import N_

#: Reasons that follow from the work being done, by their stored key. Any other reason is text that an officer wrote,
#: or a message key of the page that was open.
REASONS: Mapping[str, str] = {
    "case": N_("to work on your submission"),
    "paper": N_("to look at the papers of your submission"),
    "search": N_("to look for your submission"),
    "tell": N_("to tell you of a message"),
}
_NOTE = text("SELECT look_note(:family, :reason, :reference)")


class Look(Base):
    """One look: an officer as named at that time, a family, a reason, an hour. A reload is not a new look."""

    __tablename__ = "look"
    __table_args__ = (
        CheckConstraint("length(reason) BETWEEN 1 AND 500", name="reason"),
        UniqueConstraint(
            "family_id", "staff_id", "reason", "case_reference", "hour",
            name="uq_look_once_an_hour", postgresql_nulls_not_distinct=True,
        ),
        Index("ix_look_family", "family_id", "at"),
    )  # fmt: skip

    family_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("family.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    public_id: Mapped[UUID] = mapped_column(unique=True, server_default=text("gen_random_uuid()"))
    #: Who alone may see the row: the sender of the sealed case that was opened.
    person_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id"))
    staff_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id"), index=True)
    staff_name: Mapped[str] = mapped_column(Text)
    staff_title: Mapped[str] = mapped_column(Text)  # the office held, such as "Pendamping sosial Desa Kenjo"
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=text("now()"))
    hour: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=text("date_trunc('hour', now(), 'UTC')")
    )
    reason: Mapped[str] = mapped_column(Text)
    case_reference: Mapped[str | None] = mapped_column(Text)


def note_look(session: Session, family_id: int, reason: str, case_reference: str | None = None) -> UUID:
    """Keep in the open transaction that the officer of its scope looked at a family, and why.

    ``reason`` is a key of ``REASONS``, a message key, or the officer's own words (500 characters at most). Once for
    an officer, family, reason, case and hour. Raises where the family does not live in a village of the officer.

    The reason stands in this table alone: the trail, which never forgets, names the look by the public id given here.
    """
    asked = {"family": family_id, "reason": reason, "reference": case_reference}
    look: UUID = session.execute(_NOTE, asked).scalar_one()
    case = {"reference": case_reference} if case_reference else {}  # without one it counts as browsing
    record(session, Event.FAMILY_VIEWED, family_id=family_id, look=str(look), **case)
    return look


@dataclass(frozen=True, slots=True)
class LookFacts:
    """One look, for whoever may see it."""

    public_id: UUID
    staff_name: str
    staff_title: str
    at: datetime
    reason: str
    case_reference: str | None


_FACTS = select(Look.public_id, Look.staff_name, Look.staff_title, Look.at, Look.reason, Look.case_reference)


def looks_at(session: Session, family_id: int, *, limit: int, offset: int = 0) -> Sequence[LookFacts]:
    """The looks at a family that the reader may see, the newest first."""
    found = _FACTS.where(Look.family_id == family_id).order_by(Look.at.desc(), Look.id.desc())
    return [LookFacts(*row) for row in session.execute(found.limit(limit).offset(offset))]


def count_looks(session: Session, family_id: int) -> int:
    """How many there are."""
    return session.scalar(select(func.count()).select_from(Look).where(Look.family_id == family_id)) or 0


def find_look(session: Session, public_id: UUID) -> LookFacts | None:
    """The look of that public id, or None where the reader may not see it."""
    row = session.execute(_FACTS.where(Look.public_id == public_id)).one_or_none()
    return LookFacts(*row) if row else None


def reason_words(reason: str) -> str:
    """The message key of a stored reason; an officer's own words as they are."""
    return REASONS.get(reason, reason)
