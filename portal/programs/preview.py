"""How many families and members an offering would reach, by village, and which condition excludes most: counts alone.

One pass of the query that finds who matches, asked for the programme as it is, once more without each condition, and
for the version before. It runs with the walls of who asks, so the office counts in its own regency only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, func, literal, select, text, union_all
from sqlalchemy.orm import Session

from portal.programs.catalog import Catalog, Program, default
from portal.programs.criteria_sql.tables import Reach, lies_in
from portal.programs.matching_sql import Pass
from portal.programs.side_by_side import SIDE_BY_SIDE, reaches_of
from portal.registry.models import Family

FEWER_THAN = 5  # a smaller count is not shown: it may say who it is
MOST_CONDITIONS = 24
_QUICK = text("SELECT set_config('statement_timeout', '30s', true)")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A programme and the areas that it asks; none is every family that is counted."""

    program: Program
    asked: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Fitting:
    """Who fits: families, and members where the programme is for members (else none)."""

    families: int
    members: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What was counted; ``excluded`` holds, for each condition, the families that fit but for it alone.

    ``added`` and ``dropped`` are families, against the version before.
    """

    all: Fitting
    villages: Mapping[int, Fitting]
    excluded: tuple[int, ...]
    added: int = 0
    dropped: int = 0

    @property
    def hardest(self) -> int | None:
        """The place of the condition that alone excludes most families; None where each alone excludes few."""
        most = max(self.excluded, default=0)
        return self.excluded.index(most) if most >= FEWER_THAN else None


def preview(
    session: Session,
    wanted: Wanted,
    day: date,
    regency_id: int | None = None,
    before: Wanted | None = None,
    catalog: Catalog | None = None,
) -> Preview:
    """Count for the families of a regency, or for all that the asker sees."""
    session.execute(_QUICK)
    session.execute(SIDE_BY_SIDE)
    programs = _variants(wanted.program)
    if before is not None:
        programs.append(_named(before.program, len(programs)))
    one = Pass(programs, day, (catalog or default()).on(day))
    counts = [_counts(one, reach, wanted, before) for reach in reaches_of(session, regency_id)]
    return _told(session.execute(union_all(*counts)) if counts else (), len(wanted.program.criteria))


def _counts(one: Pass, reach: Reach, wanted: Wanted, before: Wanted | None) -> Select[Any]:
    """What is counted in one part of the families, by village."""
    matches = one.matches(reach).subquery("m")
    bits = func.bit_or(matches.c.bits)
    people = func.count().filter(matches.c.bits.bitwise_and(literal(1, BigInteger)) != 0, matches.c.member_id != 0)
    of_family = (
        select(Family.village_id.label("village"), bits.label("bits"), people.label("people"))
        .join(matches, matches.c.family_id == Family.id)
        .where(*reach.families(Family.__table__))
        .group_by(Family.id, Family.village_id)
        .subquery("of_family")
    )
    village = of_family.c.village
    here = lies_in(village, wanted.asked)
    fits = and_(here, _has(of_family.c.bits, 0))
    columns = [func.count().filter(fits), func.coalesce(func.sum(of_family.c.people).filter(fits), 0)]
    conditions = len(wanted.program.criteria)
    without = [and_(here, ~_has(of_family.c.bits, 0), _has(of_family.c.bits, 1 + i)) for i in range(conditions)]
    columns += [func.count().filter(one) for one in without]
    if before is not None:
        fitted = and_(lies_in(village, before.asked), _has(of_family.c.bits, 1 + conditions))
        columns += [func.count().filter(and_(fits, ~fitted)), func.count().filter(and_(fitted, ~fits))]
    return select(village, *columns).group_by(village)


def _variants(program: Program) -> list[Program]:
    """The programme, then without each of its conditions. A name of its own each: who takes part in it is no matter."""
    parts = program.criteria
    without = [replace(program, criteria=parts[:i] + parts[i + 1 :]) for i in range(len(parts))]
    return [_named(one, i) for i, one in enumerate((program, *without))]


def _named(program: Program, number: int) -> Program:
    return replace(program, code=f"PREVIEW-{number}")


def _has(bits: ColumnElement[int], bit: int) -> ColumnElement[bool]:
    return bits.bitwise_and(literal(1 << bit, BigInteger)) != 0


def _told(rows: Iterable[Sequence[Any]], conditions: int) -> Preview:
    villages: dict[int, Fitting] = {}
    sums = [0] * (conditions + 2)
    for village, families, members, *others in rows:
        if families:  # a village may lie in several parts
            known = villages.get(village, Fitting(0, 0))
            villages[village] = Fitting(known.families + families, known.members + int(members))
        for i, count in enumerate(others):
            sums[i] += count
    everybody = Fitting(sum(one.families for one in villages.values()), sum(one.members for one in villages.values()))
    return Preview(everybody, villages, tuple(sums[:conditions]), sums[conditions], sums[conditions + 1])


def hidden_villages(families: Mapping[int, int]) -> frozenset[int]:
    """The villages whose count is not shown: those that are small, and where these could be worked out from the sum of
    all by taking the others away, the next smallest too."""
    ordered = sorted(families, key=lambda village: (families[village], village))
    hidden = [village for village in ordered if families[village] < FEWER_THAN]
    together = sum(families[village] for village in hidden)
    for village in ordered[len(hidden) :]:
        if not hidden or (together >= FEWER_THAN and len(hidden) > 1):
            break
        hidden.append(village)
        together += families[village]
    return frozenset(hidden)
