"""What a load found: counts by file and reason, and the refused rows for the office to correct.

A count's key is ``<file>.<what>`` or ``<file>.<what>.<reason>``, as in the extract's manifest, for
example ``anggota.refused.nik_float``. The report never holds a whole NIK or No. KK: a refused value
keeps its first four and last two digits, and the office finds the row by file, line and column.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

_DIGITS = re.compile(r"\d(?:[\s.\-]?\d){11,}")
_FORMULA_START = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # also in full width
_SHOWN = 120
_HEAD, _TAIL = 4, 2


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """One row that was not loaded. ``line`` is the physical line of the file, the header being 1."""

    file: str
    line: int
    column: str
    value: str
    reason: str


@dataclass(slots=True)
class Report:
    """The counts of one load and its refused rows (kept up to ``keep_refused`` of them)."""

    as_of: date
    keep_refused: int = 200_000
    rows: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    changes: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    unknown_columns: dict[str, list[str]] = field(default_factory=dict)
    refused: list[RefusedRow] = field(default_factory=list)
    refused_not_listed: int = 0
    status: str = "judged"
    run: int | None = None

    def refuse(self, file: str, line: int, column: str, value: str, reason: str) -> None:
        """Count a refused row and keep it, its long numbers masked, for the list."""
        self.counts[f"{file}.refused.{reason}"] += 1
        self._keep(file, line, column, value, reason)

    def repeat(self, file: str, line: int, column: str, value: str) -> None:
        """Count a row whose key an earlier row has: the first stands, this one is listed."""
        self.counts[f"{file}.repeated"] += 1
        self._keep(file, line, column, value, "repeated")

    def _keep(self, file: str, line: int, column: str, value: str, reason: str) -> None:
        if len(self.refused) < self.keep_refused:
            self.refused.append(RefusedRow(file, line, column, mask_numbers(value), reason))
        else:
            self.refused_not_listed += 1

    def problem(self, file: str, reason: str, detail: str = "") -> None:
        """Something that concerns a whole file, such as ``file_missing`` or ``column_missing``."""
        self.problems.append(f"{file}.{reason}" + (f": {detail}" if detail else ""))

    def as_dict(self) -> dict[str, Any]:
        """The report as plain values, in the order people read it."""
        return {
            "run": self.run,
            "status": self.status,
            "as_of": self.as_of.isoformat(),
            "rows": dict(sorted(self.rows.items())),
            "report": {key: n for key, n in sorted(self.counts.items()) if n},
            "changes": dict(sorted(self.changes.items())),
            "problems": self.problems,
            "unknown_columns": self.unknown_columns,
            "refused_not_listed": self.refused_not_listed,
        }

    def write_json(self, path: Path) -> None:
        """Write the report as JSON."""
        path.write_text(json.dumps(self.as_dict(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

    def write_refused(self, path: Path) -> None:
        """Write the refused rows as CSV that no spreadsheet takes for formulas."""
        with path.open("w", encoding="utf-8-sig", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(("file", "line", "column", "value", "reason"))
            for row in self.refused:
                writer.writerow(
                    [inert(str(cell)) for cell in (f"{row.file}.csv", row.line, row.column, row.value, row.reason)]
                )

    def lines(self) -> Iterator[tuple[str, int]]:
        """Every count with its key, for a table on the terminal."""
        yield from sorted(self.as_dict()["report"].items())


def inert(cell: str) -> str:
    """``cell`` so that a spreadsheet shows it as text: a leading apostrophe before formula starts."""
    return f"'{cell}" if cell.lstrip(" \u00a0").startswith(_FORMULA_START) or cell[:1] in "\t\r\n" else cell


def mask_numbers(value: str) -> str:
    """``value`` shortened, its runs of twelve or more digits masked but for the first four and last two."""
    return _DIGITS.sub(_masked, value[:_SHOWN]) + ("…" if len(value) > _SHOWN else "")


def _masked(match: re.Match[str]) -> str:
    text = match.group()
    kept = len(text) - _HEAD - _TAIL
    return text[:_HEAD] + re.sub(r"\d", "*", text[_HEAD : _HEAD + kept]) + text[-_TAIL:]
