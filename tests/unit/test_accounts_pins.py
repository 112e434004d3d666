"""Which PINs are refused, and why."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts import pins

DIGITS = "0123456789"
SIX = st.text(DIGITS, min_size=6, max_size=6)
NUMBER = st.text(DIGITS, min_size=16, max_size=16)


@pytest.mark.parametrize(
    ("pin", "reason"),
    [
        ("111111", pins.ONE_DIGIT),
        ("123456", pins.A_ROW),
        ("654321", pins.A_ROW),
        ("890123", pins.A_ROW),
        ("246802", pins.A_ROW),
        ("123123", pins.REPEATS),
        ("121212", pins.REPEATS),
        ("112233", pins.REPEATS),
        ("994411", pins.REPEATS),
        ("777333", pins.REPEATS),
        ("482284", pins.REPEATS),
        ("110100", pins.REPEATS),
        ("147258", pins.COMMON),
        ("170845", pins.COMMON),
        ("198637", pins.A_YEAR),
        ("371986", pins.A_YEAR),
        ("12345", pins.NOT_SIX_DIGITS),
        ("1234567", pins.NOT_SIX_DIGITS),
        ("12a456", pins.NOT_SIX_DIGITS),
        ("٣٤٥٦٧٩", pins.NOT_SIX_DIGITS),
        ("", pins.NOT_SIX_DIGITS),
        ("483917", None),
        ("750264", None),
    ],
)
def test_patterns(pin: str, reason: str | None) -> None:
    assert pins.refusal(pin) == reason


@pytest.mark.parametrize(
    "pin", ["120586", "860512", "051286", "120519", "051986", "198605", "860512", "125198", "251986"]
)
def test_birth_dates_in_the_usual_orders(pin: str) -> None:
    assert pins.refusal(pin, births=[date(2001, 3, 9), date(1986, 5, 12)]) == pins.A_BIRTH_DATE


@given(SIX, NUMBER, st.integers(0, 10))
def test_any_window_of_a_number_is_refused(pin: str, number: str, start: int) -> None:
    holding = number[:start] + pin + number[start + 6 :]
    assert pins.refusal(pin, numbers=[number, holding]) is not None


@given(SIX, st.dates(date(1930, 1, 1), date(2026, 12, 31)))
def test_what_stays_is_no_piece_of_the_date(pin: str, born: date) -> None:
    if pins.refusal(pin, births=[born]) is None:
        assert pin not in f"{born:%d%m%Y}"
        assert pin not in f"{born:%Y%m%d}"
        assert pin != f"{born:%d%m%y}"


@given(st.text(max_size=9), st.lists(NUMBER, max_size=2), st.lists(st.dates(), max_size=3))
def test_any_text_gets_an_answer(text: str, numbers: list[str], births: list[date]) -> None:
    reason = pins.refusal(text, numbers=numbers, births=births)
    assert reason is None or "PIN" in reason
    if reason is None:
        assert len(text) == 6
        assert text.isdigit()
        assert len(set(text)) > 2


def test_most_pins_stay_possible() -> None:
    free = sum(pins.refusal(f"{number:06}") is None for number in range(0, 1_000_000, 97))
    assert free / len(range(0, 1_000_000, 97)) > 0.95
