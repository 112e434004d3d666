"""What was found by matching the record with the catalogue."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, DateTime, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base

#: The jobs that find the rows, to be deferred with ``regency`` or ``family``.
MATCH_REGENCY, MATCH_FAMILY = "match_regency", "match_family"


class Eligible(Base):
    """A family (no member) or a member that meets the basic conditions of a programme and does not receive it.

    Only what is met is stored. A row goes when it is met no longer; ``since`` and ``catalog_version`` say when, and by
    which catalogue, it was found first. No key leads to the family: the rows are made anew from the record.
    """

    __tablename__ = "eligible"
    __table_args__ = (
        UniqueConstraint(
            "family_id", "program", "member_id", name="uq_eligible_family_id", postgresql_nulls_not_distinct=True
        ),
    )

    family_id: Mapped[int] = mapped_column(BigInteger)
    member_id: Mapped[int | None] = mapped_column(BigInteger)
    program: Mapped[str] = mapped_column(Text)  # the stable code of the catalogue
    about_health: Mapped[bool]  # the conditions ask about health: read by whoever may read the member's health facts
    since: Mapped[date] = mapped_column(Date)
    catalog_version: Mapped[str] = mapped_column(Text)
    told_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __mapper_args__ = {"primary_key": (family_id, program, member_id)}  # noqa: RUF012 - as the mapper wants it
