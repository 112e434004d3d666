"""Messages to a person, written in the transaction of what they tell."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
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


class Notice(Base):
    """One message. The text is a key with values, so that it is read in the reader's language."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_person", "person_id", "created_at"),
        Index("ix_notice_told_by", "told_by", postgresql_where=text("told_by IS NOT NULL")),
    )

    family_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("family.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    key: Mapped[str] = mapped_column(Text)
    values: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    case_reference: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=text("now()"))
    read_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    told_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))  # in person, by an officer
    told_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))


class Delivery(Base):
    """One message on one channel. The database makes the row with the notice, in the same transaction.

    waiting -> sending -> sent, or waiting again, or one of the ends: ``unsure`` (it may have gone out; never tried
    again), ``failed`` (tried often enough), ``gone`` (the device or number is no more), ``stopped`` (no longer
    agreed to, or no way out), ``seen`` (read in the portal meanwhile), ``kept`` (not safe to tell of at home).
    """

    __tablename__ = "delivery"
    __table_args__ = (
        ForeignKeyConstraint(
            ["family_id", "notice_id"], ["notice.family_id", "notice.id"], name="fk_delivery_notice", ondelete="CASCADE"
        ),
        UniqueConstraint("family_id", "notice_id", "channel", "device_id", name="uq_delivery_once"),
        CheckConstraint("channel IN ('web_push', 'whatsapp', 'sms')", name="channel"),
        CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'unsure', 'failed', 'gone', 'stopped', 'seen', 'kept')",
            name="state",
        ),
        Index("ix_delivery_open", "person_id", "due_at", postgresql_where=text("state IN ('waiting', 'sending')")),
    )

    family_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    notice_id: Mapped[int] = mapped_column(BigInteger)
    channel: Mapped[str] = mapped_column(Text)
    device_id: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))  # 0: a number, not a device
    state: Mapped[str] = mapped_column(Text, server_default="waiting")
    message_key: Mapped[UUID] = mapped_column(
        server_default=text("gen_random_uuid()")
    )  # notices that go as one share it
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    due_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=text("now()"))
