"""A question that a family does not answer: two reminders, then the case rests. Nothing is closed by silence alone."""

from __future__ import annotations

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit.trail import Event, record
from portal.cases.models import Case, CaseEvent
from portal.cases.moves import Act, make_move, write_step
from portal.cases.promises import WAITING_STEPS, reminder_due
from portal.cases.ways import kind_of
from portal.cases.workflow import Move, Mover, Side, State
from portal.core.clock import WIT, today, zone_of_area
from portal.core.db import Scope
from portal.core.jobs import periodic
from portal.core.wording import Message
from portal.extensions import db
from portal.inbox.service import notify

REMINDED = "reminded"
_LAST_REMINDER = len(WAITING_STEPS) - 1
_SCOPE = Scope("worker", job="remind_families")
_PORTAL = Act("Portal", side=Side.PORTAL)
_log = structlog.get_logger()


class NotAllReminded(RuntimeError):
    """Some families could not be reminded; the log names their cases, and the others are done."""


@periodic("20 1 * * *")
def remind_families() -> int:
    """Remind every family that has to answer by now, and let rest what was reminded of twice."""
    done = failed = 0
    for family_id, case_id, reference in _perhaps_due():
        try:
            done += _remind(family_id, case_id)
        except Exception:
            # One case that cannot be told of must not keep the others down.
            _log.exception("family_not_reminded", reference=reference)
            failed += 1
    if failed:
        raise NotAllReminded(f"{failed} families could not be reminded")
    return done


def _perhaps_due() -> list[tuple[int, int, str]]:
    """Cases that wait for their family; each is looked at again before something is done."""
    found = (
        select(Case.family_id, Case.id, Case.reference)
        .where(Case.waits_since.is_not(None), Case.waits_since < today(WIT))
        .order_by(Case.waits_since, Case.id)
    )
    with db.begin(_SCOPE) as session:
        return [(family, case, reference) for family, case, reference in session.execute(found)]


def _remind(family_id: int, case_id: int) -> bool:
    """Remind the family once more, or let the case rest: all or nothing, and nothing before its day."""
    with db.begin(_SCOPE) as session:
        held = select(Case).where(Case.family_id == family_id, Case.id == case_id).with_for_update(skip_locked=True)
        case = session.scalar(held)
        if case is None or case.waits_since is None or case.state != State.NEEDS_MORE:
            return False
        if not reminder_due(case.reminders, case.waits_since, today(zone_of_area(case.village_id))):
            return False
        if case.reminders >= _LAST_REMINDER:
            make_move(session, case, Move.PAUSE, Mover(Side.PORTAL), _PORTAL)
        else:
            _send_reminder(session, case)
        return True


def _send_reminder(session: Session, case: Case) -> None:
    case.reminders += 1
    case.version += 1
    write_step(session, case, REMINDED, _PORTAL)
    notify(
        session,
        family_id=case.family_id,
        person_id=case.person_id,
        key="case_reminder",
        values={"title": Message(kind_of(case).title), "officer": _who_asked(session, case)},
        case_reference=case.reference,
    )
    record(session, Event.CASE_REMINDED, family_id=case.family_id, reference=case.reference, count=case.reminders)


def _who_asked(session: Session, case: Case) -> str:
    asked = (
        select(CaseEvent.actor_name)
        .where(CaseEvent.family_id == case.family_id, CaseEvent.case_id == case.id, CaseEvent.event == Move.ASK.value)
        .order_by(CaseEvent.id.desc())
        .limit(1)
    )
    return session.scalar(asked) or ""
