"""The register of processing and of how long everything is kept, as data (``retention.toml``)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.audit.trail import Event, record
from portal.core.wording import Localised
from portal.privacy.models import KeptFor

REGISTER = Path(__file__).parent / "retention.toml"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of data. ``days`` is None where no number of them is ours to give.

    ``by_office``: no law that we know gives a period, so the office does (``portal privacy keep``); until then nothing
    of the kind is removed.
    """

    key: str
    name: Localised
    purpose: Localised
    basis: str  # article of UU 27/2022
    sure: str  # how well the article is known: A, B, C, G
    period: Localised
    after: Localised
    days: int | None
    by_office: bool


@lru_cache(maxsize=1)
def register() -> tuple[Kind, ...]:
    """Every kind of data that the portal keeps. Raises where a line says less than it must."""
    lines = tomllib.loads(REGISTER.read_text(encoding="utf-8"))["kind"]
    return tuple(_kind(line) for line in lines)


def _kind(line: dict[str, Any]) -> Kind:
    words = {name: Localised(**line[name]) for name in ("name", "purpose", "period", "after")}
    days, by_office = line.get("days"), line.get("by_office", False)
    if by_office is not (days is None):
        raise ValueError(f"{REGISTER.name}: {line['key']} needs days, or by_office = true")
    return Kind(key=line["key"], basis=line["basis"], sure=line["sure"], days=days, by_office=by_office, **words)


def days_of(key: str) -> int:
    """The period of a kind that is removed by itself."""
    for kind in register():
        if kind.key == key and kind.days is not None:
            return kind.days
    raise KeyError(key)


def kinds_of_office() -> list[str]:
    """The kinds whose period the office gives."""
    return [kind.key for kind in register() if kind.by_office]


def given_periods(session: Session) -> dict[str, KeptFor]:
    """The periods that the office gave, by kind."""
    return {one.kind: one for one in session.scalars(select(KeptFor))}


def keep_for(session: Session, kind: str, days: int, decision: str) -> None:
    """Write the period that the office decided, as the owner. From the next night on it is done."""
    values = {"days": days, "decision": decision}
    row = insert(KeptFor).values(kind=kind, **values).on_conflict_do_update(index_elements=["kind"], set_=values)
    session.execute(row)
    record(session, Event.PERIOD_SET, kind=kind, days=days)


def keep_always(session: Session, kind: str) -> None:
    """Take the period back, as the owner: nothing of the kind is removed any more."""
    found = session.get(KeptFor, kind)
    if found is not None:
        session.delete(found)
        record(session, Event.PERIOD_SET, kind=kind, days=None)
