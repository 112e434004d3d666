"""What the home page shows, kept for each reader until something that it stands on makes it another.

To read six tables and to judge every programme is most of the time of the page that is opened most. What it found
stays good until the record, the cases or the messages change (their revisions), the catalogue does, or a birthday or
the like makes the answers others. What a page says on the day itself (late, next) is worked out from it anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy.dialects.postgresql import insert

from portal.accounts.actor import FamilyActor
from portal.accounts.sessions import found_with
from portal.core.db import Database
from portal.home.models import KeptHome
from portal.programs.catalog import CatalogDay
from portal.programs.eligibility import Outlook, State, good_until, outlooks
from portal.programs.offerings import catalog_for, version_for
from portal.registry.facts import FamilyFacts

#: The session, and in the same trip what was kept for its member (see :func:`still_good`).
KEPT = found_with("session_kept_home(:token)")


class OpenOne(NamedTuple):
    """A programme that is open: whether it certainly fits, and the first member that it fits, with the age."""

    code: str
    fits: bool
    name: str | None = None
    age: int | None = None


def still_good(kept: Sequence[Any] | None, actor: FamilyActor, day: date) -> Any:
    """What was kept, where it is of this state of everything and of this time; else None.

    With a helper beside, the member's walls are narrower than those it was read through.
    """
    if kept is None or actor.helper is not None:
        return None
    stands_on, since, until, content = kept
    if stands_on != [actor.family_id, *actor.revisions, version_for(actor)]:
        return None
    return content if since <= day.isoformat() <= until else None  # ISO days are in order as texts


def keep(db: Database, actor: FamilyActor, facts: FamilyFacts, day: date, content: Any) -> None:
    """Keep what was found for this reader, in the place of what was kept before."""
    if actor.helper is not None:
        return
    record, cases, inbox = actor.revisions
    values = {
        "family_id": actor.family_id,
        "record_revision": record,
        "cases_revision": cases,
        "inbox_revision": inbox,
        "catalogue": version_for(actor),
        "since": day,
        "until": good_until(facts, day, catalog_for(actor).on),
        "content": content,
    }
    statement = insert(KeptHome).values(person_id=actor.person_id, **values)
    with db.begin(actor.scope) as session:
        session.execute(statement.on_conflict_do_update(index_elements=[KeptHome.person_id], set_=values))


def open_to(facts: FamilyFacts, day: date, catalog: CatalogDay) -> list[OpenOne]:
    """What is open to the family on ``day``, in short."""
    return [_in_short(one) for one in outlooks(facts, day, catalog)]


def _in_short(answer: Outlook) -> OpenOne:
    fits = answer.state is State.MEETS
    if not answer.fitting:
        return OpenOne(answer.program.code, fits)
    member, age = answer.fitting[0]
    return OpenOne(answer.program.code, fits, member.name, age)
