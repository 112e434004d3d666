"""Amounts, dates, times and zones as the reader sees them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from portal.core import clock
from portal.web import formats
from portal.web.languages import LANGUAGES
from tests.unit.web_site import make_site


@pytest.fixture(scope="module")
def site() -> Flask:
    return make_site()


@pytest.fixture
def english(site: Flask) -> Iterator[None]:
    with site.test_request_context(headers={"Cookie": "bahasa=en"}):
        yield


def test_rupiah_as_on_the_slip() -> None:
    assert formats.rupiah(1_950_000) == "Rp1.950.000"
    assert formats.rupiah(0) == "Rp0"
    assert formats.rupiah(-75_000) == "-Rp75.000"


@given(st.integers(min_value=-(10**13), max_value=10**13))
def test_rupiah_loses_nothing(amount: int) -> None:
    text = formats.rupiah(amount)
    assert int(text.replace("Rp", "").replace(".", "")) == amount


@pytest.mark.parametrize(
    ("amount", "said"),
    [(1_950_000, "Rp1,95 jt"), (2_000_000, "Rp2 jt"), (200_000, "Rp200 rb"), (750, "Rp750"), (0, "Rp0")],
)
def test_short_rupiah(amount: int, said: str) -> None:
    assert formats.short_rupiah(amount) == said


@pytest.mark.usefixtures("english")
def test_english() -> None:
    assert formats.short_rupiah(1_950_000) == "Rp1.95 m"
    assert formats.count(83_762) == "83,762"
    assert formats.day(date(2026, 10, 12)) == "12 October 2026"
    assert formats.weekday(date(2026, 11, 24)) == "Tuesday, 24 November 2026"
    assert formats.size(2_400_000) == "2.4 MB"
    assert formats.day_time(datetime(2026, 10, 12, 2, 14, tzinfo=UTC)) == "12 October 2026, 09:14 WIB"


def test_indonesian_is_the_default() -> None:
    assert formats.count(83_762) == "83.762"
    assert formats.day(date(2026, 10, 12)) == "12 Oktober 2026"
    assert formats.short_day(date(2026, 8, 17)) == "17 Agu 2026"
    assert formats.weekday(date(2026, 11, 24)) == "Selasa, 24 November 2026"
    assert formats.month(date(2026, 12, 1)) == "Desember 2026"
    assert formats.size(820_400) == "820 kB"
    assert formats.size(12) == "1 kB"
    assert formats.size(2_400_000) == "2,4 MB"


@pytest.mark.parametrize(
    ("area", "said"),
    [
        (3510142015, "12 Oktober 2026, 23.30 WIB"),
        (51, "13 Oktober 2026, 00.30 WITA"),
        (6401, "13 Oktober 2026, 00.30 WITA"),
        (62, "12 Oktober 2026, 23.30 WIB"),
        (910101, "13 Oktober 2026, 01.30 WIT"),
    ],
)
def test_times_are_those_of_the_village(area: int, said: str) -> None:
    moment = datetime(2026, 10, 12, 16, 30, tzinfo=UTC)
    assert formats.day_time(moment, clock.zone_of_area(area)) == said
    assert formats.day_time(moment.replace(tzinfo=None), clock.zone_of_area(area)) == said


def test_every_language_has_its_months() -> None:
    for table in (formats._MONTHS, formats._SHORT_MONTHS, formats._WEEKDAYS):
        assert set(table) >= set(LANGUAGES)
