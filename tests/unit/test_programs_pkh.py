"""Which members PKH counts: the vectors of the domain notes, each limit, and what stays unclear."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.programs.catalog import catalog_on
from portal.programs.pkh import COMPONENT_WORDS, PkhCount, count_members
from portal.registry.facts import FamilyFacts, HealthFacts, MemberFacts

DAY = date(2026, 10, 1)
WELL = HealthFacts(disability=0, pregnant=False)


def person(
    number: int,
    age: int | None,
    *,
    sex: str = "L",
    school: str | None = None,
    health: HealthFacts | None = WELL,
    hidden: bool = False,
    participation: int | None = None,
    alive: bool | None = True,
) -> MemberFacts:
    return MemberFacts(
        id=number,
        person_id=number,
        name=f"ORANG {number}",
        birth_date=None if age is None else date(DAY.year - age, 1, 2),
        sex=sex,
        school_participation=participation or (2 if school else 3),
        school_level=school,
        alive=alive,
        health=health,
        health_hidden=hidden,
    )


def pregnant(number: int, which: int | None) -> MemberFacts:
    return person(number, 30, sex="P", health=HealthFacts(disability=0, pregnant=True, pregnancy_no=which))


def count(*members: MemberFacts) -> PkhCount:
    catalog = catalog_on(DAY)
    rules = catalog.by_code["PKH"].counting
    assert rules is not None
    return count_members(FamilyFacts(1, 1, members), rules, catalog.stage_rupiah["PKH"], DAY)


SEVERE = HealthFacts(disability=2, pregnant=False)


@pytest.mark.parametrize(
    ("members", "total"),
    [
        ([pregnant(1, 1), person(2, 9, school="SD"), person(3, 13, school="SMP"), person(4, 65)], 1_950_000),
        ([person(1, 2), person(2, 4), person(3, 9, school="SD"), person(4, 16, school="SMA")], 1_725_000),
        ([person(1, 70, health=SEVERE)], 600_000),
    ],
)
def test_vectors_of_the_domain_notes(members: list[MemberFacts], total: int) -> None:
    assert count(*members).total == total


@pytest.mark.parametrize(
    ("day", "components", "total"),
    [
        (date(2026, 3, 31), ["early_childhood"], 750_000),
        (date(2026, 6, 30), ["early_childhood"], 750_000),  # six years old until the day before the seventh birthday
        (date(2026, 7, 1), ["sd"], 225_000),
        (date(2026, 9, 30), ["sd"], 225_000),
        (date(2026, 10, 1), ["sd", "elderly"], 825_000),  # sixty on this day
    ],
)
def test_the_day_of_the_stage_decides(day: date, components: list[str], total: int) -> None:
    pupil = replace(person(1, 7, school="SD"), birth_date=date(2019, 7, 1))
    grandmother = replace(person(2, 60, sex="P"), birth_date=date(1966, 10, 1))
    catalog = catalog_on(day)
    rules = catalog.by_code["PKH"].counting
    assert rules is not None
    found = count_members(FamilyFacts(1, 1, (pupil, grandmother)), rules, catalog.stage_rupiah["PKH"], day)
    assert [one.component for one in found.counted] == components
    assert found.total == total


def test_the_third_child_drops_the_last_of_the_order() -> None:
    result = count(person(1, 2), person(2, 4), person(3, 9, school="SD"), person(4, 16, school="SMA"))
    assert [(one.member.id, one.component) for one in result.not_counted] == [(4, "sma")]
    assert result.not_counted[0].reason.params == {"most": 3}


def test_order_and_not_the_largest_sum_decides() -> None:
    # Five candidates: pregnancy pays most and is still the one left out.
    result = count(
        pregnant(1, 1), person(2, 9, school="SD"), person(3, 40, health=SEVERE), person(4, 61), person(5, 62)
    )
    assert [one.component for one in result.counted] == ["sd", "disability", "elderly", "elderly"]
    assert [one.component for one in result.not_counted] == ["pregnancy"]


def test_the_disabled_elder_counts_once_and_as_disabled() -> None:
    result = count(person(1, 70, health=SEVERE))
    assert [(one.component, one.rupiah) for one in result.counted] == [("disability", 600_000)]


def test_a_third_young_child_is_not_counted() -> None:
    result = count(person(1, 1), person(2, 2), person(3, 5))
    assert result.total == 1_500_000
    assert [one.reason.params for one in result.not_counted] == [{"most": 2}]


@pytest.mark.parametrize(("which", "counted"), [(1, 1), (2, 1), (3, 0)])
def test_pregnancies_up_to_the_second(which: int, counted: int) -> None:
    result = count(pregnant(1, which))
    assert len(result.counted) == counted
    assert len(result.not_counted) == 1 - counted


def test_a_pregnancy_without_a_number_is_unclear() -> None:
    result = count(pregnant(1, None))
    assert not result.counted
    assert [one.component for one in result.unclear] == ["pregnancy"]


@pytest.mark.parametrize(("age", "counted"), [(59, False), (60, True)])
def test_elderly_from_sixty_is_said_to_be_disputed(age: int, counted: bool) -> None:
    result = count(person(1, age))
    assert bool(result.counted) is counted
    if counted:
        assert result.counted[0].sure == "X"
        assert "70" in result.counted[0].disputed.id  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("age", "school", "component"),
    [
        (6, None, "early_childhood"),
        (7, "SD", "sd"),
        (7, "MI", "sd"),
        (14, "mts", "smp"),
        (17, "Paket  C", "sma"),
        (21, "SMK", "sma"),
    ],
)
def test_school_levels_and_ages(age: int, school: str | None, component: str) -> None:
    result = count(person(1, age, school=school))
    assert [one.component for one in result.counted] == [component]


def test_a_pupil_past_the_age_is_not_counted_and_told() -> None:
    result = count(person(1, 22, school="SMA"))
    assert not result.counted
    assert [one.reason.params for one in result.not_counted] == [{"lowest": 6, "highest": 21}]


def test_who_left_school_is_not_a_pupil() -> None:
    assert count(person(1, 14, participation=3)) == PkhCount((), (), ())


@pytest.mark.parametrize(("participation", "level"), [(2, None), (2, "S1")])
def test_a_school_level_that_says_nothing_is_unclear(participation: int, level: str | None) -> None:
    result = count(person(1, 14, participation=participation, school=level))
    assert [one.hint for one in result.unclear] == ["field:member.school_participation"]


def test_the_dead_are_not_counted() -> None:
    assert not count(person(1, 70, alive=False)).counted


def test_hidden_health_is_unclear_and_says_who_may_see_it() -> None:
    result = count(person(1, 30, sex="P", health=None, hidden=True))
    assert {one.component for one in result.unclear} == {"disability", "pregnancy"}
    assert {one.hint for one in result.unclear} == {"health:member"}


def test_nobody_asks_a_child_or_an_elder_about_pregnancy() -> None:
    for age in (8, 66):
        result = count(person(1, age, sex="P", health=None))
        assert all(one.component == "disability" for one in result.unclear)


@pytest.mark.parametrize("age", [None, -1])
def test_a_birth_date_that_is_missing_or_ahead_is_unclear(age: int | None) -> None:
    result = count(person(1, age))
    assert [one.hint for one in result.unclear] == ["field:member.birth_date"]


def test_what_pays_no_more_is_not_asked() -> None:
    # A pupil of SMA (500,000) may be severely disabled (600,000): asked. A young child may not.
    assert count(person(1, 17, school="SMA", health=None)).unclear
    assert not count(person(1, 3, health=None)).unclear


PEOPLE = st.builds(
    person,
    st.integers(1, 1_000_000),
    st.none() | st.integers(0, 99),
    sex=st.sampled_from("LP"),
    school=st.sampled_from([None, "SD", "SMP", "SMA", "MTs", "S1"]),
    participation=st.sampled_from([None, 1, 2, 3]),
    hidden=st.booleans(),
    alive=st.sampled_from([True, None, False]),
    health=st.none()
    | st.builds(
        HealthFacts,
        disability=st.sampled_from([None, 0, 1, 2]),
        pregnant=st.sampled_from([None, True, False]),
        pregnancy_no=st.sampled_from([None, 1, 2, 3]),
    ),
)
FAMILIES = st.lists(PEOPLE, max_size=9, unique_by=lambda member: member.id)


@given(FAMILIES)
def test_limits_always_hold(members: list[MemberFacts]) -> None:
    result = count(*members)
    components = [one.component for one in result.counted]
    assert len(components) <= 4
    assert components.count("early_childhood") <= 2
    assert sum(component in ("early_childhood", "sd", "smp", "sma") for component in components) <= 3
    assert len({one.member.id for one in result.counted}) == len(components)
    assert 0 <= result.total <= 4 * 750_000
    assert all(one.member.alive is not False for one in result.counted)
    order = list(catalog_on(DAY).by_code["PKH"].counting.order.value)  # type: ignore[union-attr]
    assert components == sorted(components, key=order.index)


@given(FAMILIES, st.randoms(use_true_random=False))
def test_the_order_of_the_record_does_not_matter(members: list[MemberFacts], random: object) -> None:
    shuffled = list(members)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert count(*members).counted == count(*shuffled).counted


def test_a_limit_counts_somebody() -> None:
    rules = catalog_on(DAY).by_code["PKH"].counting
    assert rules is not None
    with pytest.raises(ValueError, match="at least 1"):
        replace(rules, most_elderly=replace(rules.most_elderly, value=0))


def test_every_component_has_words_and_an_amount() -> None:
    assert set(catalog_on(DAY).stage_rupiah["PKH"]) == set(COMPONENT_WORDS)
