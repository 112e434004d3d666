"""What the family reads about a promise before and after it is broken, and the days on file for it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from portal.cases.path import LEVELS, path_steps
from portal.cases.promises import promises, raised_until, read_promises
from portal.cases.workflow import OPEN, WAITING_FOR_FAMILY, State
from portal.core.wording import Message

DUE = date(2026, 12, 4)


@pytest.mark.parametrize(("level", "above"), [("village", "kecamatan"), ("kecamatan", "regency")])
def test_the_path_says_where_it_goes_without_an_answer(level: str, above: str) -> None:
    for state in OPEN - WAITING_FOR_FAMILY:
        last = path_steps([], state, DUE, level)[-1]
        assert last.when == DUE and last.note is not None
        assert last.note.params["to"] == Message(LEVELS[above])


def test_the_highest_says_whom_to_call_and_who_waits_for_the_family_says_nothing() -> None:
    note = path_steps([], State.SENT, DUE, "regency")[-1].note
    assert note is not None and "021-171" in note.key
    assert path_steps([], State.NEEDS_MORE, DUE, "village")[-1].note is None
    assert path_steps([], State.SENT, DUE)[-1].note is None


def test_a_raised_step_says_with_whom_it_is_and_until_when() -> None:
    moment = datetime(2026, 12, 5, tzinfo=UTC)
    event = SimpleNamespace(
        event="raised", actor_name="Portal", words=None, data={"level": "regency", "day": "2026-12-18"}, at=moment
    )
    step = path_steps([event], State.WITH_WORKER, DUE)[0]
    assert step.when == moment and step.note is not None
    assert step.note.params == {"to": Message(LEVELS["regency"]), "day": date(2026, 12, 18)}


def test_the_next_level_has_working_days_on_file(tmp_path: Path) -> None:
    assert set(promises()["raised"]) == set(LEVELS) - {"village"}
    assert raised_until("kecamatan", date(2026, 11, 21)) == date(2026, 11, 27)  # from a Saturday
    for wrong in ("kecamatan = 5", "kecamatan = 0\nregency = 1", "sent = 1\nanswered = 1"):
        (tmp_path / "p.toml").write_text(f"[raised]\n{wrong}")
        with pytest.raises(ValueError, match="needs kecamatan, regency"):
            read_promises(tmp_path / "p.toml")
