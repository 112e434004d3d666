"""The duties after a breach of personal data, by the clock.

UU 27/2022 Pasal 46: within 3 x 24 hours a written notice to the person and to the authority, with the data concerned,
when and how, and what is done about it; to the public too in some cases. The authority's own form is not known.

The law counts from the failure of protection. The portal counts from the moment the breach was known, which is what an
office can prove, and says so on the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.core.messages import N_

NOTICE_WITHIN = timedelta(hours=72)
SOON = timedelta(hours=24)  # less than that left is said loudly

#: Kinds of data, by the key that is stored. The first are specific data of Pasal 4(2), which weigh more.
KINDS: Mapping[str, str] = {
    "health": N_("Health, pregnancy, disability"),
    "children": N_("Data of children"),
    "money": N_("Aid and amounts, bank, card"),
    "numbers": N_("NIK, No. KK"),
    "address": N_("Address, phone"),
    "house": N_("House and belongings"),
    "desil": N_("Desil"),
    "cases": N_("Submissions, papers, words"),
    "sign_in": N_("PIN, sign-in, devices"),
}
SPECIFIC = frozenset({"health", "children", "money"})
#: Who must be told, by the key that the address uses.
PEOPLE, AUTHORITY = "orang", "lembaga"
NOTICES = (PEOPLE, AUTHORITY)


@dataclass(frozen=True, slots=True)
class Clock:
    """How it stands with one notice."""

    due: datetime
    told_at: datetime | None
    left: timedelta  # until it is due; negative where that is past

    @property
    def is_told(self) -> bool:
        """Whether the notice was sent."""
        return self.told_at is not None

    @property
    def is_overdue(self) -> bool:
        """Whether 72 hours went by and nothing was sent."""
        return self.told_at is None and self.left < timedelta(0)

    @property
    def was_late(self) -> bool:
        """Whether it was sent after the 72 hours."""
        return self.told_at is not None and self.told_at > self.due

    @property
    def is_soon(self) -> bool:
        """Whether less than a day is left."""
        return self.told_at is None and timedelta(0) <= self.left < SOON

    @property
    def hours(self) -> int:
        """Whole hours left, or gone by."""
        return int(abs(self.left).total_seconds() // 3600)


def clock_of(known_at: datetime, told_at: datetime | None, at: datetime) -> Clock:
    """The clock of one notice as it stands at ``at``."""
    due = known_at + NOTICE_WITHIN
    return Clock(due, told_at, due - at)
