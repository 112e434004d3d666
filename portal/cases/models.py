"""What a family sends (a case), its path, its papers, and the draft it grows from."""

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

NOW = text("now()")
_RECORDED = "(recorded_by IS NULL) = (recorded_at_place IS NULL) AND recorded_at_place IN ('counter', 'visit')"


class CaseDraft(Base):
    """A case in the making, sealed; it returns only to whoever writes it: the member, or an officer for the member."""

    __tablename__ = "case_draft"
    __table_args__ = (CheckConstraint(_RECORDED, name="recorded"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    family_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("family.id"))
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(Text)
    answers_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    #: The officer who writes down what the person says, and where: at the counter or on a visit.
    recorded_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    recorded_at_place: Mapped[str | None] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=NOW)


class Case(Base):
    """A case: who sent it, what it asks, where it stands, who has it and by when it is answered."""

    __tablename__ = "cases"
    __table_args__ = (
        CheckConstraint("level IN ('village', 'kecamatan', 'regency')", name="level"),
        CheckConstraint(_RECORDED, name="recorded"),
        CheckConstraint(
            "assigned_to IS DISTINCT FROM recorded_by OR recorded_by IS NULL", name="recorder_never_has_it"
        ),
        CheckConstraint("recorded_by IS NULL OR NOT restricted", name="sealed_is_not_recorded"),
        CheckConstraint("assigned_to IS DISTINCT FROM not_for OR not_for IS NULL", name="never_whom_it_is_about"),
        CheckConstraint("about_look IS NULL OR not_for IS NOT NULL", name="look_has_an_officer"),
        Index("ix_cases_about_look", "about_look", postgresql_where=text("about_look IS NOT NULL")),
        Index("ix_cases_queue", "village_id", "promised_on", postgresql_where=text("closed_at IS NULL")),
        Index("ix_cases_assigned", "assigned_to", "promised_on", postgresql_where=text("closed_at IS NULL")),
        Index("ix_cases_sealed_queue", "promised_on", postgresql_where=text("closed_at IS NULL AND restricted")),
    )

    family_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("family.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    reference: Mapped[str] = mapped_column(Text, unique=True)
    draft_id: Mapped[uuid.UUID] = mapped_column(unique=True)  # the idempotency key: one draft, one case
    content_hash: Mapped[bytes] = mapped_column(LargeBinary)  # keyed; the same key with other content is refused
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))  # who sent it
    kind: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    village_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("area.id"))
    level: Mapped[str] = mapped_column(Text)  # who is to act: the village's worker, kecamatan, regency
    restricted: Mapped[bool] = mapped_column(default=False, server_default="false")  # past the village, sealed
    assigned_to: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    recorded_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))  # wrote down what was said
    recorded_at_place: Mapped[str | None] = mapped_column(Text)  # counter, visit
    helped_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))  # in a session of two
    #: The look of an officer that the family does not know, and that officer, set by the database: who never sees it.
    about_look: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("look.public_id", ondelete="SET NULL"))
    not_for: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    answers_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    program: Mapped[str | None] = mapped_column(Text)
    disbursement_id: Mapped[int | None] = mapped_column(BigInteger)
    promised_on: Mapped[date] = mapped_column(Date)
    visit_on: Mapped[date | None] = mapped_column(Date)
    visit_part: Mapped[str | None] = mapped_column(Text)  # morning, afternoon
    decision: Mapped[str | None] = mapped_column(Text)  # accepted, partly, refused; the reason is in the path, sealed
    version: Mapped[int] = mapped_column(Integer, server_default="1")  # a decision names the version it saw
    sent_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=NOW)
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class CaseEvent(Base):
    """One dated step of a case's path, with the words that were said."""

    __tablename__ = "case_event"
    __table_args__ = (Index("ix_case_event_case", "family_id", "case_id", "id"),)

    family_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    case_id: Mapped[int] = mapped_column(BigInteger)
    event: Mapped[str] = mapped_column(Text)  # sent, opened, taken, asked, answered, visit_set, decided, ...
    actor_kind: Mapped[str] = mapped_column(Text)  # family, staff, portal
    actor_name: Mapped[str] = mapped_column(Text)
    staff_id: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(Text)  # after the step
    words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  # what was asked, answered or decided
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=NOW)


class CaseFile(Base):
    """A paper that belongs to a draft and then to the case. The bytes are sealed on disk."""

    __tablename__ = "case_file"
    __table_args__ = (Index("ix_case_file_case", "family_id", "case_id"),)

    family_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, server_default=text("gen_random_uuid()"))
    draft_id: Mapped[uuid.UUID] = mapped_column(index=True)
    case_id: Mapped[int | None] = mapped_column(BigInteger)
    person_id: Mapped[int] = mapped_column(BigInteger)
    label: Mapped[str] = mapped_column(Text)  # the paper it is, such as moving_letter
    blob: Mapped[str] = mapped_column(Text, index=True)  # name in the blob store
    media_type: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(Integer)  # bytes, after re-encoding
    page: Mapped[int] = mapped_column(Integer, server_default="1")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=NOW)
