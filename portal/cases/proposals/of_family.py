"""What a family sees of a proposal that is about it: that there is one, and where it stands; never who made it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from portal.accounts.actor import FamilyActor
from portal.cases.proposals.models import Proposal
from portal.cases.workflow import STATES, State, StateInfo
from portal.extensions import db

_MOST = 10


@dataclass(frozen=True, slots=True)
class OurProposal:
    """One of them, as the database shows it to the family."""

    reference: str
    state: State
    promised_on: date
    sent_at: datetime

    @property
    def info(self) -> StateInfo:
        """What the state means; of its words the desk's, which speak to nobody."""
        return STATES[self.state]


def proposals_about(actor: FamilyActor) -> list[OurProposal]:
    """Those that were joined with the family in the record, open ones first, then the newest."""
    mine = (
        select(Proposal.reference, Proposal.state, Proposal.promised_on, Proposal.sent_at)
        .where(Proposal.family_id == actor.family_id)
        .order_by(Proposal.closed_at.is_not(None), Proposal.sent_at.desc())
        .limit(_MOST)
    )
    with db.begin(actor.scope) as session:
        return [OurProposal(row[0], State(row[1]), row[2], row[3]) for row in session.execute(mine)]
