"""How long a village takes, counted honestly: who still waits counts as well. A pure rule module.

The median is that of Kaplan and Meier over all cases sent in the period: an open case counts as waiting at least
until today, so that a village which answers the easy ones and leaves the others does not look quick.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from portal.core.workdays import workdays_between

PERIOD_DAYS = 90
ENOUGH = 5  # of fewer cases nothing is said: one family's wait is nobody else's to know


@dataclass(frozen=True, slots=True)
class Sent:
    """One case: the day it was sent, of the first word and of the decision, and when it ended otherwise."""

    sent_on: date
    first_word_on: date | None
    decided_on: date | None
    ended_on: date | None = None  # withdrawn, or not the family's words


@dataclass(frozen=True, slots=True)
class Pace:
    """Working days that half of the cases waited; None where half of them still wait, or there are too few."""

    cases: int
    first_word_days: int | None
    decision_days: int | None

    @property
    def is_enough(self) -> bool:
        """Whether there are cases enough to say anything."""
        return self.cases >= ENOUGH


def pace_of(sent: Iterable[Sent], day: date) -> Pace:
    """The pace of a village on that day."""
    known = list(sent)
    if len(known) < ENOUGH:
        return Pace(len(known), None, None)
    first = [_waited(one, one.first_word_on, one.decided_on or one.ended_on, day) for one in known]
    decided = [_waited(one, one.decided_on, one.ended_on, day) for one in known]
    return Pace(len(known), median_wait(first), median_wait(decided))


def median_wait(waits: Iterable[tuple[int, bool]]) -> int | None:
    """The days after which at most half still wait; each wait says whether it ended with an answer."""
    known = sorted(waits)
    waiting = 1.0
    for days in dict.fromkeys(days for days, _answered in known):
        at_risk = sum(other >= days for other, _answered in known)
        waiting *= 1 - sum(answered for other, answered in known if other == days) / at_risk
        if waiting <= 0.5:
            return days
    return None


def _waited(one: Sent, answered_on: date | None, ended_on: date | None, day: date) -> tuple[int, bool]:
    return workdays_between(one.sent_on, answered_on or ended_on or day), answered_on is not None
