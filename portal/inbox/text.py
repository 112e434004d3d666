"""What a message is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Way:
    """A way on from a message: an address with values of its own, and with some of the message (by their names)."""

    label: str
    endpoint: str
    fixed: Mapping[str, str] = field(default_factory=dict)
    named: Mapping[str, str] = field(default_factory=dict)  # of the address: the name in the message


@dataclass(frozen=True, slots=True)
class Text:
    """Title and body (message keys), and the kind of mark beside it: good, wait, stop, info."""

    title: str
    body: str
    tone: str = "info"
    ways: tuple[Way, ...] = ()
