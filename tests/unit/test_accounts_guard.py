"""How long wrong tries make one wait, and what is an alarm."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.accounts import guard

AT = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("waits", [guard.FAMILY_WAITS, guard.STAFF_WAITS, guard.ACTIVATION_WAITS])
def test_waits_begin_at_nothing_and_only_grow(waits: tuple[int, ...]) -> None:
    assert waits[0] == 0
    assert list(waits) == sorted(waits)
    assert waits[-1] <= 3600, "longer than it takes to go to the counter"


def test_a_day_of_guessing_stays_far_from_a_million() -> None:
    tries, seconds = 0, 0
    while seconds < 24 * 3600:
        seconds += guard.FAMILY_WAITS[min(tries, len(guard.FAMILY_WAITS) - 1)]
        tries += 1
    assert tries < 40


def test_seconds_left_rounds_up_and_ends() -> None:
    assert guard.seconds_left(None, AT) == 0
    assert guard.seconds_left(AT, AT) == 0
    assert guard.seconds_left(AT - timedelta(seconds=1), AT) == 0
    assert guard.seconds_left(AT + timedelta(seconds=14, milliseconds=1), AT) == 15


@pytest.mark.parametrize(("seconds", "minutes"), [(15, None), (60, None), (61, 2), (300, 5), (3599, 60)])
def test_long_waits_are_said_in_minutes(seconds: int, minutes: int | None) -> None:
    assert guard.in_minutes(seconds) == minutes


def test_the_alarm_is_raised_at_the_crossing_only() -> None:
    assert [n for n in range(40) if guard.is_alarm(n)] == [guard.SPRAY_ALARM]


def test_a_pin_has_another_text_each_day() -> None:
    days = {guard.trial_text("483917", date(2026, 11, day)) for day in (1, 2, 3)}
    assert len(days) == 3
