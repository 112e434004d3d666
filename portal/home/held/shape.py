"""The shape of all that is held: groups of fields, each with source, date, owner, how sure, and how to correct it.

The page, the paper and the download are drawn from it. The download is this shape as JSON, version 1:

``{"format": "portal-keluarga/data-saya", "version": 1, "made_at": moment, "reader": name, "language": code,
"numbers": why they are masked, "notes": [words], "groups": [{"key", "title", "fields": [{"key", "label", "value",
"checked", "details": [{"label", "value"}], "source", "date", "owner", "owner_name", "sure", "correct": {"how",
"where"}}]}]}``

``owner`` is a key of ``registry.codes.Owner``, ``where`` a path of this portal or null, ``date`` the date in words.
A field that is added leaves the version; one that changes its meaning raises it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from portal.core.nik import mask

FORMAT, VERSION = "portal-keluarga/data-saya", 1
_SHORT = 60  # characters
#: A NIK or a No. KK, also in what somebody typed, with the separators that people write.
_WHOLE_NUMBER = re.compile(r"(?<!\d)\d(?:[ .\-]?\d){15}(?!\d)")


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is held. ``sure`` and ``on`` where they differ from those of its block."""

    key: str
    label: str
    value: str
    on: str = ""
    sure: str = ""
    checked: str = ""  # what an officer established, beside the official value
    details: tuple[tuple[str, str], ...] = ()
    fix: str | None = None  # where to correct it, where that differs from the block's
    is_amount: bool = False  # of money, which a reader may hide


@dataclass(frozen=True, slots=True)
class Block:
    """Fields with one owner and one source."""

    owner: str
    owner_name: str
    source: str
    on: str
    sure: str
    how: str  # to correct it
    where: str | None  # the page for that, if the portal has one
    fields: tuple[Field, ...]

    @property
    def is_long(self) -> bool:
        """Whether fields say more than a word or two, and are read better one below the other."""
        return any(field.details for field in self.fields) or any(len(field.value) > _SHORT for field in self.fields)


@dataclass(frozen=True, slots=True)
class Group:
    """A part of the page, folded."""

    key: str
    title: str
    blocks: tuple[Block, ...]
    empty: str = ""  # what to say where nothing is held

    @property
    def count(self) -> int:
        """How many fields it has."""
        return sum(len(block.fields) for block in self.blocks)


@dataclass(frozen=True, slots=True)
class Held:
    """Everything, in the order of the page."""

    groups: tuple[Group, ...]
    notes: tuple[str, ...]
    numbers: str


def masked(text: str) -> str:
    """The text with every whole NIK and No. KK masked, wherever somebody wrote one."""
    return _WHOLE_NUMBER.sub(lambda found: mask(re.sub(r"\D", "", found[0])), text)


def as_json(held: Held, *, reader: str, language: str, made_at: str) -> dict[str, Any]:
    """The download."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "made_at": made_at,
        "reader": reader,
        "language": language,
        "numbers": held.numbers,
        "notes": list(held.notes),
        "groups": [
            {"key": group.key, "title": group.title, "fields": list(_fields(group.blocks))} for group in held.groups
        ],
    }


def _fields(blocks: Sequence[Block]) -> Iterator[dict[str, Any]]:
    for block in blocks:
        for field in block.fields:
            yield {
                "key": field.key,
                "label": field.label,
                "value": field.value,
                "checked": field.checked,
                "details": [{"label": label, "value": value} for label, value in field.details],
                "source": block.source,
                "date": field.on or block.on,
                "owner": block.owner,
                "owner_name": block.owner_name,
                "sure": field.sure or block.sure,
                "correct": {"how": block.how, "where": field.fix or block.where},
            }
