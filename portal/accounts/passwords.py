"""Which password an officer may choose: long rather than complicated, and none that is tried first.

The list of common passwords stands beside this file, so that nothing is asked of the network: the 30,000 most used
ones that the package ``zxcvbn`` 4.5 carries (MIT licence), without bare numbers, and words that are common here.
"""

from __future__ import annotations

import gzip
import re
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from portal.core.messages import N_

SHORTEST = 12
LONGEST = 200
_FEWEST_SIGNS = 5  # different ones
_SIGNS_PER_BREAK = 6  # a row may be left once in so many signs and is still one
_SHORTEST_WORD = 4  # of a name or a login that may not stand in it
_FILE = Path(__file__).with_name("common_passwords.txt.gz")
_ENDS = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_REPEATED = re.compile(r"(.{1,12}?)\1+")
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb")
_FOLLOWS = frozenset(pair for row in _ROWS for one in (row, row[::-1]) for pair in pairwise(one))

TOO_SHORT = N_("Choose a password of at least 12 characters. Several words in a row are good and easy to keep.")
TOO_LONG = N_("Choose a password of at most 200 characters.")
TOO_COMMON = N_("Many people use this password, or it is a row or a repetition. Choose another one.")
TOO_NEAR = N_("Your name or login stands in it. Choose another one.")


def refusal(password: str, *, login: str, name: str) -> str | None:
    """Why this password may not be taken (a message key), or None."""
    if len(password) < SHORTEST:
        return TOO_SHORT
    if len(password) > LONGEST:
        return TOO_LONG
    plain = password.casefold()
    words = [login.casefold(), *re.split(r"\W+", name.casefold())]
    if any(len(word) >= _SHORTEST_WORD and word in plain for word in words):
        return TOO_NEAR
    return TOO_COMMON if _is_common(plain) else None


@lru_cache(maxsize=1)
def common() -> frozenset[str]:
    """The passwords that are tried first, in small letters; read when the first password is chosen."""
    return frozenset(gzip.decompress(_FILE.read_bytes()).decode().split("\n")) - {""}


def _is_common(plain: str) -> bool:
    """Whether it, or what is left without the numbers and signs around it, is on the list, or it is a mere pattern."""
    bare = _ENDS.sub("", plain)
    repeated = _REPEATED.fullmatch(bare or plain)
    core = repeated[1] if repeated else bare
    return (
        len(set(plain)) < _FEWEST_SIGNS
        or plain in common()
        or (len(core) >= _SHORTEST_WORD and core in common())
        or (repeated is not None and repeated.end() == len(bare or plain))
        or _breaks(plain) * _SIGNS_PER_BREAK < len(plain)
    )


def _breaks(plain: str) -> int:
    """How often it leaves the rows of the alphabet, the digits and the keyboard."""
    return sum(pair not in _FOLLOWS and pair[0] != pair[1] for pair in pairwise(plain))
