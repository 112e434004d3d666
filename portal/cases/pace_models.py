"""How long a village takes, as counted last night."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Integer
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base


class VillagePace(Base):
    """The median working days of a village, over the cases sent in the last 90 days; no person is in it."""

    __tablename__ = "village_pace"
    __table_args__ = (
        CheckConstraint("cases > 0", name="cases"),
        CheckConstraint("cases >= 5 OR first_word_days IS NULL AND decision_days IS NULL", name="enough"),
    )

    village_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("area.id"), primary_key=True)
    counted_on: Mapped[date] = mapped_column(Date)
    cases: Mapped[int] = mapped_column(Integer)
    first_word_days: Mapped[int | None] = mapped_column(Integer)  # empty also where half of them wait longer than that
    decision_days: Mapped[int | None] = mapped_column(Integer)
