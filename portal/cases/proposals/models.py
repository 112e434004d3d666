"""A proposal without a login, and its path."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
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

_NOW = text("now()")


class Proposal(Base):
    """Somebody asks that a family be proposed. Whether its NIK is known is never asked when it comes in."""

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint("level IN ('village', 'kecamatan', 'regency')", name="level"),
        CheckConstraint(
            "assigned_to IS DISTINCT FROM recorded_by OR recorded_by IS NULL", name="recorder_never_has_it"
        ),
        Index("ix_proposal_queue", "village_id", "promised_on", "id", postgresql_where=text("closed_at IS NULL")),
        Index("ix_proposal_family_id", "family_id", postgresql_where=text("family_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    reference: Mapped[str] = mapped_column(Text, unique=True)
    once_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)  # of the key of the form: one form, one proposal
    content_hash: Mapped[bytes] = mapped_column(LargeBinary)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)  # of the code on the slip, keyed
    village_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("area.id"))
    state: Mapped[str] = mapped_column(Text, server_default="sent")
    level: Mapped[str] = mapped_column(Text, server_default="village")
    for_own: Mapped[bool]  # for the family of whoever sends it
    has_nik: Mapped[bool]  # else somebody goes with the person to Dukcapil
    answers_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    recorded_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))  # an officer wrote it down
    assigned_to: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    #: Once the record has the family.
    family_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("family.id", ondelete="SET NULL"))
    promised_on: Mapped[date] = mapped_column(Date)
    decision: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    sent_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class ProposalEvent(Base):
    """One dated step of a proposal's path."""

    __tablename__ = "proposal_event"
    __table_args__ = (Index("ix_proposal_event_proposal_id", "proposal_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    proposal_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("proposal.id", ondelete="CASCADE"))
    event: Mapped[str] = mapped_column(Text)
    actor_kind: Mapped[str] = mapped_column(Text)
    actor_name: Mapped[str] = mapped_column(Text)
    staff_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    state: Mapped[str] = mapped_column(Text)  # after the step
    words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)


class ProposalFile(Base):
    """A photo of the house or a paper, sent by whoever holds the slip; drawn anew and sealed as every paper."""

    __tablename__ = "proposal_file"
    __table_args__ = (
        Index("ix_proposal_file_proposal_id", "proposal_id"),
        Index("ix_proposal_file_blob", "blob"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    public_id: Mapped[UUID] = mapped_column(unique=True, server_default=text("gen_random_uuid()"))
    proposal_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("proposal.id", ondelete="CASCADE"))
    blob: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(Integer)  # bytes
    sent_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)
