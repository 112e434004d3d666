"""Amounts, dates, times and sizes as the reader expects them. On the hot path: plain dictionaries, no CLDR.

Money is written the Indonesian way in every language, as on the reader's bank slip: ``Rp1.950.000``.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo

from flask import Flask

from portal.core import clock
from portal.core.names import written_name
from portal.web.languages import DEFAULT_LANGUAGE, current_language

_MONTHS = {
    "id": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split(),
    "en": "January February March April May June July August September October November December".split(),
}
_SHORT_MONTHS = {
    "id": "Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des".split(),
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(),
}
_WEEKDAYS = {
    "id": "Senin Selasa Rabu Kamis Jumat Sabtu Minggu".split(),
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
}
_MILLIONS = {"id": "jt", "en": "m"}
_THOUSANDS = {"id": "rb", "en": "k"}


def _words(table: dict[str, list[str]]) -> list[str]:
    return table.get(current_language(), table[DEFAULT_LANGUAGE])


def rupiah(amount: int) -> str:
    """Whole rupiah: ``Rp1.950.000``; an amount below zero keeps its sign in front."""
    return f"{'-' if amount < 0 else ''}Rp{abs(amount):,}".replace(",", ".")


def short_rupiah(amount: int) -> str:
    """Rupiah for tight places (the bars): ``Rp1,95 jt``, ``Rp200 rb``; two decimals at most."""
    language = current_language()
    for limit, unit in ((1_000_000, _MILLIONS), (1_000, _THOUSANDS)):
        if abs(amount) >= limit:
            number = f"{amount / limit:.2f}".rstrip("0").rstrip(".")
            word = unit.get(language, unit[DEFAULT_LANGUAGE])
            return f"Rp{number.replace('.', ',') if language != 'en' else number} {word}"
    return rupiah(amount)


def count(number: int) -> str:
    """A whole number with separators for the reader's language: ``83.762`` or ``83,762``."""
    text = f"{number:,}"
    return text if current_language() == "en" else text.replace(",", ".")


def size(number_of_bytes: int) -> str:
    """A file's size: ``820 kB``, ``2,4 MB`` (1 kB = 1000 bytes)."""
    if number_of_bytes < 1_000_000:
        return f"{max(1, round(number_of_bytes / 1000))} kB"
    text = f"{number_of_bytes / 1_000_000:.1f}"
    return f"{text if current_language() == 'en' else text.replace('.', ',')} MB"


def day(value: date) -> str:
    """``12 Oktober 2026``. A datetime must be brought to its zone first (``local``)."""
    return f"{value.day} {_words(_MONTHS)[value.month - 1]} {value.year}"


def short_day(value: date) -> str:
    """``12 Okt 2026``, for tables and paths."""
    return f"{value.day} {_words(_SHORT_MONTHS)[value.month - 1]} {value.year}"


def weekday(value: date) -> str:
    """``Selasa, 24 November 2026``."""
    return f"{_words(_WEEKDAYS)[value.weekday()]}, {day(value)}"


def month(value: date) -> str:
    """``Oktober 2026``."""
    return f"{_words(_MONTHS)[value.month - 1]} {value.year}"


def local(value: datetime, zone: tzinfo | str = clock.WIB) -> datetime:
    """A stored moment (UTC; naive ones are taken as UTC) in the zone of the reader's village."""
    there = clock.zone(zone) if isinstance(zone, str) else zone
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(there)


def day_time(value: datetime, zone: tzinfo | str = clock.WIB) -> str:
    """``12 Oktober 2026, 09.14 WIB``."""
    there = local(value, zone)
    dot = ":" if current_language() == "en" else "."
    return f"{day(there)}, {there.hour:02}{dot}{there.minute:02} {clock.zone_word(str(zone))}".rstrip()


def init_formats(app: Flask) -> None:
    """Offer every format as a Jinja filter of its own name."""
    for function in (rupiah, short_rupiah, count, size, day, short_day, weekday, month, day_time, written_name):
        app.jinja_env.filters[function.__name__] = function
