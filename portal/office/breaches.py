"""The register of breaches: recorded by the regency office, told within 72 hours, closed by two officers."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, text
from sqlalchemy.orm import Session

from portal.accounts.actor import StaffActor
from portal.accounts.four_eyes import Act, Second, refusal
from portal.accounts.models import Staff
from portal.accounts.roles import permissions_of
from portal.audit.trail import Event, record
from portal.core.clock import now
from portal.core.errors import Conflict, NotFound
from portal.core.messages import N_
from portal.extensions import db, keys
from portal.office.breach_models import Breach
from portal.office.breach_rules import AUTHORITY, NOTICE_WITHIN, NOTICES, PEOPLE, Clock, clock_of

CHANGED = N_("A colleague changed this meanwhile. Look again, then do it once more.")
IS_CLOSED = N_("This is closed and is not changed any more.")
NOT_TOLD = N_("It cannot be closed before the people and the authority were told.")
PER_PAGE = 50
_PURPOSE = "breach"
_REGENCIES = text(
    "SELECT id, name FROM area WHERE level = 2 AND area_span(id) <@ (SELECT staff_area()) ORDER BY name LIMIT 100"
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is written down of a breach."""

    happened_at: datetime | None
    people: int
    kinds: Sequence[str]
    what: str
    who: str
    measures: str
    public_notice: bool


@dataclass(frozen=True, slots=True)
class Known:
    """One breach as the office reads it."""

    public_id: uuid.UUID
    number: int
    regency: str
    known_at: datetime
    recorded_at: datetime
    recorded_by: str
    facts: Facts
    people: Clock
    authority: Clock
    told_by: dict[str, str]  # by notice, the officer's name
    close_asked_at: datetime | None
    close_asked_by: str | None
    asked_by_id: int | None
    closed_at: datetime | None
    closed_by: str | None
    version: int

    @property
    def is_overdue(self) -> bool:
        """Whether a notice is late."""
        return self.people.is_overdue or self.authority.is_overdue

    @property
    def is_told(self) -> bool:
        """Whether everybody was told."""
        return self.people.is_told and self.authority.is_told


def regencies(actor: StaffActor) -> list[tuple[int, str]]:
    """The regencies of the office, by name."""
    with db.begin(actor.scope) as session:
        return [(row.id, row.name) for row in session.execute(_REGENCIES)]


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the register, and how many of all have somebody who was not told within the 72 hours."""

    breaches: list[Known]
    page: int
    last_page: int
    overdue: int


def listed(actor: StaffActor, page: int) -> Listed:
    """The breaches of the office's area: what is late first, then the other open ones, the newest first."""
    order = (Breach.closed_at.is_not(None), and_(*_overdue()).desc(), Breach.known_at.desc(), Breach.id)
    with db.begin(actor.scope) as session:
        last = max(1, -(-(session.scalar(select(func.count()).select_from(Breach)) or 0) // PER_PAGE))
        shown = min(max(page, 1), last)
        overdue = session.scalar(select(func.count()).select_from(Breach).where(*_overdue())) or 0
        rows = session.scalars(select(Breach).order_by(*order).limit(PER_PAGE).offset((shown - 1) * PER_PAGE))
        return Listed([_known(session, row) for row in rows], shown, last, overdue)


def _overdue() -> tuple[ColumnElement[bool], ...]:
    """An open breach of which somebody was not told in time, as ``Clock`` says it."""
    untold = or_(Breach.people_told_at.is_(None), Breach.authority_told_at.is_(None))
    return Breach.closed_at.is_(None), untold, Breach.known_at < now() - NOTICE_WITHIN


def one(actor: StaffActor, public_id: uuid.UUID) -> Known:
    """One breach. Raises ``NotFound``."""
    with db.begin(actor.scope) as session:
        return _known(session, _find(session, public_id))


def begin(actor: StaffActor, regency_id: int, known_at: datetime, facts: Facts) -> uuid.UUID:
    """Write down a breach; its clock runs from ``known_at``. Gives its public id."""
    with db.begin(actor.scope) as session:
        row = Breach(regency_id=regency_id, known_at=known_at, recorded_by=actor.staff_id, public_id=uuid.uuid4())
        _write(row, facts)
        session.add(row)
        session.flush()
        record(session, Event.BREACH_RECORDED, count=facts.people, area=regency_id)
        return row.public_id


def change(actor: StaffActor, public_id: uuid.UUID, version: int, facts: Facts) -> None:
    """Write what is known now. Raises ``Conflict`` where somebody else wrote meanwhile, or where it is closed."""
    with db.begin(actor.scope) as session:
        row = _open(session, public_id, version)
        _write(row, facts)
        row.close_asked_at = row.close_asked_by = None  # the second officer must see what the first one saw
        record(session, Event.BREACH_CHANGED, count=facts.people)


def mark_told(actor: StaffActor, public_id: uuid.UUID, version: int, notice: str) -> None:
    """Note that the written notice has been sent, now and by this officer. Once noted it stays."""
    if notice not in NOTICES:
        raise NotFound
    with db.begin(actor.scope) as session:
        row = _open(session, public_id, version)
        at = row.people_told_at if notice == PEOPLE else row.authority_told_at
        if at is not None:
            raise Conflict(CHANGED)
        if notice == PEOPLE:
            row.people_told_at, row.people_told_by = now(), actor.staff_id
        else:
            row.authority_told_at, row.authority_told_by = now(), actor.staff_id
        record(session, Event.BREACH_TOLD, notice="people" if notice == PEOPLE else "authority")


def ask_to_close(actor: StaffActor, public_id: uuid.UUID, version: int) -> None:
    """The first officer: everything is done. Another one has to confirm it."""
    with db.begin(actor.scope) as session:
        row = _open(session, public_id, version)
        if row.people_told_at is None or row.authority_told_at is None:
            raise Conflict(NOT_TOLD)
        row.close_asked_at, row.close_asked_by = now(), actor.staff_id
        record(session, Event.BREACH_CLOSING)


def close(actor: StaffActor, public_id: uuid.UUID, version: int) -> None:
    """The second officer. Raises ``Conflict`` with the reason where that one may not."""
    with db.begin(actor.scope) as session:
        row = _open(session, public_id, version)
        if row.close_asked_at is None or row.close_asked_by is None:
            raise Conflict(CHANGED)
        second = Second(actor.staff_id, permissions_of(actor.role))
        ago = now() - row.close_asked_at
        if refused := refusal(Act.CLOSE_BREACH, second, begun_by=row.close_asked_by, begun_ago=ago):
            raise Conflict(refused)
        row.closed_at, row.closed_by = now(), actor.staff_id
        record(session, Event.BREACH_CLOSED)


def _find(session: Session, public_id: uuid.UUID, *, lock: bool = False) -> Breach:
    query = select(Breach).where(Breach.public_id == public_id)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound
    return found


def _open(session: Session, public_id: uuid.UUID, version: int) -> Breach:
    row = _find(session, public_id, lock=True)
    if row.closed_at is not None:
        raise Conflict(IS_CLOSED)
    if row.version != version:
        raise Conflict(CHANGED)
    row.version += 1
    return row


def _write(row: Breach, facts: Facts) -> None:
    row.happened_at, row.people, row.public_notice = facts.happened_at, facts.people, facts.public_notice
    row.kinds = list(facts.kinds)
    row.what_sealed = keys.ring.seal(_PURPOSE, facts.what)
    row.who_sealed = keys.ring.seal(_PURPOSE, facts.who)
    row.measures_sealed = keys.ring.seal(_PURPOSE, facts.measures)


def _known(session: Session, row: Breach) -> Known:
    area = session.execute(text("SELECT name FROM area WHERE id = :a"), {"a": row.regency_id}).scalar_one()
    told = {PEOPLE: row.people_told_by, AUTHORITY: row.authority_told_by}
    ids = {i for i in (row.recorded_by, *told.values(), row.close_asked_by, row.closed_by) if i is not None}
    names = {row.id: row.name for row in session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids)))}
    what, who, measures = (
        keys.ring.unseal(_PURPOSE, sealed) for sealed in (row.what_sealed, row.who_sealed, row.measures_sealed)
    )
    return Known(
        public_id=row.public_id,
        number=row.id,
        regency=area,
        known_at=row.known_at,
        recorded_at=row.recorded_at,
        recorded_by=names[row.recorded_by],
        facts=Facts(row.happened_at, row.people, row.kinds, what, who, measures, row.public_notice),
        people=clock_of(row.known_at, row.people_told_at, now()),
        authority=clock_of(row.known_at, row.authority_told_at, now()),
        told_by={notice: names[by] for notice, by in told.items() if by is not None},
        close_asked_at=row.close_asked_at,
        close_asked_by=names.get(row.close_asked_by or 0),
        asked_by_id=row.close_asked_by,
        closed_at=row.closed_at,
        closed_by=names.get(row.closed_by or 0),
        version=row.version,
    )
