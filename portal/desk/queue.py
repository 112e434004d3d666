"""The queue: cases of the areas assigned to the officer, urgent ones first, then the oldest promise.

How it is read stands in ``lanes``: a page costs the same however many cases the country has.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, select, text, true
from sqlalchemy.orm import Session

from portal.accounts.actor import StaffActor
from portal.accounts.leaves import Leave, leaves_of
from portal.accounts.roles import Permission
from portal.cases.kinds import KINDS, Kind
from portal.cases.models import Case
from portal.cases.promises import promised_hours
from portal.cases.ways import counts_from, kind_key, kind_of
from portal.cases.workflow import BY_THE_CLOCK, STATES, WAITING_FOR_FAMILY, Side, State, StateInfo, is_late
from portal.core.clock import now, today
from portal.core.names import written_name
from portal.core.workdays import add_workdays
from portal.desk.lanes import COUNTED_TO, Lanes, Place, counted, read_page
from portal.desk.urgent import count_urgent, hours_left
from portal.extensions import db

OPEN, CLOSED = "open", "closed"
LATE, TODAY, SOON = "lewat", "hari-ini", "besok"  # as they stand in an address
DUE = (LATE, TODAY, SOON)
_VILLAGES = text(
    "SELECT a.id, a.name FROM unnest((SELECT staff_case_area())) r"
    " JOIN area a ON a.level = 4 AND a.id >= lower(r) AND a.id < upper(r) ORDER BY a.name, a.id"
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the officer wants to see: open cases, closed ones or those in one state."""

    state: str = OPEN
    village: int | None = None
    kind: str | None = None
    mine: bool = False
    urgent: bool = False
    due: str | None = None  # LATE, TODAY or SOON
    place: Place | None = None  # where the page begins or ends; None: at the top

    @property
    def arguments(self) -> dict[str, str]:
        """As they stand in an address."""
        given = {
            "status": "" if self.state == OPEN else self.state,
            "desa": str(self.village or ""),
            "jenis": self.kind or "",
            "saya": "1" if self.mine else "",
            "mendesak": "1" if self.urgent else "",
            "janji": self.due or "",
            ("sebelum" if self.place and self.place.back else "sesudah"): str(self.place or ""),
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
        return hours_left(self.kind.key, self.state, self.counts_from)

    @property
    def due_in(self) -> int | None:
        """Days until the answer is due, where that is today or tomorrow and the officers' turn; else None."""
        ours = self.info.turn == Side.STAFF and self.hours_left is None
        return self.days_left if ours and self.days_left in (0, 1) else None

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
    due: dict[str, Count]  # of those that the other filters let through: late, due today, due soon
    soon: date  # until when something is due soon: the next working day
    before: Place | None
    after: Place | None
    villages: list[tuple[int, str]]
    leaves: list[Leave]  # of today: the officer's own, and those in which the officer stands in
    urgent: int | None = None  # open in the whole area, for whoever oversees it

    @property
    def mark(self) -> str:
        """A short mark of everything shown."""
        lines = [(line.reference, line.version, line.days_left, line.hours_left) for line in self.lines]
        shown = [self.total, self.due, self.urgent, lines]
        return hashlib.blake2b(repr(shown).encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class LinesOfOfficer:
    """A page of what one officer has open, and the places of the pages beside it."""

    lines: list[QueueLine]
    before: Place | None
    after: Place | None


def read_queue(actor: StaffActor, filters: Filters) -> Queue:
    """The queue of the officer and of those for whom the officer stands in."""
    day = today(actor.zone)
    with db.begin(actor.scope) as session:
        leaves = leaves_of(session, [actor.staff_id])
        holders = {actor.staff_id, *(one.staff_id for one in leaves if one.is_now and one.staff_id != actor.staff_id)}
        villages = villages_of(session)
        chosen, soon = _chosen(holders, filters), add_workdays(day, 1)
        by_day = {due: [*chosen, *due_conditions(due, day, soon)] for due in DUE if filters.state != CLOSED}
        shown = by_day.get(filters.due or "", chosen)
        lanes = _lanes(holders, [area for area, _name in villages], filters)
        closed, narrowed = filters.state == CLOSED, shown is not chosen
        page = read_page(session, lanes, shown, filters.place, closed=closed, by_day=narrowed)
        total, *due = _counts(session, lanes, [shown, *by_day.values()])
        lines = [_line(row, holders, day) for row in page.rows]
        urgent = count_urgent(session, actor) if actor.may(Permission.OVERSEE_CASES) else None
    away = [one for one in leaves if one.is_now]
    counts = dict(zip(by_day, due, strict=True))
    return Queue(lines, filters, total, counts, soon, page.before, page.after, villages, away, urgent)


def lines_of_officer(actor: StaffActor, staff_id: int | None, place: Place | None) -> LinesOfOfficer:
    """A page of the open cases that an officer has (None: that nobody has)."""
    chosen: list[ColumnElement[bool]] = [Case.closed_at.is_(None), Case.restricted.is_(False)]
    with db.begin(actor.scope) as session:
        if staff_id is None:
            chosen.append(Case.assigned_to.is_(None))
            lanes = Lanes(Case.village_id, [area for area, _name in villages_of(session)])
        else:
            lanes = Lanes(Case.assigned_to, [staff_id])
        page = read_page(session, lanes, chosen, place)
        lines = [_line(row, {staff_id}, today(actor.zone)) for row in page.rows]
        return LinesOfOfficer(lines, page.before, page.after)


def lines_of(
    session: Session, holders: Collection[int], chosen: Sequence[ColumnElement[bool]], day: date
) -> list[QueueLine]:
    """The first page of the open cases of these officers that fit, in the order of the queue."""
    page = read_page(session, Lanes(Case.assigned_to, sorted(holders)), [Case.closed_at.is_(None), *chosen], None)
    return [_line(row, holders, day) for row in page.rows]


def villages_of(session: Session) -> list[tuple[int, str]]:
    """The villages whose cases the officer of the scope sees, by name."""
    return [(area, name) for area, name in session.execute(_VILLAGES)]


def _lanes(holders: Collection[int], villages: Sequence[int], filters: Filters) -> Lanes:
    if filters.mine and filters.state != CLOSED:
        return Lanes(Case.assigned_to, sorted(holders))
    if filters.village is not None:
        return Lanes(Case.village_id, [filters.village])
    return Lanes(Case.village_id, villages)


def _counts(session: Session, lanes: Lanes, each: Sequence[Sequence[ColumnElement[bool]]]) -> list[Count]:
    """How many fit each of the conditions, in one statement."""
    found = session.execute(select(*(counted(lanes, chosen) for chosen in each))).one()
    return [Count(min(number, COUNTED_TO), number > COUNTED_TO) for number in found]


def due_conditions(due: str, day: date, soon: date) -> list[ColumnElement[bool]]:
    """What is late, due on ``day`` or after it until ``soon``; what waits for the family is none of these."""
    by_clock = _late_by_the_clock()
    days = {
        LATE: and_(Case.promised_on <= day, or_(Case.promised_on < day, by_clock)),
        TODAY: and_(Case.promised_on == day, not_(by_clock)),
    }
    within = days.get(due, and_(Case.promised_on > day, Case.promised_on <= soon))
    # Both values of ``urgent`` are named so that the index leads to the days.
    return [Case.urgent.in_([True, False]), within, Case.state.not_in(list(WAITING_FOR_FAMILY))]


def _late_by_the_clock() -> ColumnElement[bool]:
    """Whether the hours of an urgent one are over; the last of its days is today then."""
    since = func.coalesce(Case.counted_from, Case.sent_at)
    over = [
        and_(kind_key == kind.key, since < now() - timedelta(hours=hours))
        for kind in KINDS.values()
        if kind.urgent and (hours := promised_hours(kind.key))
    ]
    return and_(Case.urgent, Case.state.in_(list(BY_THE_CLOCK)), or_(*over))


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
