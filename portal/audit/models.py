"""The trail: what was done and who looked at what, chained by hash per shard of families."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    Index,
    LargeBinary,
    SmallInteger,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base


class AuditEvent(Base):
    """One event. ``hash`` covers the event and the hash before it in its shard (256 shards)."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_family", "family_id", "at"),
        Index("ix_audit_event_at", "at", "shard", "seq"),
        Index(
            "ix_audit_event_looks",
            "at",
            postgresql_where=text("actor_kind = 'staff' AND event IN ('family_viewed', 'number_revealed')"),
        ),
    )

    shard: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    event: Mapped[str] = mapped_column(Text)
    actor_kind: Mapped[str] = mapped_column(Text)  # family, staff, worker, anonymous
    actor_id: Mapped[int | None] = mapped_column(BigInteger)
    family_id: Mapped[int | None] = mapped_column(BigInteger)
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    previous: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class AuditHead(Base):
    """The newest hash of a shard; its row lock orders the chain."""

    __tablename__ = "audit_head"

    shard: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class AuditCut(Base):
    """The last event that was removed from a chain, where the office gave the trail a period: the rest stands on it."""

    __tablename__ = "audit_cut"

    shard: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    cut_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=text("now()"))


class AuditPublishedHead(Base):
    """The 256 heads as they were on a day, with one hash over all of them: what is published elsewhere."""

    __tablename__ = "audit_published_head"
    __table_args__ = (CheckConstraint("cardinality(seqs) = 256 AND cardinality(hashes) = 256", name="whole"),)

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=text("now()"))
    seqs: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))  # by shard, 0 to 255
    hashes: Mapped[list[bytes]] = mapped_column(ARRAY(LargeBinary))
    head: Mapped[bytes] = mapped_column(LargeBinary)


class AuditMarkKey(Base):
    """The key of the marks that stand for families in the auditor's list. No role reads it."""

    __tablename__ = "audit_mark_key"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    key: Mapped[bytes] = mapped_column(LargeBinary)
