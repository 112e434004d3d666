"""Small terms that the catalogue, the conditions and the counting of PKH share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from portal.core.messages import N_
from portal.core.wording import Localised, Message

STRICT = ConfigDict(extra="forbid", strict=True)

Sureness = Literal["A", "B", "C", "G", "X"]

SURENESS_WORDS: Mapping[str, Message] = {
    "A": Message(N_("From an official source.")),
    "B": Message(N_("From news that quotes an official, or from two sources that agree.")),
    "C": Message(N_("From one weak source only. Ask before you rely on it.")),
    "G": Message(N_("Generally known, but we found no source. Ask before you rely on it.")),
    "X": Message(N_("Sources differ about this rule. Ask before you rely on it.")),
}


@dataclass(frozen=True, kw_only=True)
class Amount:
    """One dated amount in whole rupiah; ``key`` names what it is for."""

    __pydantic_config__ = STRICT

    key: str
    label: Localised
    rupiah: Annotated[int, Field(ge=0)]
    per: Literal["stage", "month", "year", "day", "once"]
    sure: Sureness
    valid_from: date
    valid_until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the amount is the one in force on ``day``."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True, kw_only=True)
class Legal:
    """The decree or law a programme stands on, and how sure we are of it."""

    __pydantic_config__ = STRICT

    text: str
    sure: Sureness


@dataclass(frozen=True, kw_only=True)
class Remark:
    """A plain sentence to the family that is no condition: quota, home visit, duty."""

    __pydantic_config__ = STRICT

    text: Localised
    sure: Sureness
