"""Reads a TOML file into checked, immutable values, and names file and line when it cannot."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import date
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from portal.programs.toml_lines import line_of

_T = TypeVar("_T")
UNKNOWN_KIND = "union_tag_invalid"


class CatalogError(ValueError):
    """A file of the catalogue is wrong; says which, on which line, and what."""

    def __init__(self, file: str, line: int, problem: str) -> None:
        super().__init__(f"{file}:{line}: {problem}")
        self.file, self.line, self.problem = file, line, problem


def read_toml(adapter: TypeAdapter[_T], file: str, source: str) -> _T:
    """The values of one file; raises :class:`CatalogError` for the first fault."""
    try:
        data = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found[1]) if found else len(source.splitlines())
        raise CatalogError(file, line, f"not TOML: {error}") from None
    try:
        # By way of JSON, in which lists are tuples and days are texts, so that all else can be strict.
        return adapter.validate_json(json.dumps(data, default=date.isoformat))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
    path = _existing(data, first["loc"])
    if first["type"] == UNKNOWN_KIND:
        path.append("kind")
    dotted = ".".join(str(part) for part in path) or "file"
    raise CatalogError(file, line_of(source, path), f"{dotted}: {_problem(first)}")


def _existing(data: object, where: tuple[str | int, ...]) -> list[str | int]:
    """The part of an error's place that is in the file: pydantic also names the kind of a condition."""
    path: list[str | int] = []
    for part in where:
        inner = _inner(data, part)
        if inner is not None:
            data = inner
            path.append(part)
    return path


def _inner(data: object, part: str | int) -> object:
    """The value under ``part``, or None (which TOML cannot hold)."""
    if isinstance(data, dict):
        return data.get(part)
    if isinstance(data, list) and isinstance(part, int) and part < len(data):
        return data[part]
    return None


def _problem(error: ErrorDetails) -> str:
    last = str(error["loc"][-1]) if error["loc"] else ""
    if error["type"] == "missing":
        return f"language '{last}' is missing" if last in ("id", "en") else f"'{last}' is missing"
    if error["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        return f"'{last}' is not known here"
    if error["type"] == UNKNOWN_KIND:
        return f"unknown criterion '{error['ctx']['tag']}'; known are {error['ctx']['expected_tags']}"
    return error["msg"]
