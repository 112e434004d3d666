"""The public halves of passkeys, and what browsers were asked to sign."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, DateTime, ForeignKey, Identity, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.models import NOW
from portal.core.db import Base


class Passkey(Base):
    """A key in a phone, a computer or a security key, of a member with a login or of an officer."""

    __tablename__ = "passkey"
    __table_args__ = (CheckConstraint("num_nonnulls(person_id, staff_id) = 1", name="one_owner"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, server_default=text("gen_random_uuid()"))
    person_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("account.person_id", onupdate="CASCADE", ondelete="CASCADE"), index=True
    )
    staff_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    user_handle: Mapped[bytes] = mapped_column(LargeBinary)  # random, one for all passkeys of an owner
    public_key: Mapped[bytes] = mapped_column(LargeBinary)  # COSE
    sign_count: Mapped[int] = mapped_column(BigInteger)  # 0 where the key does not count; never goes back
    backup_eligible: Mapped[bool]  # may be copied to the owner's other devices; never changes
    backed_up: Mapped[bool]  # is copied, when it was last used
    transports: Mapped[list[str]] = mapped_column(ARRAY(Text))  # how a browser reaches it
    name: Mapped[str] = mapped_column(Text)  # the owner's own word for it
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=NOW)
    last_used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class PasskeyChallenge(Base):
    """What a browser was asked to sign: good once, for five minutes. Touched by the named functions only."""

    __tablename__ = "passkey_challenge"
    __table_args__ = (CheckConstraint("purpose IN ('add', 'family', 'staff', 'code', 'step_up')", name="purpose"),)

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)  # hash of what this browser's cookie knows
    challenge: Mapped[bytes] = mapped_column(LargeBinary)
    purpose: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int | None] = mapped_column(BigInteger)
    staff_id: Mapped[int | None] = mapped_column(BigInteger)
    user_handle: Mapped[bytes | None] = mapped_column(LargeBinary)  # of a new passkey
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=NOW, index=True)
    taken_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
