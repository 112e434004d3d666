"""The catalogue: programmes and opportunities as dated data, checked strictly when it is loaded.

Every file of a folder is one span of validity of one programme; ``names.toml`` holds programmes that
are only known by name (they ended, or their rules are not in the catalogue). A file that is wrong is
refused as a whole with its name and line, and whoever loads keeps the catalogue it had.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from portal.core.wording import Localised
from portal.programs.criteria.base import Rule
from portal.programs.criteria.combine import Criterion, PkhComponent, asks_member
from portal.programs.pkh import COMPONENT_WORDS, CountingRules
from portal.programs.reading import CatalogError, read_toml
from portal.programs.terms import STRICT, Amount, Legal, Remark, Sureness
from portal.programs.toml_lines import line_of

FOLDER = Path(__file__).parent / "catalog"
NAMES_FILE = "names.toml"

Kind = Literal["cash", "food", "insurance", "housing", "school", "training", "business"]
Code = Annotated[str, Field(pattern=r"^[A-Z0-9]+(-[A-Z0-9]+)*$", max_length=40)]
Month = Annotated[int, Field(ge=1, le=12)]


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """Stages of a year: the first and last month of each."""

    __pydantic_config__ = STRICT

    stages: Annotated[tuple[tuple[Month, Month], ...], Field(min_length=1)]
    text: Localised
    sure: Sureness


@dataclass(frozen=True, kw_only=True)
class Program:
    """One programme or opportunity as it holds from ``valid_from`` to ``valid_until`` (both included)."""

    __pydantic_config__ = STRICT

    code: Code
    name: Localised
    summary: Localised
    kind: Kind
    audience: Literal["family", "member"]
    organiser: Localised
    valid_from: date
    valid_until: date | None = None
    demo: bool = False  # an invented example of what an office can add
    aliases: tuple[str, ...] = ()
    channel: Localised | None = None
    where: Localised | None = None
    how: tuple[Localised, ...] = ()
    documents: tuple[Localised, ...] = ()
    amounts: tuple[Amount, ...] = ()
    calendar: Calendar | None = None
    legal: tuple[Legal, ...] = ()
    remarks: tuple[Remark, ...] = ()
    other_way: Localised | None = None  # a way in beside the conditions
    desil_text: Localised | None = None  # its own desil rule in words
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1)]
    counting: CountingRules | None = None

    @cached_property
    def family_criteria(self) -> tuple[Rule, ...]:
        """Conditions about the family as a whole."""
        return tuple(part for part in self.criteria if not asks_member(part))

    @cached_property
    def member_criteria(self) -> tuple[Rule, ...]:
        """Conditions asked of each member."""
        return tuple(part for part in self.criteria if asks_member(part))

    @property
    def pays(self) -> bool:
        """Whether money or food reaches the family in stages."""
        return self.calendar is not None and self.kind in ("cash", "food")

    def holds_on(self, day: date) -> bool:
        """Whether these rules are in force on ``day``."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    def amounts_on(self, day: date) -> dict[str, Amount]:
        """The amounts in force on ``day`` by what they are for."""
        return {amount.key: amount for amount in self.amounts if amount.holds_on(day)}


@dataclass(frozen=True, kw_only=True)
class NamedProgram:
    """A programme that is only known by name, for histories."""

    __pydantic_config__ = STRICT

    code: Code
    name: Localised
    kind: Kind
    summary: Localised
    aliases: tuple[str, ...] = ()
    ended: bool = False
    sure: Sureness


@dataclass(frozen=True, kw_only=True)
class NamesFile:
    """What ``names.toml`` holds."""

    __pydantic_config__ = STRICT

    program: tuple[NamedProgram, ...]


_PROGRAM = TypeAdapter(Program)
_NAMES = TypeAdapter(NamesFile)


class CatalogDay:
    """The catalogue as it holds on one day."""

    def __init__(
        self, day: date, programs: Iterable[Program], labels: Mapping[str, str], names: Mapping[str, Localised]
    ) -> None:
        self.day = day
        self.programs = tuple(programs)
        self.by_code = {program.code: program for program in self.programs}
        self.stage_rupiah = {
            program.code: {key: amount.rupiah for key, amount in program.amounts_on(day).items()}
            for program in self.programs
        }
        self._labels = labels
        self._names = names

    def code_of(self, label: str) -> str:
        """The stable code for the record's word for a programme; an unknown word is its own code."""
        return self._labels.get(fold(label), label)

    def find(self, label: str) -> Program | None:
        """The programme in force for a word of the record, or None."""
        return self.by_code.get(self.code_of(label))

    def name_of(self, label: str) -> Localised:
        """The name of a programme for a reader; an unknown one by its own name."""
        return self._names.get(self.code_of(label)) or Localised(id=label, en=label)


class Catalog:
    """Everything loaded from one folder. ``version`` changes when any file does (for ETags)."""

    def __init__(self, programs: Iterable[Program], named: Iterable[NamedProgram], version: str) -> None:
        self.programs = tuple(sorted(programs, key=lambda program: (program.code, program.valid_from)))
        self.named = tuple(named)
        self.version = version
        entries: list[Program | NamedProgram] = [*self.programs, *self.named]
        self._names = {entry.code: entry.name for entry in entries}
        self._labels = {fold(word): entry.code for entry in entries for word in (entry.code, *entry.aliases)}
        self._days: dict[date, CatalogDay] = {}

    def on(self, day: date) -> CatalogDay:
        """The catalogue of ``day``; worked out once for each day that is asked for."""
        found = self._days.get(day)
        if found is None:
            if len(self._days) > 100:
                self._days.clear()
            holding = [program for program in self.programs if program.holds_on(day)]
            found = self._days[day] = CatalogDay(day, holding, self._labels, self._names)
        return found


@lru_cache(maxsize=1)
def default() -> Catalog:
    """The catalogue that comes with the portal, loaded once."""
    return load(FOLDER)


def catalog_on(day: date) -> CatalogDay:
    """The portal's own catalogue as it holds on ``day``."""
    return default().on(day)


@lru_cache(maxsize=1024)  # the words of a registry are few, and home folds a dozen
def fold(label: str) -> str:
    """The record's word for a programme without what differs by typing: case, spaces, dashes."""
    return re.sub(r"[\s_-]+", "-", label.strip().upper())


def load(folder: Path) -> Catalog:
    """Read and check every ``*.toml`` of a folder; raises :class:`CatalogError` for the first fault."""
    programs: list[tuple[str, str, Program]] = []
    named: tuple[NamedProgram, ...] = ()
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.toml")):
        source = path.read_text(encoding="utf-8")
        digest.update(path.name.encode() + b"\0" + source.encode() + b"\0")
        if path.name == NAMES_FILE:
            named = read_toml(_NAMES, path.name, source).program
        else:
            program = read_toml(_PROGRAM, path.name, source)
            _check(program, path.name, source)
            programs.append((path.name, source, program))
    _check_overlaps(programs)
    _check_labels(programs, named)
    return Catalog([program for _, _, program in programs], named, digest.hexdigest()[:16])


def _check(program: Program, file: str, source: str) -> None:
    """What one file must hold beyond the shape of its values."""

    def refuse(path: tuple[str | int, ...], problem: str) -> CatalogError:
        return CatalogError(file, line_of(source, path), problem)

    if program.valid_until is not None and program.valid_until < program.valid_from:
        raise refuse(("valid_until",), "valid_until is before valid_from")
    if program.audience == "family" and program.member_criteria:
        place = program.criteria.index(program.member_criteria[0])
        raise refuse(("criteria", place), "a condition about a member in a programme for families")
    if program.audience == "member" and not program.member_criteria:
        raise refuse(("audience",), "a programme for members asks nothing of a member")
    for place, amount in enumerate(program.amounts):
        for other in program.amounts[:place]:
            if amount.key == other.key and _overlap(amount, other):
                raise refuse(("amounts", place), f"two amounts for '{amount.key}' hold on the same day")
    counts = any(isinstance(part, PkhComponent) for part in program.criteria)
    if counts != (program.counting is not None):
        raise refuse(("counting",), "'pkh_component' and [counting] need each other")
    if program.counting and (missing := set(COMPONENT_WORDS) - {amount.key for amount in program.amounts}):
        raise refuse(("amounts",), f"no amount for {', '.join(sorted(missing))}")


def _overlap(one: Program | Amount, other: Program | Amount) -> bool:
    last, other_last = one.valid_until or date.max, other.valid_until or date.max
    return one.valid_from <= other_last and other.valid_from <= last


def _check_overlaps(programs: list[tuple[str, str, Program]]) -> None:
    for place, (file, source, program) in enumerate(programs):
        for other_file, _, other in programs[:place]:
            if program.code == other.code and _overlap(program, other):
                line = line_of(source, ("valid_from",))
                raise CatalogError(file, line, f"{program.code} overlaps in time with {other_file}")


def _check_labels(programs: list[tuple[str, str, Program]], named: tuple[NamedProgram, ...]) -> None:
    """No word of the record may mean two programmes."""
    owners: dict[str, str] = {}
    entries: list[tuple[str, Program | NamedProgram]] = [(file, program) for file, _, program in programs]
    entries += [(NAMES_FILE, entry) for entry in named]
    for file, entry in entries:
        for word in (entry.code, *entry.aliases):
            if owners.setdefault(fold(word), entry.code) != entry.code:
                raise CatalogError(file, 1, f"'{word}' already means {owners[fold(word)]}")
