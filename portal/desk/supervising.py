"""Who has how much in an area, who is away, and cases given from one officer to another by whoever oversees both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.accounts.actor import StaffActor
from portal.accounts.leaves import Leave, leaves_of
from portal.accounts.models import Staff
from portal.audit.trail import Event, record
from portal.cases.models import Case
from portal.cases.moves import Act, NotPossible, lock_case, tell_sender, write_step
from portal.cases.workflow import IS_CLOSED, LOCAL, WAITING_FOR_FAMILY, State
from portal.core.clock import today
from portal.core.errors import NotFound, PortalError
from portal.core.messages import N_
from portal.core.workdays import add_workdays
from portal.extensions import db

GIVEN = "given"  # the step on the path
_LEVELS = ("village", "kecamatan", "regency")
_WORKING = ("social_worker", "supervisor", "regency_office")
_MAY_GO_UP = LOCAL | {State.SENT}
# Lane by lane, as the queue: under the walls a plain sum would read every case of the country.
_LOAD = text(
    "SELECT c.assigned_to, count(*) AS number, count(*) FILTER (WHERE c.urgent) AS urgent,"
    " count(*) FILTER (WHERE c.promised_on < :day AND c.state <> ALL (:waiting)) AS late,"
    " count(*) FILTER (WHERE c.promised_on BETWEEN :day AND :soon AND c.state <> ALL (:waiting)) AS soon,"
    " min(c.promised_on) AS oldest"
    " FROM unnest((SELECT staff_case_area())) r JOIN area a ON a.level = 4 AND a.id >= lower(r) AND a.id < upper(r)"
    " JOIN cases c ON c.village_id = a.id WHERE c.closed_at IS NULL AND NOT c.restricted GROUP BY c.assigned_to"
)
_OVERSEEN = text("SELECT unnest(staff_overseen())")
_TAKER = text("SELECT level FROM case_takers(:family, :village) WHERE staff_id = :to")

HAS_IT = N_("This officer has it already.")
SEALED = N_("Sealed submissions are not handed over here.")
NOT_THEIRS = N_("This officer does not serve the village today, or may not have this submission.")
NOT_THIS_STAGE = N_("At this stage it stays where it is.")


@dataclass(frozen=True, slots=True)
class Load:
    """What an officer has open; ``public_id`` is None for the cases that nobody has. Sealed cases are not counted."""

    staff_id: int | None
    public_id: UUID | None
    name: str
    title: str
    number: int = 0
    urgent: int = 0
    late: int = 0
    soon: int = 0  # due today or until the next working day
    oldest: date | None = None  # the oldest promise
    leave: Leave | None = None  # of today


@dataclass(frozen=True, slots=True)
class Taker:
    """An officer to whom cases may be given."""

    public_id: UUID
    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Given:
    """What came of giving cases: how many went, and why others stayed (reference and message key)."""

    done: int
    left: Sequence[tuple[str, str]]


def load_of_area(actor: StaffActor) -> list[Load]:
    """Every officer who works on cases of the area, those with the most late ones first."""
    day = today(actor.zone)
    asked = {"day": day, "soon": add_workdays(day, 1), "waiting": [state.value for state in WAITING_FOR_FAMILY]}
    with db.begin(actor.scope) as session:
        sums = {row.assigned_to: row for row in session.execute(_LOAD, asked)}
        officers = _officers(session, actor, [holder for holder in sums if holder is not None])
        away = {leave.staff_id: leave for leave in leaves_of(session, [one.id for one in officers]) if leave.is_now}
    loads = [_load(one, sums.get(one.id), away.get(one.id)) for one in officers]
    loads.sort(key=lambda load: (-load.late, -load.soon, -load.number, load.name))
    nobody = sums.get(None)
    return [_load(None, nobody, None), *loads] if nobody else loads


def takers(actor: StaffActor, not_to: UUID | None) -> list[Taker]:
    """The officers among whom to choose; whether one may have a case is asked for each case."""
    with db.begin(actor.scope) as session:
        officers = _officers(session, actor, [])
    return [Taker(one.public_id, one.name, one.title) for one in officers if one.active and one.public_id != not_to]


def officer_of(actor: StaffActor, public_id: UUID) -> Load:
    """The officer, where the one who asks oversees that one. Raises ``NotFound``."""
    found = next((one for one in load_of_area(actor) if one.public_id == public_id), None)
    if found is None:
        raise NotFound
    return found


def give(actor: StaffActor, chosen: Sequence[tuple[str, int]], to: UUID, reason: str) -> Given:
    """Give cases, each by the version that was seen; each is a transaction, and one that may not go stays."""
    done, left = 0, []
    for reference, seen in chosen:
        try:
            _give_one(actor, reference, seen, to, reason)
        except PortalError as refused:
            left.append((reference, refused.message))
        else:
            done += 1
    return Given(done, left)


def _give_one(actor: StaffActor, reference: str, seen: int, to: UUID, reason: str) -> None:
    with db.begin(actor.scope) as session:
        taker = session.scalar(select(Staff).where(Staff.public_id == to, Staff.active))
        case = lock_case(session, reference, seen)
        if taker is None:
            raise NotPossible(NOT_THEIRS)
        asked = {"family": case.family_id, "village": case.village_id, "to": taker.id}
        level = session.execute(_TAKER, asked).scalar_one_or_none()
        _check(case, taker.id, level)
        case.assigned_to, case.level = taker.id, level or case.level
        case.version += 1
        data = {"to": taker.name, "level": case.level}
        write_step(session, case, GIVEN, Act(actor.name, actor.staff_id, words=reason, data=data))
        tell_sender(session, case, "case_taken_over", Act(taker.name, taker.id))
        record(
            session, Event.CASE_GIVEN, family_id=case.family_id, reference=reference, staff=taker.id, level=case.level
        )


def _check(case: Case, to: int, level: str | None) -> None:
    """Whether the case may go to that officer, who would have it on ``level``. Raises ``NotPossible``."""
    if case.closed_at is not None:
        raise NotPossible(IS_CLOSED)
    if case.restricted:
        raise NotPossible(SEALED)
    if case.assigned_to == to:
        raise NotPossible(HAS_IT)
    if level is None or to in (case.recorded_by, case.not_for, case.first_decider):
        raise NotPossible(NOT_THEIRS)
    higher = _LEVELS.index(level) - _LEVELS.index(case.level)
    if higher < 0 or (higher > 0 and State(case.state) not in _MAY_GO_UP):
        raise NotPossible(NOT_THIS_STAGE)


def _officers(session: Session, actor: StaffActor, holders: Sequence[int]) -> list[Staff]:
    overseen = set(session.scalars(_OVERSEEN)) | {actor.staff_id}
    found = select(Staff).where(Staff.id.in_(overseen | set(holders)), Staff.role.in_(_WORKING)).order_by(Staff.name)
    return list(session.scalars(found))


def _load(officer: Staff | None, row: Any, leave: Leave | None) -> Load:
    return Load(
        officer.id if officer else None,
        officer.public_id if officer else None,
        officer.name if officer else "",
        officer.title if officer else "",
        row.number if row else 0,
        row.urgent if row else 0,
        row.late if row else 0,
        row.soon if row else 0,
        row.oldest if row else None,
        leave,
    )
