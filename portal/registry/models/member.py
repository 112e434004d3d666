"""People and their membership of a family. A person keeps its identity when a KK splits or moves."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Identity,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base


class Person(Base):
    """A human being, found by the hash of the NIK in ``nik_index``."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, server_default=text("gen_random_uuid()"))


class NikIndex(Base):
    """The one table that leads from the keyed hash of a NIK to its person."""

    __tablename__ = "nik_index"

    nik_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"), index=True)
    key_version: Mapped[int] = mapped_column(SmallInteger)


class Member(Base):
    """A person in a family, as recorded. Membership is dated; absence closes it, nothing deletes it."""

    __tablename__ = "member"
    __table_args__ = (
        UniqueConstraint("family_id", "person_id"),
        CheckConstraint("sex IN ('L', 'P')", name="sex"),
    )

    family_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("family.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"), index=True)
    nik_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    name: Mapped[str] = mapped_column(Text)
    birth_date: Mapped[date | None] = mapped_column(Date)
    sex: Mapped[str | None] = mapped_column(Text)
    relation: Mapped[int | None] = mapped_column(SmallInteger)
    marital: Mapped[int | None] = mapped_column(SmallInteger)
    school_participation: Mapped[int | None] = mapped_column(SmallInteger)
    school_level: Mapped[str | None] = mapped_column(Text)
    school_grade: Mapped[int | None] = mapped_column(SmallInteger)
    education: Mapped[str | None] = mapped_column(Text)
    work_status: Mapped[str | None] = mapped_column(Text)
    orphan: Mapped[str | None] = mapped_column(Text)
    alive: Mapped[bool | None]
    source: Mapped[str | None] = mapped_column(Text)
    since: Mapped[date] = mapped_column(Date)  # first extract that named this membership
    until: Mapped[date | None] = mapped_column(Date)  # absent from an extract declared full
    extract_id: Mapped[int | None] = mapped_column(BigInteger)
    fingerprint: Mapped[bytes | None] = mapped_column(LargeBinary)


class MemberHealth(Base):
    """Health facts, apart from the rest: shown to that member, and a small child's to its parent."""

    __tablename__ = "member_health"
    __table_args__ = (CheckConstraint("disability BETWEEN 0 AND 2", name="disability"),)

    family_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    member_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    birth_date: Mapped[date | None] = mapped_column(Date)  # the policy asks whether it is a small child
    disability: Mapped[int | None] = mapped_column(SmallInteger)
    pregnant: Mapped[bool | None]
    pregnancy_no: Mapped[int | None] = mapped_column(SmallInteger)
    chronic_illness: Mapped[str | None] = mapped_column(Text)
