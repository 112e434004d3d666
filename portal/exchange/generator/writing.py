"""An extract's four files written to a folder, as the spreadsheets of an office write them."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from portal.exchange.format import FILES
from portal.exchange.generator.household import Household

_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Style:
    """How a file is written. ``reversed_columns`` and ``lower`` test that order and case do not matter."""

    separator: str = ","
    line_end: str = "\n"
    bom: bool = False
    lower: bool = False
    reversed_columns: bool = False
    extra_column: str = ""


PLAIN = Style()


def write_extract(folder: Path, rows: Iterable[Household], styles: dict[str, Style] | None = None) -> Counter[str]:
    """Write the four files; gives the number of rows in each."""
    folder.mkdir(parents=True, exist_ok=True)
    count: Counter[str] = Counter(dict.fromkeys(FILES, 0))
    with ExitStack() as stack:
        writers = {}
        for name, file in FILES.items():
            style = (styles or {}).get(name, PLAIN)
            out = stack.enter_context((folder / f"{name}.csv").open("w", encoding="utf-8", newline=""))
            writers[name] = writer = _Writer(
                csv.writer(out, delimiter=style.separator, lineterminator=style.line_end), style
            )
            if style.bom:
                out.write(_BOM)
            writer.write([c.lower() if style.lower else c for c in file.columns], style.extra_column)
        for household in rows:
            parts = (
                [household.family] if household.family else [],
                household.members,
                household.participations,
                household.disbursements,
            )
            for name, part in zip(FILES, parts, strict=True):
                count[name] += len(part)
                writers[name].write_all(part)
    return count


class _Writer:
    """A csv writer with the style's order of columns."""

    def __init__(self, writer: object, style: Style) -> None:
        self._writer, self._style = writer, style

    def write(self, row: list[str], extra: str) -> None:
        cells = row[::-1] if self._style.reversed_columns else row
        self._writer.writerow([*cells, extra] if self._style.extra_column else cells)  # type: ignore[attr-defined]

    def write_all(self, rows: list[list[str]]) -> None:
        if self._style.extra_column or self._style.reversed_columns:
            for row in rows:
                self.write(row, "")
        else:
            self._writer.writerows(rows)  # type: ignore[attr-defined]
