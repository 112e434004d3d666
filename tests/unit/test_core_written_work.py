"""Work is written small, short forms stay as they are known."""

from __future__ import annotations

import pytest

from portal.core.names import written_work
from portal.core.wording import Speaker
from portal.programs.criteria.household import either


@pytest.mark.parametrize(
    ("recorded", "written"),
    [
        ("BURUH", "buruh"),
        ("BERUSAHA SENDIRI", "berusaha sendiri"),
        ("ASN/TNI/POLRI", "ASN/TNI/POLRI"),
        ("Tani", "Tani"),
    ],
)
def test_work_as_it_is_written(recorded: str, written: str) -> None:
    assert written_work(recorded) == written


@pytest.mark.parametrize(("names", "said"), [(["A"], "A"), (["A", "B"], "A or B"), (["A", "B", "C"], "A or B or C")])
def test_names_of_which_one_is_enough(names: list[str], said: str) -> None:
    speaker = Speaker("en", str, str, str)
    found = either(names)
    assert (found if isinstance(found, str) else speaker.say(found)) == said  # type: ignore[arg-type]
