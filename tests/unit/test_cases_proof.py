"""The proof of a case as a rule: when it was saved, reached, opened and answered, and who has read what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from portal.cases.proof import ReadMark, chain, is_traceable, mark_words, read_marks
from portal.cases.tracing import looks_like_reference
from portal.cases.workflow import Side, State

START = datetime(2026, 11, 20, 3, tzinfo=UTC)


def steps(*names: str, **data: object) -> list[SimpleNamespace]:
    """Steps of a path, an hour apart; «family: words» and «staff: words» are said by a side."""
    made = []
    for number, name in enumerate(names):
        kind, _, words = name.partition(": ")
        event = {"family": "answered", "staff": "asked"}.get(kind, kind)
        at = START + timedelta(hours=number)
        made.append(
            SimpleNamespace(
                id=100 + number,
                event=event,
                actor_kind=kind,
                words=words or None,
                data=data if number == 0 else {},
                at=at,
            )
        )
    return made


def hours(*names: str, state: State = State.WITH_WORKER, named: bool = True, **data: object) -> list[object]:
    """The links of the chain: the hour in which each was done, else how it stands."""
    links = chain(steps(*names, **data), state, named=named)
    return [(link.at - START) // timedelta(hours=1) if link.at else link.state for link in links]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (hours("sent"), [0, 0, "next", "next"]),
        (hours("sent", "opened", "taken", "asked", "answered", "accepted"), [0, 0, 1, 3]),
        (hours("recorded", "taken", "refused", state=State.REFUSED), [0, 0, 1, 2]),
        (hours("sent", "refused", state=State.REFUSED), [0, 0, 1, 1]),  # who answers has opened it
        (hours("sent", "withdrawn", state=State.WITHDRAWN), [0, 0, "stop", "stop"]),
        (hours("sent", "listed", state=State.LISTED), [0, 0, 1, 1]),  # a number in the order is the answer
        (hours("sent", "visit_set", "answered"), [0, 0, "next", "next"]),  # the family's own words are no answer
        (hours("sent", nobody=True, named=False), [0, "next", "next", "next"]),
        (hours("sent", "raised", nobody=True, named=False), [0, "next", "next", "next"]),
        (hours("sent", "raised", nobody=True), [0, 1, "next", "next"]),
        (hours("sent", "taken", nobody=True), [0, 1, 1, "next"]),
    ],
)
def test_the_chain_has_the_time_of_each_link(given: list[object], expected: list[object]) -> None:
    assert given == expected


def test_a_mark_stands_on_the_newest_words_of_each_side_only() -> None:
    events = steps("sent", "staff: Kirim foto.", "family: Ini.", "staff: Yang lain.", "raised")
    assert read_marks(events, {}) == {3: (Side.FAMILY, None), 2: (Side.STAFF, None)}
    older, newer = ReadMark(101, START), ReadMark(103, START)
    assert read_marks(events, {"family": older})[3] == (Side.FAMILY, None)
    assert read_marks(events, {"family": newer})[3] == (Side.FAMILY, newer)
    assert read_marks(steps("sent", "opened"), {"family": newer}) == {}


def test_a_mark_says_the_side_and_no_name() -> None:
    assert mark_words(Side.FAMILY, "3 November 2026").params == {"when": "3 November 2026"}
    assert mark_words(Side.STAFF, None).params == {}


def test_only_an_open_case_is_traceable() -> None:
    open_one = {"restricted": False, "private": False, "kept_from": None}
    assert is_traceable(**open_one)  # type: ignore[arg-type]
    for kept in ({"restricted": True}, {"private": True}, {"kept_from": 3}):
        assert not is_traceable(**(open_one | kept))  # type: ignore[arg-type]


def test_a_slip_of_the_pen_is_no_try() -> None:
    assert looks_like_reference("7kq4 mx9t")
    for wrong in ("", "7KQ4-MX9", "7KQ4-MX9O", "3510140101809999"):
        assert not looks_like_reference(wrong)
