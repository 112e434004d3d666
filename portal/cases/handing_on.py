"""An officer leaves: the open cases in hand go to somebody else who may have them, and their paths say so."""

from __future__ import annotations

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.accounts.models import Staff
from portal.audit.trail import Event, record
from portal.cases.models import Case, CaseEvent
from portal.core.db import Scope
from portal.core.jobs import periodic
from portal.extensions import db

HANDED_ON = "handed_on"
_TOP = "regency"
_ROUTE = text("SELECT staff_id, level FROM case_route(:family, :restricted, :recorder)")
_ABOVE = text("SELECT staff_id, level FROM case_route_above(:family, :village, :below, :recorder)")
#: A case stays on its level or goes up: what was raised is not sent back down.
_BELOW = {"kecamatan": "village", "regency": "kecamatan"}


@periodic("*/15 * * * *")
def hand_on_left_cases() -> int:
    """Hand on the open cases of every officer who is not active any more; gives how many.

    The page that ends an officer asks for it by this name (``portal.accounts.staff_ending``): who looks after officers
    sees no case, and the worker does.
    """
    left = select(Case.assigned_to).join(Staff, Staff.id == Case.assigned_to)
    with db.begin(Scope("worker", job="hand_on_left_cases")) as session:
        gone = session.scalars(left.where(Case.closed_at.is_(None), ~Staff.active).distinct()).all()
        return sum(hand_on_cases(session, staff) for staff in gone if staff is not None)


def hand_on_cases(session: Session, staff_id: int) -> int:
    """Give every open case of an officer who is not active any more to the next one, in the open transaction.

    Where nobody serves the village it waits with the regency office. State and promise stay as they are. Gives the
    number of cases.
    """
    held = (
        select(Case).where(Case.assigned_to == staff_id, Case.closed_at.is_(None)).order_by(Case.promised_on, Case.id)
    )
    cases = session.scalars(held.with_for_update()).all()
    for case in cases:
        _hand_on(session, case)
    return len(cases)


def _hand_on(session: Session, case: Case) -> None:
    before, recorder = case.level, {"recorder": case.recorded_by}  # whoever wrote it down does not get it
    if case.level in _BELOW:
        asked = {"family": case.family_id, "village": case.village_id, "below": _BELOW[case.level], **recorder}
        found = session.execute(_ABOVE, asked).one_or_none()
    else:
        found = session.execute(
            _ROUTE, {"family": case.family_id, "restricted": case.restricted, **recorder}
        ).one_or_none()
    case.assigned_to, case.level = found if found is not None else (None, _TOP)
    case.version += 1
    session.add(
        CaseEvent(
            family_id=case.family_id,
            case_id=case.id,
            event=HANDED_ON,
            actor_kind="portal",
            actor_name="Portal",
            state=case.state,
            data={"level": case.level} | ({"passed_on": True} if before == "village" != case.level else {}),
        )
    )
    session.flush()  # the next case counts this one as its new officer's
    record(session, Event.CASE_HANDED_ON, family_id=case.family_id, reference=case.reference, level=case.level)
