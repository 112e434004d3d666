"""The days ahead of what the regency's office offers: when to register, to answer for a place, and to be there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import url_for

from portal.cases.places import OwnPlace
from portal.core.messages import N_
from portal.core.wording import Speaker
from portal.home.expecting import days_file
from portal.home.offers import Offers
from portal.programs.catalog import CatalogDay
from portal.programs.offerings import Offered

#: In a shared calendar nothing is told of what it is.
TOLD = N_("A day of an opportunity of your family. Sign in to see which.")
_AHEAD = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class NearDay:
    """A day that asks something of the family, and the page on which it is done."""

    on: date
    day: str
    what: str
    title: str
    url: str


def near_days(
    offers: Offers, own: Iterable[OwnPlace], catalog: CatalogDay, day: date, speaker: Speaker
) -> tuple[NearDay, ...]:
    """The days of the next three months, the nearest first: of what may fit and of what somebody registered for."""
    own = list(own)
    found = [*_of_offers(offers, {one.code for one in own}, catalog, speaker), *_of_own(own, catalog, speaker)]
    return tuple(sorted((one for one in found if day <= one.on <= day + _AHEAD), key=lambda one: (one.on, one.title)))


def near_file(days: Iterable[NearDay], speaker: Speaker, made_at: datetime) -> bytes:
    """These days for the own calendar, in neutral words."""
    return days_file((one.on for one in days), TOLD, speaker, made_at, mark="-p")


def _of_offers(offers: Offers, registered: set[str], catalog: CatalogDay, speaker: Speaker) -> Iterator[NearDay]:
    for offer in (*offers.meets, *offers.open):
        program = catalog.by_code.get(offer.code)
        if not isinstance(program, Offered) or program.round.closed or offer.code in registered:
            continue
        url = url_for("home.opportunity", code=offer.code)
        for on, what in (
            (program.round.registration_from, N_("Registration begins")),
            (program.round.registration_until, N_("Last day to register")),
        ):
            yield NearDay(on, speaker.day(on), speaker.say(what), offer.name, url)


def _of_own(own: Iterable[OwnPlace], catalog: CatalogDay, speaker: Speaker) -> Iterator[NearDay]:
    for one in own:
        known = catalog.by_code.get(one.code)
        title = speaker.say(one.title or (known.name if known else None)) or one.code
        url = url_for("cases.detail", reference=one.reference)
        for on, what in (
            (one.answer_until, N_("Last day to say whether you come")),
            (one.begins_on, N_("Begins")),
        ):
            if on is not None:
                yield NearDay(on, speaker.day(on), speaker.say(what), title, url)
