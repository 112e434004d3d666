"""The time now, in one place, so that tests can move it. UTC inside, the village's zone outside."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from zoneinfo import ZoneInfo

WIB, WITA, WIT = "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"

# Keppres 41/1987: provinces by Kemendagri code; the rest keep western time (WIB).
_WITA_PROVINCES = frozenset({51, 52, 53, 63, 64, 65, 71, 72, 73, 74, 75, 76})
_WIT_PROVINCES = frozenset({81, 82, 91, 92, 93, 94, 95, 96})


_ZONE_WORDS = {WIB: "WIB", WITA: "WITA", WIT: "WIT"}


def now() -> datetime:
    """The time now, in UTC."""
    return datetime.now(UTC)


@cache
def zone(name: str) -> ZoneInfo:
    """The zone of that name."""
    return ZoneInfo(name)


def today(zone_name: str = WIB) -> date:
    """The date now in a village's zone."""
    return datetime.now(zone(zone_name)).date()


def zone_word(name: str) -> str:
    """What people call a zone: WIB, WITA, WIT; empty for any other."""
    return _ZONE_WORDS.get(name, "")


def zone_of_area(area_id: int) -> str:
    """WIB, WITA or WIT by the province digits of an area code of any level."""
    province = int(str(area_id)[:2])
    if province in _WITA_PROVINCES:
        return WITA
    return WIT if province in _WIT_PROVINCES else WIB
