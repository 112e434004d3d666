"""SECURITY.md: every requirement has its one line, and every file, function and test that it names is there."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")

#: How many requirements of levels 1 and 2 each section of ASVS 5.0 has; they are numbered from 1 (level 3 comes last).
SECTIONS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1,
    "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
    "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3, "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4,
    "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2, "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1,
    "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3,
    "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1, "12.1": 3, "12.2": 2, "12.3": 4,
    "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3, "15.1": 3, "15.2": 3, "15.3": 7,
    "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4, "17.3": 2,
}  # fmt: skip
STATES = ("met, untested", "met", "partly", "not met", "not applicable")
_ID = re.compile(r"V(\d+\.\d+)\.(\d+)(?:-(\d+))?")
_PLACE = re.compile(r"`((?:[\w.-]+/)+[\w.-]+|[\w-]+\.(?:lock|json|toml))(?:(::?)(\w+))?`")
_TOPS = ("portal/", "tests/", "migrations/", "docs/", "assets/", "templates/")


@dataclass(frozen=True)
class Line:
    """A line of the map."""

    ids: tuple[str, ...]
    where: str
    shown_by: str
    state: str


def lines() -> Iterator[Line]:
    for row in PAGE.splitlines():
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        if _ID.match(cells[0]):
            assert len(cells) == 5, row
            yield Line(tuple(ids_in(cells[0])), *cells[2:])


def ids_in(cell: str) -> Iterator[str]:
    for section, first, last in _ID.findall(cell):
        for number in range(int(first), int(last or first) + 1):
            yield f"{section}.{number}"


def places() -> list[tuple[str, str, str]]:
    """Every file that is named, with the sign and the name behind it."""
    return [(path, sign, name) for path, sign, name in _PLACE.findall(PAGE) if path.startswith(_TOPS) or not sign]


@lru_cache
def names_of(path: Path) -> frozenset[str]:
    """What a Python file defines at its top, or every word of another file."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        return frozenset(re.findall(r"\w+", text))
    found = set()
    for node in ast.parse(text).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)}
    return frozenset(found)


def test_every_requirement_has_one_line() -> None:
    named = Counter(one for line in lines() for one in line.ids)
    assert [one for one, times in named.items() if times > 1] == []
    wanted = {f"{section}.{number}" for section, most in SECTIONS.items() for number in range(1, most + 1)}
    assert len(wanted) == 253
    assert set(named) == wanted


def test_every_line_says_its_state_and_what_it_rests_on() -> None:
    for line in lines():
        state = next((state for state in STATES if line.state.startswith(state)), None)
        assert state, line
        if state == "met":
            assert "::test_" in line.shown_by or "`make check`" in line.shown_by, line
        elif state == "met, untested":
            assert line.shown_by == "-", line
            assert _PLACE.search(line.where), line
        elif state in ("partly", "not met"):
            assert len(line.state) > len(state) + 10, f"{line} gives no reason"


def test_the_map_names_many_places() -> None:
    assert len(places()) > 200


@pytest.mark.parametrize(("path", "sign", "name"), sorted(set(places())))
def test_what_is_named_is_there(path: str, sign: str, name: str) -> None:
    file = ROOT / path
    assert file.is_file()
    if name:
        assert (sign == "::") == path.startswith("tests/")
        assert name in names_of(file)
