"""An officer who opens many families without a case raises an alarm, once a day, for those who oversee the officer.

They also read who is new in their area.

Counted from the trail every ten minutes, never on a page. The limits are data in ``browsing_limits.toml``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from portal.accounts.actor import StaffActor
from portal.accounts.models import Staff
from portal.accounts.staff_models import StaffAlarm, StaffInvitation
from portal.audit.trail import Event, record
from portal.core.clock import now
from portal.core.db import Scope
from portal.core.jobs import periodic
from portal.extensions import db

FILE = Path(__file__).with_name("browsing_limits.toml")
SHOWN = 100
NEW_FOR = timedelta(days=30)
_COUNTS = text("SELECT staff_id, in_hour, in_day FROM browsing_counts()")
_WATCHES = text("SELECT cardinality(staff_overseen()) > 0")


@dataclass(frozen=True, slots=True)
class Limits:
    """Families without a case within an hour and a day; one more is an alarm."""

    hour: int
    day: int

    def are_passed(self, in_hour: int, in_day: int) -> bool:
        """Whether so many families are an alarm."""
        return in_hour > self.hour or in_day > self.day


@lru_cache(maxsize=1)
def limits() -> Limits:
    """The limits on file."""
    return read_limits(FILE)


def read_limits(path: Path) -> Limits:
    """Read the file; refuses anything but whole numbers above zero, and a day that is less than its hour."""
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    numbers = [found.get("hour"), found.get("day")]
    if set(found) != {"hour", "day"} or not all(type(one) is int and one > 0 for one in numbers):
        raise ValueError(f"{path.name} needs hour and day, whole numbers above zero")
    if found["day"] < found["hour"]:
        raise ValueError(f"{path.name}: a day has at least as many families as an hour")
    return Limits(**found)


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm, as those who oversee the officer see it."""

    name: str
    title: str
    day: date
    in_hour: int
    in_day: int
    raised_at: datetime


@dataclass(frozen=True, slots=True)
class NewOfficer:
    """An officer who was invited lately, and by whom."""

    name: str
    title: str
    invited_at: datetime
    invited_by: str


@periodic("*/10 * * * *")
def raise_browsing_alarms() -> int:
    """Raise an alarm for each officer beyond the limits who has none of today."""
    raised = 0
    with db.begin(Scope("worker", job="raise_browsing_alarms")) as session:
        for staff, in_hour, in_day in session.execute(_COUNTS).all():
            if not limits().are_passed(in_hour, in_day):
                continue
            values = {"staff_id": staff, "day": now().date(), "in_hour": in_hour, "in_day": in_day}
            new = insert(StaffAlarm).values(**values).on_conflict_do_nothing().returning(StaffAlarm.staff_id)
            if session.execute(new).scalar_one_or_none() is not None:
                record(session, Event.BROWSING_ALARM, staff=staff, in_hour=in_hour, in_day=in_day)
                raised += 1
    return raised


def watches(actor: StaffActor) -> bool:
    """Whether this officer oversees others."""
    with db.begin(actor.scope) as session:
        return bool(session.execute(_WATCHES).scalar_one())


def alarms(actor: StaffActor) -> Sequence[Alarm]:
    """The newest alarms about the officers whom the actor oversees."""
    found = (
        select(Staff.name, Staff.title, StaffAlarm.day, StaffAlarm.in_hour, StaffAlarm.in_day, StaffAlarm.raised_at)
        .join(Staff, Staff.id == StaffAlarm.staff_id)
        .order_by(StaffAlarm.raised_at.desc())
        .limit(SHOWN)
    )
    with db.begin(actor.scope) as session:
        return [Alarm(*row) for row in session.execute(found)]


def new_officers(actor: StaffActor) -> Sequence[NewOfficer]:
    """Who was invited into the actor's area within the last month, the newest first. An unknown name is an alarm."""
    host = aliased(Staff)
    found = (
        select(Staff.name, Staff.title, func.max(StaffInvitation.invited_at), func.max(host.name))
        .join(Staff, Staff.id == StaffInvitation.staff_id)
        .join(host, host.id == StaffInvitation.invited_by)
        .where(StaffInvitation.invited_at > now() - NEW_FOR)
        .group_by(Staff.id, Staff.name, Staff.title)
        .order_by(func.max(StaffInvitation.invited_at).desc())
        .limit(SHOWN)
    )
    with db.begin(actor.scope) as session:
        return [NewOfficer(*row) for row in session.execute(found)]
