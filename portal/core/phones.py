"""Phone numbers as people write them, brought to one form (E.164): ``0812 3456 7890`` is ``+6281234567890``.

Without a country a number is Indonesian. A number masks itself, so that no log shows it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_HOME = "62"
_SIGNS = re.compile(r"[\s.\-/()\u00a0\u2010-\u2015]+")
_DIGITS = re.compile(r"[0-9]+")
_MOBILE = re.compile(r"8[1-9][0-9]{7,10}")  # after the country: 081x to 089x, ten to thirteen digits with the 0
_LANDLINE = re.compile(r"[2-79][0-9]{7,10}")  # area code and subscriber
_ABROAD = re.compile(r"[1-9][0-9]{7,14}")  # E.164: fifteen digits at most


class NotAPhone(ValueError):
    """The text is no phone number. It never carries what was typed."""


@dataclass(frozen=True, slots=True)
class Phone:
    """One number. ``e164`` is the whole of it, with its plus."""

    e164: str = field(repr=False)

    @property
    def is_mobile(self) -> bool:
        """Whether messages can reach it; of a number abroad that is not known, and taken as so."""
        return not self.e164.startswith("+62") or self.e164[3] == "8"

    @property
    def written(self) -> str:
        """As it is dialled and read: an Indonesian number from its 0, in groups of four."""
        digits = f"0{self.e164[3:]}" if self.e164.startswith("+62") else self.e164
        return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))

    def __str__(self) -> str:
        return f"…{self.e164[-3:]}"


def parse_phone(text: str) -> Phone:
    """The number that was typed. Raises ``NotAPhone``."""
    bare = _SIGNS.sub("", text)
    digits = bare.removeprefix("+")
    if not digits.isascii() or not _DIGITS.fullmatch(digits):
        raise NotAPhone
    if bare.startswith("+") or digits.startswith("00"):
        return _abroad(digits.removeprefix("00"))
    if digits.startswith("0"):
        return _home(digits[1:])
    if digits.startswith(_HOME):
        return _home(digits[2:].removeprefix("0"))
    if digits.startswith("8"):  # the 0 was left out
        return _home(digits)
    raise NotAPhone


def _abroad(digits: str) -> Phone:
    if digits.startswith(_HOME):
        return _home(digits[2:].removeprefix("0"))
    if not _ABROAD.fullmatch(digits):
        raise NotAPhone
    return Phone(f"+{digits}")


def _home(digits: str) -> Phone:
    if not _MOBILE.fullmatch(digits) and not _LANDLINE.fullmatch(digits):
        raise NotAPhone
    if len(set(digits[1:])) == 1:  # 0811 1111 1111: made up
        raise NotAPhone
    return Phone(f"+{_HOME}{digits}")
