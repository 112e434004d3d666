"""«Saya tidak mengatakan ini»: a case that an officer wrote down stops and goes to the supervisor.

By the person alone, or at a counter through another officer. The database chooses who gets it.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.accounts.actor import FamilyActor, StaffActor
from portal.audit.trail import Event, record
from portal.cases.loading import find_case
from portal.cases.models import Case
from portal.cases.moves import Act, lock_case, make_move
from portal.cases.promises import raised_until
from portal.cases.workflow import OWN_RECORDING, Move, Mover, Side
from portal.core.clock import today
from portal.core.errors import Forbidden
from portal.extensions import db

_MAY = text("SELECT may_record(:family, :person)")


def disown(actor: FamilyActor, reference: str, seen: int, reason: str) -> None:
    """The person says so. Raises ``NotFound``, ``Forbidden``, ``NotPossible`` or ``StaleCase``."""
    with db.begin(actor.scope) as session:
        case = lock_case(session, reference, seen)
        own, written = case.person_id == actor.person_id, case.recorded_by is not None
        mover = Mover(Side.FAMILY, is_sender=own, was_recorded=written)
        _stop(session, case, mover, Act(actor.name, words=reason, helper=actor.helper), actor.zone)


def disown_at_counter(actor: StaffActor, reference: str, seen: int, reason: str) -> None:
    """Another officer takes it down, the person being there."""
    with db.begin(actor.scope) as session:
        if find_case(session, reference).recorded_by == actor.staff_id:
            raise Forbidden(OWN_RECORDING)
        case = lock_case(session, reference, seen)
        here = session.execute(_MAY, {"family": case.family_id, "person": case.person_id}).scalar_one()
        mover = Mover(Side.FAMILY, is_sender=here, was_recorded=case.recorded_by is not None)
        _stop(session, case, mover, Act(actor.name, actor.staff_id, words=reason), actor.zone)


def _stop(session: Session, case: Case, mover: Mover, act: Act, zone: str) -> None:
    case.promised_on = raised_until("kecamatan", today(zone))
    make_move(session, case, Move.DISOWN, mover, act)
    record(
        session,
        Event.CASE_DISOWNED,
        family_id=case.family_id,
        reference=case.reference,
        recorded_by=case.recorded_by,
        at_counter=act.staff_id is not None,
    )
