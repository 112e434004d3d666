"""A lost PIN that two officers replace, and a member whose NIK stands in two families."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, DateTime, ForeignKey, Identity, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base

NOW = text("now()")


class PinReset(Base):
    """One reset: who started it and where, who confirmed it, and what became of it. Never one officer alone."""

    __tablename__ = "pin_reset"
    __table_args__ = (
        CheckConstraint("confirmed_by <> started_by", name="two_officers"),
        CheckConstraint("(confirmed_by IS NULL) = (confirmed_at IS NULL)", name="confirmed_whole"),
        CheckConstraint("used_at IS NULL OR confirmed_at IS NOT NULL", name="used_when_confirmed"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, server_default=text("gen_random_uuid()"))
    family_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("family.id"), index=True)
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"), index=True)
    serial: Mapped[str] = mapped_column(Text, ForeignKey("slip.serial"), unique=True)
    village_id: Mapped[int] = mapped_column(BigInteger)  # where it was started
    started_by: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id"))
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=NOW)
    confirmed_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    called_off_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    called_off_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class NikConflict(Base):
    """A member who signed in and stands in several families, and which one the member said is the own."""

    __tablename__ = "nik_conflict"

    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"), primary_key=True, autoincrement=False)
    families: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))  # as they were when the member was asked
    met_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=NOW)
    chosen: Mapped[int | None] = mapped_column(BigInteger)  # empty where the member did not know
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
