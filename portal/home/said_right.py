"""What a family said is right in its record: kept for the family alone, taken back at will, void when the fact changes.

Nothing is decided by it. It stands on the change that recorded the fact, so a later change of the same fact is asked
about anew. Not while an officer sits beside the member: the database refuses it then, and does not show it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.accounts.actor import FamilyActor
from portal.core.clock import now
from portal.core.errors import NotFound
from portal.extensions import db
from portal.home.models import SaidRight
from portal.registry.models import RecordChange

#: Of what the family is asked, and what it is told.
ASKED_SUBJECTS = frozenset({"housing", "member", "member_health", "family"})
_OF_MEMBERS = frozenset({"member", "member_health"})
Fact = tuple[str, int | None, str]


@dataclass(frozen=True, slots=True)
class Said:
    """Who of the family said it, and when."""

    person_id: int
    at: datetime


def said_right(session: Session, family_id: int) -> dict[int, Said]:
    """What was said, by the change that it was said of."""
    found = select(SaidRight.change_id, SaidRight.person_id, SaidRight.said_at).where(SaidRight.family_id == family_id)
    return {change: Said(person, at) for change, person, at in session.execute(found)}


def newest_of_facts(changes: Iterable[RecordChange]) -> dict[Fact, int]:
    """The newest change of each fact: what was said of an older one holds no more."""
    newest: dict[Fact, int] = {}
    for change in changes:
        fact = fact_of(change)
        newest[fact] = max(change.id, newest.get(fact, 0))
    return newest


def fact_of(change: RecordChange) -> Fact:
    """Of which fact a change tells. A family has one house, whatever number its changes carry."""
    return change.subject, change.subject_id if change.subject in _OF_MEMBERS else None, change.field


def say_right(actor: FamilyActor, change_id: int) -> None:
    """Keep that this recorded fact is right, once. Raises where the member is not asked about it."""
    with db.begin(actor.scope) as session:
        _asked_about(session, actor, change_id)
        row = {"family_id": actor.family_id, "change_id": change_id, "person_id": actor.person_id, "said_at": now()}
        session.execute(insert(SaidRight).values(row).on_conflict_do_nothing())


def take_back(actor: FamilyActor, change_id: int) -> None:
    """Forget it; anybody of the family may. Raises where the member is not asked about it."""
    with db.begin(actor.scope) as session:
        _asked_about(session, actor, change_id)
        mine = (SaidRight.family_id == actor.family_id, SaidRight.change_id == change_id)
        session.execute(delete(SaidRight).where(*mine))


def _asked_about(session: Session, actor: FamilyActor, change_id: int) -> None:
    own = (RecordChange.family_id == actor.family_id, RecordChange.id == change_id)
    if session.scalar(select(RecordChange.subject).where(*own)) not in ASKED_SUBJECTS:
        raise NotFound
