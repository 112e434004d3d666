"""What is open to a family, worked out once and kept: it changes with the record, the catalogue and a few days a year.

To judge every programme takes the whole record and half of the time of the home page. So the answers stay, for each
reader (health facts show to some only), until the record's revision, the catalogue or the day makes them others.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from portal.accounts.actor import FamilyActor
from portal.core.db import Database
from portal.home.models import KeptOutlook
from portal.programs.catalog import CatalogDay, catalog_on, default
from portal.programs.eligibility import Outlook, State, good_until, outlooks
from portal.registry.facts import FamilyFacts
from portal.registry.snapshot import rows_of

_kept = KeptOutlook.__table__.c
#: What was kept, by the parameter ``person``, in the order in which :func:`still_good` takes it.
KEPT = rows_of(
    select(
        _kept.family_id, _kept.revision, _kept.catalogue, _kept.since, _kept.until, _kept.alive, _kept.answers
    ).where(_kept.person_id == bindparam("person", type_=BigInteger()))
)


class OpenOne(NamedTuple):
    """A programme that is open: whether it certainly fits, and the first member that it fits, with the age."""

    code: str
    fits: bool
    name: str | None = None
    age: int | None = None


class Open(NamedTuple):
    """Whether the reader lives, by the record, and what is open to the family."""

    alive: bool
    answers: list[OpenOne]


def still_good(rows: Sequence[Sequence[Any]] | None, actor: FamilyActor, day: date) -> Open | None:
    """What was kept, where it is of this state of the record and the catalogue and of this time; else None."""
    if not rows:
        return None
    family, revision, catalogue, since, until, alive, answers = rows[0]
    if (family, revision, catalogue) != (actor.family_id, actor.revisions[0], default().version):
        return None
    if not since <= day.isoformat() <= until:  # ISO days are in order as texts
        return None
    return Open(alive, [OpenOne(*one) for one in answers])


def work_out(facts: FamilyFacts, actor: FamilyActor, day: date, catalog: CatalogDay) -> Open:
    """What is open on ``day``, and whether the reader lives."""
    alive = next((one.lives for one in facts.members if one.id == actor.member_id), True)
    return Open(alive, [_in_short(one) for one in outlooks(facts, day, catalog)])


def keep(db: Database, actor: FamilyActor, facts: FamilyFacts, day: date, found: Open) -> None:
    """Keep what was worked out from these facts, in the place of what was kept before."""
    values = {
        "family_id": actor.family_id,
        "revision": actor.revisions[0],
        "catalogue": default().version,
        "since": day,
        "until": good_until(facts, day, catalog_on),
        "alive": found.alive,
        "answers": found.answers,
    }
    statement = insert(KeptOutlook).values(person_id=actor.person_id, **values)
    with db.begin(actor.scope) as session:
        session.execute(statement.on_conflict_do_update(index_elements=[KeptOutlook.person_id], set_=values))


def _in_short(answer: Outlook) -> OpenOne:
    fits = answer.state is State.MEETS
    if not answer.fitting:
        return OpenOne(answer.program.code, fits)
    member, age = answer.fitting[0]
    return OpenOne(answer.program.code, fits, member.name, age)
