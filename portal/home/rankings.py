"""Which recorded changes lie between two rankings of BPS, and which came after the newest.

A change lies before a ranking where its source is dated by then, or where the same extract brought both. Nobody outside
BPS knows which of them counted: they are told as what differs, never as the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol, TypeVar

from portal.registry.facts import DesilFacts

AFTER = -1  # of no ranking yet


class Dated(Protocol):
    """What is asked of a change of the record."""

    @property
    def subject(self) -> str: ...
    @property
    def source_date(self) -> date | None: ...
    @property
    def extract_id(self) -> int | None: ...


_T = TypeVar("_T", bound=Dated)


def by_ranking(
    desils: Sequence[DesilFacts], changes: Iterable[tuple[_T, date]], ranked: Iterable[Dated]
) -> dict[int, list[_T]]:
    """The changes by the place of the ranking (newest first) that they lie before; :data:`AFTER` for what came later.

    Each change stands with the day on which it became known; ``ranked`` are the changes of the desil itself. What is
    older than the oldest ranking is left out.
    """
    places = {one.ranked_on: place for place, one in enumerate(desils)}
    brought = {
        one.extract_id: places[one.source_date]
        for one in ranked
        if one.extract_id is not None and one.source_date in places
    }
    found: dict[int, list[_T]] = {}
    for change, known_on in changes:
        place = _place(change, known_on, desils, brought)
        if place < len(desils) - 1:
            found.setdefault(place, []).append(change)
    return found


def _place(change: Dated, known_on: date, desils: Sequence[DesilFacts], brought: dict[int, int]) -> int:
    came_with = brought.get(change.extract_id) if change.extract_id is not None else None
    if came_with is not None and (change.source_date is None or change.source_date <= desils[came_with].ranked_on):
        return came_with
    before = [place for place, one in enumerate(desils) if one.ranked_on >= known_on]
    return max(before, default=AFTER)
