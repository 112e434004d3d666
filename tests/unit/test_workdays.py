"""Working days: weekends, holidays, joint leave, and the algebra of adding and counting."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.workdays import add_workdays, is_workday, joint_leave, read_joint_leave, workdays_between

DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 20), True),  # Friday
        (date(2026, 11, 21), False),  # Saturday
        (date(2026, 8, 17), False),  # Independence Day, a Monday
        (date(2026, 3, 23), False),  # joint leave after Idul Fitri
        (date(2026, 12, 24), False),  # joint leave before Christmas
        (date(2025, 12, 24), True),  # no joint leave on file for 2025
    ],
)
def test_known_days(day: date, works: bool) -> None:
    assert is_workday(day) is works


def test_a_promise_over_idul_fitri() -> None:
    # Tue 17 March 2026; Wed 18 to Tue 24 are Nyepi, Idul Fitri, joint leave and a weekend.
    assert add_workdays(date(2026, 3, 17), 1) == date(2026, 3, 25)
    assert workdays_between(date(2026, 3, 17), date(2026, 3, 25)) == 1


def test_zero_days_reach_the_next_working_day() -> None:
    assert add_workdays(date(2026, 11, 20), 0) == date(2026, 11, 20)
    assert add_workdays(date(2026, 11, 21), 0) == date(2026, 11, 23)


def test_negative_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        add_workdays(date(2026, 1, 5), -1)


@given(DAYS, st.integers(1, 60))
def test_adding_lands_on_a_working_day_and_is_counted_back(day: date, count: int) -> None:
    due = add_workdays(day, count)
    assert is_workday(due)
    assert due > day
    assert workdays_between(day, due) == count


@given(DAYS, st.integers(0, 90), st.integers(0, 90))
def test_counting_adds_up(day: date, one: int, two: int) -> None:
    middle, end = day + timedelta(days=one), day + timedelta(days=one + two)
    assert workdays_between(day, end) == workdays_between(day, middle) + workdays_between(middle, end)
    assert workdays_between(end, day) == -workdays_between(day, end)


def test_joint_leave_on_file_are_weekdays() -> None:
    assert len(joint_leave()) == 8
    assert all(day.weekday() < 5 for day in joint_leave())


def test_a_day_under_the_wrong_year_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "leave.toml"
    file.write_text("[[year]]\nyear = 2027\ndays = [2026-12-24]\n", encoding="utf-8")
    with pytest.raises(ValueError, match="2026-12-24 does not lie in 2027"):
        read_joint_leave(file)
    file.write_text("", encoding="utf-8")
    assert read_joint_leave(file) == frozenset()
