"""The set answer is the single-family answer, for every kind of condition and every entry of the catalogue."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from portal.core.db import Scope, set_scope
from portal.programs import catalog as catalogs
from portal.programs import matching
from portal.programs.catalog import CatalogDay
from portal.programs.criteria.base import Context, Rule, Verdict
from portal.programs.criteria.combine import KINDS, asks_member
from portal.programs.criteria_sql.base import TWINS, Asked, mixes, number_of
from portal.programs.criteria_sql.tables import EVERYTHING, FAMILY, HERE, families, people
from portal.programs.matching_sql import Pass
from portal.programs.pkh import count_members
from portal.registry.facts import FamilyFacts
from portal.registry.snapshot import PARTS, facts_of
from tests import factories as make
from tests import populations as some

WORKER = Scope("worker", job="match_regency")
NUMBER = {Verdict.MET: 2, Verdict.UNKNOWN: 1, Verdict.NOT_MET: 0}


def facts(session: Session, family: int) -> FamilyFacts:
    known = facts_of(family, tuple(session.execute(select(*PARTS), {"family": family}).one()), reader=0)
    assert known is not None
    return known.facts


def test_every_kind_has_its_twin_and_is_tried_here() -> None:
    assert set(TWINS) == set(KINDS) == set(some.MAKERS)
    assert len({some.name_of(kind) for kind in KINDS}) == len(KINDS)


@pytest.fixture
def base() -> CatalogDay:
    return catalogs.catalog_on(some.DAYS[0])


def differing(
    session: Session, rules: list[Rule], day: date, catalog: CatalogDay, every: dict[int, FamilyFacts]
) -> str:
    """Where the twin of a condition says other than the condition, in words; empty where they agree."""
    counting = catalog.by_code["PKH"].counting
    assert counting is not None
    asked = Asked(day, catalog)
    asked.counting = counting
    numbers = [number_of(asked.truth(rule)) for rule in rules]
    of_family = [i for i, rule in enumerate(rules) if not asks_member(rule)]
    rows = session.execute(families(asked, EVERYTHING, FAMILY.c.id, *(numbers[i] for i in of_family))).all()
    said = {(row[0], None, i): value for row in rows for i, value in zip(of_family, row[1:], strict=True)}
    of_member = [i for i, rule in enumerate(rules) if asks_member(rule) and not mixes(rule)]
    p = people(asked, EVERYTHING).offset(HERE).subquery("p")
    for row in session.execute(select(p.c.family_id, p.c.id, *(numbers[i] for i in of_member)).select_from(p)):
        said |= {(row[0], row[1], i): value for i, value in zip(of_member, row[2:], strict=True)}
    for family, known in every.items():
        context = Context(known, day, catalog.code_of)
        context.pkh = count_members(known, counting, catalog.stage_rupiah["PKH"], day)
        for i in (*of_family, *of_member):
            for person in (None,) if i in of_family else context.living:
                answer = NUMBER[rules[i].verdict(context, person)]
                if said[family, person and person.id, i] != answer:
                    return f"{said[family, person and person.id, i]} for {answer}: {rules[i]!r} of {person or known!r}"
    return ""


@pytest.mark.parametrize("day", some.DAYS, ids=str)
@given(seed=st.integers(0, 2**32))
@settings(max_examples=2, suppress_health_check=[*HealthCheck])
def test_set_answers_are_single_answers(connection: Connection, base: CatalogDay, day: date, seed: int) -> None:
    """Many families at once: every kind of condition, the catalogue, and random programmes."""
    random = Random(seed)
    official = [one for one in catalogs.default().programs if one.valid_until is None and one.standing == "in_force"]
    today = CatalogDay(day, [*official, *some.programs(random, base, 25)], base.labels, {})
    rules = [some.rule(random, kind) for kind in KINDS for _ in range(3)]
    rules += [part for _ in range(10) for part in some.parts(random) if not mixes(part)]
    make.as_owner(connection)
    with connection.begin_nested() as undone:
        inside = some.fill(connection, random, day, families=120, first=10**9 + random.randrange(10**6) * 1000)
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            set_scope(session, WORKER)
            every = {family: facts(session, family) for family in inside}
            assert differing(session, rules, day, today, every) == ""
            expected = {
                (family, match) for family in inside for match in matching.matches_of(every[family], day, today)
            }
            found = {
                (row.family_id, matching.Match(row.member_id or None, program.code))
                for row in session.execute(Pass(today.programs, day, today).matches())
                for bit, program in enumerate(today.programs)
                if row.bits & 1 << bit
            }
            assert found == expected
        undone.rollback()
