"""The place of a proposal: one list after the other, from the province to the village."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal.core.db import ANONYMOUS
from portal.extensions import db
from portal.registry.models import Area
from portal.registry.queries import Place, children_of, place

_VILLAGE = 4


@dataclass(frozen=True, slots=True)
class Step:
    """One list: what it lists (1 province ... 4 village), in which area, and what can be chosen."""

    level: int
    inside: str | None
    above: int | None  # the area one level up, to go back to
    choices: Sequence[tuple[int, str]]


def steps_from(area_id: int | None) -> Step | None:
    """The list below the area (None: the provinces); None where there is no such area above the villages."""
    with db.begin(ANONYMOUS) as session:
        if area_id is None:
            return Step(1, None, None, children_of(session, None))
        area = session.get(Area, area_id)
        if area is None or area.level >= _VILLAGE:
            return None
        return Step(area.level + 1, area.name, area.parent_id, children_of(session, area_id))


def place_of(village_id: int) -> Place | None:
    """The names of a village and what it lies in; None where there is no such village."""
    with db.begin(ANONYMOUS) as session:
        area = session.get(Area, village_id)
        return place(session, village_id) if area is not None and area.level == _VILLAGE and not area.retired else None
