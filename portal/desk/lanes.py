"""How the queue is read: lane by lane (a village, or an officer who has cases), in the order of an index.

Of each lane only as many lines are read as one page shows, wherever the page begins: the last page costs what the
first one does, however many cases the country has. Counts stop at a thousand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    Row,
    ScalarSelect,
    Select,
    Subquery,
    and_,
    cast,
    func,
    literal,
    or_,
    select,
    text,
    true,
    tuple_,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from portal.accounts.models import Staff
from portal.accounts.staff_models import StaffSubstitution
from portal.cases.models import Case
from portal.cases.ways import OF_KIND
from portal.registry.models import Area, Member

PER_PAGE = 25
COUNTED_TO = 1000  # what is more is not counted
#: The planner takes the walls for a sieve that lets hardly a row through, and would rather sort a whole village.
IN_ORDER_OF_INDEX = text("SELECT set_config('enable_sort', 'off', true), set_config('enable_bitmapscan', 'off', true)")
_COLUMNS = (
    *(Case.family_id, Case.id, Case.reference, *OF_KIND, Case.state, Case.village_id, Case.assigned_to, Case.version),
    *(Case.urgent, Case.counted_from, Case.sent_at, Case.promised_on, Case.closed_at, Case.recorded_by, Case.helped_by),
    Case.spoken_by,
)
_WRITTEN = re.compile(r"([01])-(\d{1,17})-(\d{1,18})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """A line by what the queue is ordered by: the page begins after it or, ``back``, ends before it."""

    urgent: bool
    at: date | datetime  # the promised day or, of a finished case, the moment when it was
    id: int
    back: bool = False

    def __str__(self) -> str:
        number = (
            (self.at - _EPOCH) // timedelta(microseconds=1) if isinstance(self.at, datetime) else self.at.toordinal()
        )
        return f"{int(self.urgent)}-{number}-{self.id}"

    @staticmethod
    def parse(written: str, *, closed: bool, back: bool) -> Place | None:
        """The place, or None where that is none."""
        found = _WRITTEN.fullmatch(written)
        if found is None:
            return None
        number = int(found[2])
        try:
            at = _EPOCH + timedelta(microseconds=number) if closed else date.fromordinal(number)
        except (ValueError, OverflowError):
            return None
        return Place(found[1] == "1", at, int(found[3]), back)


#: Before everything: from here on a lane is walked in two steps, in each of which the index leads to the days.
TOP = Place(True, date.min, 0)


@dataclass(frozen=True, slots=True)
class Lanes:
    """What the queue is read by: a column of the case and the values that it takes."""

    column: InstrumentedAttribute[Any]
    values: Sequence[int]

    @property
    def each(self) -> Subquery:
        """One row a lane."""
        return select(func.unnest(cast(list(self.values), ARRAY(BigInteger))).label("lane")).subquery()


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one page, and the places where the pages before and after it lie (None: there is none)."""

    rows: Sequence[Row[Any]]
    before: Place | None
    after: Place | None


def read_page(
    session: Session,
    lanes: Lanes,
    chosen: Sequence[ColumnElement[bool]],
    place: Place | None,
    *,
    closed: bool = False,
    by_day: bool = False,
) -> Page:
    """One page; the first where nothing lies beyond the place any more. ``by_day``: only some days are chosen."""
    session.execute(IN_ORDER_OF_INDEX)
    found = session.execute(_lines(lanes, chosen, place or (TOP if by_day else None), closed=closed)).all()
    more, back = len(found) > PER_PAGE, place is not None and place.back
    if place is not None and (not found or (back and not more)):
        return read_page(session, lanes, chosen, None, closed=closed, by_day=by_day)
    rows = found[-PER_PAGE:] if back else found[:PER_PAGE]
    ends = [_place_of(row, closed=closed) for row in (rows[0], rows[-1])] if rows else []
    before = replace(ends[0], back=True) if place is not None else None
    return Page(rows, before, ends[1] if more or back else None)


def counted(lanes: Lanes, chosen: Sequence[ColumnElement[bool]]) -> ScalarSelect[int]:
    """How many fit, up to one more than is counted."""
    each = lanes.each
    # Without the OFFSET the planner would take the lanes for a list to filter the whole country by.
    of_lane = select(literal(1)).where(lanes.column == each.c.lane, *chosen).offset(0).correlate(each).lateral()
    some = select(literal(1)).select_from(each).join(of_lane, true()).limit(COUNTED_TO + 1)
    return select(func.count()).select_from(some.subquery()).scalar_subquery()


def _place_of(row: Row[Any], *, closed: bool) -> Place:
    return Place(False, row.closed_at, row.id) if closed else Place(row.urgent, row.promised_on, row.id)


def _lines(
    lanes: Lanes, chosen: Sequence[ColumnElement[bool]], place: Place | None, *, closed: bool
) -> Select[tuple[Any, ...]]:
    """Of each lane one page, of those the page, and what a line says of them."""
    back = place is not None and place.back
    each, beyond = _beyond(lanes, place, closed=closed)
    by = _order(Case, closed=closed, back=back)
    of_lane = select(*_COLUMNS).where(lanes.column == each.c.lane, *chosen, *beyond).order_by(*by).limit(PER_PAGE + 1)
    found = of_lane.correlate(each).lateral("found")
    first = select(found).select_from(each).join(found, true())
    page = first.order_by(*_order(found.c, closed=closed, back=back)).limit(PER_PAGE + 1).subquery()
    return _said_of(page).order_by(*_order(page.c, closed=closed, back=False))


def _order(rows: Any, *, closed: bool, back: bool) -> tuple[ColumnElement[Any], ...]:
    if closed:
        return (rows.closed_at, rows.id.desc()) if back else (rows.closed_at.desc(), rows.id)
    if back:
        return rows.urgent, rows.promised_on.desc(), rows.id.desc()
    return rows.urgent.desc(), rows.promised_on, rows.id


def _beyond(lanes: Lanes, place: Place | None, *, closed: bool) -> tuple[Subquery, list[ColumnElement[bool]]]:
    """The lanes, and the conditions of what lies beyond the place, such that the index leads to it."""
    each = lanes.each
    if place is None:
        return each, []
    if closed:
        if place.back:
            return each, [Case.closed_at >= place.at, or_(Case.closed_at > place.at, Case.id < place.id)]
        return each, [Case.closed_at <= place.at, or_(Case.closed_at < place.at, Case.id > place.id)]
    step = _steps(place)
    each = select(each.c.lane, *step.c).select_from(each).join(step, true()).subquery()
    line, start = tuple_(Case.promised_on, Case.id), tuple_(each.c.day, each.c.id)
    return each, [Case.urgent == each.c.urgent, line < start if place.back else line > start]


def _steps(place: Place) -> Subquery:
    """A lane is walked in two steps, urgent ones and others: the first from the place on, the second whole."""
    steps: list[tuple[bool, date, int]] = [(place.urgent, place.at, place.id)]
    if place.back and not place.urgent:
        steps.append((True, date.max, 0))
    if not place.back and place.urgent:
        steps.append((False, date.min, 0))
    urgent, days, ids = ([step[part] for step in steps] for part in range(3))
    return select(
        func.unnest(cast(urgent, ARRAY(Boolean))).label("urgent"),
        func.unnest(cast(days, ARRAY(Date))).label("day"),
        func.unnest(cast(ids, ARRAY(BigInteger))).label("id"),
    ).subquery()


def _said_of(page: Subquery) -> Select[tuple[Any, ...]]:
    """The rows with village, family and officers by name."""
    head = (
        select(Member.name)
        .where(Member.family_id == page.c.family_id, Member.until.is_(None))
        .order_by(Member.relation.nulls_last(), Member.id)
        .limit(1)
        .scalar_subquery()
    )
    recorder, helper, substitute = aliased(Staff), aliased(Staff), aliased(Staff)
    away = (  # one leave at a time, as the walls of leaves hold
        StaffSubstitution.staff_id == page.c.assigned_to,
        StaffSubstitution.ended_at.is_(None),
        func.current_date().between(StaffSubstitution.since, StaffSubstitution.until),
    )
    named = (Area.name.label("village"), head.label("family"), Staff.name.label("officer"))
    others = (recorder.name.label("recorder"), helper.name.label("helper"))
    meanwhile = (substitute.name.label("substitute"), StaffSubstitution.until.label("away_until"))
    return (
        select(page, *named, *others, *meanwhile)
        .join(Area, Area.id == page.c.village_id)
        .outerjoin(Staff, Staff.id == page.c.assigned_to)
        .outerjoin(recorder, recorder.id == page.c.recorded_by)
        .outerjoin(helper, helper.id == page.c.helped_by)
        .outerjoin(StaffSubstitution, and_(*away))
        .outerjoin(substitute, substitute.id == StaffSubstitution.substitute_id)
    )
