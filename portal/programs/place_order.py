"""In which order the places of an offering are given. A pure rule module.

The order is published with the offering, before anybody registers; who taps first never counts. Where the published
order leaves several people equal, a lot decides that anybody can reckon again: the SHA-256 of the code of the draw, a
colon and the code of the person, the lowest first. The database chooses the code of the draw when the offering is
published and never changes it; the code of a person is theirs for ever. So nobody, family or officer, can try until the
lot is a better one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal.core.messages import N_

_DIGITS = 12  # of the lot, as it is shown: two equal ones are not to be expected
_NO_DESIL = 11  # whoever has none comes after all that have one


class Order(StrEnum):
    """By what places are given. The key is stored and never changes."""

    DESIL = "desil"
    LOT = "lot"


ORDER_WORDS: Mapping[Order, str] = {
    Order.DESIL: N_("Families of the lowest desil first; within one desil a lot decides"),
    Order.LOT: N_("A lot decides among all who registered"),
}
#: The same for whoever registers.
ORDER_MEANS: Mapping[Order, str] = {
    Order.DESIL: N_(
        "Places are given after registration has closed. It does not matter who registers first. Families of desil 1 "
        "come first, then desil 2, and so on. Within one desil a lot decides. Families without a desil come last."
    ),
    Order.LOT: N_(
        "Places are given after registration has closed. It does not matter who registers first. A lot decides among "
        "all who registered."
    ),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One registration: who takes part, and what the order looks at."""

    person_id: int
    code: str  # of the person, for the lot
    desil: int | None
    sent_at: datetime
    reference: str


@dataclass(frozen=True, slots=True)
class Numbered:
    """One person's number in the order; ``seat`` where there is a place."""

    number: int
    entry: Entry
    lot: str
    seat: int | None


def lot_of(seed: str, code: str) -> str:
    """The lot of a person in a draw: the first digits of the SHA-256 of both, in hexadecimal."""
    return hashlib.sha256(f"{seed}:{code}".encode()).hexdigest()[:_DIGITS]


def once_each(entries: Iterable[Entry]) -> list[Entry]:
    """The first registration of each person; another one of the same person counts for nothing."""
    first: dict[int, Entry] = {}
    for entry in sorted(entries, key=lambda one: (one.sent_at, one.reference)):
        first.setdefault(entry.person_id, entry)
    return list(first.values())


def in_order(entries: Iterable[Entry], order: Order, seed: str, quota: int) -> list[Numbered]:
    """Everybody who registered, once, by the published order; the first ``quota`` of them have a place.

    The result depends on who registered and on nothing else: not on the order in which they come in.
    """

    def rank(entry: Entry) -> tuple[int, str, str]:
        group = (entry.desil or _NO_DESIL) if order is Order.DESIL else 0
        return group, lot_of(seed, entry.code), entry.code

    sorted_ = sorted(once_each(entries), key=rank)
    return [
        Numbered(number, entry, lot_of(seed, entry.code), number if number <= quota else None)
        for number, entry in enumerate(sorted_, start=1)
    ]
