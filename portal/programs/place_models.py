"""The places of an office's offering: when they were given and from what, and who has which number in the order."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base


class PlaceDraw(Base):
    """The one time that the places of an offering were given, with everything that the order was made from."""

    __tablename__ = "place_draw"
    __table_args__ = (
        CheckConstraint("place_order IN ('desil', 'lot')", name="place_order"),
        CheckConstraint("quota >= 1", name="quota"),
        CheckConstraint("people >= 1", name="people"),
        ForeignKeyConstraint(
            ["offering_id", "regency_id"], ["offering.id", "offering.regency_id"], name="fk_place_draw_offering_id"
        ),
        UniqueConstraint("offering_id", name="uq_place_draw_offering_id"),
        UniqueConstraint("id", "quota", name="uq_place_draw_id_quota"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    offering_id: Mapped[int] = mapped_column(BigInteger)
    regency_id: Mapped[int] = mapped_column(BigInteger)
    code: Mapped[str] = mapped_column(Text)
    name: Mapped[dict[str, Any]] = mapped_column(JSONB)  # as the version said it: id, en
    place_order: Mapped[str] = mapped_column(Text)
    lot_seed: Mapped[str] = mapped_column(Text)
    quota: Mapped[int] = mapped_column(Integer)
    people: Mapped[int] = mapped_column(Integer)  # who registered
    starts_on: Mapped[date | None] = mapped_column(Date)  # from then on nobody of the waiting list is called any more
    given_by: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id"))
    given_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=text("now()"))


class Place(Base):
    """One person's number in the order. Who was offered a place or took it sits on a seat from 1 to the quota.

    That a seat holds one person at most, in the database, is what keeps it to the quota whoever writes at once. The
    seat goes with the state: a trigger takes it away.
    """

    __tablename__ = "place"
    __table_args__ = (
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint(
            "state IN ('waiting', 'offered', 'confirmed', 'given_back', 'lapsed', 'cancelled')", name="state"
        ),
        CheckConstraint("seat BETWEEN 1 AND quota", name="seat"),
        CheckConstraint("(seat IS NOT NULL) = (state IN ('offered', 'confirmed'))", name="seated"),
        CheckConstraint(
            "state <> 'offered' OR (offered_on IS NOT NULL AND confirm_by IS NOT NULL)",
            name="offered",
        ),
        CheckConstraint("attended IS NULL OR state = 'confirmed'", name="attended"),
        CheckConstraint("NOT certificate OR attended", name="certificate"),
        ForeignKeyConstraint(["draw_id", "quota"], ["place_draw.id", "place_draw.quota"], name="fk_place_draw_id"),
        ForeignKeyConstraint(
            ["family_id", "case_id"], ["cases.family_id", "cases.id"], name="fk_place_case", ondelete="CASCADE"
        ),
        UniqueConstraint("draw_id", "person_id", name="uq_place_draw_id_person_id"),
        UniqueConstraint("draw_id", "seat", name="uq_place_draw_id_seat"),
        Index("ix_place_case", "family_id", "case_id"),
        Index("ix_place_untold", "draw_id", postgresql_where=text("told_at IS NULL")),
        Index("ix_place_open", "draw_id", postgresql_where=text("state = 'offered'")),
    )

    draw_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    quota: Mapped[int] = mapped_column(Integer)  # of the draw
    seat: Mapped[int | None] = mapped_column(Integer)
    family_id: Mapped[int] = mapped_column(BigInteger)
    case_id: Mapped[int] = mapped_column(BigInteger)  # the registration
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"), index=True)  # who takes part
    desil: Mapped[int | None] = mapped_column(SmallInteger)  # of the family when the places were given
    code: Mapped[str] = mapped_column(Text)  # of the person, for the lot
    lot: Mapped[str] = mapped_column(Text)
    again: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")  # further registrations, by reference
    state: Mapped[str] = mapped_column(Text)
    told_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))  # of the number, by a job
    offered_on: Mapped[date | None] = mapped_column(Date)
    confirm_by: Mapped[date | None] = mapped_column(Date)
    reminders: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    reminded_on: Mapped[date | None] = mapped_column(Date)
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    attended: Mapped[bool | None] = mapped_column()  # none: not noted
    certificate: Mapped[bool] = mapped_column(default=False, server_default="false")
