"""Finds the line of a TOML file on which a key or a table stands, so that an error can name it.

``tomllib`` gives values without places. This reads only what the catalogue uses: tables, arrays of
tables and ``key = value`` lines; a value that spans lines belongs to the line of its key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

Path = tuple[str | int, ...]

_TABLE = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_.\"' -]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_.-]+|\"[^\"]*\")\s*=(.*)$")


def line_of(source: str, path: Iterable[str | int]) -> int:
    """The line (from 1) of the deepest part of ``path`` that stands in ``source``."""
    places = _places(source)
    wanted = tuple(path)
    while wanted:
        if wanted in places:
            return places[wanted]
        wanted = wanted[:-1]
    return 1


def _places(source: str) -> dict[Path, int]:
    places: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    in_text = False
    depth = 0
    for number, line in enumerate(source.splitlines(), start=1):
        quotes = line.count('"""') + line.count("'''")
        if in_text or depth:
            in_text ^= bool(quotes % 2)
            depth = max(0, depth + _brackets(line)) if not in_text else depth
            continue
        if header := _TABLE.match(line):
            table = _resolve(header[2], counts, array=header[1] == "[[")
            places.setdefault(table, number)
        elif key := _KEY.match(line):
            for end in range(1, len(parts := _parts(key[1])) + 1):
                places.setdefault(table + parts[:end], number)
            in_text = bool(quotes % 2)
            depth = 0 if in_text else max(0, _brackets(key[2]))
    return places


def _parts(dotted: str) -> Path:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def _resolve(dotted: str, counts: dict[Path, int], *, array: bool) -> Path:
    """The path of a table header, with the number of the current entry of each array on the way."""
    path: Path = ()
    parts = _parts(dotted)
    for place, part in enumerate(parts, start=1):
        path = (*path, part)
        if array and place == len(parts):
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _brackets(text: str) -> int:
    """How many brackets a line opens more than it closes, outside quotes and comments."""
    bare = re.sub(r"\"(?:\\.|[^\"\\])*\"|'[^']*'", "", text).split("#", 1)[0]
    return bare.count("[") + bare.count("{") - bare.count("]") - bare.count("}")
