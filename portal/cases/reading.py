"""Who has read what of a case: one mark for each side, without a name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKeyConstraint, Text, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.cases.proof import ReadMark
from portal.cases.workflow import Side
from portal.core.db import Base

#: Marks the newest words of the other side as read now, if they are newer than those that were read before.
_NOTE = text(
    "INSERT INTO case_read (family_id, case_id, side, event_id)"
    " SELECT e.family_id, e.case_id, :side, max(e.id) FROM case_event e"
    " WHERE e.family_id = :family AND e.case_id = :case AND e.actor_kind = :writer AND e.words_sealed IS NOT NULL"
    " GROUP BY e.family_id, e.case_id"
    " ON CONFLICT (family_id, case_id, side) DO UPDATE SET event_id = excluded.event_id, at = now()"
    " WHERE case_read.event_id < excluded.event_id"
)


class CaseRead(Base):
    """The newest words of the other side that a side has opened, and when it did so first."""

    __tablename__ = "case_read"
    __table_args__ = (
        CheckConstraint("side IN ('family', 'staff')", name="side"),
        ForeignKeyConstraint(["family_id", "case_id"], ["cases.family_id", "cases.id"], ondelete="CASCADE"),
    )

    family_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    case_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    side: Mapped[str] = mapped_column(Text, primary_key=True)
    event_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=text("now()"))


def note_read(session: Session, family_id: int, case_id: int, reader: Side) -> None:
    """A side opened the case: what the other one said last counts as read."""
    writer = "staff" if reader is Side.FAMILY else "family"
    session.execute(_NOTE, {"family": family_id, "case": case_id, "side": reader.value, "writer": writer})


def reads_of(session: Session, family_id: int, case_id: int) -> dict[str, ReadMark]:
    """The marks of a case by side."""
    mine = (CaseRead.family_id == family_id, CaseRead.case_id == case_id)
    found = session.execute(select(CaseRead.side, CaseRead.event_id, CaseRead.at).where(*mine))
    return {side: ReadMark(event_id, at) for side, event_id, at in found}
