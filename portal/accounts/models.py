"""Who can sign in: families' accounts, staff, slips, sessions and the counters of wrong tries."""

from __future__ import annotations

import uuid
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
    SmallInteger,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base

NOW = text("now()")


class Account(Base):
    """The login of one adult. The NIK stays in the record; the account knows its person."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"), unique=True)
    family_id: Mapped[int] = mapped_column(BigInteger)  # whose member was seen; wins where a NIK stands in two
    pin_hash: Mapped[str] = mapped_column(Text)
    activated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=NOW)
    activated_by: Mapped[int | None] = mapped_column(BigInteger)
    pin_changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=NOW)
    language: Mapped[str] = mapped_column(Text, server_default="id")
    last_visit_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    inbox_revision: Mapped[int] = mapped_column(Integer, server_default="0")
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Slip(Base):
    """A pre-printed sealed slip: a serial outside, a code inside that no officer ever sees."""

    __tablename__ = "slip"
    __table_args__ = (CheckConstraint("purpose IN ('activation', 'reset')", name="purpose"),)

    serial: Mapped[str] = mapped_column(Text, primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    purpose: Mapped[str] = mapped_column(Text, server_default="activation")
    person_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id"), index=True)
    family_id: Mapped[int | None] = mapped_column(BigInteger)
    bound_by: Mapped[int | None] = mapped_column(BigInteger)
    bound_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class WebSession(Base):
    """A signed-in browser. Only the hash of its token is kept."""

    __tablename__ = "web_session"
    __table_args__ = (
        CheckConstraint("num_nonnulls(account_id, staff_id) = 1", name="one_owner"),
        Index(
            "ix_web_session_helped",
            "last_seen_at",
            postgresql_where=text("helped_by IS NOT NULL AND ended_at IS NULL"),
        ),
    )

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    account_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("account.id"), index=True)
    staff_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=NOW)
    last_seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=NOW)
    idle_ends_after: Mapped[int] = mapped_column(Integer)  # minutes without a request
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    previous_visit_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    confirmed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))  # an officer's last step-up
    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, server_default=text("gen_random_uuid()"))
    device: Mapped[str] = mapped_column(Text, server_default="")  # the kind of browser, as own_sessions.KINDS has it
    kiosk_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("kiosk.id"), index=True)
    helped_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))  # in a session of two


class KnownDevice(Base):
    """A device from which an account has signed in; its tries are counted apart."""

    __tablename__ = "known_device"

    account_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("account.id"), primary_key=True)
    device_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    since: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=NOW)
    last_seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=NOW)


class StaffDevice(Base):
    """A device from which an officer has signed in; its tries are counted apart."""

    __tablename__ = "staff_device"

    staff_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id"), primary_key=True)
    device_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    since: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=NOW)
    last_seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=NOW)


class KioskDevice(Base):
    """A device of a village office that families use one after the other. Its cookie holds ``public_id``, sealed."""

    __tablename__ = "kiosk"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, server_default=text("gen_random_uuid()"))
    name: Mapped[str] = mapped_column(Text)
    village_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("area.id"), index=True)
    has_camera: Mapped[bool] = mapped_column(default=False, server_default="false")
    device_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)  # its lane of wrong tries
    registered_by: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id"))
    registered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=NOW)
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    last_seen_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    sealed_with: Mapped[int | None] = mapped_column(SmallInteger)  # the key of the cookie that it was last left


class SigninGuard(Base):
    """Wrong tries by the hash of what was typed, known or not, and by the kind of device."""

    __tablename__ = "signin_guard"

    subject_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    lane: Mapped[str] = mapped_column(Text, primary_key=True)  # 'unknown', or 'device:<hash>' of a known one
    failures: Mapped[int] = mapped_column(Integer, server_default="0")
    last_failed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=NOW)
    locked_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class PinTrial(Base):
    """A wrong PIN (keyed by day) and a NIK it was tried on: one PIN over many NIKs raises an alarm."""

    __tablename__ = "pin_trial"
    __table_args__ = (Index("ix_pin_trial_at", "at"),)

    trial_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    subject_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=NOW)


class Staff(Base):
    """An officer, as families and colleagues may see it. Secrets stand in ``staff_credential``."""

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, server_default=text("gen_random_uuid()"))
    name: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)  # such as "Pendamping sosial Desa Kenjo"
    hours: Mapped[str | None] = mapped_column(Text)  # working hours, shown to families
    role: Mapped[str] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(default=True, server_default="true")


class StaffCredential(Base):
    """Login, password hash and sealed TOTP secret. Read only by the named sign-in functions."""

    __tablename__ = "staff_credential"

    staff_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id"), primary_key=True)
    login: Mapped[str] = mapped_column(Text, unique=True)
    #: Keyed. Whoever asks for this row by the login names it too; to be emptied where the index key is made anew.
    login_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    password_hash: Mapped[str] = mapped_column(Text)
    totp_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    totp_last_step: Mapped[int] = mapped_column(BigInteger, server_default="0")  # a code is used once


class StaffAssignment(Base):
    """An area of any level that an officer serves, from a day until a day."""

    __tablename__ = "staff_assignment"

    staff_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id"), primary_key=True)
    area_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("area.id"), primary_key=True, index=True)
    since: Mapped[date] = mapped_column(Date, primary_key=True)
    until: Mapped[date | None] = mapped_column(Date)


class StaffKinship(Base):
    """A family that an officer declared as the own or a relative's: never decided by that officer."""

    __tablename__ = "staff_kinship"
    __table_args__ = (
        CheckConstraint("relation IN ('own', 'relative')", name="relation"),
        CheckConstraint("nik_stands IN ('here', 'elsewhere', 'nowhere')", name="nik_stands"),
    )

    staff_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id"), primary_key=True)
    family_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("family.id"), primary_key=True)
    declared_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=NOW)
    relation: Mapped[str] = mapped_column(Text, server_default="relative")
    declared_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff.id"))  # none: by a command
    nik_stands: Mapped[str | None] = mapped_column(Text)  # where the NIK stands that the officer gave


class Companion(Base):
    """The family's own pendamping, who gets its cases first."""

    __tablename__ = "companion"

    family_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("family.id"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id"))
    since: Mapped[date] = mapped_column(Date)
