"""The stages of a year in which regular aid is paid: four, of three months each."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

STAGES_A_YEAR = 4


class Stage(NamedTuple):
    """A stage of a year: 1 January-March ... 4 October-December."""

    year: int
    number: int

    @property
    def ordinal(self) -> int:
        """Stages since the year 0, so that two can be compared."""
        return self.year * STAGES_A_YEAR + self.number - 1

    def next(self) -> Stage:
        """The stage after this one."""
        return Stage(self.year + 1, 1) if self.number >= STAGES_A_YEAR else Stage(self.year, self.number + 1)

    @property
    def starts(self) -> date:
        """The first day of the stage."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def ends(self) -> date:
        """The last day of the stage."""
        return self.next().starts - timedelta(days=1)


def stage_on(day: date) -> Stage:
    """The stage that ``day`` lies in."""
    return Stage(day.year, (day.month - 1) // 3 + 1)
