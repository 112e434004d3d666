"""What a desil is and is not, and the desil rule of each programme beside the family's own desil.

The portal never computes or guesses a desil, and shows no rupiah bracket for it: a desil is a rank.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from portal.core.messages import N_
from portal.core.wording import Localised, Message
from portal.programs.catalog import CatalogDay, Program, catalog_on
from portal.programs.criteria.base import Context, Finding, Rule, Verdict
from portal.programs.criteria.combine import Group
from portal.programs.criteria.household import DesilBetween
from portal.programs.terms import Sureness
from portal.registry.facts import FamilyFacts

DESIL_IS: tuple[Message, ...] = (
    Message(
        N_(
            "All families in Indonesia are put in a row by welfare and divided into ten equal groups. "
            "A desil is the number of the group: 1 is the lowest, 10 the highest."
        )
    ),
    Message(N_("BPS (Statistics Indonesia) sets the desil from the data in DTSEN, about every three months.")),
    Message(N_("A desil can go up or down when the data of your family change, or when those of other families do.")),
)
DESIL_IS_NOT: tuple[Message, ...] = (
    Message(N_("A desil is not an amount of income. A list that gives rupiah for each desil is not true.")),
    Message(N_("A desil is not a decision about aid. Each programme has its own rule.")),
    Message(N_("The formula is not public. This portal does not know it and does not compute a desil.")),
    Message(N_("Neither the village office nor the social worker can choose a desil. They can correct facts.")),
)


class Standing(StrEnum):
    """Where the family's desil stands to the rule of a programme."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    OPEN = "open"  # sources differ, or it depends on places
    NOT_RECORDED = "not_recorded"
    NO_RULE = "no_rule"


STANDING_WORDS: Mapping[Standing, Message] = {
    Standing.INSIDE: Message(N_("Your desil is inside the range")),
    Standing.OUTSIDE: Message(N_("Your desil is outside the range")),
    Standing.OPEN: Message(N_("Not certain")),
    Standing.NOT_RECORDED: Message(N_("Your desil is not recorded")),
    Standing.NO_RULE: Message(N_("No desil rule")),
}


class DesilRule(NamedTuple):
    """The desil rule of one programme. ``lowest`` to ``highest`` is what all sources agree on;
    up to ``maybe_highest`` it is open. All None where the programme names no desil."""

    program: Program
    text: Localised | None
    lowest: int | None
    highest: int | None
    maybe_highest: int | None
    standing: Standing
    sure: Sureness | None
    note: Localised | None


def desil_rules(family: FamilyFacts, day: date, catalog: CatalogDay | None = None) -> tuple[DesilRule, ...]:
    """The rule of every programme in force on ``day``; those with a desil rule first."""
    catalog = catalog or catalog_on(day)
    context = Context(family, day)
    rules = [_rule_of(program, context) for program in catalog.programs]
    return tuple(sorted(rules, key=lambda rule: (rule.standing is Standing.NO_RULE, rule.program.code)))


def range_of(program: Program) -> tuple[int, int] | None:
    """The highest desil that all sources agree on, and the highest that any of them gives; None without a rule."""
    found = _ruled(program)
    return found and _highest(found[1])


def _rule_of(program: Program, context: Context) -> DesilRule:
    found = _ruled(program)
    if found is None:
        return DesilRule(program, program.desil_text, None, None, None, Standing.NO_RULE, None, None)
    criterion, ranges = found
    highest, maybe = _highest(ranges)
    return DesilRule(
        program,
        program.desil_text,
        max(one.lowest for one in ranges),
        highest,
        maybe if maybe > highest else None,
        _standing(criterion.judge(context, None), context),
        criterion.sure,
        criterion.note,
    )


def _ruled(program: Program) -> tuple[Rule, list[DesilBetween]] | None:
    """The condition of the programme that is about the desil, with its ranges."""
    judged = ((criterion, list(_ranges(criterion))) for criterion in program.family_criteria)
    return next(((criterion, ranges) for criterion, ranges in judged if ranges), None)


def _highest(ranges: list[DesilBetween]) -> tuple[int, int]:
    return min(one.highest for one in ranges), max(one.maybe_highest or one.highest for one in ranges)


def _ranges(criterion: Rule) -> Iterable[DesilBetween]:
    """The desil ranges of a condition: its own, or those of the versions inside a dispute."""
    if isinstance(criterion, DesilBetween):
        return (criterion,)
    if isinstance(criterion, Group) and all(isinstance(part, DesilBetween) for part in criterion.criteria):
        return tuple(part for part in criterion.criteria if isinstance(part, DesilBetween))
    return ()


def _standing(finding: Finding, context: Context) -> Standing:
    if context.family.desil is None:
        return Standing.NOT_RECORDED
    return {
        Verdict.MET: Standing.INSIDE,
        Verdict.NOT_MET: Standing.OUTSIDE,
        Verdict.UNKNOWN: Standing.OPEN,
    }[finding.verdict]
