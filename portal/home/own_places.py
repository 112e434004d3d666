"""What the family registered for, in words for the pages of opportunities."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import url_for

from portal.cases.places import OwnPlace
from portal.core.messages import N_
from portal.core.wording import Message, Speaker
from portal.programs.catalog import CatalogDay

_NUMBER = N_("number %(number)s of %(people)s, for %(quota)s places")


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """One registration: for what, for whom, and how its place stands."""

    title: str
    name: str
    word: str
    tone: str
    number: str  # in the order, in words; empty before the places are given
    url: str


def place_lines(own: Iterable[OwnPlace], catalog: CatalogDay, speaker: Speaker) -> list[PlaceLine]:
    """The registrations of the family, in the reader's words."""
    return [_line(one, catalog, speaker) for one in own]


def _line(one: OwnPlace, catalog: CatalogDay, speaker: Speaker) -> PlaceLine:
    known = catalog.by_code.get(one.code)
    number = ""
    if one.number is not None:
        number = speaker.say(Message(_NUMBER, {"number": one.number, "people": one.people, "quota": one.quota}))
    return PlaceLine(
        title=speaker.say(one.title or (known.name if known else None)) or one.code,
        name=one.name,
        word=speaker.say(one.word),
        tone=one.tone,
        number=number,
        url=url_for("cases.detail", reference=one.reference),
    )
