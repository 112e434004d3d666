"""The pages of *saldo KKS kosong*: which aid it is about, one question at a time, and where the way ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.core.messages import N_
from portal.core.wording import Message, Speaker
from portal.programs.catalog import CatalogDay
from portal.programs.empty_card import ENDS, QUESTIONS, ROOTS, Go, Send, Situation, Wait, walk
from portal.programs.empty_card_start import About
from portal.programs.payments import explain
from portal.programs.stop_reasons import stop_reason

_STAGE = N_("%(program)s, stage %(stage)s of %(year)s")
_SAYS: dict[Situation, str] = {
    Situation.NOTHING: N_("The record knows no aid of your family now."),
    Situation.NOT_PLANNED: N_("The programme goes on, but no payment of this stage is recorded yet."),
}


@dataclass(frozen=True, slots=True)
class Known:
    """What the record says of one aid, before anything is asked."""

    key: str
    title: str
    says: str
    readings: tuple[str, ...]
    label: str  # the record's own word
    when: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with its choices: words and the answers up to there."""

    words: str
    hint: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Ended:
    """Where the way ends: wait, go or send."""

    kind: str
    title: str
    words: str
    until: date | None = None
    planned: bool = False  # the day is in the record; else it is the end of the stage, an estimate
    place: str = ""
    papers: tuple[str, ...] = ()
    slug: str = ""
    hints: tuple[tuple[str, str], ...] = ()  # fills in the case


@dataclass(frozen=True, slots=True)
class Page:
    """One step of the way."""

    known: Known
    back: str | None  # the answers without the last one; None at the first question
    asked: Asked | None
    ended: Ended | None


def known_of(one: About, day: date, catalog: CatalogDay, speaker: Speaker) -> Known:
    """What the record says of it."""
    say = speaker.say
    if one.payment is not None:
        explained = explain(one.payment, day)
        stage = {"program": catalog.name_of(one.program), "stage": one.payment.stage, "year": one.payment.year}
        return Known(
            one.key,
            say(Message(_STAGE, stage)),
            say(explained.meaning.meaning),
            tuple(say(reading) for reading in explained.meaning.readings),
            one.payment.status or "",
            say(explained.when),
        )
    title = say(catalog.name_of(one.program)) if one.program else say(N_("My KKS card"))
    stopped = stop_reason(one.part) if one.situation is Situation.ENDED and one.part else None
    said = say(stopped.cause) if stopped else say(_SAYS.get(one.situation, ""))
    return Known(one.key, title, said, (), "", "")


def page_of(one: About, way: Sequence[str], day: date, catalog: CatalogDay, speaker: Speaker) -> Page | None:
    """The page after these answers; None where one of them is no choice."""
    node = walk(ROOTS[one.situation], tuple(way))
    if node is None:
        return None
    back = "/".join(way[:-1]) if way else None
    known = known_of(one, day, catalog, speaker)
    if node in ENDS:
        return Page(known, back, None, _ended(ENDS[node], one, day, speaker))
    question, say = QUESTIONS[node], speaker.say
    choices = tuple((say(choice.words), "/".join((*way, choice.key))) for choice in question.choices)
    return Page(known, back, Asked(say(question.words), say(question.hint) if question.hint else "", choices), None)


def _ended(end: Wait | Go | Send, one: About, day: date, speaker: Speaker) -> Ended:
    say = speaker.say
    if isinstance(end, Wait):
        until = one.waits_until(end.until, day)
        planned = one.payment is not None and one.payment.scheduled_on == until
        return Ended("wait", say(end.title), say(end.words), until, planned, hints=_hints("payment", one))
    if isinstance(end, Go):
        papers = tuple(say(paper) for paper in end.papers)
        hints = _hints("payment", one)
        return Ended("go", say(end.title), say(end.words), place=say(end.place), papers=papers, hints=hints)
    return Ended("send", say(end.title), say(end.words), slug=end.slug, hints=_hints(end.about, one))


def _hints(about: str, one: About) -> tuple[tuple[str, str], ...]:
    """What of the record fills in the case."""
    if about == "payment" and one.payment is not None:
        return (("penyaluran", str(one.payment.id)),)
    return (("program", one.program),) if about and one.program else ()
