"""One cell of an extract, judged: its value as COPY text, and a note where something is to be said.

A parser takes the cell as read and returns ``(value, note)``. The value is what COPY's text format
takes (``NULL`` for *not known*), so that an accepted cell is written without another conversion.
The note is None, or ``<what>.<reason>`` with what one of refused, repaired, value_dropped, kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import date

from portal.core.nik import NotANumber, parse_digits, parse_nik

NULL = "\\N"
Judged = tuple[str, str | None]
Parser = Callable[[str], Judged]

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_ISO_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})[ T]00:00(?::00(?:\.0+)?)?Z?", re.ASCII)
_SLASHES = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
_INTEGER = re.compile(r"\d{1,15}", re.ASCII)
_WHOLE_FLOAT = re.compile(r"(\d{1,12})[.,]0+", re.ASCII)
_DECIMAL = re.compile(r"\d{1,9}(?:[.,]\d{1,6})?", re.ASCII)
_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+", re.ASCII)
_FLOAT = re.compile(r"\d+(?:[.,]\d+)?[eE]\+?\d+|\d{14,}[.,]0+", re.ASCII)
_VILLAGE = re.compile(r"\d{2}\.\d{2}\.\d{2}\.\d{4}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u061c\u2060-\u2069\ufeff\ud800-\udfff]+")
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_MAX_AMOUNT = 10**12
_NUMBER_LENGTH = 16
REPLACEMENT = "\ufffd"


def number(what: str, parse: Callable[[str], object]) -> Parser:
    """A NIK or No. KK (``what`` is ``nik`` or ``kk``): sixteen digits, separators repaired."""
    separators, floating = f"repaired.{what}_separators", f"refused.{what}_float"
    length, impossible = f"refused.{what}_not_16_digits", f"refused.{what}_impossible"

    def judge(raw: str) -> Judged:
        cell = raw.strip().lstrip("'")
        if _FLOAT.fullmatch(cell):
            return NULL, floating
        try:
            digits = parse_digits(cell)
        except NotANumber:
            return NULL, length
        try:
            parse(digits)
        except NotANumber:
            return NULL, impossible
        return digits, None if digits == cell else separators

    return judge


def kk() -> Parser:
    """A No. KK; only its length is certain."""
    return number("kk", parse_digits)


def nik() -> Parser:
    """A NIK by the rules of ``core.nik``."""
    return number("nik", parse_nik)


def iso_date(raw: str) -> Judged:
    """A date in ISO form; ``dd/mm/yyyy`` and a midnight behind the date are repaired."""
    cell = raw.strip()
    if not cell:
        return NULL, None
    note = None
    if match := _SLASHES.fullmatch(cell):
        day, month, year = match.groups()
        note = "repaired.date_with_slashes"
    elif match := _ISO.fullmatch(cell):
        year, month, day = match.groups()
    elif match := _ISO_TIME.fullmatch(cell):
        year, month, day = match.group(1).split("-")
        note = "repaired.date_with_time"
    else:
        return NULL, "refused.impossible_date"
    try:
        value = date(int(year), int(month), int(day))
    except ValueError:
        return NULL, "refused.impossible_date"
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        return NULL, "refused.impossible_date"
    return value.isoformat(), note


def village(known: Collection[int]) -> Parser:
    """A Kemendagri village code as the integer of its ten digits."""

    def judge(raw: str) -> Judged:
        cell = raw.strip()
        digits = re.sub(r"[\s.\-]", "", cell)
        if len(digits) != 10 or not digits.isascii() or not digits.isdigit() or int(digits) not in known:
            return NULL, "refused.unknown_village"
        if _VILLAGE.fullmatch(cell):
            return digits, None
        return digits, "repaired.village_code_without_dots" if cell == digits else "repaired.village_code_separators"

    return judge


def desil(raw: str) -> Judged:
    """A desil 1-10; anything else loses the value, not the family."""
    return _whole(raw, 1, 10, "value_dropped.desil_outside_1_10")


def code(column: str, low: int, high: int) -> Parser:
    """A code from ``low`` to ``high``; another one loses the value."""
    note = f"value_dropped.{column.lower()}_unknown_code"
    return lambda raw: _whole(raw, low, high, note)


def count(column: str, high: int) -> Parser:
    """A whole number from 0 to ``high``; anything else loses the value."""
    note = f"value_dropped.{column.lower()}_not_a_number"
    return lambda raw: _whole(raw, 0, high, note)


def _whole(raw: str, low: int, high: int, otherwise: str) -> Judged:
    cell = raw.strip()
    if not cell:
        return NULL, None
    note = None
    if match := _WHOLE_FLOAT.fullmatch(cell):
        cell, note = match.group(1), "repaired.whole_number_with_decimals"
    if not _INTEGER.fullmatch(cell) or not low <= int(cell) <= high:
        return NULL, otherwise
    return str(int(cell)), note


def key_number(column: str, low: int, high: int, reason: str) -> Parser:
    """A whole number that is part of the row's key: without it the row is refused."""
    note = f"refused.{reason}"

    def judge(raw: str) -> Judged:
        value, found = _whole(raw, low, high, note)
        return (value, found) if value != NULL else (NULL, note)

    return judge


def area(column: str, high: int) -> Parser:
    """Square metres, decimals allowed; anything else loses the value."""
    note = f"value_dropped.{column.lower()}_not_a_number"

    def judge(raw: str) -> Judged:
        cell = raw.strip()
        if not cell:
            return NULL, None
        if not _DECIMAL.fullmatch(cell) or (value := float(cell.replace(",", "."))) > high:
            return NULL, note
        return f"{value:g}" if value < 10**6 else f"{value:.0f}", None

    return judge


def amount(raw: str) -> Judged:
    """Rupiah per stage: digits, thousands dots repaired; anything else refuses the row."""
    cell = raw.strip()
    if not cell:
        return NULL, None
    note = None
    if _THOUSANDS.fullmatch(cell):
        cell, note = cell.replace(".", ""), "repaired.thousands_dots"
    if not _INTEGER.fullmatch(cell) or int(cell) > _MAX_AMOUNT:
        return NULL, "refused.amount"
    return str(int(cell)), note


def choice(column: str, values: dict[str, str]) -> Parser:
    """One of ``values`` (upper case) as the COPY text beside it; another one loses the value."""
    note = f"value_dropped.{column.lower()}_unknown_code"

    def judge(raw: str) -> Judged:
        cell = raw.strip().upper()
        if not cell:
            return NULL, None
        value = values.get(cell)
        return (value, None) if value is not None else (NULL, note)

    return judge


def text(
    column: str,
    longest: int,
    *,
    upper: bool = False,
    required: str = "",
    too_long: str = "value_dropped",
) -> Parser:
    """Text as it is: spaces evened out, control characters taken out, backslashes doubled for COPY."""
    long_note = f"{too_long}.{column.lower()}_too_long"

    def judge(raw: str) -> Judged:
        cell, note = raw, None
        if not cell.isascii() or not cell.isprintable():
            if REPLACEMENT in cell:
                return NULL, "refused.not_utf8"
            if _CONTROL.search(cell.strip()):
                cell, note = _CONTROL.sub(" ", cell), "repaired.control_characters"
        cell = " ".join(cell.split())
        if not cell:
            return NULL, f"refused.{required}" if required else note
        if len(cell) > longest:
            return NULL, long_note
        if upper:
            cell = cell.upper()
        return cell.replace("\\", "\\\\"), note

    return judge


def label(column: str, known: Collection[str], note: str, *, required: str = "") -> Parser:
    """A label in capitals; one that is not among ``known`` is kept and noted."""
    plain = text(column, 80, upper=True, required=required, too_long="refused")
    kept = f"kept.{note}"

    def judge(raw: str) -> Judged:
        value, found = plain(raw)
        return value, found or (None if value == NULL or value in known else kept)

    return judge


def padded(column: str, digits: int, reason: str) -> Parser:
    """A short number written with leading zeros, which spreadsheets lose and which are put back."""
    note = f"value_dropped.{column.lower()}_{reason}"

    def judge(raw: str) -> Judged:
        cell = raw.strip().lstrip("'")
        if not cell:
            return NULL, None
        if not cell.isascii() or not cell.isdigit() or len(cell) > digits:
            return NULL, note
        return cell.zfill(digits), None

    return judge
