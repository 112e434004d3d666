"""House rules of the source that no linter knows."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MOST_LINES = 500
MOST_LINES_OF_A_FUNCTION = 40


def _sources() -> list[Path]:
    return sorted((ROOT / "portal").rglob("*.py"))


def test_files_can_be_read_in_a_sitting() -> None:
    tracked = [*_sources(), *(ROOT / "tests").rglob("*.py"), *(ROOT / "templates").rglob("*.html")]
    long = {str(p.relative_to(ROOT)): n for p in tracked if (n := len(p.read_text().splitlines())) > MOST_LINES}
    assert long == {}


def test_functions_are_short() -> None:
    long = {}
    for path in _sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.end_lineno is not None:
                lines = node.end_lineno - node.lineno + 1 - _docstring_lines(node)
                if lines > MOST_LINES_OF_A_FUNCTION:
                    long[f"{path.relative_to(ROOT)}:{node.name}"] = lines
    assert long == {}


def _docstring_lines(node: ast.FunctionDef) -> int:
    first = node.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        return (first.end_lineno or first.lineno) - first.lineno + 1
    return 0


def test_our_own_code_is_imported_at_the_top() -> None:
    inner = []
    for path in _sources():
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            ours = isinstance(node, ast.ImportFrom) and (node.module or "").startswith("portal")
            if ours and node not in tree.body:
                inner.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert inner == [], "an import of our own code that is not at the top hides a cycle: a lower package is missing"


def test_every_class_says_what_it_means() -> None:
    silent = []
    for path in _sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.ClassDef) or node.name.startswith("_"):
                continue
            if not ast.get_docstring(node):
                silent.append(f"{path.relative_to(ROOT)}:{node.name}")
    assert silent == []


def test_only_one_place_writes_the_record() -> None:
    """Nothing but ``registry`` (and its migrations) names a write of a record table."""
    words = (
        "INSERT INTO family",
        "INSERT INTO member",
        "UPDATE member",
        "UPDATE family",
        "UPDATE housing",
        "INSERT INTO statement",
        "INSERT INTO disbursement",
        "UPDATE disbursement",
        "UPDATE participation",
    )
    writers = {
        str(path.relative_to(ROOT))
        for path in _sources()
        if any(word in path.read_text() for word in words) and "registry" not in path.parts
    }
    assert writers == set()
