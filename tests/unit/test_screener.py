"""The answers of the screener become facts, and what was not answered stays unknown."""

from __future__ import annotations

from datetime import date

import pytest

from portal.home.screener import MOST_PEOPLE, NotAges, ages_of, born, facts_of
from portal.programs.catalog import catalog_on
from portal.programs.eligibility import State, judge_all

DAY = date(2026, 11, 22)
CALLED = "Orang %(number)s"


@pytest.mark.parametrize(
    "text", ["41, 38, 15, 0", "41 38 15 0", " 41;38;15 dan 0 tahun", "41 th,38 thn, 15 years and 0"]
)
def test_ages_are_read_as_they_are_written(text: str) -> None:
    assert ages_of(text) == (41, 38, 15, 0)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "none"), (" , ", "none"), ("empat", "words"), ("4\u00b2", "words"), ("121", "old"), ("1 " * 13, "many")],
)
def test_what_is_no_list_of_ages(text: str, reason: str) -> None:
    with pytest.raises(NotAges) as wrong:
        ages_of(text)
    assert wrong.value.reason == reason


@pytest.mark.parametrize("day", [date(2024, 2, 29), date(2026, 1, 1), date(2026, 12, 31)])
def test_somebody_is_as_old_as_was_said(day: date) -> None:
    for age in (0, 1, 17, 64, 120):
        facts = facts_of({"ages": [str(age)]}, day, CALLED)
        assert facts.members[0].age_on(day) == age
        assert born(age, day) <= day


def test_the_facts_of_a_family() -> None:
    answers = {
        "ages": ["40, 12, 3"],
        "desil": ["2"],
        "aid": ["PKH", "NONSENSE"],
        "once": ["RST"],
        "school_0": ["done_sma"],
        "work_0": ["own"],
        "school_1": ["sd"],
        "orphans": ["1"],
        "pregnant": ["0"],
        "pregnancy_no": ["2"],
        "severe": ["2"],
        "mild": ["2"],
        "floor": ["8"],
        "area": ["20"],
        "power": ["450"],
        "roof": ["x"],
    }
    facts = facts_of(answers, DAY, CALLED)
    mother, child, small = facts.members
    assert (mother.name, mother.education, mother.work_status, mother.orphan) == (
        "Orang 1", "SMA", "BERUSAHA SENDIRI", None,
    )  # fmt: skip
    assert mother.health is not None and (mother.health.pregnant, mother.health.pregnancy_no) == (True, 2)
    assert (child.school_participation, child.school_level, child.orphan) == (2, "SD", "YATIM")
    assert small.school_participation == 1
    assert small.health is not None and (small.health.disability, small.health.pregnant) == (2, False)
    house = facts.housing
    assert (house.floor, house.roof, house.floor_area_m2, house.power_va) == (8, None, 20, 450)
    assert [(part.program, part.active) for part in facts.participations] == [("PKH", True), ("RST", False)]
    assert facts.desil == 2


def test_who_answers_nothing_but_ages_is_refused_nothing_by_a_guess() -> None:
    facts = facts_of({"ages": ["40"], "desil": ["11"]}, DAY, CALLED)
    assert facts.desil is None
    states = {one.program.code: one.state for one in judge_all(facts, DAY)}
    for code in ("PBI-JK", "SEMBAKO", "RST", "LISTRIK-SUBSIDI", "VOKASI", "PRAKERJA"):
        assert states[code] is State.UNDETERMINED, code
    assert set(states) == {program.code for program in catalog_on(DAY).programs}


def test_three_answers_with_what_is_known() -> None:
    poor = {"ages": ["30, 8"], "desil": ["2"], "school_1": ["sd"], "aid": ["PKH"], "power": ["450"]}
    states = {one.program.code: one.state for one in judge_all(facts_of(poor, DAY, CALLED), DAY)}
    assert {states[code] for code in ("PKH", "SEMBAKO", "PBI-JK", "PIP", "LISTRIK-SUBSIDI")} == {State.MEETS}
    rich = {"ages": ["30"], "desil": ["9"], "school_0": ["done_sma"], "power": ["2200"]}
    states = {one.program.code: one.state for one in judge_all(facts_of(rich, DAY, CALLED), DAY)}
    assert {states[code] for code in ("PKH", "SEMBAKO", "PBI-JK", "LISTRIK-SUBSIDI")} == {State.DOES_NOT}
    assert states["VOKASI"] is State.UNDETERMINED
    assert len(ages_of(" ".join("5" * MOST_PEOPLE))) == MOST_PEOPLE
