"""Which kind a case is of: the one it was sent as or, for free words, the one that an officer found in them."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Protocol

from sqlalchemy import ColumnElement, case

from portal.cases.kinds import KINDS, Kind
from portal.cases.kinds.sorted_words import SortedWords
from portal.cases.models import Case


class Sent(Protocol):
    """A case, or what a statement read of it."""

    @property
    def kind(self) -> str: ...
    @property
    def sorted_as(self) -> str | None: ...
    @property
    def restricted(self) -> bool: ...


class Counted(Protocol):
    """A case, or what a statement read of it."""

    @property
    def counted_from(self) -> datetime | None: ...
    @property
    def sent_at(self) -> datetime: ...


#: The key of that kind, for statements. Behind the walls an index serves a CASE, and no COALESCE.
kind_key: ColumnElement[str] = case((Case.sorted_as.is_(None), Case.kind), else_=Case.sorted_as)
#: What ``kind_of`` asks of a row.
OF_KIND = (Case.kind, Case.sorted_as, Case.restricted)


def kind_of(case: Sent) -> Kind:
    """The kind whose way the case goes; it also reads the answers, whatever they were given to."""
    if case.sorted_as is None:
        return KINDS[case.kind]
    return _sorted(case.sorted_as, sealed=case.restricted)


def counts_from(case: Counted) -> datetime:
    """The moment from which a promise in hours runs."""
    return case.counted_from or case.sent_at


@lru_cache(maxsize=256)
def _sorted(key: str, *, sealed: bool) -> Kind:
    return SortedWords(KINDS[key], sealed=sealed)
