"""Are two names one and the same person's, written by different people? Tolerant, since names are typed from memory.

Case, spaces, dots, titles and the order of words do not count; a letter may stand for a word; a long word may have one
typo. The other side is the database's (``migrations/sql/0027_public.sql``), so that no name leaves it; a test holds
both to the same answers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from string import ascii_lowercase, ascii_uppercase

_CAPITALS = str.maketrans(ascii_lowercase, ascii_uppercase, "'`\u2018\u2019\u02bc")
_TITLES = frozenset(
    "HJ HJH HAJI HAJJAH NY NYONYA TN TUAN BPK BAPAK IBU SDR SDRI ALM ALMH DRS DRA DR IR KH UST USTADZ".split()
)
_FIRST_ONLY = "H"  # a title in front; later the first letter of a name
_MUHAMMAD = "MUHAMMAD"
_SHORT_FOR_IT = frozenset(
    "MUH MOH MOCH MUCH MHD MUHD MOHD MUHAMAD MOHAMMAD MOHAMAD MOCHAMMAD MOCHAMAD MUCHAMMAD MUCHAMAD MUHAMMED MOHAMMED"
    " MOHAMED".split()
)
_LONG = 5  # letters from which a word may have a typo
_MOST_WORDS = 12


def words_of(name: str) -> list[str]:
    """The words by which a name is compared: capitals, no titles, no degrees after a comma."""
    letters = re.sub("[^A-Z]+", " ", name.split(",", 1)[0].translate(_CAPITALS))
    found = letters.split()[:_MOST_WORDS]
    kept: list[str] = []
    for word in found:
        if word in _TITLES or (word == _FIRST_ONLY and not kept):
            continue
        kept.append(_MUHAMMAD if word in _SHORT_FOR_IT else word)
    return kept or found


def one_typo_apart(one: str, other: str) -> bool:
    """One letter more, fewer or other, or two neighbours changed about."""
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1:
        return False
    alike = 0
    while alike < len(one) and one[alike] == other[alike]:
        alike += 1
    if len(one) < len(other):
        return one[alike:] == other[alike + 1 :]
    rest, other_rest = one[alike:], other[alike:]
    return rest[1:] == other_rest[1:] or (rest[:2] == other_rest[:2][::-1] and rest[2:] == other_rest[2:])


def same_name(typed: Sequence[str], recorded: Sequence[str]) -> bool:
    """Whether the words of two names agree: as many on both sides, or the same letters with the spaces elsewhere.

    A letter alone proves nothing: one word at least must be there in full on both sides.
    """
    if not typed or not recorded:
        return False
    if "".join(typed) == "".join(recorded):
        return True
    if len(typed) != len(recorded):
        return False
    open_words, theirs, whole = list(typed), list(recorded), False
    for agree in (_same, _typo, _letter):
        left_over = []
        for one in open_words:
            found = next((place for place, other in enumerate(theirs) if agree(one, other)), None)
            if found is None:
                left_over.append(one)
                continue
            whole = whole or (agree is not _letter and len(one) > 1)
            del theirs[found]
        open_words = left_over
    return whole and not open_words


def _same(one: str, other: str) -> bool:
    return one == other


def _typo(one: str, other: str) -> bool:
    return min(len(one), len(other)) >= _LONG and one_typo_apart(one, other)


def _letter(one: str, other: str) -> bool:
    return min(len(one), len(other)) == 1 and one[0] == other[0]
