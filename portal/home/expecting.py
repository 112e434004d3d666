"""When something can come and where it is taken: the stages ahead on a page and as a file for the own calendar."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event

from portal.core.messages import N_
from portal.core.wording import Message, Speaker
from portal.programs.catalog import CatalogDay
from portal.programs.expected import Expected, expected_stages
from portal.programs.terms import SURENESS_WORDS
from portal.registry.facts import ParticipationFacts

FILE_NAME = "tanggal.ics"  # says nothing about what it is
#: On a locked screen or in a shared calendar nothing of aid is told: no programme, no amount.
TITLE, TOLD = N_("Look at Portal Keluarga"), N_("A new period begins. Sign in to see what is new.")
_PERIOD = N_("Stage %(stage)s: %(first)s to %(last)s")


@dataclass(frozen=True, slots=True)
class ProgramDates:
    """The stages ahead of one programme, with how sure its calendar is, and where its money is taken."""

    name: str
    stages: tuple[str, ...]
    text: str
    sure: str
    channel: str


def dates_of(
    participations: Iterable[ParticipationFacts], day: date, catalog: CatalogDay, speaker: Speaker
) -> tuple[ProgramDates, ...]:
    """What the aid page tells of the time and place of each programme."""
    say = speaker.say
    return tuple(
        ProgramDates(
            say(program.name),
            tuple(
                say(Message(_PERIOD, {"stage": one.number, "first": one.starts, "last": one.ends})) for one in stages
            ),
            say(program.calendar.text) if program.calendar else "",
            say(SURENESS_WORDS[program.calendar.sure]) if program.calendar else "",
            say(program.channel),
        )
        for program, stages in expected_stages(participations, day, catalog)
    )


def calendar_file(
    participations: Iterable[ParticipationFacts], day: date, catalog: CatalogDay, speaker: Speaker, made_at: datetime
) -> bytes:
    """One all-day event for each first day of a stage still ahead. The same stage keeps its UID, so nothing doubles."""
    calendar = Calendar()
    calendar.add("prodid", "-//Portal Keluarga//ID")
    calendar.add("version", "2.0")
    for starts in sorted({one.starts for one in _all(participations, day, catalog) if one.starts >= day}):
        event = Event()
        event.add("uid", f"{starts.isoformat()}@portal-keluarga")
        event.add("dtstamp", made_at)
        event.add("dtstart", starts)
        event.add("dtend", starts + timedelta(days=1))
        event.add("summary", speaker.say(TITLE))
        event.add("description", speaker.say(TOLD))
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _all(participations: Iterable[ParticipationFacts], day: date, catalog: CatalogDay) -> list[Expected]:
    return [one for _program, stages in expected_stages(participations, day, catalog) for one in stages]
