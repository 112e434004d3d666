"""What people type, without what is not seen: marks that turn text around could make words say something else."""

from __future__ import annotations

import unicodedata

#: Beside all control characters: marks of direction, and what takes no room. The joiners stand below.
_UNSEEN = frozenset(
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f\u3164\ufeff\uffa0"
    "\ufff9\ufffa\ufffb"
)
_JOINERS = frozenset("\u200c\u200d")  # within an emoji, or a word of a script that joins its letters


def clean(text: str) -> str:
    """Typed text without control characters and direction marks; lines stay lines, and emoji whole."""
    kept: list[str] = []
    for ch in text.replace("\r\n", "\n").replace("\r", "\n"):
        joins_nothing = ch in _JOINERS and (not kept or kept[-1].isascii())
        if ch == "\n" or not (ch in _UNSEEN or joins_nothing or unicodedata.category(ch) in ("Cc", "Cs")):
            kept.append(ch)
    return "".join(kept).strip()
