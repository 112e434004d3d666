"""What changed, what was established here, and which extracts said so."""

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
    Identity,
    Index,
    Integer,
    LargeBinary,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base

_NAMES_ITS_PERSON = "subject <> 'member_health' OR person_id IS NOT NULL"


class RecordChange(Base):
    """One field that changed, with the value before. Sealed fields keep both values sealed.

    ``person_id`` is set on health facts: only that person reads the row.
    """

    __tablename__ = "record_change"
    __table_args__ = (CheckConstraint(_NAMES_ITS_PERSON, name="health_names_its_person"),)

    family_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("family.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    subject: Mapped[str] = mapped_column(Text)  # family, housing, desil, member, member_health, participation, ...
    subject_id: Mapped[int | None] = mapped_column(BigInteger)
    person_id: Mapped[int | None] = mapped_column(BigInteger)
    field: Mapped[str] = mapped_column(Text)
    old: Mapped[str | None] = mapped_column(Text)
    new: Mapped[str | None] = mapped_column(Text)
    old_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    new_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    source: Mapped[str | None] = mapped_column(Text)
    source_date: Mapped[date | None] = mapped_column(Date)
    as_of: Mapped[date | None] = mapped_column(Date)  # of the extract, where one brought the change
    extract_id: Mapped[int | None] = mapped_column(BigInteger)
    case_reference: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=text("now()"))


class Statement(Base):
    """A verified statement on one field, established here by a decided case, beside the official value.

    An extract never erases it: one that agrees settles it, one that differs leaves both in sight.
    """

    __tablename__ = "statement"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'accepted', 'contradicted')", name="state"),
        CheckConstraint(_NAMES_ITS_PERSON, name="health_names_its_person"),
        Index("ix_statement_unsettled", "family_id", postgresql_where=text("state <> 'accepted'")),
    )

    family_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("family.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    subject: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[int | None] = mapped_column(BigInteger)  # the member, where the field is a member's
    person_id: Mapped[int | None] = mapped_column(BigInteger)  # set on health facts
    field: Mapped[str] = mapped_column(Text)
    value: Mapped[str | None] = mapped_column(Text)
    value_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    value_hash: Mapped[bytes | None] = mapped_column(LargeBinary)  # keyed, to compare a sealed value
    before: Mapped[str | None] = mapped_column(Text)
    before_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    staff_id: Mapped[int] = mapped_column(BigInteger)
    staff_name: Mapped[str] = mapped_column(Text)
    case_reference: Mapped[str] = mapped_column(Text)
    stated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=text("now()"))
    state: Mapped[str] = mapped_column(Text, server_default="waiting")
    compared_as_of: Mapped[date | None] = mapped_column(Date)
    extract_id: Mapped[int | None] = mapped_column(BigInteger)


class ExtractLoad(Base):
    """One load of an extract: what it read and did, and who confirmed it where the brake held it."""

    __tablename__ = "extract_load"
    __table_args__ = (
        CheckConstraint("state IN ('running', 'awaiting_confirmation', 'loaded', 'cancelled')", name="state"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, server_default=text("gen_random_uuid()"))
    regency_id: Mapped[int | None] = mapped_column(Integer, index=True)
    as_of: Mapped[date] = mapped_column(Date)
    full_files: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    state: Mapped[str] = mapped_column(Text)
    report: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    requested_by: Mapped[str | None] = mapped_column(Text)
    confirmed_by: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=text("now()"))
    applied_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Finding(Base):
    """Something in an extract for people to judge, such as one NIK in two families."""

    __tablename__ = "finding"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    extract_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("extract_load.id"), index=True)
    regency_id: Mapped[int | None] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(Text)
    family_id: Mapped[int | None] = mapped_column(BigInteger)
    person_id: Mapped[int | None] = mapped_column(BigInteger)
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    resolved_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
