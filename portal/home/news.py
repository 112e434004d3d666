"""What became worse: aid that ended, a desil that rose. News since the last visit stands before everything else; a stop
that was told before stays on the page as one quiet line, so that it can still be found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from babel.lists import format_list

from portal.accounts.actor import FamilyActor
from portal.core.messages import N_
from portal.core.names import written_name
from portal.core.wording import Message, Speaker
from portal.home.short import short_name
from portal.programs.catalog import CatalogDay
from portal.programs.stop_reasons import NOT_RECORDED, stop_reason
from portal.registry.facts import ParticipationFacts
from portal.registry.queries import Ended
from portal.registry.snapshot import History

#: On a first visit, news is what an extract of the last half year said.
_NEWS = timedelta(days=183)
_NOW_AND_BEFORE = 2
_HEALTH = "PBI-JK"
_TREATMENT = N_("Is somebody ill, pregnant or in treatment? That is urgent: tell us today.")


@dataclass(frozen=True, slots=True)
class Alert:
    """Something became worse: what, why, and what can be done."""

    title: str
    cause: str
    todo: str
    goes_to: str  # aid, desil
    urgent: str = ""  # health insurance ended, and somebody may be in treatment


def news_for(
    record: History, actor: FamilyActor, alive: bool, day: date, catalog: CatalogDay, speaker: Speaker
) -> tuple[Alert, ...]:
    """The news for this member, the gravest first."""
    since = actor.previous_visit_at.date() if actor.previous_visit_at else day - _NEWS
    stops = [stop for stop in _news_of_stops(record, since, actor.previous_visit_at, catalog) if _is_recent(stop, day)]
    alerts = _stop_alerts(stops, catalog, speaker)
    if not any(stop.reason == "DESIL" for stop in stops):
        alerts += _rise_alert(record, since, actor.previous_visit_at, speaker)
    if not alive:
        name = written_name(actor.name)
        alerts.insert(
            0,
            Alert(
                speaker.say(Message(N_("The record says that %(name)s has died"), {"name": name})),
                speaker.say(N_("If this is wrong, aid may stop because of it.")),
                speaker.say(N_("Go to Dukcapil with your KTP and KK, and tell the village office.")),
                "desil",
            ),
        )
    return tuple(alerts)


def _news_of_stops(record: History, since: date, visited: datetime | None, catalog: CatalogDay) -> list[Ended]:
    """Participations that ended since then and did not begin again. A load may come long after its date."""
    loaded_since = record.changed_since("participation", visited)
    newest = next((stop.ended_as_of for stop in record.ended if stop.ended_as_of), None)
    return [
        stop
        for stop in _stops(record, catalog).values()
        if stop.ended_as_of and (stop.ended_as_of >= since or (loaded_since and stop.ended_as_of == newest))
    ]


def _stops(record: History, catalog: CatalogDay) -> dict[str, Ended]:
    """The newest end of each programme that ended and did not begin again."""
    going_on = {catalog.code_of(part.program) for part in record.participations if part.active}
    stops: dict[str, Ended] = {}
    for stop in record.ended:
        code = catalog.code_of(stop.program)
        if stop.ended_as_of is not None and code not in going_on:
            stops.setdefault(code, stop)
    return stops


def told_before(record: History, actor: FamilyActor, day: date, catalog: CatalogDay, speaker: Speaker) -> str:
    """The stops of the last half year that are no news to this member any more, in one line; empty where none is."""
    if actor.previous_visit_at is None:
        return ""
    news = {
        stop.program
        for stop in _news_of_stops(record, actor.previous_visit_at.date(), actor.previous_visit_at, catalog)
    }
    by_day: dict[date, list[Ended]] = {}
    for stop in _stops(record, catalog).values():
        on = stop.until or stop.ended_as_of
        if on is not None and stop.program not in news and on >= day - _NEWS:
            by_day.setdefault(on, []).append(stop)
    return " ".join(f"{_ended_words(stops, catalog, speaker)}." for stops in by_day.values())


def _is_recent(stop: Ended, day: date) -> bool:
    """An extract may tell for the first time of what ended long ago; that is history, not news."""
    return stop.until is None or stop.until >= day - _NEWS


def _stop_alerts(stops: list[Ended], catalog: CatalogDay, speaker: Speaker) -> list[Alert]:
    """One alert for each cause, with the programmes that it ended."""
    by_cause: dict[str | None, list[Ended]] = {}
    for stop in stops:
        by_cause.setdefault(stop.reason, []).append(stop)
    alerts = []
    for reason, ended in by_cause.items():
        part = ParticipationFacts(ended[0].program, None, ended[0].until, False, reason)
        explained = stop_reason(part) or NOT_RECORDED
        words = _ended_words(ended, catalog, speaker)
        urgent = speaker.say(_TREATMENT) if any(catalog.code_of(stop.program) == _HEALTH for stop in ended) else ""
        alerts.append(Alert(words, speaker.say(explained.cause), speaker.say(explained.todo), "aid", urgent=urgent))
    return alerts


def _ended_words(ended: list[Ended], catalog: CatalogDay, speaker: Speaker) -> str:
    names = [short_name(catalog.code_of(stop.program), catalog, speaker) for stop in ended]
    listed = format_list(names, locale=speaker.language)
    on = ended[0].until or ended[0].ended_as_of
    return speaker.say(Message(N_("%(programs)s ended on %(day)s"), {"programs": listed, "day": on}))


def _rise_alert(record: History, since: date, visited: datetime | None, speaker: Speaker) -> list[Alert]:
    desils = record.desils
    if visited is None or len(desils) < _NOW_AND_BEFORE or desils[0].desil <= desils[1].desil:
        return []
    if desils[0].ranked_on < since and not record.changed_since("desil", visited):
        return []
    words = Message(
        N_("Your desil rose from %(before)s to %(now)s"), {"before": desils[1].desil, "now": desils[0].desil}
    )
    return [
        Alert(
            speaker.say(words),
            speaker.say(N_("Your family is now ranked as better off, so aid can become less.")),
            speaker.say(N_("Look at the facts that are recorded. If one is wrong, tell us.")),
            "desil",
        )
    ]
