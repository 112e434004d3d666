"""What the home page keeps of its work."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, BigInteger, Date, ForeignKey, Integer, Text
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
