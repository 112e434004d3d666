"""Who gets a place: the published order, reckoned again, and what comes when nobody answers."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.programs.place_order import Entry, Order, in_order, lot_of
from portal.programs.place_states import Due, confirm_until, due, until_after

START = datetime(2027, 1, 1, tzinfo=UTC)
ENTRIES = st.lists(
    st.builds(
        lambda person, desil, minute: Entry(
            person, f"code-{person}", desil, START + timedelta(minutes=minute), f"R-{person}-{minute}"
        ),
        st.integers(1, 40),
        st.none() | st.integers(1, 10),
        st.integers(0, 500),
    ),
    max_size=60,
    unique_by=lambda entry: entry.reference,
)


@given(ENTRIES, st.sampled_from(Order), st.integers(1, 50), st.randoms())
def test_everybody_once_never_over_and_always_the_same(
    entries: list[Entry], order: Order, quota: int, random: Random
) -> None:
    found = in_order(entries, order, "seed", quota)
    people = {entry.person_id for entry in entries}
    assert sorted(one.entry.person_id for one in found) == sorted(people)
    assert [one.number for one in found] == list(range(1, len(people) + 1))
    seats = [one.seat for one in found if one.seat is not None]
    assert seats == list(range(1, min(quota, len(people)) + 1))
    assert [one.seat is not None for one in found] == sorted((one.seat is not None for one in found), reverse=True)
    shuffled = list(entries)
    random.shuffle(shuffled)
    assert in_order(shuffled, order, "seed", quota) == found


@given(ENTRIES, st.integers(1, 50))
def test_the_lowest_desil_comes_first_and_the_lot_decides_within_one(entries: list[Entry], quota: int) -> None:
    found = in_order(entries, Order.DESIL, "seed", quota)
    ranks = [(one.entry.desil or 11, one.lot) for one in found]
    assert ranks == sorted(ranks)
    drawn = [one.lot for one in in_order(entries, Order.LOT, "seed", quota)]
    assert drawn == sorted(drawn)


@given(ENTRIES)
def test_who_registers_first_or_often_is_no_nearer(entries: list[Entry]) -> None:
    late = [Entry(e.person_id, e.code, e.desil, START + timedelta(days=9), e.reference + "x") for e in entries]
    once = {e.person_id: e for e in reversed(in_first(entries))}
    again = in_order([*once.values(), *late], Order.LOT, "seed", 5)
    assert [one.entry.person_id for one in again] == [
        one.entry.person_id for one in in_order(list(once.values()), Order.LOT, "seed", 5)
    ]


def in_first(entries: list[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda one: one.sent_at)


def test_the_lot_can_be_reckoned_by_anybody() -> None:
    assert lot_of("3f2a", "b1") == hashlib.sha256(b"3f2a:b1").hexdigest()[:12]
    assert lot_of("3f2a", "b1") != lot_of("3f2b", "b1")


DAY = date(2027, 3, 1)


@pytest.mark.parametrize(
    ("reminders", "reminded", "later", "expected"),
    [
        (0, None, 2, Due.NOTHING),
        (0, None, 3, Due.REMIND),
        (1, 3, 3, Due.NOTHING),  # one a day
        (1, 3, 5, Due.NOTHING),
        (1, 3, 6, Due.REMIND),
        (2, 6, 7, Due.NOTHING),
        (2, 6, 9, Due.LAPSE),
        (0, None, 30, Due.REMIND),  # nobody ran for a month: still two reminders first
        (1, 30, 31, Due.REMIND),
        (2, 31, 33, Due.NOTHING),
        (2, 31, 34, Due.LAPSE),
    ],
)
@pytest.mark.parametrize("starts_on", [None, DAY + timedelta(days=90)])
def test_two_reminders_come_before_a_place_goes_on(
    starts_on: date | None, reminders: int, reminded: int | None, later: int, expected: Due
) -> None:
    last = None if reminded is None else DAY + timedelta(days=reminded)
    until = confirm_until(DAY, starts_on)
    until = until if last is None else until_after(until, last, starts_on)
    assert due(DAY, until, reminders, last, DAY + timedelta(days=later), starts_on) is expected


@pytest.mark.parametrize("ahead", range(1, 15))
@pytest.mark.parametrize("runs", [range(60), range(0, 60, 2), range(5, 60, 5)])
def test_what_begins_soon_is_answered_before_and_lapses_only_after_two_reminders(ahead: int, runs: range) -> None:
    starts_on = DAY + timedelta(days=ahead)
    until, reminded = confirm_until(DAY, starts_on), list[date]()
    for day in (DAY + timedelta(days=later) for later in runs):
        assert until < starts_on
        what = due(DAY, until, len(reminded), reminded[-1] if reminded else None, day, starts_on)
        if what is Due.LAPSE:
            assert len(reminded) == 2 and day > until
            break
        if what is Due.REMIND:
            assert DAY < day < starts_on
            reminded.append(day)
            until = until_after(until, day, starts_on)
            assert until >= day
    if ahead >= 3 and runs.step == 1:
        assert len(reminded) == 2 and what is Due.LAPSE
