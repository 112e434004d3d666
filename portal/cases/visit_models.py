"""A visit that was planned and what was recorded at it; the photo by which families know an officer."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    LargeBinary,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, deferred, mapped_column

from portal.core.db import Base

_DONE = (
    "(done_at IS NULL) = (result_sealed IS NULL) AND (done_at IS NULL) = (result_hash IS NULL)"
    " AND (done_at IS NULL) = (done_by IS NULL)"
)


class Visit(Base):
    """One planned visit of a case. The newest one counts; what was recorded never changes."""

    __tablename__ = "visit"
    __table_args__ = (
        ForeignKeyConstraint(["family_id", "case_id"], ["cases.family_id", "cases.id"], ondelete="CASCADE"),
        CheckConstraint("part IN ('morning', 'afternoon')", name="part"),
        CheckConstraint(_DONE, name="done"),
        CheckConstraint("place_sealed IS NULL OR done_at IS NOT NULL", name="place"),
        CheckConstraint("draft_sealed IS NULL OR done_at IS NULL", name="draft"),
        Index("ix_visit_case", "family_id", "case_id", "id"),
    )

    family_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, server_default=text("gen_random_uuid()"))
    case_id: Mapped[int] = mapped_column(BigInteger)
    staff_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id"), index=True)  # who planned it and comes
    code_sealed: Mapped[bytes] = mapped_column(LargeBinary)  # known to the family and to the officer
    planned_on: Mapped[date] = mapped_column(Date)
    part: Mapped[str] = mapped_column(Text)  # morning, afternoon
    planned_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=text("now()"))
    agreed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))  # the family says: that day is fine
    #: What the officer typed and did not finish. The family's role may not read the column.
    draft_sealed: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    result_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: Keyed; the same visit sent again with other content is refused.
    result_hash: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    place_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  # where the house stands, with consent
    paper_on: Mapped[date | None] = mapped_column(Date)  # written on paper that day, and typed later
    done_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    done_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"), index=True)
    #: Of facts on which family, visit and record differ: whose value a decision states, by the name of the line.
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")


class StaffPhoto(Base):
    """The photo of an officer, sealed on disk: the officer puts it there, and those who are visited see it."""

    __tablename__ = "staff_photo"

    staff_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id"), primary_key=True)
    blob: Mapped[str] = mapped_column(Text, index=True)
    media_type: Mapped[str] = mapped_column(Text)
    put_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=text("now()"))
