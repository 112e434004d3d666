"""A proposal whose promised day has passed goes one level up, as a case does: worker, kecamatan, regency."""

from __future__ import annotations

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.audit.trail import Event, record
from portal.cases.promises import raised_until
from portal.cases.proposals.models import Proposal, ProposalEvent
from portal.cases.workflow import WAITING_FOR_FAMILY, Side
from portal.core.clock import WIT, today, zone_of_area
from portal.core.db import Scope
from portal.core.jobs import periodic
from portal.extensions import db

RAISED = "raised"
_ABOVE = {"village": "kecamatan", "kecamatan": "regency"}
_ROUTE = text("SELECT staff_id, level FROM proposal_route(:village, :level, :recorder, :family, :proposal)")
_SCOPE = Scope("worker", job="raise_late_proposals")


@periodic("10 2 * * *")
def raise_late_proposals() -> int:
    """Every open proposal of which the promised day has passed while it was the officer's turn."""
    late = (
        select(Proposal)
        .where(
            Proposal.closed_at.is_(None),
            Proposal.level.in_(list(_ABOVE)),
            Proposal.promised_on < today(WIT),
            Proposal.state.not_in([state.value for state in WAITING_FOR_FAMILY]),
        )
        .order_by(Proposal.id)
        .with_for_update(skip_locked=True)
    )
    with db.begin(_SCOPE) as session:
        return sum(_raise(session, one) for one in session.scalars(late).all())


def _raise(session: Session, one: Proposal) -> bool:
    day = today(zone_of_area(one.village_id))
    if one.promised_on >= day:
        return False
    above = _ABOVE[one.level]
    asked = {"village": one.village_id, "recorder": one.recorded_by, "family": one.family_id, "proposal": one.id}
    found = session.execute(_ROUTE, asked | {"level": above}).one_or_none()
    one.assigned_to, one.level = found if found is not None else (None, above)
    one.promised_on, one.version = raised_until(one.level, day), one.version + 1
    data = {"level": one.level, "day": one.promised_on.isoformat()}
    session.add(
        ProposalEvent(
            proposal_id=one.id,
            event=RAISED,
            actor_kind=Side.PORTAL.value,
            actor_name="Portal",
            state=one.state,
            data=data,
        )
    )
    session.flush()
    record(session, Event.PROPOSAL_MOVED, family_id=one.family_id, reference=one.reference, move=RAISED)
    return True
