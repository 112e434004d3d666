"""What became of a paper that was sent, and what to do where it cannot be read. A pure rule module.

The keys are stored; the database holds the same lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from portal.core.messages import N_


class PaperState(StrEnum):
    """Where a paper stands. Received is the first; the others are an officer's."""

    RECEIVED = "received"
    READABLE = "readable"
    UNREADABLE = "unreadable"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class StateWords:
    """A state as pages show it: its word, and the kind of mark beside it."""

    word: str
    tone: str


@dataclass(frozen=True, slots=True)
class Advice:
    """Why a paper cannot be read, as the officer chooses it, and what the family does about it."""

    why: str
    to_do: str


STATE_WORDS: Mapping[PaperState, StateWords] = {
    PaperState.RECEIVED: StateWords(N_("Received"), "info"),
    PaperState.READABLE: StateWords(N_("Can be read"), "good"),
    PaperState.UNREADABLE: StateWords(N_("Cannot be read"), "stop"),
    PaperState.ACCEPTED: StateWords(N_("Paper accepted"), "good"),
}
ADVICE: Mapping[str, Advice] = {
    "dark": Advice(N_("too dark"), N_("Too dark. Take the photo again in a bright place, for example near a window.")),
    "blurred": Advice(N_("blurred"), N_("Blurred. Hold the phone still, wait until the letters are sharp, then tap.")),
    "cut": Advice(N_("a part is missing"), N_("A part is missing. Lay the paper flat; all four corners must be seen.")),
    "shine": Advice(N_("shine or shadow"), N_("Shine or shadow is on it. Take it again without flash, from above.")),
    "wrong": Advice(
        N_("another paper"), N_("This is another paper than the one that is needed. Read which papers do.")
    ),
}


class Looked(Protocol):
    """What the rule asks of a paper."""

    @property
    def public_id(self) -> UUID: ...
    @property
    def label(self) -> str: ...
    @property
    def state(self) -> PaperState: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def looked_at(self) -> datetime | None: ...


def to_send_again(papers: Iterable[Looked]) -> frozenset[UUID]:
    """Papers that cannot be read, as long as none of the same name was sent after that was said."""
    there = list(papers)
    return frozenset(
        paper.public_id
        for paper in there
        if paper.state is PaperState.UNREADABLE
        and not any(other.label == paper.label and _is_after(other, paper) for other in there)
    )


def _is_after(other: Looked, paper: Looked) -> bool:
    return paper.looked_at is not None and other.created_at > paper.looked_at
