"""The counts of a load have words on the office's page."""

from __future__ import annotations

import pytest

from portal.core.wording import Speaker
from portal.office.words import count_words

SPEAKER = Speaker("en", str, str, str)


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("unchanged", "unchanged"),
        ("families_touched", "families whose data changed"),
        ("refused.impossible_date", "refused: impossible date"),
        ("status_changed", "changed: state of the payment"),
        ("power_va_changed", "changed: electric power"),
        ("birth_date_now_known", "known now: birth date"),
        ("colour_changed", "changed: colour"),
        ("something_else", "something else"),
    ],
)
def test_every_count_has_words(key: str, said: str) -> None:
    assert SPEAKER.say(count_words(key)) == said
