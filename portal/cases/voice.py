"""Says what rules and kinds declare in the reader's language, for the templates of cases and desk."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, tzinfo

from portal.cases.kinds.base import Shown
from portal.cases.path import PathStep
from portal.web.formats import day, day_time
from portal.web.speaking import speaker


def say(value: Shown | str | None) -> str:
    """The words of a message key, a message, a name or a day."""
    if isinstance(value, date):
        return day(value)
    return speaker().say(value)


def spoken_path(steps: Iterable[PathStep], zone: tzinfo) -> list[dict[str, str]]:
    """The path as the component ``dated_path`` draws it; moments in the village's zone."""
    return [
        {"word": say(step.word), "when": _when(step.when, zone), "state": step.state, "note": say(step.note)}
        for step in steps
    ]


def _when(when: datetime | date | None, zone: tzinfo) -> str:
    if when is None:
        return ""
    return day_time(when, zone) if isinstance(when, datetime) else day(when)
