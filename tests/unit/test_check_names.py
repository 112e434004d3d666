"""The tolerant match of names: what people write of one and the same name, and what is another name."""

from __future__ import annotations

import pytest

from portal.home.check_names import one_typo_apart, same_name, words_of
from tests.name_pairs import DIFFERENT, SAME


@pytest.mark.parametrize(("typed", "recorded"), SAME)
def test_the_same_name(typed: str, recorded: str) -> None:
    assert same_name(words_of(typed), words_of(recorded))
    assert same_name(words_of(recorded), words_of(typed))


@pytest.mark.parametrize(("typed", "recorded"), DIFFERENT)
def test_another_name(typed: str, recorded: str) -> None:
    assert not same_name(words_of(typed), words_of(recorded))
    assert not same_name(words_of(recorded), words_of(typed))


def test_the_words_of_a_name() -> None:
    assert words_of("  hj. siti  AMINAH, S.Pd ") == ["SITI", "AMINAH"]
    assert words_of("Moch. Ma'ruf") == ["MUHAMMAD", "MARUF"]
    assert words_of("H") == ["H"], "a name that is nothing but a title stays"
    assert words_of("Ahmad H.") == ["AHMAD", "H"]
    assert words_of("12 ,") == []
    assert len(words_of("a " * 50)) == 12


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("AMINAH", "AMINAH", True),
        ("AMINAH", "AMIINAH", True),
        ("AMINAH", "AMINA", True),
        ("AMINAH", "ANINAH", True),
        ("AMINAH", "AMNIAH", True),
        ("AMINAH", "AMI", False),
        ("AMINAH", "ANINAT", False),
        ("AMINAH", "AMNIAT", False),
    ],
)
def test_one_typo(one: str, other: str, apart: bool) -> None:
    assert one_typo_apart(one, other) is apart
    assert one_typo_apart(other, one) is apart
