"""Finds families and their cases within the officer's own villages: by reference, number or name.

A number of somebody elsewhere answers as one that nobody has, in the same statements. Sealed cases are kept back by
the walls of the database. The trail keeps what kind of search it was and which families were listed; the family whose
card or submission was asked for reads it among the looks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.accounts.actor import StaffActor
from portal.accounts.signin import subject_of
from portal.audit.looks import note_look
from portal.audit.trail import Event, record
from portal.cases.kinds import Kind
from portal.cases.models import Case
from portal.cases.ways import OF_KIND, kind_of
from portal.cases.workflow import STATES, State, StateInfo
from portal.core.names import written_name
from portal.core.nik import mask
from portal.desk.queue import villages_of
from portal.desk.search_words import By, Wanted
from portal.extensions import db, keys
from portal.registry.models import Area, Family, Member

MOST = 20
#: Of a name; whoever has more villages chooses a kecamatan or a village. The database brings no index of parts of a
#: name, so every member of the villages is looked at: 40,000 in a tenth of a second, those of a regency in several.
VILLAGES_AT_ONCE = 40
_OF_KECAMATAN = 10_000  # the digits of a village within its kecamatan
_CASES_OF_ONE = 5
LOOK = "search"  # a key of the reasons of looks
_BY_NIK = text("SELECT family_id, member_id FROM desk_find_nik(:subject)")
_BY_NAME = text("SELECT family_id, member_id FROM desk_find_name(:patterns, :villages, :most)")


@dataclass(frozen=True, slots=True)
class FoundCase:
    """A case of a family that was found."""

    reference: str
    kind: Kind
    state: State
    sent_at: datetime

    @property
    def info(self) -> StateInfo:
        """What the state means."""
        return STATES[self.state]


@dataclass(frozen=True, slots=True)
class FoundFamily:
    """A family of the own villages: who was found of it (else its head), and its newest cases."""

    name: str
    nik: str  # masked
    kk: str  # masked
    village: str
    cases: Sequence[FoundCase]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search gives."""

    families: Sequence[FoundFamily]
    more: bool  # than are shown


@dataclass(frozen=True, slots=True)
class Places:
    """Where the officer may search, by name: villages, and kecamatan with how many of the own villages lie there."""

    villages: Sequence[tuple[int, str]]
    kecamatan: Sequence[tuple[int, str, int]]


def own_places(actor: StaffActor) -> Places:
    """The villages of the officer, and their kecamatan where there are several."""
    with db.begin(actor.scope) as session:
        villages = villages_of(session)
        of = Counter(area // _OF_KECAMATAN for area, _name in villages)
        named = select(Area.id, Area.name).where(Area.id.in_(of)).order_by(Area.name, Area.id)
        found = [(area, name, of[area]) for area, name in session.execute(named)] if len(of) > 1 else []
        return Places(villages, found)


def search(actor: StaffActor, sought: Wanted, area: int | None) -> Found:
    """The families that fit, at most twenty. ``area`` (a village or kecamatan) narrows a name down; another one's finds
    nothing.
    """
    with db.begin(actor.scope) as session:
        hits = _hits(session, sought, area)
        more, hits = len(hits) > MOST, hits[:MOST]
        families = [found for family, member in hits if (found := _open(session, sought, family, member))]
        _leave_trace(session, sought, [family for family, _member in hits])
        return Found(families, more)


def _hits(session: Session, sought: Wanted, within: int | None) -> list[tuple[int, int | None]]:
    """Family and member; the member is None where the family itself was asked for."""
    if sought.by is By.REFERENCE:
        of_case = select(Case.family_id).where(Case.reference == sought.value)
        return [(family, None) for family in session.scalars(of_case)]
    if sought.by is By.NAME:
        own = [area for area, _name in villages_of(session) if within in (None, area, area // _OF_KECAMATAN)]
        own = own if within else own[:VILLAGES_AT_ONCE]
        asked = {"patterns": list(sought.patterns), "villages": own, "most": MOST + 1}
        return _once(session.execute(_BY_NAME, asked))
    by_nik = _once(session.execute(_BY_NIK, {"subject": subject_of(sought.value)}))
    hashes = keys.ring.blind_indexes("kk", sought.value)
    by_kk = [(family, None) for family in session.scalars(select(Family.id).where(Family.kk_hash.in_(hashes)))]
    of_nkks = select(Family.id).where(Family.nkks == sought.value).order_by(Family.id).limit(MOST + 1)
    return _once([*by_nik, *by_kk, *((family, None) for family in session.scalars(of_nkks))])


def _once(hits: Iterable[Sequence[Any]]) -> list[tuple[int, int | None]]:
    """Each family once, by its first hit."""
    first: dict[int, int | None] = {}
    for family, member in hits:
        first.setdefault(family, member)
    return list(first.items())


def _open(session: Session, sought: Wanted, family: int, member: int | None) -> FoundFamily | None:
    """What the list shows of a family; None where nobody stands in it any more."""
    who = (
        select(Member.name, Member.nik_sealed, Family.kk_sealed, Area.name.label("village"))
        .join(Family, Family.id == Member.family_id)
        .join(Area, Area.id == Family.village_id)
        .where(Member.family_id == family, Member.until.is_(None))
        .order_by(Member.relation.nulls_last(), Member.id)
        .limit(1)
    )
    row = session.execute(who if member is None else who.where(Member.id == member)).one_or_none()
    if row is None:
        return None
    cases = (
        select(Case.reference, *OF_KIND, Case.state, Case.sent_at)
        .where(Case.family_id == family)
        .order_by(Case.closed_at.is_not(None), Case.sent_at.desc(), Case.id.desc())
        .limit(_CASES_OF_ONE)
    )
    if sought.by is By.REFERENCE:
        cases = cases.where(Case.reference == sought.value)
    return FoundFamily(
        written_name(row.name),
        mask(keys.ring.unseal("nik", row.nik_sealed)),
        mask(keys.ring.unseal("kk", row.kk_sealed)),
        row.village,
        [FoundCase(one.reference, kind_of(one), State(one.state), one.sent_at) for one in session.execute(cases)],
    )


def _leave_trace(session: Session, sought: Wanted, families: list[int]) -> None:
    """The event, whatever was found; and the look at a family that was singled out."""
    record(session, Event.CASES_SEARCHED, by=sought.by.value, families=families)
    if sought.by is By.NAME and len(families) != 1:
        return
    for family in families:
        note_look(session, family, LOOK, sought.value if sought.by is By.REFERENCE else None)
