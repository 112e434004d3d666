"""The queue: cases of the areas assigned to the officer, the oldest promise first."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, select
from sqlalchemy.orm import aliased

from portal.accounts.actor import StaffActor
from portal.accounts.leaves import Leave, leaves_of
from portal.accounts.models import Staff
from portal.cases.kinds import KINDS, Kind
from portal.cases.models import Case
from portal.cases.promises import due_at
from portal.cases.workflow import STATES, WAITING_FOR_FAMILY, State, StateInfo, is_late
from portal.core.clock import now, today
from portal.core.names import written_name
from portal.extensions import db
from portal.registry.models import Area, Member

PER_PAGE = 25
OPEN, CLOSED = "open", "closed"


@dataclass(frozen=True, slots=True)
class Filters:
    """What the officer wants to see: open cases, closed ones or those in one state."""

    state: str = OPEN
    village: int | None = None
    kind: str | None = None
    mine: bool = False
    page: int = 1

    @property
    def arguments(self) -> dict[str, str]:
        """As they stand in an address."""
        given = {
            "status": "" if self.state == OPEN else self.state,
            "desa": str(self.village or ""),
            "jenis": self.kind or "",
            "saya": "1" if self.mine else "",
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
    mine: bool
    restricted: bool
    sent_at: datetime
    promised_on: date
    days_left: int
    version: int
    recorded_by: str | None  # the officer who wrote it down for the person
    helped_by: str | None

    @property
    def info(self) -> StateInfo:
        """What the state means."""
        return STATES[self.state]

    @property
    def late(self) -> bool:
        """Whether the promise is broken."""
        due = due_at(self.kind.key, self.sent_at) if self.state in (State.SENT, State.WITH_WORKER) else None
        return is_late(self.state, self.days_left) or (due is not None and due < now())


@dataclass(frozen=True, slots=True)
class Queue:
    """One page of the queue. ``mark`` changes when anything on the page does."""

    lines: list[QueueLine]
    filters: Filters
    total: int
    late: int
    last_page: int
    villages: list[tuple[int, str]]
    leaves: list[Leave]  # of today: the officer's own, and those in which the officer stands in

    @property
    def mark(self) -> str:
        """A short mark of everything shown."""
        shown = [self.total, self.late, [(line.reference, line.version, line.days_left) for line in self.lines]]
        return hashlib.blake2b(repr(shown).encode(), digest_size=8).hexdigest()


def read_queue(actor: StaffActor, filters: Filters) -> Queue:
    """The queue of the officer and of those for whom the officer stands in, in four statements."""
    day = today(actor.zone)
    late = and_(Case.promised_on < day, Case.state.not_in(list(WAITING_FOR_FAMILY)), Case.closed_at.is_(None))
    with db.begin(actor.scope) as session:
        leaves = leaves_of(session, [actor.staff_id])
        holders = {actor.staff_id, *(one.staff_id for one in leaves if one.is_now and one.staff_id != actor.staff_id)}
        chosen = _chosen(holders, filters)
        counted = select(func.count(), func.count().filter(late)).select_from(Case).where(*chosen)
        total, late_ones = session.execute(counted).one()
        last = max(1, -(-total // PER_PAGE))
        filters = replace(filters, page=min(max(filters.page, 1), last))
        rows = session.execute(_lines(chosen, filters))
        lines = [_line(row, holders, day) for row in rows]
        open_villages = select(Case.village_id).where(Case.closed_at.is_(None)).distinct()
        named = select(Area.id, Area.name).where(Area.id.in_(open_villages)).order_by(Area.name)
        villages = [(area, name) for area, name in session.execute(named)]
    return Queue(lines, filters, total, late_ones, last, villages, [one for one in leaves if one.is_now])


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
        chosen.append(Case.kind == filters.kind)
    if filters.mine:
        chosen.append(Case.assigned_to.in_(holders))
    return chosen


def _lines(chosen: Sequence[ColumnElement[bool]], filters: Filters) -> Select[Any]:
    head = (
        select(Member.name)
        .where(Member.family_id == Case.family_id, Member.until.is_(None))
        .order_by(Member.relation.nulls_last(), Member.id)
        .limit(1)
        .scalar_subquery()
    )
    order = (Case.closed_at.desc(),) if filters.state == CLOSED else (Case.promised_on, Case.id)
    recorder, helper = aliased(Staff), aliased(Staff)
    return (
        select(
            Case.reference,
            Case.kind,
            Case.state,
            Area.name.label("village"),
            head.label("family"),
            Staff.name.label("officer"),
            Case.assigned_to,
            Case.restricted,
            Case.sent_at,
            Case.promised_on,
            Case.version,
            recorder.name.label("recorded_by"),
            helper.name.label("helped_by"),
        )
        .join(Area, Area.id == Case.village_id)
        .outerjoin(Staff, Staff.id == Case.assigned_to)
        .outerjoin(recorder, recorder.id == Case.recorded_by)
        .outerjoin(helper, helper.id == Case.helped_by)
        .where(*chosen)
        .order_by(*order)
        .limit(PER_PAGE)
        .offset((filters.page - 1) * PER_PAGE)
    )


def _line(row: Any, holders: Collection[int], day: date) -> QueueLine:
    return QueueLine(
        reference=row.reference,
        kind=KINDS[row.kind],
        state=State(row.state),
        village=row.village,
        family=written_name(row.family or ""),
        officer=row.officer,
        mine=row.assigned_to in holders,
        restricted=row.restricted,
        sent_at=row.sent_at,
        promised_on=row.promised_on,
        days_left=(row.promised_on - day).days,
        version=row.version,
        recorded_by=row.recorded_by,
        helped_by=row.helped_by,
    )
