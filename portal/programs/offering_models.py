"""What a regency office offers by itself, beside the portal's own catalogue."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base

_STAFF = "staff.id"


class Offering(Base):
    """One course or round of an office. What it says stands in its versions."""

    __tablename__ = "offering"
    __table_args__ = (
        CheckConstraint("code ~ '^[A-Z0-9]+(-[A-Z0-9]+)*$' AND length(code) <= 40", name="code"),
        CheckConstraint(
            "kind IN ('cash', 'food', 'insurance', 'housing', 'energy', 'school', 'training', 'business')", name="kind"
        ),
        CheckConstraint("state IN ('draft', 'waiting', 'published', 'closed', 'withdrawn')", name="state"),
        UniqueConstraint("id", "regency_id", name="uq_offering_id_regency_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, server_default=text("gen_random_uuid()"))
    regency_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("area.id"), index=True)
    code: Mapped[str] = mapped_column(Text)  # of the newest version, as is the kind
    kind: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, default="draft", server_default="draft")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=text("now()"))
    lot_seed: Mapped[str | None] = mapped_column(Text)  # drawn by the database when it is first published, for ever


class OfferingVersion(Base):
    """One version: ``answers`` as they were picked and typed, and once complete ``content``, a ``catalog.Program``.

    A published version is never written again; triggers hold that, and who wrote, submitted and published it.
    """

    __tablename__ = "offering_version"
    __table_args__ = (
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("state IN ('draft', 'waiting', 'published')", name="state"),
        CheckConstraint("quota >= 1", name="quota"),
        CheckConstraint(
            "state = 'draft' OR (content IS NOT NULL AND code IS NOT NULL AND valid_from IS NOT NULL"
            " AND valid_until IS NOT NULL AND quota IS NOT NULL AND registration_from IS NOT NULL"
            " AND registration_until IS NOT NULL AND submitted_by IS NOT NULL AND submitted_at IS NOT NULL)",
            name="complete",
        ),
        CheckConstraint(
            "valid_until >= valid_from AND registration_until >= registration_from AND ends_on >= starts_on",
            name="dates",
        ),
        CheckConstraint(
            "(state = 'published') = (published_by IS NOT NULL AND published_at IS NOT NULL)"
            " AND published_by <> submitted_by AND published_by <> written_by",
            name="two_people",
        ),
        ForeignKeyConstraint(
            ["offering_id", "regency_id"],
            ["offering.id", "offering.regency_id"],
            name="fk_offering_version_offering_id",
        ),
        UniqueConstraint("offering_id", "number", name="uq_offering_version_offering_id"),
        CheckConstraint("place_order IN ('desil', 'lot')", name="place_order"),
        Index("uq_offering_version_open", "offering_id", unique=True, postgresql_where=text("state <> 'published'")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    offering_id: Mapped[int] = mapped_column(BigInteger)
    regency_id: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(Text, default="draft", server_default="draft")
    answers: Mapped[dict[str, Any]] = mapped_column(JSONB)
    content: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    code: Mapped[str | None] = mapped_column(Text)
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    quota: Mapped[int | None] = mapped_column(Integer)
    registration_from: Mapped[date | None] = mapped_column(Date)
    registration_until: Mapped[date | None] = mapped_column(Date)
    starts_on: Mapped[date | None] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    #: By which order places are given (``place_order.Order``); once published it stays in every later version.
    place_order: Mapped[str] = mapped_column(Text, default="desil", server_default="desil")
    asked: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default="{}")  # areas; none: the whole regency
    written_by: Mapped[int] = mapped_column(BigInteger, ForeignKey(_STAFF))  # the last who changed a word
    written_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=text("now()"))
    submitted_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(_STAFF))
    submitted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    published_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(_STAFF))
    published_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    seen: Mapped[int] = mapped_column(Integer, default=1, server_default="1")  # raised by each writing


class RegencyCatalogue(Base):
    """Which state of its offerings the families of a regency see."""

    __tablename__ = "regency_catalogue"

    regency_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("area.id"), primary_key=True, autoincrement=False)
    revision: Mapped[int] = mapped_column(BigInteger)  # a random number; no state has that of another
