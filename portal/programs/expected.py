"""Which stages are to be expected next, by programme: the catalogue's calendar laid on the days ahead.

A stage is a span of months, never a promised day: what is paid in it is set anew each time.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from portal.programs.catalog import CatalogDay, Program
from portal.programs.criteria.base import is_active
from portal.registry.facts import ParticipationFacts

_STAGES = 4


class Expected(NamedTuple):
    """One stage of one programme, from its first to its last day."""

    program: Program
    number: int
    starts: date
    ends: date


def expected_stages(
    participations: Iterable[ParticipationFacts], day: date, catalog: CatalogDay
) -> tuple[tuple[Program, tuple[Expected, ...]], ...]:
    """The stages of the next year of every programme that pays the family, this one first where it is not over."""
    codes = dict.fromkeys(catalog.code_of(part.program) for part in participations if is_active(part, day))
    programs = [catalog.by_code[code] for code in codes if code in catalog.by_code]
    return tuple((program, tuple(_ahead(program, day))) for program in programs if program.pays)


def _ahead(program: Program, day: date) -> list[Expected]:
    stages = program.calendar.stages if program.calendar else ()
    found = [
        Expected(program, number, date(year, first, 1), _last_day(year + (last < first), last))
        for year in (day.year - 1, day.year, day.year + 1)
        for number, (first, last) in enumerate(stages, 1)
    ]
    return [one for one in found if one.ends >= day][:_STAGES]


def _last_day(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
