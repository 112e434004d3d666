"""A family (one Kartu Keluarga) with its house and its desil."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    SmallInteger,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base


class Family(Base):
    """One family. The id is ours; the No. KK may change and is only sealed and found by its hash."""

    __tablename__ = "family"
    __table_args__ = (
        CheckConstraint("card_last4 ~ '^[0-9]{4}$'", name="card_last4"),
        CheckConstraint("status IN ('active', 'inactive')", name="status"),
        Index("ix_family_village_id", "village_id", "id"),
        Index("ix_family_nkks", "nkks", postgresql_where=text("nkks IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, server_default=text("gen_random_uuid()"))
    kk_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    kk_key_version: Mapped[int] = mapped_column(SmallInteger)
    kk_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    nkks: Mapped[str | None] = mapped_column(Text)  # shown and searched by, never a key
    village_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("area.id"))
    regency_id: Mapped[int] = mapped_column(
        Integer, Computed("(village_id / 1000000)::integer", persisted=True), index=True
    )
    address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    rt: Mapped[str | None] = mapped_column(Text)
    rw: Mapped[str | None] = mapped_column(Text)
    bank: Mapped[str | None] = mapped_column(Text)
    card_last4: Mapped[str | None] = mapped_column(Text)  # of the KKS card, nothing else of it is kept
    status: Mapped[str | None] = mapped_column(Text)
    inactive_reason: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(Text)
    source_date: Mapped[date | None] = mapped_column(Date)
    as_of: Mapped[date] = mapped_column(Date)  # of the extract that last said something of this family
    closed_on: Mapped[date | None] = mapped_column(Date)  # absent from an extract declared full
    extract_id: Mapped[int | None] = mapped_column(BigInteger)
    fingerprint: Mapped[bytes | None] = mapped_column(LargeBinary)  # of the row last loaded
    revision: Mapped[int] = mapped_column(Integer, server_default="1")  # raised by every change of the record
    #: Raised by everything that is sent, sealed or not: no officer may read it, so no load asks for it.
    cases_revision: Mapped[int] = mapped_column(Integer, server_default="0", deferred=True)


class Housing(Base):
    """House, utilities and assets; codes of Regsosek form K. Areas in m2, power in VA."""

    __tablename__ = "housing"

    family_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("family.id"), primary_key=True)
    tenure: Mapped[int | None] = mapped_column(SmallInteger)
    land_proof: Mapped[int | None] = mapped_column(SmallInteger)
    floor_area_m2: Mapped[Decimal | None] = mapped_column(Numeric(9, 2))
    floor: Mapped[int | None] = mapped_column(SmallInteger)
    wall: Mapped[int | None] = mapped_column(SmallInteger)
    roof: Mapped[int | None] = mapped_column(SmallInteger)
    water: Mapped[int | None] = mapped_column(SmallInteger)
    toilet: Mapped[int | None] = mapped_column(SmallInteger)
    sewage: Mapped[int | None] = mapped_column(SmallInteger)
    lighting: Mapped[int | None] = mapped_column(SmallInteger)
    power_va: Mapped[int | None] = mapped_column(Integer)
    fuel: Mapped[int | None] = mapped_column(SmallInteger)
    motorcycles: Mapped[int | None] = mapped_column(SmallInteger)
    cars: Mapped[int | None] = mapped_column(SmallInteger)
    land_m2: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    savings: Mapped[bool | None]
    loan: Mapped[bool | None]
    bank_accounts: Mapped[int | None] = mapped_column(SmallInteger)


class Desil(Base):
    """The rank that BPS gave the family on a day; the portal shows it and never computes one."""

    __tablename__ = "desil"
    __table_args__ = (CheckConstraint("desil BETWEEN 1 AND 10", name="desil"),)

    family_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("family.id"), primary_key=True)
    ranked_on: Mapped[date] = mapped_column(Date, primary_key=True)
    desil: Mapped[int] = mapped_column(SmallInteger)
    extract_id: Mapped[int | None] = mapped_column(BigInteger)
