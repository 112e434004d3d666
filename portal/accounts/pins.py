"""Which PINs are too easy to guess, and why: by their pattern, or from what others know about the family.

A PIN stands before a family's data and is tried a few times a day at most, so what matters is that it is not among
the first that a neighbour, a relative or a finder of the KK would try.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import pairwise

from portal.core.messages import N_

LENGTH = 6

NOT_SIX_DIGITS = N_("A PIN has exactly six digits.")
ONE_DIGIT = N_("This PIN is one digit again and again. Choose another one.")
A_ROW = N_("This PIN counts up or down, so it is easy to guess. Choose another one.")
REPEATS = N_("This PIN repeats itself, so it is easy to guess. Choose another one.")
COMMON = N_("Many people choose this PIN, so it is easy to guess. Choose another one.")
A_YEAR = N_("This PIN holds a year, so it is easy to guess. Choose another one.")
IN_NUMBERS = N_("This PIN stands in your NIK or in the number of your KK. Choose another one.")
A_BIRTH_DATE = N_("This PIN is made of a birth date in your family. Choose another one.")

#: Patterns on the keypad and numbers that everybody knows (170845: Independence Day).
_COMMON = frozenset(
    """
    147258 258147 147369 369147 258369 369258 147852 258963 159357 357159 159753 753159 123654 456123 123789 789123
    456789 789456 321654 654321 987321 102030 203040 010203 100200 200300 142536 112358 314159 271828 123580 246810
    170845 081945 170817 212223 101112 131415 202122 303132 741852 852963 963852 963741 789654 321456 520131 007007
    """.split()
)
_FIRST_YEAR, _LAST_YEAR = 1930, 2039


def refusal(pin: str, *, numbers: Iterable[str] = (), births: Iterable[date] = ()) -> str | None:
    """Why ``pin`` may not be chosen (a message key), or None where it may.

    ``numbers`` are the NIK and the No. KK as digits; ``births`` the birth dates of the family.
    """
    if len(pin) != LENGTH or not (pin.isascii() and pin.isdigit()):
        return NOT_SIX_DIGITS
    pattern = _pattern(pin)
    if pattern is not None:
        return pattern
    if any(pin in dates for dates in map(written_dates, births)):
        return A_BIRTH_DATE
    if any(pin in number for number in numbers):
        return IN_NUMBERS
    if any(_FIRST_YEAR <= int(part) <= _LAST_YEAR for part in (pin[:4], pin[2:])):
        return A_YEAR
    return None


def _pattern(pin: str) -> str | None:
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    if steps == {0}:
        return ONE_DIGIT
    if len(steps) == 1:
        return A_ROW
    if _repeats(pin):
        return REPEATS
    return COMMON if pin in _COMMON else None


def _repeats(pin: str) -> bool:
    halves_or_thirds = pin == pin[:3] * 2 or pin == pin[:2] * 3
    mirrored = pin == pin[::-1]
    pairs = pin[0::2] == pin[1::2]  # 112233
    triples = len(set(pin[:3])) == 1 and len(set(pin[3:])) == 1  # 111222
    two_digits = len(set(pin)) == 2  # 110100
    return halves_or_thirds or mirrored or pairs or triples or two_digits


def written_dates(day: date) -> frozenset[str]:
    """Every run of six digits in the usual ways of writing a date, with and without the zero in front."""
    d, m, yy, yyyy = f"{day.day:02}", f"{day.month:02}", f"{day.year % 100:02}", f"{day.year:04}"
    forms = [d + m + yy, yy + m + d, m + d + yy, d + m + yyyy, yyyy + m + d, m + d + yyyy]
    bare_d, bare_m = str(day.day), str(day.month)
    forms += [bare_d + bare_m + yyyy, yyyy + bare_m + bare_d, bare_d + bare_m + yy, bare_d + m + yyyy]
    return frozenset(form[start : start + LENGTH] for form in forms for start in range(len(form) - LENGTH + 1))
