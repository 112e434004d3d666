"""The set answer is the single-family answer, for every kind of condition and every entry of the catalogue."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.orm import Session

from portal.core.db import Scope, set_scope
from portal.extensions import db
from portal.programs import catalog as catalogs
from portal.programs import matching, matching_jobs
from portal.programs.catalog import Catalog, CatalogDay
from portal.programs.criteria.base import Context, Rule, Verdict
from portal.programs.criteria.combine import KINDS, asks_member
from portal.programs.criteria_sql.base import TWINS, Asked, mixes, number_of
from portal.programs.criteria_sql.tables import EVERYTHING, FAMILY, HERE, Reach, families, people
from portal.programs.matching_sql import Pass
from portal.programs.models import MATCH_REGENCY
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


def found(session: Session, today: CatalogDay, reach: Reach) -> set[tuple[int, matching.Match]]:
    """What the pass finds."""
    return {
        (row.family_id, matching.Match(row.member_id or None, program.code))
        for row in session.execute(Pass(today.programs, today.day, today).matches(reach))
        for bit, program in enumerate(today.programs)
        if row.bits & 1 << bit
    }


@pytest.mark.parametrize("day", some.DAYS, ids=str)
@given(seed=st.integers(0, 2**32))
@settings(max_examples=2, phases=[Phase.generate], suppress_health_check=[*HealthCheck])  # a smaller seed says no more
def test_set_answers_are_single_answers(connection: Connection, base: CatalogDay, day: date, seed: int) -> None:
    """Many families at once: every kind of condition, the catalogue, and random programmes."""
    random = Random(seed)
    official = [one for one in catalogs.default().programs if one.valid_until is None and one.standing == "in_force"]
    added = list(some.programs(random, base, 25))
    added[-6:] = [some.asking(random, one) for one in added[-6:]]
    today = CatalogDay(day, [*official, *added], base.labels, {})
    rules = [some.rule(random, kind) for kind in KINDS for _ in range(3)]
    rules += [part for _ in range(10) for part in some.parts(random) if not mixes(part)]
    make.as_owner(connection)
    with connection.begin_nested() as undone:
        inside = some.fill(connection, random, day, families=90, first=10**9 + random.randrange(10**6) * 1000)
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            set_scope(session, WORKER)
            every = {family: facts(session, family) for family in inside}
            assert differing(session, rules, day, today, every) == ""
            expected = {(one, match) for one in inside for match in matching.matches_of(every[one], day, today)}
            assert found(session, today, EVERYTHING) == expected
            here = {family for family in inside if every[family].village_id == make.VILLAGE}
            for scattered in (False, True):
                reach = Reach(make.REGENCY, min(inside), max(inside), scattered)
                assert found(session, today, reach) == {(one, match) for one, match in expected if one in here}
        undone.rollback()


STORED = text("SELECT family_id, member_id, program FROM eligible")


def stored(session: Session, families: list[int]) -> set[tuple[int, matching.Match]]:
    return {(row[0], matching.Match(row[1], row[2])) for row in session.execute(STORED) if row[0] in families}


def test_a_run_writes_the_difference_and_one_family_finds_the_same(connection: Connection) -> None:
    """New, still and gone, for a regency and for one family; what still matches keeps when it was found and told."""
    day, later, catalog = date(2026, 11, 22), date(2026, 11, 23), catalogs.default()
    make.as_owner(connection)
    inside = some.fill(connection, Random(7), day, families=150, first=5 * 10**9)
    villages = {row[0]: row[1] for row in connection.execute(text("SELECT id, regency_id FROM family"))}
    here = [family for family in inside if villages[family] == make.REGENCY]
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        set_scope(session, WORKER)

        def expected(families: list[int], on: date) -> set[tuple[int, matching.Match]]:
            today = catalog.on(on)
            return {(one, match) for one in families for match in matching.matches_of(facts(session, one), on, today)}

        first = matching.match_regency(session, make.REGENCY, day)
        assert stored(session, inside) == expected(here, day)
        assert (first.new, first.gone) == (len(expected(here, day)), 0)
        assert first.new > 50
        everywhere = matching.match_regency(session, None, day)
        assert stored(session, inside) == expected(inside, day)
        assert everywhere.gone == 0
        session.execute(text("UPDATE eligible SET told_at = '2026-11-22 03:00+00', since = '2026-11-01'"))
        one, closed = here[3], here[4]
        session.execute(
            text("UPDATE desil SET desil = 11 - desil WHERE family_id % 2 = 0 OR family_id = :f"), {"f": one}
        )
        session.execute(text("UPDATE family SET closed_on = :d WHERE id = :f"), {"d": day, "f": closed})
        matching.match_family(session, one, later)
        assert stored(session, [one]) == expected([one], later)
        changed = matching.match_regency(session, None, later)
        staying = [family for family in inside if family != closed]
        assert stored(session, inside) == expected(staying, later)
        assert changed.new and changed.gone
        again = matching.match_regency(session, None, later)
        assert again == matching.Difference(0, 0)
        dates = {(row[0], row[1]) for row in session.execute(text("SELECT since, told_at IS NULL FROM eligible"))}
        assert dates == {(date(2026, 11, 1), False), (later, True)}
        matching.match_family(session, one, later, Catalog([], [], "none"))
        assert stored(session, [one]) == set()


def test_who_may_read_what_was_found(connection: Connection) -> None:
    """A family its own; what rests on a health fact only who may read that fact; an officer the own villages."""
    family = make.make_family(connection, head={"health": {"disability": 0, "pregnant": True}})
    other = make.make_family(connection, village_id=make.FAR_VILLAGE)
    husband = make.make_member(connection, family.id, relation=2, sex="L")
    officer = make.make_staff(connection, make.VILLAGE)
    rows = [(family.id, None, "PKH", True), (family.id, None, "RST", False), (family.id, family.head.id, "T-1", True),
            (family.id, husband.id, "T-2", False), (other.id, None, "RST", False)]  # fmt: skip
    for of, member, program, health in rows:
        make.insert(connection, "eligible", family_id=of, member_id=member, program=program, about_health=health,
                    since=date(2026, 11, 22), catalog_version="x")  # fmt: skip

    def seen(scope: Scope) -> set[str]:
        with db.begin(scope) as session:
            return {f"{row.family_id == family.id}:{row.program}" for row in session.execute(STORED)}

    own = {"True:RST", "True:T-2"}
    assert seen(Scope("family", person_id=husband.person_id, family_id=family.id)) == own
    assert seen(Scope("family", person_id=family.head.person_id, family_id=family.id)) == own | {"True:T-1"}
    assert seen(officer.scope) == own | {"True:T-1", "True:PKH"}
    assert seen(Scope("worker")) == set()


def test_the_jobs_run_as_the_worker(as_worker: Engine) -> None:
    """Nightly for each regency with families, and for one family: through the worker's own role, asked for by id."""
    with as_worker.begin() as owner:
        family = make.make_family(owner, desil=1)
    assert matching_jobs.match_all() == 1
    with as_worker.connect() as owner:
        asked = owner.execute(text("SELECT task_name, args FROM jobs.procrastinate_jobs")).all()
    assert [tuple(row) for row in asked] == [(MATCH_REGENCY, {"regency": make.REGENCY})]
    assert matching_jobs.run_regency(make.REGENCY) > 0
    assert matching_jobs.run_family(family.id) == 0
    with as_worker.connect() as owner:
        assert owner.execute(STORED).all()
