"""What the family's pages read: the record in one statement, with what the family sent beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, bindparam, func, select
from sqlalchemy.orm import Session

from portal.accounts.actor import FamilyActor
from portal.accounts.models import Staff
from portal.cases.models import Case
from portal.cases.ways import kind_key
from portal.core.nik import mask
from portal.core.quick import Question
from portal.core.sealing import Keyring
from portal.extensions import db
from portal.home.kept_home import OpenOne, keep, open_to, still_good
from portal.home.said_right import Said, said_right
from portal.inbox.models import Notice
from portal.programs.offerings import catalog_for
from portal.programs.payments import lasting
from portal.registry import queries
from portal.registry.facts import DesilFacts, FamilyFacts
from portal.registry.models import Family, Member, RecordChange, Statement
from portal.registry.queries import FAMILY
from portal.registry.snapshot import HISTORY, PARTS, History, Snapshot, facts_of, history_of, rows_of

_SHOWN = 1
_case, _staff = Case.__table__.c, Staff.__table__.c
_CASES = rows_of(
    select(
        _case.reference,
        kind_key,
        _case.state,
        _case.promised_on,
        _case.visit_on,
        _staff.name,
        func.count().filter(_case.closed_at.is_(None)).over(),
    )
    .select_from(Case.__table__.outerjoin(Staff.__table__, _staff.id == _case.assigned_to))
    .where(_case.family_id == FAMILY)
    .order_by(_case.closed_at.is_not(None), _case.sent_at.desc())
    .limit(_SHOWN)
)
_notice = Notice.__table__.c
_UNREAD = (
    select(func.count())
    .where(_notice.person_id == bindparam("person", type_=BigInteger()), _notice.read_at.is_(None))
    .scalar_subquery()
)
_HOME = Question(select(func.json_build_array(*PARTS, _CASES, _UNREAD)))
_RECORD = select(*PARTS)
_MOST_CHANGES = 120
RANKINGS = 4  # of which it is told what changed before each
_family, _member = Family.__table__.c, Member.__table__.c
_OWN = select(
    _family.kk_sealed,
    _family.address_sealed,
    _family.rt,
    _family.rw,
    _family.nkks,
    _family.bank,
    _family.card_last4,
).where(_family.id == FAMILY)
_NIKS = select(_member.id, _member.nik_sealed).where(_member.family_id == FAMILY, _member.until.is_(None))


class SentCase(NamedTuple):
    """A case of the family as home shows it; ``open_in_all`` counts those not yet answered."""

    reference: str
    kind: str
    state: str
    promised_on: date
    visit_on: date | None
    officer: str | None
    open_in_all: int


class HomeRead(NamedTuple):
    """What the home page stands on."""

    alive: bool  # the reader, by the record
    history: History
    open: list[OpenOne]
    cases: list[SentCase]
    unread: int  # messages


def read_home(actor: FamilyActor, day: date, kept: Sequence[Any] | None) -> HomeRead | None:
    """What home shows: what was kept, or read anew; None where the record shows the reader no family any more."""
    content = still_good(kept, actor, day) or _read_anew(actor, day)
    if content is None:
        return None
    alive, history, open_ones, cases, unread = content
    sent = [_sent(one) for one in cases or ()]
    return HomeRead(alive, history_of(history), [OpenOne(*one) for one in open_ones], sent, unread)


def _read_anew(actor: FamilyActor, day: date) -> Any:
    *parts, cases, unread = db.ask(_HOME, actor.scope, family=actor.family_id, person=actor.person_id)
    record = facts_of(actor.family_id, parts, reader=actor.person_id)
    if record is None:
        return None
    facts = record.facts
    alive = next((one.lives for one in facts.members if one.id == actor.member_id), True)
    catalog = catalog_for(actor).on(day)
    desils, participations, payments, changed = parts[-len(HISTORY) :]
    kept = {id(one) for one in lasting(record.history.payments, day, catalog)}
    # Of the payments only those that are looked at again: they are most of what is read.
    payments = [row for row, one in zip(payments or (), record.history.payments, strict=True) if id(one) in kept]
    history = (desils, participations, payments, changed)
    content = (alive, history, open_to(facts, day, catalog), cases, unread)
    keep(db, actor, facts, day, content)
    return content


def read_record(session: Session, actor: FamilyActor) -> Snapshot | None:
    """The record alone, for the other pages."""
    row = session.connection().execute(_RECORD, {"family": actor.family_id}).one()
    return facts_of(actor.family_id, row, reader=actor.person_id)


def _sent(row: list[Any]) -> SentCase:
    reference, kind, state, promised, visit, officer, count = row
    visit_on = date.fromisoformat(visit) if visit else None
    return SentCase(reference, kind, state, date.fromisoformat(promised), visit_on, officer, count)


class OwnFacts(NamedTuple):
    """What is sealed in the record, opened for its family: numbers only masked."""

    kk: str
    address: str | None
    rt: str | None
    rw: str | None
    nkks: str | None
    bank: str | None
    card_last4: str | None
    niks: dict[int, str]


class FullRead(NamedTuple):
    """The record with what was checked and what changed. Sealed values stand under the id of their row."""

    facts: FamilyFacts
    own: OwnFacts
    statements: list[Statement]
    stated_values: dict[int, str]
    changes: list[RecordChange]
    changed_values: dict[int, tuple[str | None, str | None]]
    places: dict[int, str]
    right: dict[int, Said]  # changes that the family said are right


def read_full(session: Session, ring: Keyring, actor: FamilyActor) -> FullRead | None:
    """Everything that the desil page tells of the family."""
    record = read_record(session, actor)
    if record is None:
        return None
    since = _looked_back_to(record.facts.desils)
    stated = queries.statements(session, actor.family_id)
    changed = queries.changes(session, actor.family_id, since=since, limit=_MOST_CHANGES)
    villages = {record.facts.village_id, *_villages(stated)}
    return FullRead(
        record.facts,
        _own(session, ring, actor.family_id),
        stated,
        {one.id: ring.unseal(one.field, one.value_sealed) for one in stated if one.value_sealed},
        changed,
        opened_changes(ring, changed),
        {village: queries.place(session, village).village for village in villages},
        said_right(session, actor.family_id),
    )


def _looked_back_to(desils: tuple[DesilFacts, ...]) -> datetime | None:
    """The start of the day of the oldest ranking before which it is not told any more what changed."""
    if not desils:
        return None
    return datetime.combine(desils[min(RANKINGS, len(desils) - 1)].ranked_on, time(), UTC)


def _villages(stated: list[Statement]) -> set[int]:
    return {int(one.value) for one in stated if one.field == "village_id" and one.value and one.value.isdigit()}


def opened_changes(ring: Keyring, changes: list[RecordChange]) -> dict[int, tuple[str | None, str | None]]:
    """The values, new and old, of the changes whose values are sealed."""
    return {one.id: _opened(ring, one) for one in changes if one.new_sealed or one.old_sealed}


def _opened(ring: Keyring, change: RecordChange) -> tuple[str | None, str | None]:
    new = ring.unseal(change.field, change.new_sealed) if change.new_sealed else None
    old = ring.unseal(change.field, change.old_sealed) if change.old_sealed else None
    return new, old


def _own(session: Session, ring: Keyring, family_id: int) -> OwnFacts:
    kk, address, rt, rw, nkks, bank, last4 = session.execute(_OWN, {"family": family_id}).one()
    niks = session.execute(_NIKS, {"family": family_id})
    return OwnFacts(
        mask(ring.unseal("kk", kk)),
        ring.unseal("address", address) if address else None,
        rt,
        rw,
        nkks,
        bank,
        last4,
        {member: mask(ring.unseal("nik", sealed)) for member, sealed in niks},
    )
