"""How long to wait after wrong tries, and when one PIN tried over many NIKs is an alarm.

Tries are counted by the keyed hash of what was typed, known or not, and apart for a device that the account knows:
a neighbour who tries from another phone locks the neighbour's lane only. The first tries cost nothing (people
mistype), then each costs more. No wait is longer than a way to the counter takes: the lock ends by itself, it is
never made longer by tries during it, and a day without a wrong try forgets them all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime

#: Seconds to wait after the 1st, 2nd, ... wrong try. At the last one, 24 tries a day of a million PINs.
FAMILY_WAITS: Sequence[int] = (0, 0, 15, 30, 60, 300, 900, 1800, 3600)
#: An activation code has 38 thousand million forms: slowing down is enough, and a stranger cannot stop it for long.
ACTIVATION_WAITS: Sequence[int] = (0, 0, 0, 0, 10, 20, 30, 60)
STAFF_WAITS: Sequence[int] = (0, 0, 15, 30, 60, 300, 900)

#: For all tries on one kiosk together, until a sign-in there succeeds: a queue of people mistypes now and then, and
#: nobody waits long for what another one did.
KIOSK_WAITS: Sequence[int] = (0, 0, 0, 0, 0, 0, 0, 0, 0, 15, 30, 60, 120, 300)
#: So many wrong tries in a row on one kiosk raise an alarm.
KIOSK_ALARM = 15

#: So many NIKs tried with one PIN within a day raise an alarm.
SPRAY_ALARM = 10

#: So many wrong codes of slips for one NIK raise an alarm.
GUESS_ALARM = 8

_MINUTE = 60


def seconds_left(locked_until: datetime | None, at: datetime) -> int:
    """Whole seconds until the next try counts, rounded up; 0 where it may be now."""
    if locked_until is None or locked_until <= at:
        return 0
    return math.ceil((locked_until - at).total_seconds())


def in_minutes(seconds: int) -> int | None:
    """The wait in minutes, rounded up, or None where it is better said in seconds."""
    return math.ceil(seconds / _MINUTE) if seconds > _MINUTE else None


def trial_text(pin: str, day: date) -> str:
    """What is hashed to see one PIN over many NIKs: another text every day, so that days cannot be joined."""
    return f"{day.isoformat()}\0{pin}"


def is_alarm(subjects_reached: int) -> bool:
    """Whether this try was the one that crossed the line; said once, not for every try after it."""
    return subjects_reached == SPRAY_ALARM
