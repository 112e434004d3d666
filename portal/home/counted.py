"""Which members PKH counts, in words, with how sure each rule is. It explains; it never says money is owed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.core.messages import N_
from portal.core.wording import Message, Speaker
from portal.programs.catalog import CatalogDay
from portal.programs.eligibility import judge
from portal.programs.pkh import COMPONENT_WORDS, HIDDEN, PkhCount
from portal.programs.terms import SURENESS_WORDS
from portal.registry.facts import FamilyFacts

PKH = "PKH"


@dataclass(frozen=True, slots=True)
class CountedMember:
    """One member: counted as what and for how much, or why not, or what is missing."""

    name: str
    component: str
    rupiah: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """What is missing, of whom, and what would settle it."""

    reason: str
    settle: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PkhPanel:
    """Who is counted, who is not, who cannot be told; rupiah per stage."""

    counted: tuple[CountedMember, ...]
    not_counted: tuple[CountedMember, ...]
    unclear: tuple[Unclear, ...]
    total: int
    sure: str
    rules: tuple[str, ...]


def pkh_panel(facts: FamilyFacts, day: date, catalog: CatalogDay, speaker: Speaker) -> PkhPanel | None:
    """The panel for a family that is or was in PKH; None for others."""
    program = catalog.by_code.get(PKH)
    if program is None or program.counting is None:
        return None
    if not any(catalog.code_of(part.program) == PKH for part in facts.participations):
        return None
    count, say, rules = judge(program, facts, day, catalog).pkh, speaker.say, program.counting
    if count is None:
        return None
    return PkhPanel(
        counted=tuple(
            CountedMember(one.member.name, say(COMPONENT_WORDS[one.component]), one.rupiah, say(one.disputed))
            for one in count.counted
        ),
        not_counted=tuple(
            CountedMember(
                one.member.name, say(COMPONENT_WORDS[one.component]) if one.component else "", None, say(one.reason)
            )
            for one in count.not_counted
        ),
        unclear=_unclear(count, speaker),
        total=count.total,
        sure=say(SURENESS_WORDS[rules.most_counted.sure]),
        rules=tuple(
            say(rule.text)
            for rule in (
                rules.most_counted,
                rules.order,
                rules.most_children,
                rules.most_early_childhood,
                rules.once_by_highest,
                rules.active_in_school_data,
                rules.everyone_in_the_data,
            )
        ),
    )


def _unclear(count: PkhCount, speaker: Speaker) -> tuple[Unclear, ...]:
    """The same gap is told once, with everybody it is about.

    Of health facts that the reader may not see, not even what they could be is named beside the member.
    """
    gaps: dict[tuple[str, str], dict[str, list[str]]] = {}
    for one in count.unclear:
        of_gap = gaps.setdefault((speaker.say(one.reason), speaker.say(one.settle)), {})
        parts = of_gap.setdefault(one.member.name, [])
        if one.reason != HIDDEN:
            parts.append(speaker.say(COMPONENT_WORDS[one.component]))
    words = N_("%(name)s: whether counted as %(parts)s")
    return tuple(
        Unclear(
            reason,
            settle,
            tuple(
                speaker.say(Message(words, {"name": who, "parts": tuple(parts)})) if parts else who
                for who, parts in members.items()
            ),
        )
        for (reason, settle), members in gaps.items()
    )
