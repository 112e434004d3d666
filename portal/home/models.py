"""What the home page keeps of its work, and what a family said of its record for itself alone."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Date, DateTime, ForeignKey, ForeignKeyConstraint, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base


class KeptHome(Base):
    """What a reader's home page shows, as read and worked out on a day from one state of everything it stands on."""

    __tablename__ = "kept_home"

    person_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("account.person_id", ondelete="CASCADE", onupdate="CASCADE"), primary_key=True
    )
    family_id: Mapped[int] = mapped_column(BigInteger)
    record_revision: Mapped[int] = mapped_column(Integer)
    cases_revision: Mapped[int] = mapped_column(Integer)
    inbox_revision: Mapped[int] = mapped_column(Integer)
    catalogue: Mapped[str] = mapped_column(Text)  # its version
    since: Mapped[date] = mapped_column(Date)
    until: Mapped[date] = mapped_column(Date)  # the last day on which nothing but a change makes it another
    content: Mapped[Any] = mapped_column(JSON)


class SaidRight(Base):
    """That the family said of a recorded fact that it is right: by the change that recorded it, without its value.

    A later change of the same fact makes it void. No officer may read it.
    """

    __tablename__ = "said_right"
    __table_args__ = (
        ForeignKeyConstraint(
            ["family_id", "change_id"],
            ["record_change.family_id", "record_change.id"],
            name="fk_said_right_change",
            ondelete="CASCADE",
        ),
        Index("ix_said_right_person_id", "person_id"),
        Index("ix_said_right_said_at", "said_at"),
    )

    family_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    change_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))  # who said it
    said_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
