"""The rows of ``penyaluran`` judged: by far the most, so the usual ones go a short way."""

from __future__ import annotations

from collections.abc import Iterator

from portal.exchange.cells import NULL
from portal.exchange.format import DISBURSEMENTS
from portal.exchange.judging import CACHED, Families, Members, RowJudge
from portal.exchange.parsers import disbursement_parsers
from portal.exchange.reading import Table
from portal.exchange.report import Report


class DisbursementJudge:
    """Accepted disbursements, quickly: a row whose cells are all as usual costs nine look-ups.

    Repeated keys of a family's own disbursements are remembered as one integer of bits a family,
    a bit for each (programme, year, stage) met so far; those of single members as tuples.
    """

    def __init__(self, table: Table, families: Families, members: Members, report: Report) -> None:
        self.table, self.families, self.members, self.report = table, families, members, report
        self.judge = RowJudge(table, disbursement_parsers(report.as_of), report)
        self.plain: dict[str, dict[str, str]] = {name: {} for name in table.format.columns[2:]}
        self.slots: dict[tuple[str, str, str], int] = {}
        self.seen = [0] * families.accepted
        self.seen_of_members: set[tuple[int, str, int]] = set()
        self.accepted = 0

    def rows(self) -> Iterator[tuple[int, int, str, str]]:
        """Line, number of the family, NIK (or NULL), and the other values joined for COPY."""
        numbers, seen, slots = self.families.numbers, self.seen, self.slots
        places = self.table.places
        width = self.table.width
        kk_at, nik_at, *rest = (places[name] if places[name] >= 0 else width for name in self.table.format.columns)
        at2, at3, at4, at5, at6, at7, at8, at9, at10 = rest
        for name in self.plain:
            self.plain[name][""] = NULL
        programs, years, stages, amounts, dates, paid, statuses, channels, remarks = self.plain.values()
        for name in ("PROGRAM", "TAHUN", "TAHAP"):
            del self.plain[name][""]
        for line, row in self.table.rows(self.report):
            row.append("")
            try:
                if row[nik_at]:
                    raise KeyError
                family = numbers[row[kk_at]]
                if family < 0:
                    raise KeyError
                program, year, stage = programs[row[at2]], years[row[at3]], stages[row[at4]]
                text = (
                    f"{program}\t{year}\t{stage}\t{amounts[row[at5]]}\t{dates[row[at6]]}\t{paid[row[at7]]}\t"
                    f"{statuses[row[at8]]}\t{channels[row[at9]]}\t{remarks[row[at10]]}"
                )
                bit = 1 << slots[program, year, stage]
                again = seen[family] & bit
            except (KeyError, IndexError):
                slow = self._carefully(line, row)
                if slow is not None:
                    yield slow
                continue
            if again:
                self.report.repeat(DISBURSEMENTS, line, "TAHAP", row[at4])
                continue
            seen[family] |= bit
            self.accepted += 1
            yield line, family, NULL, text
        self.report.counts[f"{DISBURSEMENTS}.accepted"] += self.accepted

    def _carefully(self, line: int, row: list[str]) -> tuple[int, int, str, str] | None:
        """A row with something unusual or new in it, by the full order of judging."""
        judged = self.judge.own_fields(line, row)
        if judged is None:
            return None
        values, notes = judged
        family = self.judge.family(self.families, line, values[0])
        if family is None:
            return None
        nik, program, year, stage = values[1:5]
        if nik != NULL and not self.members.knows(nik, family, values[0]):
            self.report.refuse(DISBURSEMENTS, line, "NIK", nik, "member_unknown")
            return None
        slot = self.slots.setdefault((program, year, stage), len(self.slots))
        if self._repeated(family, nik, slot):
            self.report.repeat(DISBURSEMENTS, line, "TAHAP", stage)
            return None
        if notes is None:
            self._learn(row, values)
        else:
            self.judge.accept(notes)
        self.accepted += 1
        return line, family, nik, "\t".join(values[2:])

    def _repeated(self, family: int, nik: str, slot: int) -> bool:
        if nik == NULL:
            self.seen.extend([0] * (family + 1 - len(self.seen)))
            again = bool(self.seen[family] >> slot & 1)
            self.seen[family] |= 1 << slot
            return again
        key = (family, nik, slot)
        again = key in self.seen_of_members
        self.seen_of_members.add(key)
        return again

    def _learn(self, row: list[str], values: list[str]) -> None:
        """Remember the cells of a row of which nothing was to be said."""
        for value, (name, known) in zip(values[2:], self.plain.items(), strict=True):
            place = self.table.places[name]
            if place >= 0 and len(known) < CACHED and len(row[place]) < 80:
                known[row[place]] = value
