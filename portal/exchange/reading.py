"""An extract's file as rows of cells: any bytes give rows and reasons, never an error.

UTF-8 with or without BOM, ``,`` or ``;``, LF or CRLF, header names in any case and order. The file
is read in blocks, so that its size does not matter. Quoted cells may span lines, within limits: a
quote that is never closed costs its own line and not the rest of the file.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from portal.exchange.format import FileFormat
from portal.exchange.report import Report

BLOCK = 1 << 20
LONGEST_LINE = 1 << 14
_LONGEST_BYTES = 1 << 17
_QUOTED_LINES = 20
_BOM = b"\xef\xbb\xbf"

Row = tuple[int, list[str]]


@dataclass(slots=True)
class Table:
    """One readable file: its separator and where each known column stands (-1 where it is absent).

    ``width`` is the number of named columns, ``widest`` that of the header's cells: a row with one cell
    more than the header holds a stray separator, and its values are not where they seem to be.
    """

    path: Path
    format: FileFormat
    separator: str
    width: int
    widest: int
    places: dict[str, int] = field(default_factory=dict)
    bytes_read: int = 0

    def rows(self, report: Report) -> Iterator[Row]:
        """Every row with its line number; lines that are no row are refused in ``report``."""
        name, width, counted = self.format.name, self.width, 0
        try:
            with self.path.open("rb") as source:
                _line(source)
                for first, lines in _blocks(source, self, report):
                    for row in self._block_rows(first, lines, report):
                        if len(row[1]) == width:
                            counted += 1
                            yield row
                        elif any(cell.strip() for cell in row[1]):
                            counted += 1
                            if width < len(row[1]) <= self.widest and not any(row[1][width:]):
                                yield row
                            else:
                                report.refuse(name, row[0], "", self.separator.join(row[1]), "wrong_number_of_cells")
        except OSError as error:
            report.problem(name, "file_unreadable", error.strerror or "")
        report.rows[name] += counted

    def _block_rows(self, first: int, lines: list[str], report: Report) -> Iterator[Row]:
        """The rows of one block; lines with quotes go the slower way."""
        separator, at = self.separator, 0
        empty = separator * (self.width - 1)
        while at < len(lines):
            line = lines[at]
            if '"' not in line:
                if line and line != empty:
                    yield first + at, line.split(separator)
                at += 1
                continue
            cells, taken = _quoted(lines, at, separator, self.width)
            if cells is None:
                report.rows[self.format.name] += 1
                report.refuse(self.format.name, first + at, "", line, "quote_not_closed")
            else:
                yield first + at, cells
            at += taken


def _quoted(lines: list[str], at: int, separator: str, width: int) -> tuple[list[str] | None, int]:
    """The row that starts on line ``at``, and how many lines it takes; None where a quote stays open."""
    line = lines[at]
    if not line.count('"') % 2 or not re.search(rf'(?:^|{separator})\s*"', line):
        return _cells(line, separator), 1
    joined = line
    for taken in range(2, min(_QUOTED_LINES, len(lines) - at) + 1):
        joined += "\n" + lines[at + taken - 1]
        if len(joined) > LONGEST_LINE:
            break
        if not joined.count('"') % 2:
            cells = _cells(joined, separator)
            return (cells, taken) if cells is not None and len(cells) == width else (None, 1)
    return None, 1


def _cells(row: str, separator: str) -> list[str] | None:
    """The cells of a row; None where its quotes do not enclose the ends of lines that stand in it."""
    try:
        return next(csv.reader([row], delimiter=separator, skipinitialspace=True))
    except csv.Error:
        return None


def _blocks(source: BinaryIO, table: Table, report: Report) -> Iterator[tuple[int, list[str]]]:
    """Blocks of whole lines with the number of their first line.

    A block ends where its quotes are even, as far as that is within reach, so that a quoted cell
    over several lines is not cut in two.
    """
    number = 2
    while block := source.read(BLOCK):
        if not block.endswith(b"\n"):
            block += _line(source)
        for _ in range(_QUOTED_LINES):
            if not block.count(b'"') % 2 or not (more := _line(source)):
                break
            block += more
        table.bytes_read = source.tell()
        text = block.decode("utf-8", "replace")
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", " ")
        lines = text.split("\n")
        if not lines[-1]:
            lines.pop()
        for offset in [n for n, line in enumerate(lines) if len(line) > LONGEST_LINE]:
            report.rows[table.format.name] += 1
            report.refuse(table.format.name, number + offset, "", lines[offset][:200], "line_too_long")
            lines[offset] = ""
        yield number, lines
        number += len(lines)


def _line(source: BinaryIO) -> bytes:
    """The next line; of one longer than any row can be only the beginning, the rest is passed over."""
    line = part = source.readline(_LONGEST_BYTES)
    while len(part) == _LONGEST_BYTES and not part.endswith(b"\n"):
        part = source.readline(_LONGEST_BYTES)
    return line if line.endswith(b"\n") or len(line) < _LONGEST_BYTES else line + b"\n"


def open_table(folder: Path, file: FileFormat, report: Report) -> Table | None:
    """The file ``file`` of an extract, or None with the reason in ``report`` where it cannot be used."""
    path = folder / f"{file.name}.csv"
    try:
        with path.open("rb") as source:
            header = _line(source)
    except FileNotFoundError:
        report.problem(file.name, "file_missing")
        return None
    except OSError as error:
        report.problem(file.name, "file_unreadable", error.strerror or "")
        return None
    if not header:
        report.problem(file.name, "file_empty")
        return None
    return _table(path, file, header.removeprefix(_BOM).decode("utf-8", "replace"), report)


def _table(path: Path, file: FileFormat, header: str, report: Report) -> Table | None:
    separator = ";" if header.count(";") > header.count(",") else ","
    names = [cell.strip().strip('"').strip().upper() for cell in header.rstrip("\r\n").split(separator)]
    widest = len(names)
    while names and not names[-1]:
        names.pop()
    doubled = sorted({name for name in names if name in file.columns and names.count(name) > 1})
    missing = [name for name in file.required if name not in names]
    for reason, columns in (("column_twice", doubled), ("column_missing", missing)):
        if columns:
            report.problem(file.name, reason, " ".join(columns))
    if doubled or missing:
        return None
    if unknown := [name[:60] for name in names if name not in file.columns]:
        report.unknown_columns[file.name] = unknown
    absent = [name for name in file.columns if name not in names]
    if absent:
        report.problem(file.name, "column_absent", " ".join(absent))
    places = {name: names.index(name) if name in names else -1 for name in file.columns}
    return Table(path, file, separator, len(names), widest, places)
