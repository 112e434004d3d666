"""NIK and No. KK: parsed tolerantly, masked wherever they are shown.

Legal source: PP 37/2007 Pasal 37 (form of the NIK), PP 40/2019 Pasal 30(2): the number is for
life and does not follow a move or a corrected birth date. Area and birth date in the digits are
therefore hints, never proof: a difference is a warning, not a refusal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_SEPARATORS = re.compile(r"[\s.\-\u00a0\u200b\u200e\u200f\u202a-\u202e]")
_LENGTH = 16
_FEMALE_DAY = 40


class NotANumber(ValueError):
    """The text is not a sixteen-digit number. Carries a reason key, never the text."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, repr=False)
class Nik:
    """A national identity number. ``str`` and ``repr`` mask it; ``.clear`` is for sealing only."""

    clear: str

    def __str__(self) -> str:
        return mask(self.clear)

    def __repr__(self) -> str:
        return f"Nik({mask(self.clear)})"

    @property
    def woman(self) -> bool:
        """True where the day digits carry the +40 of a woman."""
        return int(self.clear[6:8]) > _FEMALE_DAY

    def birth_differs(self, birth: date) -> bool:
        """Whether day, month and two-digit year differ from a recorded birth date (a warning only)."""
        day = int(self.clear[6:8])
        day = day - _FEMALE_DAY if day > _FEMALE_DAY else day
        return (day, int(self.clear[8:10]), int(self.clear[10:12])) != (birth.day, birth.month, birth.year % 100)


def mask(number: str) -> str:
    """``3204**********01``: enough to recognise one's own number, not enough to use it."""
    return f"{number[:4]}{'*' * (len(number) - 6)}{number[-2:]}"


def strip_separators(text: str) -> str:
    """Without the spaces, dots, dashes and invisible marks that people and spreadsheets add."""
    return _SEPARATORS.sub("", text)


def parse_digits(text: str) -> str:
    """Sixteen ASCII digits from tolerant input; the rule for a No. KK. Raises ``NotANumber``."""
    digits = strip_separators(text)
    if not digits.isascii() or not digits.isdigit():
        raise NotANumber("not_digits")
    if len(digits) != _LENGTH:
        raise NotANumber("not_16_digits")
    return digits


def parse_nik(text: str) -> Nik:
    """The NIK in ``text``, spaces, dots and dashes tolerated.

    Day 01-31 or 41-71, month 01-12, serial not 0000; the area is not checked, because codes of
    split or merged regions stay valid. Raises ``NotANumber`` with a reason key.
    """
    digits = parse_digits(text)
    day, month = int(digits[6:8]), int(digits[8:10])
    if not (1 <= day <= 31 or 41 <= day <= 71) or not 1 <= month <= 12:
        raise NotANumber("impossible_date")
    if digits.endswith("0000"):
        raise NotANumber("no_serial")
    return Nik(digits)
