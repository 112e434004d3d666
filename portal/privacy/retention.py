"""The register of processing and of how long everything is kept, as data (``retention.toml``)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from portal.core.wording import Localised

REGISTER = Path(__file__).parent / "retention.toml"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of data. ``days`` is None where nothing is removed by itself."""

    key: str
    name: Localised
    purpose: Localised
    basis: str  # article of UU 27/2022
    sure: str  # how well the article is known: A, B, C, G
    period: Localised
    after: Localised
    days: int | None


@lru_cache(maxsize=1)
def register() -> tuple[Kind, ...]:
    """Every kind of data that the portal keeps. Raises where a line says less than it must."""
    lines = tomllib.loads(REGISTER.read_text(encoding="utf-8"))["kind"]
    return tuple(_kind(line) for line in lines)


def _kind(line: dict[str, Any]) -> Kind:
    words = {name: Localised(**line[name]) for name in ("name", "purpose", "period", "after")}
    return Kind(key=line["key"], basis=line["basis"], sure=line["sure"], days=line.get("days"), **words)


def days_of(key: str) -> int:
    """The period of a kind that is removed by itself."""
    for kind in register():
        if kind.key == key and kind.days is not None:
            return kind.days
    raise KeyError(key)
