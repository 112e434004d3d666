"""What is told to everybody as data: what words mean, and myths with what we know. Checked when it is read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import TypeAdapter

from portal.core.wording import Localised, Speaker
from portal.programs.payment_labels import MEANINGS
from portal.programs.reading import CatalogError, read_toml
from portal.programs.terms import STRICT, SURENESS_WORDS, Sureness
from portal.programs.toml_lines import line_of

FOLDER = Path(__file__).parent / "texts"


@dataclass(frozen=True, kw_only=True)
class Word:
    """One word of the glossary."""

    __pydantic_config__ = STRICT

    key: str
    name: Localised
    means: Localised
    sure: Sureness


@dataclass(frozen=True, kw_only=True)
class Myth:
    """What people say and what we know; without ``sure`` it is about the portal itself."""

    __pydantic_config__ = STRICT

    key: str
    said: Localised
    fact: Localised
    sure: Sureness | None = None


@dataclass(frozen=True, kw_only=True)
class Glossary:
    """The file of words."""

    __pydantic_config__ = STRICT

    word: tuple[Word, ...]


@dataclass(frozen=True, kw_only=True)
class Myths:
    """The file of myths."""

    __pydantic_config__ = STRICT

    myth: tuple[Myth, ...]


_GLOSSARY, _MYTHS = TypeAdapter(Glossary), TypeAdapter(Myths)


@dataclass(frozen=True, slots=True)
class Told:
    """One entry as it is drawn: what is asked about, the answer, how sure."""

    key: str
    title: str
    words: str
    sure: str


@lru_cache(maxsize=1)
def glossary() -> tuple[Word, ...]:
    """The words on file."""
    return read_glossary(FOLDER / "glossary.toml")


@lru_cache(maxsize=1)
def myths() -> tuple[Myth, ...]:
    """The myths on file."""
    return read_myths(FOLDER / "myths.toml")


def read_glossary(path: Path) -> tuple[Word, ...]:
    """Read and check a file of words; raises :class:`CatalogError` with file and line."""
    source = path.read_text(encoding="utf-8")
    words = read_toml(_GLOSSARY, path.name, source).word
    _once(path.name, source, "word", [one.key for one in words])
    return words


def read_myths(path: Path) -> tuple[Myth, ...]:
    """Read and check a file of myths; raises :class:`CatalogError` with file and line."""
    source = path.read_text(encoding="utf-8")
    found = read_toml(_MYTHS, path.name, source).myth
    _once(path.name, source, "myth", [one.key for one in found])
    return found


def glossary_page(speaker: Speaker) -> tuple[Told, ...]:
    """The words in the order of the reader's alphabet."""
    say = speaker.say
    told = (Told(one.key, say(one.name), say(one.means), say(SURENESS_WORDS[one.sure])) for one in glossary())
    return tuple(sorted(told, key=lambda one: one.title.casefold()))


def labels_page(speaker: Speaker) -> tuple[Told, ...]:
    """The ministry's labels of payments, with what each means and what to do."""
    say = speaker.say
    return tuple(
        Told(one.label, one.label, f"{say(one.title)}. {say(one.todo)}", say(SURENESS_WORDS[one.sure]))
        for one in MEANINGS.values()
    )


def myths_page(speaker: Speaker) -> tuple[Told, ...]:
    """The myths as they stand on file: the most common first."""
    say = speaker.say
    return tuple(
        Told(one.key, say(one.said), say(one.fact), say(SURENESS_WORDS[one.sure]) if one.sure else "")
        for one in myths()
    )


def _once(file: str, source: str, table: str, keys: list[str]) -> None:
    for place, key in enumerate(keys):
        if key in keys[:place]:
            raise CatalogError(file, line_of(source, (table, place, "key")), f"'{key}' stands twice")
