"""What differs by regency and by time, as dated data: when families are ranked anew, until when one can object.

``local_rules.toml`` holds them with how sure each is. What no source gives for certain has no number of days here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Protocol, TypeVar

from pydantic import Field, TypeAdapter

from portal.core.wording import Localised
from portal.programs.reading import read_toml
from portal.programs.terms import STRICT, Remark, Sureness

VILLAGES = 1_000_000  # a village's code has six digits more than its regency's
FILE = Path(__file__).with_name("local_rules.toml")
_CERTAIN = frozenset({"A", "B"})


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """How often families are ranked anew, in months."""

    __pydantic_config__ = STRICT

    months: Annotated[int, Field(ge=1, le=24)]
    text: Localised
    sure: Sureness
    valid_from: date
    valid_until: date | None = None
    regency: int | None = None  # None: wherever no entry names the regency
    remarks: tuple[Remark, ...] = ()

    def next_after(self, last: date) -> date:
        """The first day of the month in which the next ranking after ``last`` can come: an estimate."""
        months = last.year * 12 + last.month - 1 + self.months
        return date(months // 12, months % 12 + 1, 1)


@dataclass(frozen=True, kw_only=True)
class Objecting:
    """Within how many days one can object; no days where no sure rule is known."""

    __pydantic_config__ = STRICT

    text: Localised
    sure: Sureness
    valid_from: date
    valid_until: date | None = None
    regency: int | None = None
    days: Annotated[int, Field(ge=1)] | None = None

    def last_day(self, told: date) -> date | None:
        """The last day to object to what was told on ``told``; None unless the rule is sure."""
        return told + timedelta(days=self.days) if self.days and self.sure in _CERTAIN else None


@dataclass(frozen=True, kw_only=True)
class LocalRules:
    """The whole file."""

    __pydantic_config__ = STRICT

    ranking: Annotated[tuple[Ranking, ...], Field(min_length=1)]
    objecting: Annotated[tuple[Objecting, ...], Field(min_length=1)]

    def ranking_in(self, regency: int, day: date) -> Ranking:
        """How families of the regency are ranked on ``day``."""
        return _holding(self.ranking, regency, day)

    def objecting_in(self, regency: int, day: date) -> Objecting:
        """The rule about objecting in the regency on ``day``."""
        return _holding(self.objecting, regency, day)


class _Dated(Protocol):
    @property
    def regency(self) -> int | None: ...
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_until(self) -> date | None: ...


_T = TypeVar("_T", bound=_Dated)
_RULES = TypeAdapter(LocalRules)


def _holding(entries: Iterable[_T], regency: int, day: date) -> _T:
    """The regency's own entry where one holds on the day, else the newest common one."""
    found = [one for one in entries if one.regency in (None, regency)]
    holding = [one for one in found if one.valid_from <= day and (one.valid_until is None or day <= one.valid_until)]
    return max(holding or found, key=lambda one: (one.regency is not None, one.valid_from))


@lru_cache(maxsize=1)
def local_rules() -> LocalRules:
    """The rules that come with the portal, read once."""
    return read_toml(_RULES, FILE.name, FILE.read_text(encoding="utf-8"))
