"""Extracts spoiled the way spreadsheets spoil them, with the report that is due for them.

The counts are kept while spoiling, from what was done to which row; nothing here asks the importer's
judge.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random

from portal.exchange.generator.household import Household

_UNKNOWN_KK = "3510000000009999"
_ODD_NAMES = (
    '=HYPERLINK("http://x","klik")',
    "<script>alert(1)</script>",
    "Ø. Lund",
    "M. Syarif, S.Pd",
    "Ni'mah O'Neil",
    "-2+3",
    "@SUM(A1)",
    'Budi "Bejo" Utomo',
    "\\N",
    "Tab\\tulator",
)


@dataclass(slots=True)
class Spoiled:
    """What the report must say; filled while the households are taken."""

    counts: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    unmet: Counter[str] = field(default_factory=Counter)

    def report(self) -> dict[str, int]:
        """The expected counts, accepted rows included."""
        whole = {f"{file}.accepted": self.rows[file] - self.lost[file] for file in self.rows}
        return {key: n for key, n in sorted((whole | dict(self.counts)).items()) if n}

    def say(self, file: str, note: str) -> None:
        """One row of ``file`` that is accepted with a note, or whose value is dropped."""
        self.counts[f"{file}.{note}"] += 1

    def lose(self, file: str, note: str, rows: int = 1) -> None:
        """Rows of ``file`` that are not accepted."""
        if rows:
            self.counts[f"{file}.{note}"] += rows
            self.lost[file] += rows

    def orphan(self, h: Household, reason: str) -> None:
        """All rows of a family whose own row is not accepted."""
        for file, rows in (("anggota", h.members), ("kepesertaan", h.participations), ("penyaluran", h.disbursements)):
            self.lose(file, f"refused.{reason}", len(rows))


Spoiler = Callable[[Household, Spoiled, Random], bool]
"""Spoils a household and says so; False where the household has nothing of that kind."""


def _family_cell(place: int, values: tuple[str, ...], note: str, refused: bool) -> Spoiler:
    def spoil(h: Household, due: Spoiled, chance: Random) -> bool:
        h.family[place] = chance.choice(values)
        if refused:
            due.lose("keluarga", note)
            due.orphan(h, "family_refused")
        else:
            due.say("keluarga", note)
        return True

    return spoil


def _cell(file: str, place: int, change: Callable[[str, Random], str], note: str) -> Spoiler:
    """Spoil one cell of one row of a family's rows in ``file``."""

    def spoil(h: Household, due: Spoiled, chance: Random) -> bool:
        rows = _rows(h, file)
        usable = [row for row in rows if row[place]]
        if not usable:
            return False
        row = chance.choice(usable)
        row[place] = change(row[place], chance)
        (due.lose if note.startswith("refused") else due.say)(file, note)
        return True

    return spoil


def _rows(h: Household, file: str) -> list[list[str]]:
    return {"anggota": h.members, "kepesertaan": h.participations, "penyaluran": h.disbursements}[file]


def _repeat(file: str) -> Spoiler:
    def spoil(h: Household, due: Spoiled, chance: Random) -> bool:
        rows = _rows(h, file)
        if rows:
            rows.append(list(chance.choice(rows)))
            due.lose(file, "repeated")
        return bool(rows)

    return spoil


def _card_as_float(h: Household, due: Spoiled, chance: Random) -> bool:
    h.family[0] = "3.51014E+15"
    due.lose("keluarga", "refused.kk_float")
    due.orphan(h, "family_unknown")
    return True


def _card_in_groups(h: Household, due: Spoiled, chance: Random) -> bool:
    kk = h.family[0]
    h.family[0] = f"{kk[:4]} {kk[4:8]}-{kk[8:12]}.{kk[12:]}"
    due.say("keluarga", "repaired.kk_separators")
    return True


def _birth_of_somebody_else(h: Household, due: Spoiled, chance: Random) -> bool:
    row = chance.choice(h.members)
    born = date.fromisoformat(row[3])
    row[3] = born.replace(year=born.year - 1, day=min(born.day, 28)).isoformat()
    due.say("anggota", "warned.birth_date_differs_from_nik")
    return True


def _odd_name(h: Household, due: Spoiled, chance: Random) -> bool:
    chance.choice(h.members)[2] = chance.choice(_ODD_NAMES)
    return True


def _member_of_nobody(h: Household, due: Spoiled, chance: Random) -> bool:
    stranger = list(h.members[0])
    stranger[0] = _UNKNOWN_KK
    h.members.append(stranger)
    due.lose("anggota", "refused.family_unknown")
    return True


def _slashes(text: str, chance: Random) -> str:
    year, month, day = text.split("-")
    return f"{day}/{month}/{year}"


def _groups(text: str, chance: Random) -> str:
    return f"{text[:4]} {text[4:8]}.{text[8:12]}-{text[12:]}"


def _always(*values: str) -> Callable[[str, Random], str]:
    return lambda text, chance: chance.choice(values)


def _undotted(h: Household, due: Spoiled, chance: Random) -> bool:
    h.family[2] = h.family[2].replace(".", "")
    due.say("keluarga", "repaired.village_code_without_dots")
    return True


def _cut(h: Household, due: Spoiled, chance: Random) -> bool:
    if not h.disbursements:
        return False
    del chance.choice(h.disbursements)[4:]
    due.lose("penyaluran", "refused.wrong_number_of_cells")
    return True


SPOILERS: dict[str, Spoiler] = {
    "unknown_village": _family_cell(2, ("99.99.99.9999", "", "Bondowoso"), "refused.unknown_village", True),
    "village_code_without_dots": _undotted,
    "desil_outside_1_10": _family_cell(6, ("0", "11", "IV", "n/a", "-1"), "value_dropped.desil_outside_1_10", False),
    "floor_code": _family_cell(15, ("0", "10", "keramik"), "value_dropped.lantai_unknown_code", False),
    "family_date": _family_cell(31, ("31/02/2024", "besok", "45931"), "refused.impossible_date", True),
    "address_break": _family_cell(3, ("Dusun\x07 Krajan", "RT 1\nRW 2"), "repaired.control_characters", False),
    "kk_float": _card_as_float,
    "kk_separators": _card_in_groups,
    "nik_separators": _cell("anggota", 1, _groups, "repaired.nik_separators"),
    "nik_float": _cell("anggota", 1, lambda text, chance: f"{int(text):.5E}", "refused.nik_float"),
    "nik_not_16_digits": _cell(
        "anggota",
        1,
        lambda text, chance: chance.choice((text[:15], text + "1", "", "O" + text[1:])),
        "refused.nik_not_16_digits",
    ),
    "impossible_date": _cell("anggota", 3, _always("31/02/1990", "1990-13-01", "kemarin"), "refused.impossible_date"),
    "date_with_slashes": _cell("anggota", 3, _slashes, "repaired.date_with_slashes"),
    "birth_date_differs": _birth_of_somebody_else,
    "odd_name": _odd_name,
    "no_name": _cell("anggota", 2, _always("", "  "), "refused.name_missing"),
    "family_unknown": _member_of_nobody,
    "member_repeated": _repeat("anggota"),
    "unknown_program": _cell("kepesertaan", 2, _always("BANTUAN KOTA LAMA"), "kept.unknown_program"),
    "participation_date": _cell("kepesertaan", 3, _always("2021-02-30"), "refused.impossible_date"),
    "participation_repeated": _repeat("kepesertaan"),
    "amount": _cell("penyaluran", 5, _always("-200000", "dua ratus ribu", "1e6"), "refused.amount"),
    "thousands_dots": _cell(
        "penyaluran", 5, lambda text, chance: f"{int(text):,}".replace(",", "."), "repaired.thousands_dots"
    ),
    "stage": _cell("penyaluran", 4, _always("0", "5", "TW1", ""), "refused.stage_outside_1_4"),
    "year": _cell("penyaluran", 3, _always("26", "", "dua ribu"), "refused.year"),
    "unknown_status": _cell("penyaluran", 8, _always("TERTUNDA DI KANTOR"), "kept.unknown_status"),
    "disbursement_repeated": _repeat("penyaluran"),
    "cells_missing": _cut,
}


def spoiled(
    source: Iterator[Household],
    each: int,
    due: Spoiled,
    *,
    seed: int = 1,
    kinds: tuple[str, ...] = tuple(SPOILERS),
    two_families: int = 0,
) -> Iterator[Household]:
    """``source`` with ``each`` households spoiled in every one of ``kinds``, one kind a household.

    ``two_families`` copies that many people into a second family. ``due.unmet`` says what found no
    household to spoil.
    """
    chance = Random(f"spoil/{seed}")
    waiting = dict.fromkeys(kinds, each)
    lent: list[str] | None = None
    for household in source:
        done = next((kind for kind, left in waiting.items() if left and SPOILERS[kind](household, due, chance)), None)
        if done is not None:
            waiting[done] -= 1
        elif lent is None:
            lent = list(household.members[0])
        elif two_families:
            household.members.append([household.kk, *lent[1:]])
            due.say("anggota", "finding.nik_in_two_families")
            lent, two_families = None, two_families - 1
        due.rows.update(
            keluarga=1,
            anggota=len(household.members),
            kepesertaan=len(household.participations),
            penyaluran=len(household.disbursements),
        )
        yield household
    due.unmet.update({kind: left for kind, left in waiting.items() if left})
    due.unmet.update({"two_families": two_families} if two_families else {})
