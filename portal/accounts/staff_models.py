"""How officers come, stand in for each other and are watched: invitations, recovery codes, leaves, alarms."""

from __future__ import annotations

from datetime import date, datetime

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
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.models import NOW
from portal.core.db import Base


class StaffInvitation(Base):
    """A link for an officer's first sign-in. Only the hash of its token is kept; it works once."""

    __tablename__ = "staff_invitation"
    __table_args__ = (
        Index(
            "uq_staff_invitation_open_login",
            "login",
            unique=True,
            postgresql_where=text("used_at IS NULL AND revoked_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    staff_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id"), index=True)
    login: Mapped[str] = mapped_column(Text)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    invited_by: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id"))
    invited_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=NOW)
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class StaffRecoveryCode(Base):
    """A code that stands in once for the authenticator. Only its keyed hash is kept."""

    __tablename__ = "staff_recovery_code"

    staff_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id"), primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=NOW)
    used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class StaffSubstitution(Base):
    """From a day until a day (both included) a colleague of the same role serves an officer's areas."""

    __tablename__ = "staff_substitution"
    __table_args__ = (
        CheckConstraint("since <= until", name="days"),
        CheckConstraint("staff_id <> substitute_id", name="two_people"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    staff_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id"), index=True)
    substitute_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id"), index=True)
    since: Mapped[date] = mapped_column(Date)
    until: Mapped[date] = mapped_column(Date)
    made_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=NOW)
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))  # before its last day


class StaffProposal(Base):
    """An act on an officer that one administrator proposed and another one has to confirm (``four_eyes``)."""

    __tablename__ = "staff_proposal"
    __table_args__ = (
        CheckConstraint("confirmed_by <> proposed_by AND confirmed_by <> staff_id", name="two_people"),
        Index("uq_staff_proposal_open", "staff_id", unique=True, postgresql_where=text("confirmed_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    act: Mapped[str] = mapped_column(Text)  # a key of ``four_eyes.ACTS``
    staff_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id"))
    proposed_by: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id"))
    proposed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=NOW)
    confirmed_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class StaffAlarm(Base):
    """An officer opened unusually many families without a case on that day (UTC)."""

    __tablename__ = "staff_alarm"

    staff_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    in_hour: Mapped[int] = mapped_column(Integer)  # families, when the alarm was raised
    in_day: Mapped[int] = mapped_column(Integer)
    raised_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=NOW)
