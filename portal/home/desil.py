"""Why my desil: the rank and its history, what it is and is not, and the facts that are recorded about the family."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from portal.core.clock import zone_of_area
from portal.core.messages import N_
from portal.core.wording import Message, Speaker
from portal.home.dashboard import DesilCard, desil_card
from portal.home.facts import FactCard, RecordRead, fact_cards, told_changes
from portal.home.rankings import AFTER, by_ranking
from portal.home.reading import RANKINGS
from portal.home.said_right import Said, fact_of, newest_of_facts
from portal.programs.catalog import CatalogDay
from portal.programs.desil_rules import DESIL_IS, DESIL_IS_NOT, STANDING_WORDS, Standing, desil_rules
from portal.programs.local_rules import VILLAGES, local_rules
from portal.programs.terms import SURENESS_WORDS
from portal.registry.facts import DesilFacts
from portal.registry.models import RecordChange
from portal.web.formats import local, month

STANDING_KINDS = {
    Standing.INSIDE: "good",
    Standing.OUTSIDE: "stop",
    Standing.OPEN: "wait",
    Standing.NOT_RECORDED: "info",
    Standing.NO_RULE: "info",
}
_YOU_SAID = N_("You said on %(day)s that this is right.")
_FAMILY_SAID = N_("Your family said on %(day)s that this is right.")


@dataclass(frozen=True, slots=True)
class Rank:
    """One desil of the history."""

    word: str
    when: str
    state: str
    note: str = ""
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """The desil rule of one programme and where the family stands to it."""

    code: str
    name: str
    text: str
    word: str
    kind: str
    sure: str
    note: str
    ruled: bool  # whether it looks at the desil at all


@dataclass(frozen=True, slots=True)
class Change:
    """A recorded fact that changed. ``field`` and ``member`` name it for a correction."""

    id: int
    label: str
    now: str
    before: str
    when: str
    field: str
    member: int | None
    died: bool
    said: str  # that the family said it is right, and when
    outdated: bool  # the same fact changed again since, so that nobody is asked about this change


@dataclass(frozen=True, slots=True)
class Between:
    """What differs between two rankings, or since the newest."""

    title: str
    ranked: bool
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class NextRanking:
    """When BPS is expected to rank again, with how sure that is."""

    text: str
    sure: str
    about: str  # the month, an estimate; empty where the family has no desil
    passed: bool
    remarks: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DesilPage:
    """The whole page."""

    card: DesilCard
    ranks: tuple[Rank, ...]
    means: tuple[str, ...]
    means_not: tuple[str, ...]
    rules: tuple[Rule, ...]
    between: tuple[Between, ...]
    next: NextRanking
    facts: tuple[FactCard, ...]
    as_of: date | None


def desil_page(
    read: RecordRead, day: date, catalog: CatalogDay, speaker: Speaker, reader: int | None = None
) -> DesilPage:
    """The page of this family on ``day``, for the member whose person is ``reader``."""
    facts, say = read.facts, speaker.say
    return DesilPage(
        card=desil_card(facts.desils, speaker, speaker.day),
        ranks=_ranks(facts.desils, speaker),
        means=tuple(say(words) for words in DESIL_IS),
        means_not=tuple(say(words) for words in DESIL_IS_NOT),
        rules=tuple(
            Rule(
                rule.program.code,
                say(rule.program.name),
                say(rule.text),
                say(STANDING_WORDS[rule.standing]),
                STANDING_KINDS[rule.standing],
                say(SURENESS_WORDS[rule.sure]) if rule.sure else "",
                say(rule.note),
                rule.standing is not Standing.NO_RULE,
            )
            for rule in desil_rules(facts, day, catalog)
        ),
        between=_between(read, speaker, reader),
        next=_next_ranking(facts.desils, facts.village_id // VILLAGES, day, speaker),
        facts=fact_cards(read, speaker),
        as_of=facts.as_of,
    )


def _between(read: RecordRead, speaker: Speaker, reader: int | None) -> tuple[Between, ...]:
    """What came after the newest ranking first, then what differs at each one, newest first."""
    desils = read.facts.desils
    zone = zone_of_area(read.facts.village_id)
    newest = newest_of_facts(read.changes)
    told = {
        change.id: _change(
            change, words, _said(read.right.get(change.id), zone, speaker, reader), newest[fact_of(change)]
        )
        for change, words in told_changes(read, speaker)
    }
    dated = [
        (change, change.source_date or change.as_of or local(change.at, zone).date())
        for change in read.changes
        if change.id in told
    ]
    placed = by_ranking(desils, dated, [change for change in read.changes if change.subject == "desil"])
    found = []
    for place in range(AFTER, min(RANKINGS, len(desils) - 1)):
        changes = tuple(told[change.id] for change in placed.get(place, ()))
        if place != AFTER or changes:
            found.append(Between(speaker.say(_title(place, desils)), place != AFTER, changes))
    return tuple(found)


def _title(place: int, desils: tuple[DesilFacts, ...]) -> Message:
    if place == AFTER:
        return Message(N_("After the newest ranking: not in this desil yet"))
    now, before = desils[place], desils[place + 1]
    values = {"before": before.desil, "now": now.desil, "day": now.ranked_on}
    if now.desil == before.desil:
        return Message(N_("Ranking of %(day)s: desil stayed %(now)s"), values)
    return Message(N_("Ranking of %(day)s: desil from %(before)s to %(now)s"), values)


def _said(said: Said | None, zone: str, speaker: Speaker, reader: int | None) -> str:
    """That the reader, or another of the family, said that it is right."""
    if said is None:
        return ""
    words = _YOU_SAID if said.person_id == reader else _FAMILY_SAID
    return speaker.say(Message(words, {"day": local(said.at, zone).date()}))


def _change(change: RecordChange, words: tuple[str, str, str, str], said: str, newest: int) -> Change:
    own = change.subject in ("member", "member_health")
    died = change.field == "alive" and (change.new or "").lower() in ("false", "f")
    member = change.subject_id if own else None
    outdated = change.id != newest
    return Change(
        change.id, *words, f"{change.subject}.{change.field}", member, died, "" if outdated else said, outdated
    )


def _next_ranking(desils: tuple[DesilFacts, ...], regency: int, day: date, speaker: Speaker) -> NextRanking:
    """When the next update is, by the settings of the regency. An estimate, and said to be one."""
    rule, say = local_rules().ranking_in(regency, day), speaker.say
    expected = rule.next_after(desils[0].ranked_on) if desils else None
    return NextRanking(
        say(rule.text),
        say(SURENESS_WORDS[rule.sure]),
        month(expected) if expected else "",
        expected is not None and expected < day.replace(day=1),
        tuple((say(remark.text), say(SURENESS_WORDS[remark.sure])) for remark in rule.remarks),
    )


def _ranks(desils: Iterable[DesilFacts], speaker: Speaker) -> tuple[Rank, ...]:
    """Newest first."""
    return tuple(
        Rank(
            speaker.say(Message(N_("Desil %(desil)s"), {"desil": one.desil})),
            speaker.day(one.ranked_on),
            "now" if place == 0 else "done",
        )
        for place, one in enumerate(desils)
    )
