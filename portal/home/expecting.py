"""When something can come and where it is taken: the stages ahead on a page and as a file for the own calendar."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from babel.lists import format_list
from icalendar import Calendar, Event

from portal.core.messages import N_
from portal.core.wording import Message, Speaker
from portal.home.short import short_name
from portal.programs.catalog import CatalogDay, Program
from portal.programs.expected import Expected, expected_stages
from portal.programs.terms import SURENESS_WORDS
from portal.registry.facts import ParticipationFacts
from portal.web.formats import month

FILE_NAME = "tanggal.ics"  # says nothing about what it is
#: On a locked screen or in a shared calendar nothing of aid is told: no programme, no amount.
TITLE, TOLD = N_("Look at Portal Keluarga"), N_("A new period begins. Sign in to see what is new.")
_PERIOD = N_("Stage %(stage)s: %(first)s to %(last)s")


@dataclass(frozen=True, slots=True)
class Together:
    """The stages ahead of programmes that have the same ones, with what is known of each calendar."""

    names: str
    stages: tuple[str, ...]
    known: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dates:
    """When something can come, and where the money of each programme is taken: name and channel."""

    together: tuple[Together, ...]
    places: tuple[tuple[str, str], ...]


def dates_of(
    participations: Iterable[ParticipationFacts], day: date, catalog: CatalogDay, speaker: Speaker
) -> Dates | None:
    """What the aid page tells of the time and place; None where nothing goes on that pays."""
    say = speaker.say
    found = expected_stages(participations, day, catalog)
    by_stages: dict[tuple[str, ...], list[Program]] = {}
    for program, stages in found:
        by_stages.setdefault(tuple(_period(one, speaker) for one in stages), []).append(program)
    together = tuple(
        Together(
            format_list([short_name(one.code, catalog, speaker) for one in programs], locale=speaker.language),
            stages,
            tuple(
                f"{say(one.calendar.text)} {say(SURENESS_WORDS[one.calendar.sure])}" for one in programs if one.calendar
            ),
        )
        for stages, programs in by_stages.items()
    )
    places = tuple((say(program.name), say(program.channel)) for program, _stages in found if program.channel)
    return Dates(together, places) if found else None


def _period(one: Expected, speaker: Speaker) -> str:
    return speaker.say(Message(_PERIOD, {"stage": one.number, "first": month(one.starts), "last": month(one.ends)}))


def calendar_file(
    participations: Iterable[ParticipationFacts], day: date, catalog: CatalogDay, speaker: Speaker, made_at: datetime
) -> bytes:
    """One all-day event for each first day of a stage still ahead."""
    days = {one.starts for one in _all(participations, day, catalog) if one.starts >= day}
    return days_file(days, TOLD, speaker, made_at)


def days_file(days: Iterable[date], told: str, speaker: Speaker, made_at: datetime, mark: str = "") -> bytes:
    """One all-day event a day in neutral words. The same day and mark keep their UID, so nothing doubles."""
    calendar = Calendar()
    calendar.add("prodid", "-//Portal Keluarga//ID")
    calendar.add("version", "2.0")
    for one in sorted(set(days)):
        event = Event()
        event.add("uid", f"{one.isoformat()}{mark}@portal-keluarga")
        event.add("dtstamp", made_at)
        event.add("dtstart", one)
        event.add("dtend", one + timedelta(days=1))
        event.add("summary", speaker.say(TITLE))
        event.add("description", speaker.say(told))
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _all(participations: Iterable[ParticipationFacts], day: date, catalog: CatalogDay) -> list[Expected]:
    return [one for _program, stages in expected_stages(participations, day, catalog) for one in stages]
