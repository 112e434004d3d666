"""The devices on which members want messages."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base

#: What the address of a device, with its keys, is sealed for.
ENDPOINT = "push_subscription.endpoint"


class PushSubscription(Base):
    """One browser of one person. Whoever knows the address can send there, so it is sealed with its keys."""

    __tablename__ = "push_subscription"
    __table_args__ = (UniqueConstraint("person_id", "endpoint_hash"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, server_default=text("gen_random_uuid()"))
    family_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("family.id"), index=True)
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    endpoint_hash: Mapped[bytes] = mapped_column(LargeBinary)  # of an address that nobody can guess
    endpoint_sealed: Mapped[bytes] = mapped_column(LargeBinary)  # JSON: endpoint, p256dh, auth
    device: Mapped[str] = mapped_column(Text)  # its kind, such as "Chrome, Android"
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=text("now()"))
