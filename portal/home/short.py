"""Short words for tight places."""

from __future__ import annotations

from portal.core.wording import Speaker
from portal.programs.catalog import CatalogDay, fold


def short_name(code: str, catalog: CatalogDay, speaker: Speaker) -> str:
    """``PKH`` for *Program Keluarga Harapan (PKH)*: the part of the name that people say."""
    name = speaker.say(catalog.name_of(code))
    first, _, second = name.rstrip(")").partition(" (")
    wanted = fold(code)
    return next((part for part in (first, second) if part and fold(part) == wanted), name)
