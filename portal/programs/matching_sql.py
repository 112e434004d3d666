"""All programmes for all families in one pass over the tables: the query that finds who matches.

Members are judged where they are read and folded into their family: how many live, the best answer to each question
about *any member*, and, where a programme is for members, each member's number with its answers as bits. Programmes
are bits too, so one pass takes at most ``BITS`` of them.

The worker sees every health row, so what is found rests on all facts. On facts that nobody is kept from, it is what
``eligibility.judge`` answers; a member's page may hide another's health and then says *not known* where this knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Integer,
    Subquery,
    and_,
    any_,
    case,
    cast,
    func,
    literal,
    literal_column,
    select,
    true,
)

from portal.programs.catalog import CatalogDay, Program
from portal.programs.criteria.base import Rule
from portal.programs.criteria.combine import asks_member
from portal.programs.criteria_sql.base import BITS, TWINS, Asked, Rows, Truth, mixes, number_of, truth_of
from portal.programs.criteria_sql.tables import EVERYTHING, FAMILY, HERE, SHIFT, Reach, families, lies_in
from portal.programs.offerings import Offered

_PAIR = 30  # answers of two bits in one bigint


@dataclass
class _Answers:
    """Answers kept as two bits each, in as many bigints as they need, to be read again in a later step."""

    column: str
    kept: list[Truth] = field(default_factory=list)

    def keep(self, truth: Truth) -> Truth:
        """The answer as it is read again."""
        self.kept.append(truth)
        word, place = divmod(len(self.kept) - 1, _PAIR)
        bits = literal_column(f"{self.column}_{word}", BigInteger)
        return truth_of(bits.bitwise_rshift(literal(2 * place, Integer)).bitwise_and(3))

    def columns(self) -> list[ColumnElement[int]]:
        """The bigints."""
        words = [self.kept[start : start + _PAIR] for start in range(0, len(self.kept), _PAIR)]
        return [_sum([cast(number_of(one), BigInteger) * (1 << 2 * i) for i, one in enumerate(w)]) for w in words]


def _sum(parts: Sequence[ColumnElement[int]]) -> ColumnElement[int]:
    whole = parts[0]
    for part in parts[1:]:
        whole = whole + part
    return whole


@dataclass
class _Joined:
    """Writes down a condition that asks the family and the member, over answers of both that were kept before."""

    asked: Asked
    of_family: _Answers
    of_member: _Answers

    def truth(self, rule: Rule) -> Truth:
        """The twin, with the kept answers in the place of its parts."""
        if not asks_member(rule):
            return self.of_family.keep(self.asked.truth(rule))
        if not mixes(rule):
            return self.of_member.keep(self.asked.truth(rule))
        return TWINS[type(rule)](rule, self)  # type: ignore[arg-type]


Bits = list[tuple[int, Truth]]


def bits_of(truths: Bits) -> ColumnElement[int]:
    """The bits of those that are true, as one bigint."""
    parts = [case((truth, literal(1 << bit, BigInteger)), else_=literal(0, BigInteger)) for bit, truth in truths]
    return _sum(parts) if parts else literal(0, BigInteger)


class Pass:
    """One pass: up to ``BITS`` programmes on a day."""

    def __init__(self, programs: Sequence[Program], day: date, catalog: CatalogDay) -> None:
        if len(programs) > BITS:
            raise ValueError(f"one pass takes at most {BITS} programmes")
        self.programs = programs
        self.asked = Asked(day, catalog)
        self._known = _Answers("u.family_known"), _Answers("u.member_known")
        self._families: Bits = []
        self._members: Bits = []
        self._mixed: Bits = []
        for bit, program in enumerate(programs):
            self._add(bit, program)

    def _add(self, bit: int, program: Program) -> None:
        asked = self.asked
        asked.counting = program.counting
        for_family = program.audience == "family"
        taken = asked.takes_part((program.code,)) if for_family else asked.takes_part_whole(program.code)
        here = lies_in(FAMILY.c.village_id, program.round.asked) if isinstance(program, Offered) else true()
        self._families.append((bit, and_(~taken, here, *(asked.truth(rule) for rule in program.family_criteria))))
        if for_family:
            return
        pure = [rule for rule in program.member_criteria if not mixes(rule)]
        self._members.append((bit, and_(true(), *(asked.truth(rule) for rule in pure))))
        joined = _Joined(asked, *self._known)
        if mixed := [joined.truth(rule) for rule in program.member_criteria if mixes(rule)]:
            self._mixed.append((bit, and_(*mixed)))

    def matches(self, reach: Reach = EVERYTHING) -> Rows:
        """A row for each family (``member_id`` 0) and each member that matches, with its programmes as ``bits``."""
        u = self._members_of(self._folded(reach).offset(HERE).subquery("fam")).subquery("u")
        bits = u.c.bits.bitwise_and(u.c.met)
        if self._mixed:
            others = (1 << BITS) - 1 - sum(1 << bit for bit, _ in self._mixed)
            bits = bits.bitwise_and(bits_of(self._mixed).bitwise_or(literal(others, BigInteger)))
        if self._members:
            bits = bits.bitwise_and(_not_taken(u.c.member_id, u.c.taken, self._members))
        return select(u.c.family_id, u.c.member_id, bits.label("bits")).where(bits != 0)

    def _members_of(self, fam: Subquery) -> Rows:
        """A row for each family with anything that it fits, and one for each member that was kept."""
        kept = [one for one in fam.c if isinstance(one.type, ARRAY) and one.name != "taken"]
        rows = [func.unnest(one, type_=BigInteger).label(one.name) for one in kept]
        return select(*(one for one in fam.c if one not in set(kept)), *rows).where(fam.c.met != 0)

    def _folded(self, reach: Reach) -> Rows:
        """A row for each family: the programmes it fits as bits, and its members that fit with theirs."""
        whole = literal(sum(1 << bit for bit, one in enumerate(self.programs) if one.audience == "family"), BigInteger)
        columns = [FAMILY.c.id.label("family_id"), bits_of(self._families).label("met")]
        columns += [one.label(f"family_known_{i}") for i, one in enumerate(self._known[0].columns())]
        if not self._members:
            columns += [_appended(_EMPTY, _NONE).label("member_id"), _appended(_EMPTY, whole).label("bits")]
            return families(self.asked, reach, *columns)
        kept = (bits_of(self._members), *self._known[1].columns())
        slots = {self.asked.slot(self.programs[bit].code): bit for bit, _ in self._members}
        columns += [_appended(_kin("ids"), _NONE).label("member_id"), _appended(_kin("bits_0"), whole).label("bits")]
        for i in range(1, len(kept)):
            columns.append(_appended(_kin(f"bits_{i}"), _NONE).label(f"member_known_{i - 1}"))
        columns.append(literal_column("part.taken", ARRAY(BigInteger)).label("taken"))
        return families(self.asked, reach, *columns, kept=kept, taken=case(slots, value=literal_column("a.slot")))


_EMPTY, _NONE = cast([], ARRAY(BigInteger)), literal(0, BigInteger)


def _kin(column: str) -> ColumnElement[Any]:
    return literal_column(f"kin.{column}", ARRAY(BigInteger))


def _appended(array: ColumnElement[Any], last: ColumnElement[int]) -> ColumnElement[Any]:
    """The members' values, and at their end that of the family itself."""
    return func.array_append(array, last, type_=ARRAY(BigInteger))


def _not_taken(member_id: ColumnElement[int], taken: ColumnElement[Any], members: Bits) -> ColumnElement[int]:
    """All bits but those of the programmes that the member takes part in now.

    Written out, since a subquery about each row keeps PostgreSQL from working on several parts side by side.
    """
    own = bits_of([(bit, (member_id * SHIFT + bit) == any_(taken)) for bit, _ in members])
    return case((taken.is_(None), literal(-1, BigInteger)), else_=own.bitwise_not())
