"""The desk's rules that need no database: what a search means, ready answers, how long a village takes."""

from __future__ import annotations

from datetime import date

import pytest

from portal.cases.kinds import KINDS
from portal.cases.pace import Pace, Sent, pace_of
from portal.cases.workflow import Move
from portal.core.workdays import add_workdays
from portal.desk.ready_answers import EVERY_KIND, MOVES, answers_for, filled, ready_answers
from portal.desk.search_words import By, NothingToFind, wanted


@pytest.mark.parametrize(
    ("typed", "by", "value"),
    [
        ("7kq4 mx9t", By.REFERENCE, "7KQ4-MX9T"),
        ("3510.1401-0180 9999", By.NUMBER, "3510140101809999"),
        ("350000042", By.NKKS, "350000042"),
        ("Siti", By.NAME, ""),
    ],
)
def test_what_is_typed_says_what_is_searched(typed: str, by: By, value: str) -> None:
    sought = wanted(typed)
    assert (sought.by, sought.value) == (by, value)
    assert "3510" not in repr(sought)


def test_a_name_is_words_somewhere_in_it_and_never_a_pattern() -> None:
    assert wanted("siti 50%_\\").patterns == ("%SITI%", "%50\\%\\_\\\\%")
    for short in ("", "  ", "bo", "12345", "1" * 30):
        with pytest.raises(NothingToFind) as nothing:
            wanted(short)
        assert short.strip() == "" or short not in str(nothing.value)


def test_every_ready_answer_is_for_a_kind_that_there_is_and_keeps_what_was_typed() -> None:
    known = {kind for one in ready_answers() for kind in one.kinds} - {EVERY_KIND}
    assert known <= set(KINDS)
    assert {one.move for one in answers_for("moved", *MOVES)} == set(MOVES)  # every kind has one for every move
    own = answers_for("aid_missing", Move.ASK)
    assert own[0].key == "balance_checked" and "moved_since" not in {one.key for one in own}
    first = filled("Selamat pagi.", "balance_checked", "id")
    assert first.startswith("Selamat pagi.\n\nMohon cek dulu")
    assert filled(first, "balance_checked", "id") == first == filled(first, "nothing", "id")


def _case(sent: int, word: int | None = None, decided: int | None = None, ended: int | None = None) -> Sent:
    def day(number: int | None) -> date | None:
        return None if number is None else add_workdays(date(2026, 10, 1), number)

    return Sent(add_workdays(date(2026, 10, 1), sent), day(word), day(decided), day(ended))


def test_who_still_waits_counts_in_the_median() -> None:
    today = add_workdays(date(2026, 10, 1), 30)
    quick = [_case(0, 1, 2) for _ in range(5)]
    assert pace_of(quick, today) == Pace(5, 1, 2)
    assert pace_of(quick[:4], today) == Pace(4, None, None)  # too few to say anything
    left_lying = [_case(0) for _ in range(6)]
    assert pace_of(quick + left_lying, today) == Pace(11, None, None)  # answering the easy ones is not quick
    just_sent = [_case(30) for _ in range(6)]
    assert pace_of(quick + just_sent, today) == Pace(11, 1, 2)  # nobody is blamed for what came today
    taken_back = [_case(0, None, None, 1) for _ in range(6)]
    assert pace_of(quick + taken_back, today).decision_days == 2
