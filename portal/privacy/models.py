"""What a member agreed to and took back, and how long the office keeps what no law gives a period."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Identity, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base


class Consent(Base):
    """One time that a member agreed to a purpose or took it back; never changed. The newest row counts."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_person_id", "person_id", "purpose", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    family_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("family.id"), index=True)
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    purpose: Mapped[str] = mapped_column(Text)
    given: Mapped[bool]
    version: Mapped[int] = mapped_column(Integer)  # of the text that was read
    language: Mapped[str] = mapped_column(Text)  # in which it was read
    by_name: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=text("clock_timestamp()"))


class KeptFor(Base):
    """The period that the office gave to a kind of data, and by which decision. Without a row nothing of it goes."""

    __tablename__ = "kept_for"
    __table_args__ = (
        CheckConstraint("kind IN ('record', 'cases', 'trail')", name="kind"),
        CheckConstraint("days >= 365", name="a_year_at_least"),
        CheckConstraint("length(decision) BETWEEN 3 AND 200", name="decision"),
    )

    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    days: Mapped[int] = mapped_column(Integer)
    decision: Mapped[str] = mapped_column(Text)  # such as "SK Kepala Dinas 12/2026"
    set_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=text("now()"))
