"""Rows judged by the order of the format: own fields, then family, then repeated keys.

Each judge takes the rows of one file and yields the accepted ones as lists of COPY texts in the
format's column order (sealed columns still clear: the stager seals them before anything leaves
this process). What is to be said of a row is counted only when the row is accepted.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import timedelta
from typing import Final

from portal.exchange import cells
from portal.exchange.cells import NULL, Judged, Parser
from portal.exchange.format import FAMILIES, MEMBERS, PARTICIPATIONS
from portal.exchange.parsers import family_parsers, member_parsers, participation_parsers
from portal.exchange.reading import Table
from portal.exchange.report import Report

REFUSED: Final = -1
"""In place of a family's number: its row was refused."""

CACHED = 60_000
_BIRTH_AHEAD = timedelta(days=366)
_FEMALE_DAY = 40
_UNCACHED = frozenset(("NO_KK", "NIK", "NKKS", "KKS_4DIGIT"))

Accepted = tuple[int, int, list[str]]
"""Line, number of the family, values in the format's order."""


class Families:
    """The families an extract names: No. KK to its number (order of acceptance) or ``REFUSED``.

    ``recorded`` is asked, for an extract without a usable ``keluarga`` file, whether the registry has
    a No. KK; those found are listed in ``recalled`` with their numbers.
    """

    def __init__(self, recorded: Callable[[str], bool] | None = None) -> None:
        self.numbers: dict[str, int] = {}
        self.accepted = 0
        self.recalled: list[tuple[int, str]] = []
        self._recorded = recorded

    def find(self, kk: str) -> int | None:
        """The number of a family, ``REFUSED``, or None where nobody names it."""
        number = self.numbers.get(kk)
        if number is None and self._recorded is not None and self._recorded(kk):
            number = self.accept(kk)
            self.recalled.append((number, kk))
        return number

    def accept(self, kk: str) -> int:
        """The number of a newly accepted family."""
        self.numbers[kk] = number = self.accepted
        self.accepted += 1
        return number


class RowJudge:
    """The first step, the same for every file: each cell by its parser, in the file's own order."""

    def __init__(self, table: Table, parsers: dict[str, Parser], report: Report) -> None:
        self.file, self.report = table.format.name, report
        self.columns = table.format.columns
        present = sorted((place, name) for name, place in table.places.items() if place >= 0)
        self.kk_place, self.parse_kk = table.places["NO_KK"], cells.kk()
        self.uncertain: set[str] = set()
        self.plan: list[tuple[int, int, str, Parser, dict[str, Judged] | None]] = [
            (place, self.columns.index(name), name, parsers[name], None if name in _UNCACHED else {})
            for place, name in present
        ]

    def own_fields(self, line: int, row: list[str]) -> tuple[list[str], list[str] | None] | None:
        """Values and notes of one row; None where a cell refuses it."""
        values = [NULL] * len(self.columns)
        notes: list[str] | None = None
        for place, at, name, parse, memo in self.plan:
            raw = row[place]
            if memo is None:
                judged = parse(raw)
            else:
                found = memo.get(raw)
                if found is None:
                    judged = parse(raw)
                    if len(memo) < CACHED and len(raw) < 80:
                        memo[raw] = judged
                else:
                    judged = found
            values[at], note = judged
            if note is not None:
                if note.startswith("refused."):
                    self.report.refuse(self.file, line, name, raw, note[8:])
                    self.doubt(row)
                    return None
                if notes is None:
                    notes = []
                notes.append(note)
        return values, notes

    def doubt(self, row: list[str]) -> None:
        """Note the family of a refused row: what is missing of it is not absent from the extract."""
        kk, _ = self.parse_kk(row[self.kk_place])
        if kk != NULL:
            self.uncertain.add(kk)

    def accept(self, notes: list[str] | None) -> None:
        """Count what is said of an accepted row."""
        for note in notes or ():
            self.report.counts[f"{self.file}.{note}"] += 1

    def family(self, families: Families, line: int, kk: str) -> int | None:
        """The second step: the number of the row's family, or None with the reason counted."""
        number = families.find(kk)
        if number is None or number == REFUSED:
            self.uncertain.add(kk)
            self.report.refuse(self.file, line, "NO_KK", kk, "family_unknown" if number is None else "family_refused")
            return None
        return number


def judge_families(table: Table, villages: Collection[int], families: Families, report: Report) -> Iterator[Accepted]:
    """Accepted families; ``families`` learns every No. KK that a row names."""
    judge = RowJudge(table, family_parsers(villages), report)
    accepted, numbers = 0, families.numbers
    for line, row in table.rows(report):
        judged = judge.own_fields(line, row)
        if judged is None:
            continue
        values, notes = judged
        if numbers.get(values[0], REFUSED) != REFUSED:
            report.repeat(FAMILIES, line, "NO_KK", values[0])
            continue
        judge.accept(notes)
        accepted += 1
        yield line, families.accept(values[0]), values
    for kk in judge.uncertain:
        numbers.setdefault(kk, REFUSED)
    report.counts[f"{FAMILIES}.accepted"] += accepted


class Members:
    """Who the accepted rows of ``anggota`` name: NIK to the number of the family that named it first.

    ``recorded`` is asked whether the registry has a NIK (second) in the family of a No. KK (first).
    """

    def __init__(self, recorded: Callable[[str, str], bool] | None = None) -> None:
        self.first_family: dict[str, int] = {}
        self.further: dict[str, list[int]] = {}
        self._recorded = recorded

    def add(self, nik: str, family: int) -> bool:
        """Note a member; False where this family has already named the NIK."""
        first = self.first_family.setdefault(nik, family)
        if first == family:
            return False
        others = self.further.setdefault(nik, [])
        if family in others:
            return False
        others.append(family)
        return True

    def knows(self, nik: str, family: int, kk: str) -> bool:
        """Whether the extract, or else the registry, has this NIK in this family."""
        if self.first_family.get(nik) == family or family in self.further.get(nik, ()):
            return True
        return self._recorded is not None and self._recorded(kk, nik)


def judge_members(
    table: Table, families: Families, members: Members, report: Report, doubts: set[str]
) -> Iterator[Accepted]:
    """Accepted members; a NIK in two families is accepted in both and counted as a finding.

    One more value stands at the end of each: whether this row is the first that names the NIK.
    ``doubts`` takes the No. KK of refused rows.
    """
    judge = RowJudge(table, member_parsers(), report)
    judge.uncertain = doubts
    latest_birth = (report.as_of + _BIRTH_AHEAD).isoformat()
    accepted, first_family = 0, members.first_family
    for line, row in table.rows(report):
        judged = judge.own_fields(line, row)
        if judged is None:
            continue
        values, notes = judged
        kk, nik, birth, sex = values[0], values[1], values[3], values[4]
        if birth != NULL and birth > latest_birth:
            report.refuse(MEMBERS, line, "TGL_LAHIR", birth, "birth_in_future")
            judge.doubt(row)
            continue
        family = judge.family(families, line, kk)
        if family is None:
            continue
        if nik not in first_family:
            first_family[nik] = family
        elif not members.add(nik, family):
            report.repeat(MEMBERS, line, "NIK", nik)
            continue
        if notes is not None:
            judge.accept(notes)
        _compare_with_nik(nik, birth, sex, report)
        values.append("t" if first_family[nik] == family else "f")
        accepted += 1
        yield line, family, values
    report.counts[f"{MEMBERS}.accepted"] += accepted
    report.counts[f"{MEMBERS}.finding.nik_in_two_families"] += len(members.further)


def _compare_with_nik(nik: str, birth: str, sex: str, report: Report) -> None:
    """Warn where birth date or sex differ from the NIK's digits: both may be true (corrected dates)."""
    day = int(nik[6:8])
    woman = day > _FEMALE_DAY
    if birth != NULL and (
        nik[8:12] != birth[5:7] + birth[2:4] or (day - _FEMALE_DAY if woman else day) != int(birth[8:10])
    ):
        report.counts[f"{MEMBERS}.warned.birth_date_differs_from_nik"] += 1
    if sex != NULL and woman != (sex == "P"):
        report.counts[f"{MEMBERS}.warned.sex_differs_from_nik"] += 1


def judge_participations(
    table: Table, families: Families, members: Members, report: Report, doubts: set[str]
) -> Iterator[Accepted]:
    """Accepted participations; one of a NIK that is no member of the family is refused."""
    judge = RowJudge(table, participation_parsers(), report)
    judge.uncertain = doubts
    seen: set[tuple[int, str, str, str]] = set()
    accepted = 0
    for line, row in table.rows(report):
        judged = judge.own_fields(line, row)
        if judged is None:
            continue
        values, notes = judged
        kk, nik, program, since, until = values[:5]
        family = judge.family(families, line, kk)
        if family is None:
            continue
        if nik != NULL and not members.knows(nik, family, kk):
            report.refuse(PARTICIPATIONS, line, "NIK", nik, "member_unknown")
            doubts.add(kk)
            continue
        key = (family, nik, program, since)
        if key in seen:
            report.repeat(PARTICIPATIONS, line, "PROGRAM", program)
            continue
        seen.add(key)
        if notes is not None:
            judge.accept(notes)
        if NULL not in (since, until) and until < since:
            report.counts[f"{PARTICIPATIONS}.warned.ends_before_it_begins"] += 1
        accepted += 1
        yield line, family, values
    report.counts[f"{PARTICIPATIONS}.accepted"] += accepted
