"""The desk's rules that need no database: what a search means."""

from __future__ import annotations

import pytest

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
