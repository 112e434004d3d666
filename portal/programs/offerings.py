"""The catalogue of a regency: the portal's own, and beside it what the regency's office has published.

What was read of a regency is kept in memory under its revision, which every session brings along (``session_find``), so
a family's page asks nothing for it; a new publication raises the revision.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import BigInteger, bindparam, func, select
from sqlalchemy.orm import Session

from portal.accounts.actor import FamilyActor
from portal.core.quick import Question
from portal.extensions import db
from portal.programs.catalog import Catalog, Program, default
from portal.programs.place_order import Order

_PROGRAM = TypeAdapter(Program)
_PUBLISHED = Question(select(func.offerings_published(bindparam("regency", type_=BigInteger()))))
_MOST_KEPT = 600  # regencies, and catalogues made of them: there are 514
VILLAGES_OF_REGENCY = 1_000_000  # the digits of a village below its regency


class Incomplete(ValueError):
    """What was written is no programme yet: ``where`` is the path of the first fault, ``problem`` what it is."""

    def __init__(self, where: tuple[str | int, ...], problem: str) -> None:
        super().__init__(f"{'.'.join(map(str, where))}: {problem}")
        self.where, self.problem = where, problem


@dataclass(frozen=True, kw_only=True)
class Round:
    """Places and dates of one offering, and whom it asks (areas; none is the whole regency)."""

    public_id: str
    version: int
    quota: int
    registration_from: date
    registration_until: date
    starts_on: date | None
    ends_on: date | None
    order: Order
    seed: str  # of the lot
    asked: tuple[int, ...] = ()
    closed: bool = False

    def takes_registrations(self, day: date) -> bool:
        """Whether somebody can register on ``day``."""
        return not self.closed and self.registration_from <= day <= self.registration_until

    def is_over(self, day: date) -> bool:
        """Whether nobody can register any more."""
        return self.closed or day > self.registration_until

    def asks(self, village_id: int) -> bool:
        """Whether families of that village are asked."""
        return not self.asked or any(within(village_id, area) for area in self.asked)


@dataclass(frozen=True, kw_only=True)
class Offered(Program):
    """A programme of a regency office."""

    round: Round

    __hash__ = None  # type: ignore[assignment]


def within(village_id: int, area_id: int) -> bool:
    """Whether a village lies in an area of any level, by the digits of their codes."""
    village, area = str(village_id), str(area_id)
    return village.startswith(area)


def program_of(content: Mapping[str, Any]) -> Program:
    """The programme as it was stored or written; raises :class:`Incomplete`.

    The same strict type as a file of the portal's catalogue, and what a file must hold beyond the shape of its values.
    """
    try:
        program = _PROGRAM.validate_json(json.dumps(content))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise Incomplete(first["loc"], first["type"]) from None
    if program.valid_until is not None and program.valid_until < program.valid_from:
        raise Incomplete(("valid_until",), "before_from")
    if program.audience == "family" and program.member_criteria:
        raise Incomplete(("criteria",), "about_member")
    if program.audience == "member" and not program.member_criteria:
        raise Incomplete(("criteria",), "no_member")
    if program.counting is not None or any(part.kind == "pkh_component" for part in program.criteria):  # type: ignore[attr-defined]
        raise Incomplete(("counting",), "counts")
    return program


def offered(program: Program, round_: Round) -> Offered:
    """The programme with its places and dates."""
    given = {one.name: getattr(program, one.name) for one in fields(Program)}
    return Offered(**given, round=round_)


def holding(published: Sequence[Offered]) -> tuple[Offered, ...]:
    """The versions as they hold: each ends where a later one of the same offering begins."""
    kept: list[Offered] = []
    first: dict[str, date] = {}  # of the later versions of each offering
    for one in reversed(published):
        begins, until = first.get(one.round.public_id), one.valid_until
        if begins is not None:
            until = min(until or date.max, begins - timedelta(days=1))
        first[one.round.public_id] = min(one.valid_from, begins or date.max)
        if until is None or until >= one.valid_from:
            kept.append(replace(one, valid_until=until))
    return tuple(reversed(kept))


#: What was read: the revision and the offerings of a regency, and the catalogues made of some of them.
_READ: dict[int, tuple[int, tuple[Offered, ...]]] = {}
_MADE: dict[tuple[str, int, int, tuple[bool, ...]], Catalog] = {}


def published_in(regency_id: int, revision: int | None = None) -> tuple[int, tuple[Offered, ...]]:
    """The offerings of a regency and their revision; asked of the database where ``revision`` is not in memory."""
    known = _READ.get(regency_id)
    if revision == 0:
        return 0, ()  # nothing was ever published there
    if known is not None and known[0] == revision:
        return known
    return _keep(regency_id, db.ask(_PUBLISHED, regency=regency_id))


def _keep(regency_id: int, answer: Sequence[Any]) -> tuple[int, tuple[Offered, ...]]:
    """What the database said of a regency, kept in memory; read again only where it is another state."""
    revision, rows = answer
    known = _READ.get(regency_id)
    if known is None or known[0] != revision:
        known = (revision, holding([_offered(row) for row in rows]))
        if len(_READ) > _MOST_KEPT:
            _READ.clear()
        _READ[regency_id] = known
    return known


def _offered(row: Sequence[Any]) -> Offered:
    public_id, state, number, content, quota, first, last, starts, ends, asked, order, seed = row
    return offered(
        program_of(content),
        Round(
            public_id=public_id,
            version=number,
            quota=quota,
            registration_from=date.fromisoformat(first),
            registration_until=date.fromisoformat(last),
            starts_on=date.fromisoformat(starts) if starts else None,
            ends_on=date.fromisoformat(ends) if ends else None,
            order=Order(order),
            seed=seed or "",
            asked=tuple(asked),
            closed=state == "closed",
        ),
    )


def catalog_at(village_id: int, revision: int | None = None) -> Catalog:
    """The catalogue for a family of that village. Without a revision the newest is asked for."""
    regency_id = village_id // VILLAGES_OF_REGENCY
    return _catalog(village_id, *published_in(regency_id, revision))


def catalog_read(session: Session, village_id: int) -> Catalog:
    """The same, in the transaction of who asks."""
    regency_id = village_id // VILLAGES_OF_REGENCY
    answer = session.execute(select(func.offerings_published(regency_id))).scalar_one()
    return _catalog(village_id, *_keep(regency_id, answer))


def catalog_in(session: Session, regency_id: int) -> Catalog:
    """The catalogue of a regency whichever of its villages each offering asks, in the transaction of who asks.

    For who matches all families with it: there, whom it asks is one more condition.
    """
    answer = session.execute(select(func.offerings_published(regency_id))).scalar_one()
    revision, published = _keep(regency_id, answer)
    return _made_of(regency_id, revision, published, (True,) * len(published))


def _catalog(village_id: int, revision: int, all_of_regency: tuple[Offered, ...]) -> Catalog:
    asking = tuple(one.round.asks(village_id) for one in all_of_regency)
    return _made_of(village_id // VILLAGES_OF_REGENCY, revision, all_of_regency, asking)


def _made_of(regency_id: int, revision: int, all_of_regency: tuple[Offered, ...], asking: tuple[bool, ...]) -> Catalog:
    if not any(asking):
        return default()
    key = (default().version, regency_id, revision, asking)
    made = _MADE.get(key)
    if made is None:
        if len(_MADE) > _MOST_KEPT:
            _MADE.clear()
        here = [one for one, asks in zip(all_of_regency, asking, strict=True) if asks]
        made = _MADE[key] = with_offerings(here, f"{default().version}.{regency_id}.{revision}")
    return made


def with_offerings(offerings: Iterable[Program], version: str) -> Catalog:
    """The portal's own catalogue and these beside it."""
    own = default()
    return Catalog([*own.programs, *offerings], own.named, version)


def catalog_for(actor: FamilyActor) -> Catalog:
    """The catalogue for this family, of the revision that came with its session."""
    return catalog_at(actor.village_id, actor.catalogue_revision)


def version_for(actor: FamilyActor) -> str:
    """What pages of this family stand on of the catalogue; asks nobody."""
    return f"{default().version}.{actor.catalogue_revision}"
