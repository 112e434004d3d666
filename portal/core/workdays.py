"""Working days in Indonesia: Monday to Friday without national holidays and joint leave days.

National holidays come from the ``holidays`` library (those of the lunar calendars are estimates until a
decree sets them); joint leave days (*cuti bersama*) are dated data in ``joint_leave.toml``.
"""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

import holidays

JOINT_LEAVE_FILE = Path(__file__).with_name("joint_leave.toml")
SATURDAY = 5
ONE_DAY = timedelta(days=1)


@lru_cache(maxsize=1)
def joint_leave() -> frozenset[date]:
    """All joint leave days that are on file."""
    return read_joint_leave(JOINT_LEAVE_FILE)


def read_joint_leave(path: Path) -> frozenset[date]:
    """Read joint leave days; refuses a day that is not in the year it stands under."""
    found: set[date] = set()
    for entry in tomllib.loads(path.read_text(encoding="utf-8")).get("year", []):
        for day in entry["days"]:
            if day.year != entry["year"]:
                raise ValueError(f"{path.name}: {day} does not lie in {entry['year']}")
            found.add(day)
    return frozenset(found)


@lru_cache(maxsize=32)
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("ID", years=year))


def is_workday(day: date) -> bool:
    """Whether offices work on ``day``."""
    return day.weekday() < SATURDAY and day not in _holidays(day.year) and day not in joint_leave()


def add_workdays(day: date, count: int) -> date:
    """The working day that is ``count`` working days after ``day``; ``day`` itself is not counted.

    With 0 it is ``day`` itself if that is a working day, else the next one.
    """
    if count < 0:
        raise ValueError("count of working days must not be negative")
    while count > 0:
        day += ONE_DAY
        count -= is_workday(day)
    while not is_workday(day):
        day += ONE_DAY
    return day


def workdays_between(start: date, end: date) -> int:
    """How many working days come after ``start`` up to and including ``end``; negative if ``end`` is
    before ``start``, so that a date that has passed counts as late."""
    if end < start:
        return -workdays_between(end, start)
    return sum(is_workday(start + timedelta(days=ahead)) for ahead in range(1, (end - start).days + 1))
