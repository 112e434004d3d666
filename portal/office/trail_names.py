"""Names in the place of numbers in the trail: officers with their office, kiosks by their label, areas.

Asked under the reader's own scope: what that one may not read keeps its number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import KioskDevice, Staff
from portal.audit.reading import Line
from portal.audit.trail import Event
from portal.registry.models import Area

_OFFICERS = frozenset({"staff", "by", "helped_by", "substitute"})
_AREAS = frozenset({"area", "village"})
_OFFICER, _KIOSK, _AREA = "officer", "kiosk", "area"

Names = Mapping[tuple[str, int], str]


def names_in(session: Session, lines: Iterable[Line]) -> Names:
    """The names of everything that the events name by number, in three statements."""
    wanted = {found for line in lines for key, value in line.data.items() if (found := _named(line.event, key, value))}
    numbers = {kind: [number for of, number in wanted if of == kind] for kind in (_OFFICER, _KIOSK, _AREA)}
    officers = select(Staff.id, Staff.name, Staff.title).where(Staff.id.in_(numbers[_OFFICER]))
    names = {(_OFFICER, number): f"{name}, {title}" for number, name, title in session.execute(officers)}
    for kind, table in ((_KIOSK, KioskDevice), (_AREA, Area)):
        labels = session.execute(select(table.id, table.name).where(table.id.in_(numbers[kind])))
        names |= {(kind, number): name for number, name in labels}
    return names


def named(line: Line, names: Names) -> dict[str, Any]:
    """The facts of the event with names in them."""
    return {
        key: names.get(found, value) if (found := _named(line.event, key, value)) else value
        for key, value in line.data.items()
    }


def _named(event: str, key: str, value: object) -> tuple[str, int] | None:
    """What the number is of; None where it is no number of somebody."""
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    if key in _OFFICERS or (event == Event.SEALED_OPENED and key == "first"):
        return _OFFICER, value
    if key in _AREAS:
        return _AREA, value
    return (_KIOSK, value) if key == "kiosk" else None
