"""What a family takes part in, and what was paid. Unknown programmes and labels are kept as they are."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Identity, SmallInteger, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base


class Participation(Base):
    """The family (no member) or one member in a programme."""

    __tablename__ = "participation"
    __table_args__ = (
        UniqueConstraint("family_id", "member_id", "program", "since", postgresql_nulls_not_distinct=True),
    )

    family_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("family.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    member_id: Mapped[int | None] = mapped_column(BigInteger)
    program: Mapped[str] = mapped_column(Text)
    since: Mapped[date | None] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)
    active: Mapped[bool | None]
    reason: Mapped[str | None] = mapped_column(Text)  # empty: the cause is not recorded
    ended_as_of: Mapped[date | None] = mapped_column(Date)  # of the extract that first said it ended
    extract_id: Mapped[int | None] = mapped_column(BigInteger)


class Disbursement(Base):
    """One payment of one stage (three months). ``amount`` in rupiah."""

    __tablename__ = "disbursement"
    __table_args__ = (
        UniqueConstraint("family_id", "member_id", "program", "year", "stage", postgresql_nulls_not_distinct=True),
        CheckConstraint("stage BETWEEN 1 AND 4", name="stage"),
        CheckConstraint("amount >= 0", name="amount"),
    )

    family_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("family.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    member_id: Mapped[int | None] = mapped_column(BigInteger)
    program: Mapped[str] = mapped_column(Text)
    year: Mapped[int] = mapped_column(SmallInteger)
    stage: Mapped[int] = mapped_column(SmallInteger)
    amount: Mapped[int | None] = mapped_column(BigInteger)
    scheduled_on: Mapped[date | None] = mapped_column(Date)
    paid_on: Mapped[date | None] = mapped_column(Date)
    status: Mapped[str | None] = mapped_column(Text)
    channel: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    extract_id: Mapped[int | None] = mapped_column(BigInteger)
