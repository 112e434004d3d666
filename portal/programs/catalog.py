"""The catalogue: programmes and opportunities as dated data, checked strictly when it is loaded.

Every file of a folder is one span of validity of one programme; ``names.toml`` holds programmes that
are only known by name (they ended, or their rules are not in the catalogue). A file that is wrong is
refused as a whole with its name and line, and whoever loads keeps the catalogue it had.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
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
from portal.programs.toml_lines import Path as Place
from portal.programs.toml_lines import line_of

FOLDER = Path(__file__).parent / "catalog"
NAMES_FILE = "names.toml"

Kind = Literal["cash", "food", "insurance", "housing", "energy", "school", "training", "business"]
Code = Annotated[str, Field(pattern=r"^[A-Z0-9]+(-[A-Z0-9]+)*$", max_length=40)]
Month = Annotated[int, Field(ge=1, le=12)]


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """Stages of a year: the first and last month of each; none where payments cannot be foreseen from the words."""

    __pydantic_config__ = STRICT

    stages: tuple[tuple[Month, Month], ...]
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
    standing: Literal["in_force", "announced"] = "in_force"  # nobody is judged by what is only announced
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
        return self.calendar is not None and bool(self.calendar.stages) and self.kind in ("cash", "food")

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


@dataclass(frozen=True, slots=True)
class Past:
    """A programme that has ended, as a history shows it."""

    code: str
    name: Localised
    summary: Localised


class CatalogDay:
    """The catalogue as it holds on one day. ``programs`` are in force, and families are judged by them alone."""

    def __init__(
        self, day: date, holding: Iterable[Program], labels: Mapping[str, str], names: Mapping[str, Localised]
    ) -> None:
        holding = tuple(holding)
        self.day = day
        self.programs = tuple(program for program in holding if program.standing == "in_force")
        self.announced = tuple(program for program in holding if program.standing == "announced")
        self.by_code = {program.code: program for program in self.programs}
        self.stage_rupiah = {
            program.code: {key: amount.rupiah for key, amount in program.amounts_on(day).items()}
            for program in self.programs
        }
        self.labels = labels  # the stable code of each folded word of the record
        self._names = names

    def code_of(self, label: str) -> str:
        """The stable code for the record's word for a programme; an unknown word is its own code."""
        return self.labels.get(fold(label), label)

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

    def past(self, day: date) -> tuple[Past, ...]:
        """The programmes that have ended by ``day``, the last rules of each."""
        latest = {one.code: one for one in self.programs if one.valid_from <= day}
        over = [one for one in latest.values() if not one.holds_on(day)] + [one for one in self.named if one.ended]
        return tuple(Past(one.code, one.name, one.summary) for one in over)


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
    read = _read(folder)
    if read.faults:
        raise read.faults[0]
    digest = hashlib.sha256()
    for name, source in read.sources.items():
        digest.update(name.encode() + b"\0" + source.encode() + b"\0")
    return Catalog([program for _, program in read.programs], read.named, digest.hexdigest()[:16])


def faults_of(folder: Path) -> tuple[CatalogError, ...]:
    """What is wrong in a folder: the first fault of each file, then what the files do to each other."""
    return tuple(_read(folder).faults)


@dataclass(frozen=True, slots=True)
class _Folder:
    """The files of a folder as they were read; ``programs`` go with the names of their files."""

    sources: dict[str, str] = field(default_factory=dict)
    programs: list[tuple[str, Program]] = field(default_factory=list)
    named: list[NamedProgram] = field(default_factory=list)
    faults: list[CatalogError] = field(default_factory=list)

    def refuse(self, file: str, path: Place, problem: str) -> None:
        """Note a fault at the line of ``path``."""
        self.faults.append(CatalogError(file, line_of(self.sources[file], path), problem))


def _read(folder: Path) -> _Folder:
    read = _Folder()
    for path in sorted(folder.glob("*.toml")):
        try:
            source = read.sources[path.name] = path.read_text(encoding="utf-8")
            if path.name == NAMES_FILE:
                read.named.extend(read_toml(_NAMES, path.name, source).program)
            else:
                program = read_toml(_PROGRAM, path.name, source)
                _check(program, path.name, source)
                read.programs.append((path.name, program))
        except UnicodeDecodeError as error:
            read.faults.append(CatalogError(path.name, path.read_bytes()[: error.start].count(b"\n") + 1, "not UTF-8"))
        except CatalogError as error:
            read.faults.append(error)
    if not read.sources:
        read.faults.append(CatalogError(folder.name, 1, "no *.toml file is in this folder"))
    _check_overlaps(read)
    _check_words(read)
    return read


def _check(program: Program, file: str, source: str) -> None:
    """What one file must hold beyond the shape of its values."""

    def refuse(path: Place, problem: str) -> CatalogError:
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


def _check_overlaps(read: _Folder) -> None:
    for place, (file, program) in enumerate(read.programs):
        for other_file, other in read.programs[:place]:
            if program.code == other.code and _overlap(program, other):
                read.refuse(file, ("valid_from",), f"{program.code} overlaps in time with {other_file}")


def _check_words(read: _Folder) -> None:
    """No word of the record may mean two programmes, and no programme stands twice, but for its other times."""
    owners: dict[str, str] = {}
    entries: list[tuple[str, Place, Program | NamedProgram]] = [(file, (), program) for file, program in read.programs]
    entries += [(NAMES_FILE, ("program", place), entry) for place, entry in enumerate(read.named)]
    codes = {program.code for _, program in read.programs}
    for file, where, entry in entries:
        if where and entry.code in codes:
            read.refuse(file, (*where, "code"), f"'{entry.code}' stands twice")
        codes.add(entry.code)
        for key, words in (("code", (entry.code,)), ("aliases", entry.aliases)):
            for word in words:
                owner = owners.setdefault(fold(word), entry.code)
                if owner != entry.code:
                    read.refuse(file, (*where, key), f"'{word}' already means {owner}")
        if len({fold(word) for word in entry.aliases}) < len(entry.aliases):
            read.refuse(file, (*where, "aliases"), "one alias stands twice")
