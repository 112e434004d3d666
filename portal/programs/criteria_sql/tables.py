"""The prepared columns that twins are written over, each table read once: what was asked decides what is made.

A :class:`Reach` bounds every part to the same families. A subquery with ``OFFSET 0`` is worked out row by row where it
stands, so that what is asked twice is worked out once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Integer,
    SmallInteger,
    Subquery,
    Text,
    and_,
    case,
    cast,
    collate,
    extract,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    true,
)

from portal.programs.criteria_sql.base import BITS, Asked, Rows
from portal.registry.models import Desil, Family, Housing, Member, MemberHealth, Participation, Statement

SPACES = " \t\n\r\f\v"
_VILLAGE_DIGITS = 10
SHIFT = 64  # a member's number and a programme's bit in one bigint: number * SHIFT + bit
FAMILY, HOUSE = Family.__table__.alias("f"), Housing.__table__.alias("h")
#: As an offset: worked out where it stands. A constant of just this type, or no parts are worked on side by side.
HERE = literal_column("'0'::bigint", BigInteger)
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Reach:
    """Which families are read: those of a regency, with numbers from ``first`` to ``last``; all where nothing is said.

    ``scattered``: most numbers between are of other regencies, so every part looks up whose its rows are.
    """

    regency_id: int | None = None
    first: int | None = None
    last: int | None = None
    scattered: bool = False

    def families(self, family: Any) -> list[ColumnElement[bool]]:
        """What bounds a table of families."""
        here = [] if self.regency_id is None else [family.c.regency_id == self.regency_id]
        return [*here, *self._between(family.c.id)]

    def bound(self, found: Rows, family_id: ColumnElement[int]) -> Rows:
        """Rows of something that families have."""
        found = found.where(*self._between(family_id))
        if not self.scattered:
            return found
        here = Family.__table__.alias("here")
        return found.join(here, and_(here.c.id == family_id, here.c.regency_id == self.regency_id))

    def beside(self, part: Any, *same: ColumnElement[bool]) -> ColumnElement[bool]:
        """How a table is joined to one that is bound: PostgreSQL does not carry the bounds over."""
        return and_(*same, *self._between(part.c.family_id))

    def _between(self, family_id: ColumnElement[int]) -> list[ColumnElement[bool]]:
        return [] if self.first is None or self.last is None else [family_id.between(self.first, self.last)]


EVERYTHING = Reach()


def lies_in(village: ColumnElement[int], areas: Iterable[int]) -> ColumnElement[bool]:
    """Whether a village lies in one of the areas, by the span of its codes; without areas, every village does."""
    spans = []
    for area in areas:
        below = 10 ** (_VILLAGE_DIGITS - len(str(area)))
        spans.append(village.between(area * below, (area + 1) * below - 1))
    return or_(*spans) if spans else true()


def families(asked: Asked, reach: Reach, *columns: ColumnElement[Any], **parts: Any) -> Rows:
    """A row for each family of the record with ``columns``, which may be written over every prepared column."""
    found = select(*columns).select_from(FAMILY).outerjoin(HOUSE, reach.beside(HOUSE, HOUSE.c.family_id == FAMILY.c.id))
    for part in (_rank(reach), _taking_part(asked, reach, **parts), _kin(asked, reach, **parts)):
        found = found.outerjoin(part, part.c.family_id == FAMILY.c.id)
    return found.where(FAMILY.c.closed_on.is_(None), *reach.families(FAMILY))


def _rank(reach: Reach) -> Subquery:
    """The newest desil: a day and a desil in one number, of which the largest is the newest."""
    d = Desil.__table__
    days = d.c.ranked_on - literal(_EPOCH, Date)
    newest = func.max(cast(days, Integer) * 16 + d.c.desil).bitwise_and(15).label("desil")
    return reach.bound(select(d.c.family_id, newest), d.c.family_id).group_by(d.c.family_id).subquery("rank")


def _taking_part(asked: Asked, reach: Reach, *, taken: ColumnElement[int] | None = None, **_: Any) -> Subquery:
    """Programmes of a family as bits, and (``taken``: the bit of a slot) which member takes part in what."""
    a = _participations(asked, reach).offset(HERE).subquery("a")
    slot, goes_on = a.c.slot, a.c.goes_on
    columns: list[ColumnElement[Any]] = []
    for word in range((max(len(asked.slots), 1) - 1) // BITS + 1):
        shifted = literal(1, BigInteger).bitwise_lshift(slot % BITS)
        bit = case((slot // BITS == word, shifted), else_=literal(0, BigInteger))
        whole = and_(goes_on, a.c.member_id.is_(None))
        columns.append(func.bit_or(case((goes_on, bit), else_=0)).label(f"active_{word}"))
        columns.append(func.bit_or(case((whole, bit), else_=0)).label(f"whole_{word}"))
        for years in asked.spans:
            name = f"ever_{'all' if years is None else years}_{word}"
            recent = bit if years is None else case((asked.day.year - a.c.over <= years, bit), else_=0)
            columns.append(func.bit_or(recent).label(name))
    if taken is not None:
        pair = a.c.member_id * SHIFT + taken
        columns.append(func.array_agg(pair).filter(goes_on, pair.is_not(None)).label("taken"))
    return select(a.c.family_id, *columns).where(slot.is_not(None)).group_by(a.c.family_id).subquery("part")


def _participations(asked: Asked, reach: Reach) -> Rows:
    """Every participation with the slot of its programme. The record's words are folded only where they need it."""
    p = Participation.__table__
    folded: dict[str, int] = {}
    unfolded: dict[str, int] = {}
    for code, slot in asked.slots.items():
        words, own = asked.words_of(code)
        folded |= dict.fromkeys(words, slot)
        if own is not None:
            unfolded[own] = slot
    others = {word: None for word in asked.catalog.labels if word not in folded}
    known = {word: literal(slot, SmallInteger) for word, slot in (folded | unfolded | others).items()}
    typed = func.regexp_replace(_capitals(func.btrim(p.c.program, SPACES)), r"[\s_-]+", "-", "g", type_=Text)
    slow = {word: literal(slot, SmallInteger) for word, slot in folded.items()}
    found_slot: ColumnElement[int] = case(known, value=p.c.program, else_=case(slow, value=typed) if slow else null())
    goes_on = and_(p.c.active.is_(True), or_(p.c.until.is_(None), p.c.until >= asked.day))
    over = extract("year", func.coalesce(p.c.until, literal(asked.day, Date)))
    found = select(
        p.c.family_id,
        p.c.member_id,
        goes_on.label("goes_on"),
        cast(over, Integer).label("over"),
        found_slot.label("slot"),
    )
    return reach.bound(found, p.c.family_id)


def people(asked: Asked, reach: Reach) -> Rows:
    """Every living member with its health row, words folded as the rules fold them, and the birth date if it can be."""
    m, h = Member.__table__.alias("m"), MemberHealth.__table__.alias("g")
    plain = (m.c.family_id, m.c.id, m.c.sex, m.c.school_participation, m.c.school_level, m.c.school_grade)
    health = (h.c.disability, h.c.pregnant, h.c.pregnancy_no)
    work = _capitals(func.btrim(m.c.work_status, SPACES))
    several = func.btrim(func.regexp_replace(work, r"\s*/\s*", "/", "g"), SPACES)
    works = case((func.strpos(m.c.work_status, "/") > 0, several), else_=work)
    found = select(
        *plain,
        *health,
        case((m.c.birth_date <= asked.day, m.c.birth_date)).label("birth"),
        _capitals(m.c.education).label("education"),
        _capitals(m.c.orphan).label("orphan"),
        works.label("work"),
        m.c.id.not_in(_reported_dead()).label("lives"),
    ).outerjoin_from(m, h, reach.beside(h, h.c.family_id == m.c.family_id, h.c.member_id == m.c.id))
    found = found.where(m.c.until.is_(None), m.c.alive.is_not(False))
    return reach.bound(found, m.c.family_id)


def _capitals(word: ColumnElement[Any]) -> ColumnElement[str]:
    """A word of the record in capitals; its letters are those of ASCII, for which this is several times quicker."""
    return func.upper(collate(word, "C"), type_=Text)


def _reported_dead() -> Rows:
    """Members of whom an officer established that they died, which the centre has not accepted yet."""
    s = Statement.__table__
    said = (s.c.state != "accepted", s.c.subject == "member", s.c.field == "alive", func.lower(s.c.value) == "false")
    return select(s.c.subject_id).where(*said, s.c.subject_id.is_not(None))


def _kin(asked: Asked, reach: Reach, *, kept: tuple[ColumnElement[int], ...] = (), **_: Any) -> Subquery:
    """The living members of a family together; ``kept``: bits of each, of which the first say whether it fits."""
    p = people(asked, reach).offset(HERE).subquery("p")
    named = [column.label(name) for name, column in asked.questions.items()]
    bits = [column.label(f"bits_{i}") for i, column in enumerate(kept)]
    judged = select(p.c.family_id, p.c.id, p.c.lives, *named, *bits).offset(HERE).subquery("judged")
    columns = [func.max(judged.c[name]).label(name) for name in asked.questions]
    if kept:
        fits = and_(judged.c.bits_0 != 0, judged.c.lives)
        columns.append(func.array_agg(judged.c.id).filter(fits).label("ids"))
        columns += [func.array_agg(judged.c[f"bits_{i}"]).filter(fits).label(f"bits_{i}") for i in range(len(kept))]
    living = func.count().label("living")
    return select(judged.c.family_id, living, *columns).group_by(judged.c.family_id).subquery("kin")
