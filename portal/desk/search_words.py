"""What an officer typed into the search: a reference, a number of a card, or a name. A pure rule module."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from portal.core.ids import ALPHABET, tidy_reference
from portal.core.messages import N_
from portal.core.nik import strip_separators

LEAST_LETTERS = 3
_REFERENCE = re.compile(rf"[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}")
_CARD_DIGITS = range(6, 21)  # an NKKS has no official length (domain notes 4.3)
_NUMBER_DIGITS = 16
_MOST_WORDS = 5

TOO_SHORT = N_("Write at least three letters of a name, a whole number, or the reference of a submission.")


class By(StrEnum):
    """What is searched for. The trail keeps this word, never what was typed."""

    REFERENCE = "reference"
    NUMBER = "number"  # a NIK, a No. KK or an NKKS of sixteen digits
    NKKS = "nkks"
    NAME = "name"


@dataclass(frozen=True, slots=True, repr=False)
class Wanted:
    """What is looked for: ``value`` is the reference or the bare digits, ``patterns`` the words of a name."""

    by: By
    value: str
    patterns: tuple[str, ...] = ()


class NothingToFind(ValueError):
    """Nothing can be searched for by these words; the reason is a message key, and never holds them."""


def wanted(typed: str) -> Wanted:
    """What somebody means who types this. Raises ``NothingToFind``."""
    reference = tidy_reference(typed)
    if _REFERENCE.fullmatch(reference):
        return Wanted(By.REFERENCE, reference)
    bare = strip_separators(typed)
    if bare.isascii() and bare.isdigit():
        if len(bare) not in _CARD_DIGITS:
            raise NothingToFind(TOO_SHORT)
        return Wanted(By.NUMBER if len(bare) == _NUMBER_DIGITS else By.NKKS, bare)
    words = typed.upper().split()[:_MOST_WORDS]
    if max((len(word) for word in words), default=0) < LEAST_LETTERS:
        raise NothingToFind(TOO_SHORT)
    return Wanted(By.NAME, "", tuple(_pattern(word) for word in words))


def _pattern(word: str) -> str:
    """A word somewhere in a name, as a pattern of LIKE."""
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
