"""The queue: cases of the areas assigned to the officer, urgent ones first, then the oldest promise.

It is read lane by lane (a village, or an officer who has cases) in the order of the index, and each lane only as far
as the page reaches: a page costs the same however many cases the country has. Counts stop at a thousand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Select,
    Subquery,
    and_,
    cast,
    false,
    func,
    literal,
    select,
    text,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from portal.accounts.actor import StaffActor
from portal.accounts.leaves import Leave, leaves_of
from portal.accounts.models import Staff
from portal.accounts.roles import Permission
from portal.accounts.staff_models import StaffSubstitution
from portal.cases.kinds import Kind
from portal.cases.models import Case
from portal.cases.promises import due_at
from portal.cases.ways import OF_KIND, counts_from, kind_key, kind_of
from portal.cases.workflow import BY_THE_CLOCK, STATES, WAITING_FOR_FAMILY, State, StateInfo, is_late
from portal.core.clock import today
from portal.core.names import written_name
from portal.desk.urgent import count_urgent, hours_until
from portal.extensions import db
from portal.registry.models import Area, Member

PER_PAGE = 25
COUNTED_TO = 1000  # what is more is not counted, nor paged through: the filters narrow it down
OPEN, CLOSED = "open", "closed"
#: The planner takes the walls for a sieve that lets hardly a row through, and would rather sort a whole village.
_IN_ORDER_OF_INDEX = text("SELECT set_config('enable_sort', 'off', true), set_config('enable_bitmapscan', 'off', true)")
_VILLAGES = text(
    "SELECT a.id, a.name FROM unnest((SELECT staff_case_area())) r"
    " JOIN area a ON a.level = 4 AND a.id >= lower(r) AND a.id < upper(r) ORDER BY a.name, a.id"
)
_COLUMNS = (
    *(Case.family_id, Case.id, Case.reference, *OF_KIND, Case.state, Case.village_id, Case.assigned_to, Case.version),
    *(Case.urgent, Case.counted_from, Case.sent_at, Case.promised_on, Case.closed_at, Case.recorded_by, Case.helped_by),
    Case.spoken_by,
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the officer wants to see: open cases, closed ones or those in one state."""

    state: str = OPEN
    village: int | None = None
    kind: str | None = None
    mine: bool = False
    urgent: bool = False
    page: int = 1

    @property
    def arguments(self) -> dict[str, str]:
        """As they stand in an address."""
        given = {
            "status": "" if self.state == OPEN else self.state,
            "desa": str(self.village or ""),
            "jenis": self.kind or "",
            "saya": "1" if self.mine else "",
            "mendesak": "1" if self.urgent else "",
            "hal": "" if self.page == 1 else str(self.page),
        }
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One case in the queue."""

    reference: str
    kind: Kind
    state: State
    village: str
    family: str
    officer: str | None
    substitute: str | None  # who answers in the officer's place today
    away_until: date | None
    mine: bool
    restricted: bool
    urgent: bool
    sent_at: datetime
    counts_from: datetime  # where the promise is in hours
    promised_on: date
    days_left: int
    version: int
    recorded_by: str | None  # the officer who wrote it down for the person
    helped_by: str | None
    spoken_by: str | None  # the helper with a mandate who told it

    @property
    def info(self) -> StateInfo:
        """What the state means."""
        return STATES[self.state]

    @property
    def hours_left(self) -> int | None:
        """Whole hours until the answer is due, below zero when it is late; None where days are promised."""
        due = due_at(self.kind.key, self.counts_from) if self.state in BY_THE_CLOCK else None
        return None if due is None else hours_until(due)

    @property
    def late(self) -> bool:
        """Whether the promise is broken."""
        return is_late(self.state, self.days_left) or (self.hours_left or 0) < 0


@dataclass(frozen=True, slots=True)
class Count:
    """So many, or (``more``) more than ``COUNTED_TO``."""

    number: int
    more: bool = False


@dataclass(frozen=True, slots=True)
class Queue:
    """One page of the queue. ``mark`` changes when anything on the page does."""

    lines: list[QueueLine]
    filters: Filters
    total: Count
    late: Count
    last_page: int
    villages: list[tuple[int, str]]
    leaves: list[Leave]  # of today: the officer's own, and those in which the officer stands in
    urgent: int | None = None  # open in the whole area, for whoever oversees it

    @property
    def mark(self) -> str:
        """A short mark of everything shown."""
        lines = [(line.reference, line.version, line.days_left, line.hours_left) for line in self.lines]
        shown = [self.total, self.late, self.urgent, lines]
        return hashlib.blake2b(repr(shown).encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class _Lanes:
    """What the queue is read by: a column of the case and the values that it takes."""

    column: InstrumentedAttribute[Any]
    values: Sequence[int]

    @property
    def each(self) -> Subquery:
        """One row a lane."""
        return select(func.unnest(cast(list(self.values), ARRAY(BigInteger))).label("lane")).subquery()


def read_queue(actor: StaffActor, filters: Filters) -> Queue:
    """The queue of the officer and of those for whom the officer stands in, in six statements."""
    day = today(actor.zone)
    with db.begin(actor.scope) as session:
        leaves = leaves_of(session, [actor.staff_id])
        holders = {actor.staff_id, *(one.staff_id for one in leaves if one.is_now and one.staff_id != actor.staff_id)}
        villages = villages_of(session)
        chosen = _chosen(holders, filters)
        lanes = _lanes(holders, [area for area, _name in villages], filters)
        session.execute(_IN_ORDER_OF_INDEX)
        total = _count(session, lanes, chosen)
        late = Count(0) if filters.state == CLOSED else _count(session, lanes, [*chosen, *_late(day)])
        last = max(1, -(-total.number // PER_PAGE))
        filters = replace(filters, page=min(max(filters.page, 1), last))
        lines = [_line(row, holders, day) for row in session.execute(_lines(lanes, chosen, filters))]
        urgent = count_urgent(session, actor) if actor.may(Permission.OVERSEE_CASES) else None
    return Queue(lines, filters, total, late, last, villages, [one for one in leaves if one.is_now], urgent)


def lines_of_officer(actor: StaffActor, staff_id: int | None, page: int) -> tuple[list[QueueLine], int, int]:
    """A page of the open cases that an officer has (None: that nobody has), its number, and the last one's."""
    chosen: list[ColumnElement[bool]] = [Case.closed_at.is_(None), Case.restricted.is_(False)]
    with db.begin(actor.scope) as session:
        if staff_id is None:
            chosen.append(Case.assigned_to.is_(None))
            lanes = _Lanes(Case.village_id, [area for area, _name in villages_of(session)])
        else:
            lanes = _Lanes(Case.assigned_to, [staff_id])
        session.execute(_IN_ORDER_OF_INDEX)
        last = max(1, -(-_count(session, lanes, chosen).number // PER_PAGE))
        filters = Filters(page=min(max(page, 1), last))
        rows = session.execute(_lines(lanes, chosen, filters))
        return [_line(row, {staff_id}, today(actor.zone)) for row in rows], filters.page, last


def lines_of(
    session: Session, holders: Collection[int], chosen: Sequence[ColumnElement[bool]], day: date
) -> list[QueueLine]:
    """The first page of the open cases of these officers that fit, in the order of the queue."""
    session.execute(_IN_ORDER_OF_INDEX)
    fitting = [Case.closed_at.is_(None), *chosen]
    rows = session.execute(_lines(_Lanes(Case.assigned_to, sorted(holders)), fitting, Filters()))
    return [_line(row, holders, day) for row in rows]


def villages_of(session: Session) -> list[tuple[int, str]]:
    """The villages whose cases the officer of the scope sees, by name."""
    return [(area, name) for area, name in session.execute(_VILLAGES)]


def _lanes(holders: Collection[int], villages: Sequence[int], filters: Filters) -> _Lanes:
    if filters.mine and filters.state != CLOSED:
        return _Lanes(Case.assigned_to, sorted(holders))
    if filters.village is not None:
        return _Lanes(Case.village_id, [filters.village])
    return _Lanes(Case.village_id, villages)


def _late(day: date) -> list[ColumnElement[bool]]:
    """Conditions of a broken promise; both values of ``urgent`` are named so that the index leads to the days."""
    return [
        Case.urgent.in_([True, False]),
        Case.promised_on < day,
        Case.state.not_in(list(WAITING_FOR_FAMILY)),
        Case.closed_at.is_(None),
    ]


def _count(session: Session, lanes: _Lanes, chosen: Sequence[ColumnElement[bool]]) -> Count:
    each = lanes.each
    some = select(literal(1)).select_from(each).join(Case, lanes.column == each.c.lane).where(*chosen)
    found = session.scalar(select(func.count()).select_from(some.limit(COUNTED_TO + 1).subquery())) or 0
    return Count(min(found, COUNTED_TO), found > COUNTED_TO)


def _chosen(holders: Collection[int], filters: Filters) -> list[ColumnElement[bool]]:
    """The filters as conditions; the walls of the database come on top."""
    chosen: list[ColumnElement[bool]] = []
    if filters.state == CLOSED:
        chosen.append(Case.closed_at.is_not(None))
    else:
        chosen.append(Case.closed_at.is_(None))
        if filters.state != OPEN:
            chosen.append(Case.state == filters.state if filters.state in set(State) else false())
    if filters.village is not None:
        chosen.append(Case.village_id == filters.village)
    if filters.kind is not None:
        chosen.append(kind_key == filters.kind)
    if filters.mine:
        chosen.append(Case.assigned_to.in_(holders))
    if filters.urgent:
        chosen.append(Case.urgent == true())
    return chosen


def _lines(lanes: _Lanes, chosen: Sequence[ColumnElement[bool]], filters: Filters) -> Select[Any]:
    """One page: of each lane as many as the page reaches, of those the page, and what a line says of them."""
    skip, closed = (filters.page - 1) * PER_PAGE, filters.state == CLOSED
    each = lanes.each
    order = (Case.closed_at.desc(), Case.id) if closed else (Case.urgent.desc(), Case.promised_on, Case.id)
    of_lane = select(*_COLUMNS).where(lanes.column == each.c.lane, *chosen).order_by(*order).limit(skip + PER_PAGE)
    found = of_lane.correlate(each).lateral("found")
    by = _order(found, closed=closed)
    page = select(found).select_from(each).join(found, true()).order_by(*by).limit(PER_PAGE).offset(skip).subquery()
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
        .order_by(*_order(page, closed=closed))
    )


def _order(rows: Any, *, closed: bool) -> tuple[ColumnElement[Any], ...]:
    return (rows.c.closed_at.desc(), rows.c.id) if closed else (rows.c.urgent.desc(), rows.c.promised_on, rows.c.id)


def _line(row: Any, holders: Collection[int | None], day: date) -> QueueLine:
    return QueueLine(
        reference=row.reference,
        kind=kind_of(row),
        state=State(row.state),
        village=row.village,
        family=written_name(row.family or ""),
        officer=row.officer,
        substitute=row.substitute,
        away_until=row.away_until,
        mine=row.assigned_to in holders,
        restricted=row.restricted,
        urgent=row.urgent,
        sent_at=row.sent_at,
        counts_from=counts_from(row),
        promised_on=row.promised_on,
        days_left=(row.promised_on - day).days,
        version=row.version,
        recorded_by=row.recorder,
        helped_by=row.helper,
        spoken_by=row.spoken_by,
    )
