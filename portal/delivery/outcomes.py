"""What became of one try to send, as far as can be known."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """The answer of a push service or a gateway. Only what surely was not taken is tried again."""

    SENT = "sent"
    LATER = "later"  # it said no, or was not reached at all: nothing went out
    UNSURE = "unsure"  # no answer came: it may have gone out
    GONE = "gone"  # the device or the number is no more
