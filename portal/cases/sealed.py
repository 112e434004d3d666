"""Cases that two officers of the regency office open together: levies, cards kept by others, conduct, violence.

Until two have opened one, it stands in no queue, count or search; the list here says its number and its day alone. The
database holds to it (``opened_by_two`` and the functions ``sealed_*``): who is concerned never finds the case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.accounts.actor import StaffActor
from portal.accounts.four_eyes import SAME_PERSON, TOO_LATE, Second, refusal
from portal.accounts.four_eyes import Act as TwoPersonAct
from portal.accounts.roles import permissions_of
from portal.audit.trail import Event, record
from portal.cases.loading import find_case
from portal.cases.moves import Act, write_step
from portal.core.clock import now
from portal.core.db import Base
from portal.core.errors import Conflict, NotFound
from portal.core.messages import N_
from portal.extensions import db

OPENED_BY_TWO = "opened_by_two"  # the step on the path
#: Why it is opened. Chosen, not written: before it is read nobody has words for it.
REASONS: Mapping[str, str] = {
    "answer": N_("To work on it and answer by the promised day"),
    "asked": N_("The sender asks about it"),
    "authority": N_("Police, court or another authority asks for it"),
}
ASKED_BEFORE = N_("A colleague asked to open it before you. You can confirm it.")
IS_OPEN = N_("You have opened this already.")
_LIST = text("SELECT * FROM sealed_list()")
_ASK = text("SELECT sealed_ask(:reference, :reason)")
_CONFIRM = text("SELECT sealed_confirm(:reference)")
_NAME = text("SELECT name FROM staff WHERE id = :id")


class SealedOpening(Base):
    """One opening of a sealed case: who asked, why, and who confirmed. Written by functions of the database alone."""

    __tablename__ = "sealed_opening"
    __table_args__ = (
        ForeignKeyConstraint(["family_id", "case_id"], ["cases.family_id", "cases.id"], name="fk_sealed_opening_case"),
        CheckConstraint("confirmed_by <> asked_by", name="two_people"),
        CheckConstraint("(confirmed_by IS NULL) = (confirmed_at IS NULL)", name="confirmed"),
        CheckConstraint("reason IN ('answer', 'asked', 'authority')", name="reason"),
        Index("ix_sealed_opening_case", "family_id", "case_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    family_id: Mapped[int] = mapped_column(BigInteger)
    case_id: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(Text)  # a key of ``REASONS``
    asked_by: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=text("now()"))
    confirmed_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"), index=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


@dataclass(frozen=True, slots=True)
class SealedLine:
    """A sealed case before it is opened: its number and its day, and how far the opening is."""

    reference: str
    sent_at: datetime
    promised_on: date
    urgent: bool
    mine: bool  # it was sent to the officer who asks
    opened: bool  # by the officer who asks and a colleague
    asked_by: int | None
    asked_name: str | None
    asked_at: datetime | None
    reason: str | None


def sealed_cases(actor: StaffActor) -> list[SealedLine]:
    """The open sealed cases of the office, the nearest promise first; none that is about the officer who asks."""
    with db.begin(actor.scope) as session:
        return [SealedLine(*row) for row in session.execute(_LIST)]


def sealed_case(actor: StaffActor, reference: str) -> SealedLine:
    """One of them. Raises ``NotFound``."""
    with db.begin(actor.scope) as session:
        return _line(session, reference)


def ask_to_open(actor: StaffActor, reference: str, reason: str) -> None:
    """The first officer. Holds for a day, until a second one confirms. Raises ``NotFound`` or ``Conflict``."""
    with db.begin(actor.scope) as session:
        answer = session.execute(_ASK, {"reference": reference, "reason": reason}).scalar_one()
        if answer == "unknown":
            raise NotFound
        if answer != "asked":
            raise Conflict(IS_OPEN if answer == "open" else ASKED_BEFORE)
        record(session, Event.SEALED_ASKED, reference=reference, why=reason)


def confirm_opening(actor: StaffActor, reference: str) -> None:
    """The second officer: now these two read it, and the sender reads who. Raises ``NotFound`` or ``Conflict``."""
    with db.begin(actor.scope) as session:
        line = _line(session, reference)
        refused = _refusal(actor, line)
        if refused is None and session.execute(_CONFIRM, {"reference": reference}).scalar_one() is None:
            refused = TOO_LATE
        if refused is None:
            case = find_case(session, reference)
            first: str = session.execute(_NAME, {"id": line.asked_by}).scalar_one()
            write_step(session, case, OPENED_BY_TWO, Act(actor.name, actor.staff_id, data={"with": first}))
            record(session, Event.SEALED_OPENED, family_id=case.family_id, reference=reference, first=line.asked_by)
        elif refused == SAME_PERSON:
            record(session, Event.SEALED_REFUSED, reference=reference)
    if refused is not None:
        raise Conflict(refused)


def _line(session: Session, reference: str) -> SealedLine:
    found = (SealedLine(*row) for row in session.execute(_LIST) if row.reference == reference)
    line = next(found, None)
    if line is None:
        raise NotFound
    return line


def _refusal(actor: StaffActor, line: SealedLine) -> str | None:
    """Why the officer may not be the second one, or None."""
    if line.opened:
        return IS_OPEN
    if line.asked_by is None or line.asked_at is None:
        return TOO_LATE
    second = Second(actor.staff_id, permissions_of(actor.role))
    ago = now() - line.asked_at
    return refusal(TwoPersonAct.OPEN_SEALED_CASE, second, begun_by=line.asked_by, begun_ago=ago)
