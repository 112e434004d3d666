"""Named helpers of families, and sessions of two in the making."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Date, DateTime, ForeignKey, Identity, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base

NOW = text("now()")


class Mandate(Base):
    """A named helper for a topic until a day, signed on paper before an officer; the family ends it at any time."""

    __tablename__ = "mandate"
    __table_args__ = (
        CheckConstraint("topic IN ('cases', 'aid')", name="topic"),
        CheckConstraint("helper_relation IN ('relative', 'neighbour', 'cadre', 'officer', 'other')", name="relation"),
        CheckConstraint("until >= since AND until <= since + 366", name="one_year"),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL) AND ended_by IN ('family', 'staff')", name="ended"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, server_default=text("gen_random_uuid()"))
    family_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("family.id"), index=True)
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))  # who granted it
    helper_name: Mapped[str] = mapped_column(Text)
    helper_relation: Mapped[str] = mapped_column(Text)
    topic: Mapped[str] = mapped_column(Text)
    since: Mapped[date] = mapped_column(Date, server_default=text("CURRENT_DATE"))
    until: Mapped[date] = mapped_column(Date)  # the last day
    granted_by: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id"))
    officer_name: Mapped[str] = mapped_column(Text)
    granted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=NOW)
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_by: Mapped[str | None] = mapped_column(Text)  # family, staff (at the counter, as the family asked)


class HelpedPairing(Base):
    """A session of two in the making: the PIN was right at a kiosk, and an officer has yet to confirm its code."""

    __tablename__ = "helped_pairing"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)  # of the token that the kiosk keeps
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)  # keyed, of the six letters on its screen
    account_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("account.id"))
    subject_hash: Mapped[bytes] = mapped_column(LargeBinary)
    lane: Mapped[str] = mapped_column(Text)
    proven: Mapped[str] = mapped_column(Text)  # the stored hash that the PIN was found right for
    kiosk_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("kiosk.id"))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=NOW)
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
    staff_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
