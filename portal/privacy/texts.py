"""The dated texts of consents, and what the law gives: data in TOML, read once, refused where something is missing."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from portal.core.messages import N_
from portal.core.wording import Localised
from portal.extensions import outward

_WHERE_SET_UP = "where set up"
_HERE = Path(__file__).parent
CONSENTS, LAW = _HERE / "consents.toml", _HERE / "law.toml"
#: How sure we are of an article, by the marks of the catalogue.
SURE: Mapping[str, str] = {
    "A": N_("from the official text"),
    "B": N_("from several sources that agree"),
    "C": N_("from one weak source"),
    "G": N_("generally known; we found no official text"),
}


@dataclass(frozen=True, slots=True)
class Text:
    """One version of what a member reads before agreeing."""

    version: int
    since: date
    words: Localised


@dataclass(frozen=True, slots=True)
class Purpose:
    """Something that is done only for those who agree. ``texts`` are the versions, the oldest first."""

    key: str
    is_channel: bool
    title: Localised
    texts: tuple[Text, ...]

    @property
    def available(self) -> bool:
        """Whether there is such a thing here: a channel only where the installation is set up for it."""
        return not self.is_channel or outward.offers(self.key)

    @property
    def text(self) -> Text:
        """The version that is asked about now."""
        return self.texts[-1]


@dataclass(frozen=True, slots=True)
class Article:
    """A right or an exemption: what it means, where it stands, how sure that is, and where it is met here."""

    article: str
    sure: str
    words: Localised
    here: Localised | None
    limited: bool


@dataclass(frozen=True, slots=True)
class Law:
    """What UU 27/2022 gives, and what it exempts."""

    rights: tuple[Article, ...]
    exempt: tuple[Article, ...]


@lru_cache(maxsize=1)
def purposes() -> Mapping[str, Purpose]:
    """Every purpose on file, by its key, in the order of the page."""
    return read_purposes(CONSENTS)


@lru_cache(maxsize=1)
def law() -> Law:
    """The law on file."""
    found = _load(LAW)
    return Law(tuple(map(_article, found["right"])), tuple(map(_article, found["exempt"])))


def read_purposes(path: Path) -> Mapping[str, Purpose]:
    """Read the file; refuses keys that stand twice, versions out of order, and texts without a language."""
    try:
        found = [_purpose(one) for one in _load(path)["purpose"]]
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path.name}: {error} is missing or wrong") from error
    by_key = {one.key: one for one in found}
    if len(by_key) != len(found):
        raise ValueError(f"{path.name}: a key stands twice")
    for one in found:
        versions = [text.version for text in one.texts]
        days = [text.since for text in one.texts]
        if versions != list(range(1, len(versions) + 1)) or days != sorted(days):
            raise ValueError(f"{path.name}: {one.key} needs versions 1, 2, 3 ... in the order of their days")
    return by_key


def _load(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _purpose(one: dict[str, Any]) -> Purpose:
    texts = tuple(Text(text["version"], text["since"], _localised(text)) for text in one["text"])
    if not texts:
        raise KeyError("text")
    return Purpose(one["key"], one["available"] == _WHERE_SET_UP, _localised(one["title"]), texts)


def _localised(words: Mapping[str, Any]) -> Localised:
    return Localised(id=words["id"], en=words["en"], jv=words.get("jv"), su=words.get("su"))


def _article(one: dict[str, Any]) -> Article:
    here = _localised(one["here"]) if "here" in one else None
    return Article(one["article"], SURE[one["sure"]], _localised(one), here, one.get("limited", False))
