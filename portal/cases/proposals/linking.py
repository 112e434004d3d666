"""Joins a proposal with its family once the record has it: every night, or when an officer looks."""

from __future__ import annotations

import json

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.cases.proposals.models import Proposal
from portal.cases.proposals.sending import ANSWERS
from portal.core.db import Scope
from portal.core.jobs import periodic
from portal.extensions import db, keys

_LINK = text("SELECT proposal_link(:proposal, :subject)")
_SCOPE = Scope("worker", job="link_proposals")


def answers_of(one: Proposal) -> dict[str, str]:
    """What was said, opened."""
    content: dict[str, str] = json.loads(keys.ring.unseal(ANSWERS, one.answers_sealed))
    return content


def link(session: Session, one: Proposal) -> bool:
    """Join it where the record has its NIK; the database says in which villages the asker may look."""
    nik = answers_of(one)["nik"]
    if not nik or one.family_id is not None:
        return False
    asked = {"proposal": one.id, "subject": keys.ring.blind_index("nik", nik)}
    return bool(session.execute(_LINK, asked).scalar_one())


@periodic("50 20 * * *")
def link_proposals() -> int:
    """Every open proposal whose family came into the record meanwhile."""
    waiting = select(Proposal).where(Proposal.closed_at.is_(None), Proposal.family_id.is_(None), Proposal.has_nik)
    with db.begin(_SCOPE) as session:
        return sum(link(session, one) for one in session.scalars(waiting.order_by(Proposal.id)).all())
