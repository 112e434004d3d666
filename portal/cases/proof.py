"""The proof of a case: saved, reached an officer, opened, answered, each with its time; and who read what.

A pure rule module over the steps of a case's path.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from portal.cases.workflow import CLOSED, TABLE, Move, Side, State
from portal.core.messages import N_
from portal.core.wording import Message

#: In the data of a first step: no officer serves the village and none above it, so it lies in nobody's queue yet.
NOBODY = "nobody"
DONE, WAITS, NEVER = "done", "next", "stop"

_FIRST = frozenset({"sent", "recorded"})
_ROUTED = frozenset({"raised", "followed", "handed_on", "given"})
_IN_HAND = frozenset({"opened", "opened_by_two", "sorted", "taken", "taken_over"})
#: Moves in which an officer says something to the family: a question, a step of the way, a decision.
ANSWERS = frozenset(
    move.value
    for moves in TABLE.values()
    for move, rule in moves.items()
    if rule.side is Side.STAFF and rule.needs_words and rule.notice is not None
)
_READ_BY: Mapping[Side, str] = {
    Side.FAMILY: N_("Read by the family: %(when)s"),
    Side.STAFF: N_("Read by the officer: %(when)s"),
}
_NOT_READ: Mapping[Side, str] = {
    Side.FAMILY: N_("Not yet read by the family"),
    Side.STAFF: N_("Not yet read by the officer"),
}


class Happened(Protocol):
    """What the proof asks of a step of the path."""

    @property
    def id(self) -> int: ...
    @property
    def event(self) -> str: ...
    @property
    def actor_kind(self) -> str: ...
    @property
    def words(self) -> str | None: ...
    @property
    def data(self) -> dict[str, Any]: ...
    @property
    def at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Link:
    """One of the four: ``state`` is done, next, or stop where the case ended without it."""

    word: str
    icon: str
    at: datetime | None
    state: str


@dataclass(frozen=True, slots=True)
class ReadMark:
    """The newest words that a side has opened, and when it did so first."""

    event_id: int
    at: datetime


def chain(events: Sequence[Happened], state: State, *, named: bool) -> tuple[Link, ...]:
    """Saved, reached an officer, opened, answered. ``named``: an officer has the case now.

    A case reaches the queue of a named officer in the transaction that saves it. Where nobody served, it is reached
    when it was given to somebody, or when somebody opened it.
    """
    first = next((step for step in events if step.event in _FIRST), None)
    saved = first.at if first else None
    opened = _first_of(events, _IN_HAND)
    answered = _first_of(events, ANSWERS | {Move.LIST.value})  # the number in the order is the answer
    reached = _reached(events, named=named) if first is None or first.data.get(NOBODY) else saved
    times = [saved, reached, opened or answered, answered]
    missing = NEVER if state in CLOSED else WAITS
    return tuple(Link(word, icon, at, DONE if at else missing) for (word, icon), at in zip(_LINKS, times, strict=True))


_LINKS = (
    (N_("Saved"), "document"),
    (N_("Reached the officer"), "person"),
    (N_("Opened"), "eye"),
    (N_("Answered"), "chat"),
)


def _reached(events: Iterable[Happened], *, named: bool) -> datetime | None:
    """When a case that began with nobody came to somebody."""
    return _first_of(events, _IN_HAND | _ROUTED if named else _IN_HAND)


def _first_of(events: Iterable[Happened], names: frozenset[str]) -> datetime | None:
    return next((step.at for step in events if step.event in names), None)


def is_traceable(*, restricted: bool, private: bool, kept_from: int | None) -> bool:
    """Whether the reference and a year of birth tell a stranger where the case stands: ``case_trace`` in SQL."""
    return not (restricted or private or kept_from is not None)


def read_marks(events: Sequence[Happened], reads: Mapping[str, ReadMark]) -> dict[int, tuple[Side, ReadMark | None]]:
    """For the newest words of each side, by the place of the step: the side that is to read them, and its mark.

    Older words carry none: who read the newest has had the others before the eyes.
    """
    found: dict[int, tuple[Side, ReadMark | None]] = {}
    for reader, writer in ((Side.FAMILY, "staff"), (Side.STAFF, "family")):
        written = [
            at
            for at, step in enumerate(events)
            if step.words and step.actor_kind == writer and not step.data.get("hidden")
        ]
        if not written:
            continue
        mark = reads.get(reader.value)
        newest = events[written[-1]]
        found[written[-1]] = (reader, mark if mark is not None and mark.event_id >= newest.id else None)
    return found


def mark_words(reader: Side, when: str | None) -> Message:
    """The mark in words; ``when`` is the moment as it is written, None where nobody of that side read it."""
    return Message(_NOT_READ[reader]) if when is None else Message(_READ_BY[reader], {"when": when})
