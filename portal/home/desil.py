"""Why my desil: the rank and its history, what it is and is not, and the facts that are recorded about the family."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from portal.core.messages import N_
from portal.core.wording import Message, Speaker
from portal.home.dashboard import DesilCard, desil_card
from portal.home.facts import FactCard, RecordRead, changed_facts, fact_cards
from portal.programs.catalog import CatalogDay
from portal.programs.desil_rules import DESIL_IS, DESIL_IS_NOT, STANDING_WORDS, Standing, desil_rules
from portal.programs.terms import SURENESS_WORDS
from portal.registry.facts import DesilFacts

STANDING_KINDS = {
    Standing.INSIDE: "good",
    Standing.OUTSIDE: "stop",
    Standing.OPEN: "wait",
    Standing.NOT_RECORDED: "info",
    Standing.NO_RULE: "info",
}


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


@dataclass(frozen=True, slots=True)
class Change:
    """A recorded fact that changed since the last ranking."""

    label: str
    now: str
    before: str
    when: str


@dataclass(frozen=True, slots=True)
class DesilPage:
    """The whole page."""

    card: DesilCard
    ranks: tuple[Rank, ...]
    means: tuple[str, ...]
    means_not: tuple[str, ...]
    rules: tuple[Rule, ...]
    changes: tuple[Change, ...]
    changes_since: str
    facts: tuple[FactCard, ...]
    as_of: date | None


def desil_page(read: RecordRead, day: date, catalog: CatalogDay, speaker: Speaker) -> DesilPage:
    """The page of this family on ``day``."""
    facts, say = read.facts, speaker.say
    since = last_ranking(facts.desils)
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
            )
            for rule in desil_rules(facts, day, catalog)
        ),
        changes=tuple(Change(*change) for change in changed_facts(read, speaker)),
        changes_since=speaker.day(since) if since else "",
        facts=fact_cards(read, speaker),
        as_of=facts.as_of,
    )


def last_ranking(desils: tuple[DesilFacts, ...]) -> date | None:
    """The day of the ranking before the newest; of the newest where there is only one."""
    if not desils:
        return None
    return desils[min(1, len(desils) - 1)].ranked_on


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
