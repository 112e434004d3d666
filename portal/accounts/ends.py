"""When a session ends by itself: the one table. Times are the server's; pages warn before them.

A session ends ``idle_minutes`` after the last request, and ``hours`` after the sign-in whatever happens. A phone of
one's own stays open for a form that needs looking for papers; a kiosk closes behind whoever walks away: its page
after ``KIOSK_SECONDS`` without a touch, and where that page is gone, the server half a minute later.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

#: Seconds without a touch after which a kiosk's page goes back to the start (PORTAL_KIOSK_IDLE_SECONDS).
KIOSK_SECONDS = 90
#: Seconds without a touch in a session of two, in which an officer helps.
HELPED_SECONDS = 300
#: Seconds that the server waits longer than the page of a kiosk.
GRACE_SECONDS = 30
#: Seconds before the end in which a page warns.
WARN_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Ends:
    """The ends of one kind of session."""

    idle_minutes: int
    hours: int


OWN_DEVICE = Ends(idle_minutes=30, hours=12)
OFFICER = Ends(idle_minutes=30, hours=10)
KIOSK = Ends(idle_minutes=math.ceil((KIOSK_SECONDS + GRACE_SECONDS) / 60), hours=1)


def ends_of(kind: str, *, on_kiosk: bool) -> Ends:
    """The ends for a reader of that kind (``family`` or ``staff``) on such a device."""
    if on_kiosk:
        return KIOSK
    return OFFICER if kind == "staff" else OWN_DEVICE
