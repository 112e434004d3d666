"""What the home page keeps of its work."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Boolean, Date, ForeignKey, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base


class KeptOutlook(Base):
    """What is open to the family of a reader, as worked out on a day from one state of record and catalogue."""

    __tablename__ = "kept_outlook"

    person_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("account.person_id", ondelete="CASCADE", onupdate="CASCADE"), primary_key=True
    )
    family_id: Mapped[int] = mapped_column(BigInteger)
    revision: Mapped[int] = mapped_column(Integer)  # of the family's record
    catalogue: Mapped[str] = mapped_column(Text)  # its version
    since: Mapped[date] = mapped_column(Date)
    until: Mapped[date] = mapped_column(Date)  # the last day on which nothing but a change makes it another
    alive: Mapped[bool] = mapped_column(Boolean)  # the reader, by the record
    answers: Mapped[list[Any]] = mapped_column(JSONB)
