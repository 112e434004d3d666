"""Which members PKH counts, in words, with how sure each rule is. It explains; it never says money is owed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.core.messages import N_
from portal.core.wording import Message, Speaker
from portal.programs.catalog import CatalogDay
from portal.programs.eligibility import judge
from portal.programs.payments import is_paid
from portal.programs.pkh import COMPONENT_WORDS, HIDDEN, Counted, CountingRules, PkhCount
from portal.programs.terms import SURENESS_WORDS
from portal.registry.facts import DisbursementFacts, FamilyFacts

PKH = "PKH"
_AGE = N_("By the record %(age)s years old.")
_PUPIL = N_("By the record %(age)s years old and at school (%(level)s).")
_DISABLED = N_("By the record with a severe disability.")
_EXPECTING = N_("By the record pregnant or just gave birth.")


@dataclass(frozen=True, slots=True)
class CountedMember:
    """One member: counted as what, for how much and why, or why not. ``doubt`` where sources differ."""

    name: str
    component: str
    rupiah: int | None
    reason: str
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Unclear:
    """What is missing, of whom, and what would settle it."""

    reason: str
    settle: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SureRule:
    """One rule or duty, with how sure it is and what sources say against it."""

    text: str
    sure: str
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class LastPaid:
    """What PKH paid last, beside the count; ``differs`` where the two are not the same."""

    rupiah: int
    stage: str
    differs: bool


@dataclass(frozen=True, slots=True)
class PkhPanel:
    """Who is counted, who is not, who cannot be told; rupiah per stage."""

    counted: tuple[CountedMember, ...]
    not_counted: tuple[CountedMember, ...]
    unclear: tuple[Unclear, ...]
    total: int
    last: LastPaid | None
    duties: tuple[SureRule, ...]
    rules: tuple[SureRule, ...]


def pkh_panel(
    facts: FamilyFacts, payments: Sequence[DisbursementFacts], day: date, catalog: CatalogDay, speaker: Speaker
) -> PkhPanel | None:
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
            CountedMember(
                one.member.name, say(COMPONENT_WORDS[one.component]), one.rupiah, say(_why(one, day)), say(one.disputed)
            )
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
        last=_last(count, payments, catalog, speaker),
        duties=_duties(count, rules, speaker),
        rules=_rules(rules, speaker),
    )


def _why(one: Counted, day: date) -> Message:
    """The recorded facts by which the member is counted."""
    age = one.member.age_on(day)
    if one.component == "disability":
        return Message(_DISABLED)
    if one.component == "pregnancy":
        return Message(_EXPECTING)
    if one.component in ("sd", "smp", "sma"):
        return Message(_PUPIL, {"age": age, "level": one.member.school_level})
    return Message(_AGE, {"age": age})


def _last(
    count: PkhCount, payments: Sequence[DisbursementFacts], catalog: CatalogDay, speaker: Speaker
) -> LastPaid | None:
    paid = [one for one in payments if catalog.code_of(one.program) == PKH and is_paid(one) and one.amount is not None]
    if not paid:
        return None
    last = max(paid, key=lambda one: (one.year, one.stage))
    stage = speaker.say(Message(N_("Stage %(stage)s of %(year)s"), {"stage": last.stage, "year": last.year}))
    together = sum(one.amount or 0 for one in paid if (one.year, one.stage) == (last.year, last.stage))
    return LastPaid(together, stage, together != count.total)


def _duties(count: PkhCount, rules: CountingRules, speaker: Speaker) -> tuple[SureRule, ...]:
    """What is asked of this family: of its own components, and of everybody."""
    own = {one.component for one in count.counted}
    return tuple(
        SureRule(speaker.say(duty.text), speaker.say(SURENESS_WORDS[duty.sure]))
        for duty in rules.duties
        if not duty.of or own.intersection(duty.of)
    )


def _rules(rules: CountingRules, speaker: Speaker) -> tuple[SureRule, ...]:
    say = speaker.say
    numbered = (
        rules.most_counted,
        rules.most_children,
        rules.most_early_childhood,
        rules.early_childhood_until_age,
        rules.school_from_age,
        rules.school_until_age,
        rules.elderly_from_age,
        rules.most_elderly,
        rules.most_disability,
        rules.highest_pregnancy,
    )
    spoken = (rules.order, rules.once_by_highest, rules.active_in_school_data, rules.everyone_in_the_data)
    told = [SureRule(say(rule.text), say(SURENESS_WORDS[rule.sure])) for rule in spoken]
    return (
        *(SureRule(say(rule.text), say(SURENESS_WORDS[rule.sure]), say(rule.disputed)) for rule in numbered),
        *told,
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
