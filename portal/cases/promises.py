"""By when a case is answered: working days per kind and stage, or hours by the clock, as data in ``promises.toml``."""

from __future__ import annotations

import tomllib
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from portal.core.workdays import add_workdays

FILE = Path(__file__).with_name("promises.toml")
STAGES = ("sent", "answered")
HOURS = "hours"  # instead of stages: counted by the clock, on free days too
RAISED = "raised"  # no kind: what a higher level gets when the promised day has passed
LEVELS_ABOVE = ("kecamatan", "regency")
LATER = "stages"  # no kind: what each later stage gets
LATER_STAGES = ("visited", "village", "kecamatan", "regency", "confirmed", "centre")
WAITING = "waiting"  # no kind: after how many working days without an answer a family is reminded, and the case rests
WAITING_STEPS = ("first", "second", "pause")
_OTHER_LINES = {RAISED: LEVELS_ABOVE, LATER: LATER_STAGES, WAITING: WAITING_STEPS}


@lru_cache(maxsize=1)
def promises() -> dict[str, dict[str, int]]:
    """Every promise on file, by kind and stage."""
    return read_promises(FILE)


def read_promises(path: Path) -> dict[str, dict[str, int]]:
    """Read the file; refuses a kind without all stages and days that are no working days."""
    found: dict[str, dict[str, int]] = tomllib.loads(path.read_text(encoding="utf-8"))
    for kind, stages in found.items():
        if set(stages) == {HOURS} and stages[HOURS] in range(24, 24 * 30, 24):
            continue
        wanted = _OTHER_LINES.get(kind, STAGES)
        if set(stages) != set(wanted) or not all(isinstance(days, int) and 1 <= days <= 60 for days in stages.values()):
            raise ValueError(f"{path.name}: [{kind}] needs {', '.join(wanted)} with 1 to 60 working days each")
    return found


def promised_days(kind: str, stage: str, *, restricted: bool = False) -> int:
    """Working days for a kind at a stage; a sealed case may have a line of its own."""
    known = promises()
    line = known.get(f"{kind}_sealed") if restricted else None
    return (line or known[kind])[stage]


def promised_hours(kind: str) -> int | None:
    """Hours by the clock for a kind that is counted so; None for one that is counted in working days."""
    return promises()[kind].get(HOURS)


def due_at(kind: str, since: datetime) -> datetime | None:
    """The moment by which it is answered, where the clock counts."""
    hours = promised_hours(kind)
    return since + timedelta(hours=hours) if hours else None


def promised_on(kind: str, stage: str, day: date, *, restricted: bool = False) -> date:
    """The day by which a case that enters ``stage`` on ``day`` is answered."""
    hours = promised_hours(kind)
    if hours:
        return day + timedelta(hours=hours)
    return add_workdays(day, promised_days(kind, stage, restricted=restricted))


def raised_until(level: str, day: date) -> date:
    """The day by which a case that goes up to ``level`` on ``day``, unanswered, is answered there."""
    return add_workdays(day, promises()[RAISED][level])


def stage_until(stage: str, day: date) -> date:
    """The day by which a case that enters a later stage on ``day`` goes on from there."""
    return add_workdays(day, promises()[LATER][stage])


def reminder_due(reminders: int, waits_since: date, day: date) -> bool:
    """Whether a family that was asked on ``waits_since`` and reminded so often is to be reminded, or its case rests."""
    return day >= add_workdays(waits_since, promises()[WAITING][WAITING_STEPS[min(reminders, len(WAITING_STEPS) - 1)]])
