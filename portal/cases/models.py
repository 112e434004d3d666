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
_SPOKEN_DRAFT = "(mandate_id IS NULL) = (spoken_by IS NULL) AND (mandate_id IS NULL OR recorded_by IS NOT NULL)"
_SPOKEN = "(mandate_id IS NULL OR spoken_by IS NOT NULL) AND (spoken_by IS NULL OR recorded_by IS NOT NULL)"
_BY_MANDATE = text("mandate_id IS NOT NULL")
_IN_ORDER = (text("urgent DESC"), "promised_on", "id")  # of the desk's queue
#: Of which kind it is (``ways.kind_key``), written as PostgreSQL writes it.
_KIND_KEY = text("(\nCASE\n    WHEN sorted_as IS NULL THEN kind\n    ELSE sorted_as\nEND)")
_STILL_OPEN, _CLOSED = text("closed_at IS NULL"), text("closed_at IS NOT NULL")
_HIDDEN = "hidden_for IS NULL OR hidden_for = 'reporter' AND event = 'note' AND actor_kind = 'staff'"
_RECORDED = "(recorded_by IS NULL) = (recorded_at_place IS NULL) AND recorded_at_place IN ('counter', 'visit')"


class CaseDraft(Base):
    """A case in the making, sealed; it returns only to whoever writes it: the member, or an officer for the member."""

    __tablename__ = "case_draft"
    __table_args__ = (
        CheckConstraint(_RECORDED, name="recorded"),
        CheckConstraint(_SPOKEN_DRAFT, name="spoken"),
        Index("ix_case_draft_mandate_id", "mandate_id", postgresql_where=_BY_MANDATE),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    family_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("family.id"))
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(Text)
    answers_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    #: The officer who writes down what the person says, and where: at the counter or on a visit.
    recorded_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    recorded_at_place: Mapped[str | None] = mapped_column(Text)
    #: The mandate by which a named helper speaks for the person, and the name on it, set by the database.
    mandate_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("mandate.id", ondelete="CASCADE"))
    spoken_by: Mapped[str | None] = mapped_column(Text)
    #: What was answered makes it the member's alone: a helper beside does not find it.
    alone: Mapped[bool] = mapped_column(default=False, server_default="false")
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
        CheckConstraint("restricted OR NOT needs_two", name="two_open_what_is_sealed"),
        Index("ix_cases_needs_two", "village_id", postgresql_where=text("needs_two")),
        CheckConstraint(
            "assigned_to IS DISTINCT FROM first_decider OR first_decider IS NULL", name="appeal_goes_to_another"
        ),
        CheckConstraint("event IS NULL OR heading IS NOT NULL", name="event_has_a_heading"),
        Index("ix_cases_heading", "heading", postgresql_where=text("heading IS NOT NULL")),
        Index("ix_cases_first_case", "first_case", postgresql_where=text("first_case IS NOT NULL")),
        Index("ix_cases_waiting", "waits_since", postgresql_where=text("waits_since IS NOT NULL")),
        CheckConstraint(_SPOKEN, name="spoken"),
        Index("ix_cases_mandate_id", "mandate_id", postgresql_where=_BY_MANDATE),
        Index("ix_cases_about_look", "about_look", postgresql_where=text("about_look IS NOT NULL")),
        Index("ix_cases_queue", "village_id", *_IN_ORDER, postgresql_where=_STILL_OPEN),
        Index("ix_cases_assigned", "assigned_to", *_IN_ORDER, postgresql_where=_STILL_OPEN),
        Index("ix_cases_closed", "village_id", text("closed_at DESC"), "id", postgresql_where=_CLOSED),
        Index("ix_cases_state", "village_id", "state", *_IN_ORDER, postgresql_where=_STILL_OPEN),
        Index("ix_cases_kind", "village_id", _KIND_KEY, *_IN_ORDER, postgresql_where=_STILL_OPEN),
        Index("ix_cases_closed_kind", "village_id", _KIND_KEY, text("closed_at DESC"), "id", postgresql_where=_CLOSED),
        Index("ix_cases_village_sent", "village_id", "sent_at"),
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
    private: Mapped[bool] = mapped_column(default=False, server_default="false")  # not for the family's other adults
    #: Sealed, and opened by two officers of the office together (``sealed_opening``): no other sees that it is there.
    needs_two: Mapped[bool] = mapped_column(default=False, server_default="false")
    sorted_as: Mapped[str | None] = mapped_column(Text)  # free words: the kind that an officer found in them
    urgent: Mapped[bool] = mapped_column(default=False, server_default="false")
    about_person_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id"))
    heading: Mapped[uuid.UUID | None] = mapped_column()  # joins the cases of one event of life
    event: Mapped[str | None] = mapped_column(Text)  # that event, by its stored key
    #: The reference of the decided case that this one appeals, and the officer who decided it: who never has it.
    first_case: Mapped[str | None] = mapped_column(Text, ForeignKey("cases.reference"))
    first_decider: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    assigned_to: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    recorded_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))  # wrote down what was said
    recorded_at_place: Mapped[str | None] = mapped_column(Text)  # counter, visit
    #: The mandate by which a named helper spoke for the person, and the name on it, set by the database.
    mandate_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("mandate.id", ondelete="SET NULL"))
    spoken_by: Mapped[str | None] = mapped_column(Text)
    helped_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))  # in a session of two
    #: The look of an officer that the family does not know, and that officer, set by the database: who never sees it.
    about_look: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("look.public_id", ondelete="SET NULL"))
    not_for: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    answers_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    program: Mapped[str | None] = mapped_column(Text)
    disbursement_id: Mapped[int | None] = mapped_column(BigInteger)
    promised_on: Mapped[date] = mapped_column(Date)
    counted_from: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))  # where hours count; else sent_at
    visit_on: Mapped[date | None] = mapped_column(Date)
    visit_part: Mapped[str | None] = mapped_column(Text)  # morning, afternoon
    waits_since: Mapped[date | None] = mapped_column(Date)  # for the family's answer
    reminders: Mapped[int] = mapped_column(Integer, server_default="0")  # sent since then
    decision: Mapped[str | None] = mapped_column(Text)  # accepted, partly, refused; the reason is in the path, sealed
    version: Mapped[int] = mapped_column(Integer, server_default="1")  # a decision names the version it saw
    sent_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=NOW)
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class CaseEvent(Base):
    """One dated step of a case's path, with the words that were said."""

    __tablename__ = "case_event"
    __table_args__ = (
        Index("ix_case_event_case", "family_id", "case_id", "id"),
        CheckConstraint(_HIDDEN, name="hidden_for"),
    )

    family_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    case_id: Mapped[int] = mapped_column(BigInteger)
    event: Mapped[str] = mapped_column(Text)  # sent, opened, taken, asked, answered, visit_set, decided, ...
    actor_kind: Mapped[str] = mapped_column(Text)  # family, staff, portal
    actor_name: Mapped[str] = mapped_column(Text)
    staff_id: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(Text)  # after the step
    words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  # what was asked, answered or decided
    hidden_for: Mapped[str | None] = mapped_column(Text)  # a note that the family does not read: reporter
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=NOW)


class CaseFile(Base):
    """A paper that belongs to a draft and then to the case. The bytes are sealed on disk."""

    __tablename__ = "case_file"
    __table_args__ = (
        Index("ix_case_file_case", "family_id", "case_id"),
        CheckConstraint("state IN ('received', 'readable', 'unreadable', 'accepted')", name="state"),
        CheckConstraint("advice IN ('dark', 'blurred', 'cut', 'shine', 'wrong')", name="advice"),
        CheckConstraint("(state = 'unreadable') = (advice IS NOT NULL)", name="unreadable_says_what_to_do"),
    )

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
    state: Mapped[str] = mapped_column(Text, server_default="received")  # set by the officer who has the case
    advice: Mapped[str | None] = mapped_column(Text)  # why it cannot be read, which says what to do
    looked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))  # when the state was set
    #: It was taken over from an earlier case, sent at that moment: its blob is that one's too.
    first_sent_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=NOW)
