"""The register of breaches of personal data."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Integer,
    LargeBinary,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base


class Breach(Base):
    """One breach (UU 27/2022 Pasal 46): what happened, when it was known, whose data, and who was told when.

    Pasal 46 gives 3 x 24 hours from the breach; the portal counts them from ``known_at``, by the clock.
    """

    __tablename__ = "breach"
    __table_args__ = (
        CheckConstraint("people >= 0", name="people"),
        CheckConstraint("closed_by <> close_asked_by", name="two_people"),
        CheckConstraint(
            "(people_told_at IS NULL) = (people_told_by IS NULL)"
            " AND (authority_told_at IS NULL) = (authority_told_by IS NULL)"
            " AND (close_asked_at IS NULL) = (close_asked_by IS NULL) AND (closed_at IS NULL) = (closed_by IS NULL)",
            name="told",
        ),
        CheckConstraint(
            "closed_at IS NULL OR (close_asked_at IS NOT NULL"
            " AND people_told_at IS NOT NULL AND authority_told_at IS NOT NULL)",
            name="closed_last",
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, server_default=text("gen_random_uuid()"))
    regency_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("area.id"), index=True)
    happened_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))  # empty: not known yet
    known_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))  # the clock runs from here
    people: Mapped[int] = mapped_column(Integer)  # how many, as far as is known
    kinds: Mapped[list[str]] = mapped_column(ARRAY(Text))  # keys of ``breach_rules.KINDS``
    what_sealed: Mapped[bytes] = mapped_column(LargeBinary)  # what happened, and how
    who_sealed: Mapped[bytes] = mapped_column(LargeBinary)  # whose data
    measures_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    public_notice: Mapped[bool] = mapped_column(default=False, server_default="false")  # Pasal 46(3)
    recorded_by: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id"))
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=text("now()"))
    people_told_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    people_told_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    authority_told_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    authority_told_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    close_asked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    close_asked_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    closed_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    version: Mapped[int] = mapped_column(Integer, server_default="1")
