"""A promise that was not kept: the case goes one level up by itself, and the family reads so in its path.

From the village's worker to the kecamatan's supervisor, and after the next promised day to the regency office, where
it stays. Sealed cases are with the regency office from the start.
"""

from __future__ import annotations

from datetime import date, timedelta

import structlog
from sqlalchemy import and_, or_, select, text
from sqlalchemy.orm import Session

from portal.audit.trail import Event, record
from portal.cases.models import Case, CaseEvent
from portal.cases.path import LEVELS
from portal.cases.promises import due_at, raised_until
from portal.cases.ways import counts_from, kind_of
from portal.cases.workflow import BY_THE_CLOCK, CLOSED, State, is_late
from portal.core.clock import WIT, now, today, zone_of_area
from portal.core.db import Scope
from portal.core.jobs import periodic
from portal.core.wording import Message
from portal.extensions import db
from portal.inbox.service import notify

RAISED = "raised"
_TOP = "regency"
_SCOPE = Scope("worker", job="raise_late_cases")
_ABOVE = text("SELECT staff_id, level FROM case_route_above(:family, :village, :level, :recorder)")
_log = structlog.get_logger()


class NotAllRaised(RuntimeError):
    """Some late cases could not be raised; the log names them, and the others are raised."""


@periodic("5 * * * *")
def raise_late_cases() -> int:
    """Raise every case whose promised day has passed in its village. One transaction each; a second run finds none."""
    raised = failed = 0
    for family_id, case_id, reference in _perhaps_late():
        try:
            raised += _raise_case(family_id, case_id)
        except Exception:
            # One case that cannot go up must not keep the others down.
            _log.exception("case_not_raised", reference=reference)
            failed += 1
    if failed:
        raise NotAllRaised(f"{failed} late cases could not be raised")
    return raised


def _perhaps_late() -> list[tuple[int, int, str]]:
    """Cases past their day somewhere in the country; each is looked at again before it is raised."""
    found = (
        select(Case.family_id, Case.id, Case.reference)
        .where(
            Case.closed_at.is_(None),
            Case.level != _TOP,
            ~Case.restricted,
            or_(Case.promised_on < today(WIT), and_(Case.urgent, Case.promised_on <= today(WIT))),
        )
        .order_by(Case.promised_on, Case.id)
    )
    with db.begin(_SCOPE) as session:
        return [(family, case, reference) for family, case, reference in session.execute(found)]


def _raise_case(family_id: int, case_id: int) -> bool:
    """Raise the case if it is late now: level, officer, promise, path, message and trail, all or nothing."""
    with db.begin(_SCOPE) as session:
        # One that an officer or another worker holds at this moment waits for the next round.
        held = select(Case).where(Case.family_id == family_id, Case.id == case_id).with_for_update(skip_locked=True)
        case = session.scalar(held)
        day = today(zone_of_area(case.village_id)) if case else None
        if case is None or day is None or not _is_due(case, day):
            return False
        broken, before = case.promised_on, case.level
        asked = {"family": family_id, "village": case.village_id, "level": case.level, "recorder": case.recorded_by}
        found = session.execute(_ABOVE, asked).one_or_none()
        case.assigned_to, case.level = found if found is not None else (None, _TOP)
        case.promised_on = day + timedelta(days=1) if case.urgent else raised_until(case.level, day)
        case.counted_from = now()
        case.version += 1
        session.flush()
        _tell(session, case)
        record(
            session,
            Event.CASE_RAISED,
            family_id=family_id,
            reference=case.reference,
            promised_on=broken.isoformat(),
            before=before,
            level=case.level,
        )
        return True


def _is_due(case: Case, day: date) -> bool:
    """Whether somebody should have answered by now who is not the last to be asked."""
    if case.level == _TOP or case.restricted or case.state in CLOSED:
        return False
    due = due_at(kind_of(case).key, counts_from(case)) if case.urgent else None
    if due is not None and case.state in BY_THE_CLOCK:
        return due < now()
    return is_late(State(case.state), (case.promised_on - day).days)


def _tell(session: Session, case: Case) -> None:
    """The step on the path, and the message to the person who sent it."""
    session.add(
        CaseEvent(
            family_id=case.family_id,
            case_id=case.id,
            event=RAISED,
            actor_kind="portal",
            actor_name="Portal",
            state=case.state,
            data={"level": case.level, "day": case.promised_on.isoformat()},
        )
    )
    session.flush()
    notify(
        session,
        family_id=case.family_id,
        person_id=case.person_id,
        key="case_raised",
        values={
            "title": Message(kind_of(case).title),
            "to": Message(LEVELS[case.level]),
            "day": case.promised_on,
        },
        case_reference=case.reference,
    )
