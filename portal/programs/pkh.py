"""Which members PKH counts, by the rules of the catalogue.

The portal explains; it never claims that money is owed. Rules, limits, order and amounts are dated
data of the catalogue (``pkh*.toml``), each with how sure it is. ``count_members`` is pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from portal.core.messages import N_
from portal.core.wording import Localised, Message, Said
from portal.programs.terms import STRICT, Sureness
from portal.registry.facts import FamilyFacts, MemberFacts

Component = Literal["early_childhood", "sd", "smp", "sma", "disability", "elderly", "pregnancy"]
CHILDREN: frozenset[Component] = frozenset({"early_childhood", "sd", "smp", "sma"})
SEVERE = 2
ATTENDING = 2

COMPONENT_WORDS: Mapping[Component, Message] = {
    "early_childhood": Message(N_("young child")),
    "sd": Message(N_("primary school pupil (SD)")),
    "smp": Message(N_("lower secondary pupil (SMP)")),
    "sma": Message(N_("upper secondary pupil (SMA)")),
    "disability": Message(N_("severe disability")),
    "elderly": Message(N_("elderly person")),
    "pregnancy": Message(N_("pregnancy or just given birth")),
}


@dataclass(frozen=True, kw_only=True)
class CountingRule:
    """One rule of counting: its number, its words, how sure it is, and the dispute if there is one."""

    __pydantic_config__ = STRICT

    value: int
    text: Localised
    sure: Sureness
    disputed: Localised | None = None


@dataclass(frozen=True, kw_only=True)
class SpokenRule:
    """A rule of counting that has no number."""

    __pydantic_config__ = STRICT

    text: Localised
    sure: Sureness


@dataclass(frozen=True, kw_only=True)
class OrderRule:
    """Who is counted first when not everybody can be."""

    __pydantic_config__ = STRICT

    value: tuple[Component, ...]
    text: Localised
    sure: Sureness

    def __post_init__(self) -> None:
        if sorted(self.value) != sorted(COMPONENT_WORDS):
            raise ValueError("the order must name every component once")


@dataclass(frozen=True, kw_only=True)
class Duty:
    """What a family in PKH does, asked of those counted as ``of``; of everybody where it is empty."""

    __pydantic_config__ = STRICT

    text: Localised
    sure: Sureness
    of: tuple[Component, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CountingRules:
    """The rules of counting, as the catalogue holds them for one span of time. Ages in whole years."""

    __pydantic_config__ = STRICT

    order: OrderRule
    most_counted: CountingRule
    most_children: CountingRule
    most_early_childhood: CountingRule
    most_disability: CountingRule
    most_elderly: CountingRule
    elderly_from_age: CountingRule
    early_childhood_until_age: CountingRule
    school_from_age: CountingRule
    school_until_age: CountingRule
    highest_pregnancy: CountingRule
    once_by_highest: SpokenRule
    active_in_school_data: SpokenRule
    everyone_in_the_data: SpokenRule
    pregnancy_asked_from_age: CountingRule  # whom an unrecorded pregnancy is asked about at all
    pregnancy_asked_until_age: CountingRule
    duties: tuple[Duty, ...] = ()
    school_levels: Mapping[str, Literal["sd", "smp", "sma"]]  # the record's words for a school level

    def __post_init__(self) -> None:
        limits = (
            self.most_counted, self.most_children, self.most_early_childhood, self.most_disability, self.most_elderly
        )  # fmt: skip
        if min(limit.value for limit in limits) < 1:
            raise ValueError("a limit of counting is at least 1")


class Counted(NamedTuple):
    """A member that is counted, as what, and the amount per stage in rupiah."""

    member: MemberFacts
    component: Component
    rupiah: int
    sure: Sureness
    disputed: Localised | None = None


class NotCounted(NamedTuple):
    """A member that has a component but is not counted, and why."""

    member: MemberFacts
    component: Component | None
    reason: Said


class Unclear(NamedTuple):
    """A member that may have a component: the record does not say, or does not show it to this reader."""

    member: MemberFacts
    component: Component
    reason: Message
    settle: Message
    hint: str


class PkhCount(NamedTuple):
    """The result: who is counted, who is not, and who cannot be judged."""

    counted: tuple[Counted, ...]
    not_counted: tuple[NotCounted, ...]
    unclear: tuple[Unclear, ...]

    @property
    def total(self) -> int:
        """Rupiah per stage for those counted for certain. An explanation, not a claim."""
        return sum(one.rupiah for one in self.counted)


NOBODY = PkhCount((), (), ())
TOO_MANY_CHILDREN = N_("At most %(most)s children are counted, in the order young child, SD, SMP, SMA.")
TOO_MANY_YOUNG = N_("At most %(most)s young children are counted.")
TOO_MANY_OF_KIND = N_("At most %(most)s members are counted for this.")
TOO_MANY_IN_ALL = N_("At most %(most)s members of one family are counted, in a fixed order.")
NOT_THIS_AGE = N_("At school, but only ages %(lowest)s to %(highest)s are counted.")
PREGNANCY_TOO_HIGH = N_("Only pregnancies up to number %(most)s are counted.")

HIDDEN = Message(N_("Health facts are shown only to this member and to the officer."))
SETTLE_HIDDEN = Message(N_("This member can sign in and see it, or ask the social worker."))
NO_HEALTH = Message(N_("Health facts of this member are not recorded."))
SETTLE_HEALTH = Message(N_("Tell the social worker, with a letter from the health centre."))
NO_BIRTH_DATE = Message(N_("The birth date of this member is not recorded or cannot be right."))
SETTLE_BIRTH_DATE = Message(N_("Ask for the birth date to be completed; the family card (KK) shows it."))
NO_PREGNANCY_NO = Message(N_("It is not recorded which pregnancy this is."))
NO_SCHOOL = Message(N_("It is not recorded whether this member goes to school, or to which level."))
SETTLE_SCHOOL = Message(N_("Tell the social worker which school and grade; the school's letter helps."))

BIRTH_DATE_FIELD = "field:member.birth_date"
SCHOOL_FIELD = "field:member.school_participation"
HEALTH_HINT = "health:member"
HEALTH_FIELD = "field:member.health"


def known_age(member: MemberFacts, day: date) -> int | None:
    """Age in whole years; None where the birth date is not recorded or lies after ``day``."""
    age = member.age_on(day)
    return None if age is None or age < 0 else age


def count_members(family: FamilyFacts, rules: CountingRules, amounts: Mapping[str, int], day: date) -> PkhCount:
    """Who of the family is counted on ``day``; ``amounts`` are rupiah per stage by component."""
    candidates: list[tuple[MemberFacts, Component]] = []
    dropped: list[NotCounted] = []
    unclear: list[Unclear] = []
    for member in family.living_members:
        found, member_dropped, member_unclear = _components(member, rules, known_age(member, day))
        # Only what would pay more than what is certain can change the count of this member.
        if found:
            best = max(found, key=lambda component: (amounts[component], -rules.order.value.index(component)))
            candidates.append((member, best))
            unclear.extend(u for u in member_unclear if amounts[u.component] > amounts[best])
        else:
            dropped.extend(member_dropped)
            unclear.extend(member_unclear)
    counted, over_limit = _within_limits(candidates, rules, amounts, day)
    return PkhCount(counted, tuple(over_limit + dropped), tuple(unclear))


def _components(
    member: MemberFacts, rules: CountingRules, age: int | None
) -> tuple[list[Component], list[NotCounted], list[Unclear]]:
    """Every component one member has, is past, or may have."""
    found: list[Component] = []
    dropped: list[NotCounted] = []
    unclear: list[Unclear] = []
    if age is None:
        unclear.append(Unclear(member, "early_childhood", NO_BIRTH_DATE, SETTLE_BIRTH_DATE, BIRTH_DATE_FIELD))
    elif age <= rules.early_childhood_until_age.value:
        found.append("early_childhood")
    if age is not None and age >= rules.elderly_from_age.value:
        found.append("elderly")
    _school(member, rules, age, found, dropped, unclear)
    _health(member, rules, age, found, dropped, unclear)
    return found, dropped, unclear


def _school(
    member: MemberFacts,
    rules: CountingRules,
    age: int | None,
    found: list[Component],
    dropped: list[NotCounted],
    unclear: list[Unclear],
) -> None:
    lowest, highest = rules.school_from_age.value, rules.school_until_age.value
    if age is None:
        return  # the missing birth date is already said
    level = rules.school_levels.get(" ".join((member.school_level or "").upper().split()))
    right_age = lowest <= age <= highest
    if member.school_participation == ATTENDING and level is not None:
        if right_age:
            found.append(level)
        else:
            reason = Message(NOT_THIS_AGE, {"lowest": lowest, "highest": highest})
            dropped.append(NotCounted(member, level, reason))
    elif right_age and (member.school_participation is None or member.school_participation == ATTENDING):
        unclear.append(Unclear(member, level or "sd", NO_SCHOOL, SETTLE_SCHOOL, SCHOOL_FIELD))


def _health(
    member: MemberFacts,
    rules: CountingRules,
    age: int | None,
    found: list[Component],
    dropped: list[NotCounted],
    unclear: list[Unclear],
) -> None:
    health = member.health
    reason, settle, hint = (
        (HIDDEN, SETTLE_HIDDEN, HEALTH_HINT)
        if member.health_hidden and health is None
        else (NO_HEALTH, SETTLE_HEALTH, HEALTH_FIELD)
    )
    disability = health.disability if health else None
    if disability is None:
        unclear.append(Unclear(member, "disability", reason, settle, hint))
    elif disability == SEVERE:
        found.append("disability")
    if member.sex == "L":
        return
    pregnant = health.pregnant if health else None
    asked = age is None or (rules.pregnancy_asked_from_age.value <= age <= rules.pregnancy_asked_until_age.value)
    if pregnant is None and asked:
        unclear.append(Unclear(member, "pregnancy", reason, settle, hint))
    elif pregnant and health is not None:
        number = health.pregnancy_no
        if number is None:
            unclear.append(Unclear(member, "pregnancy", NO_PREGNANCY_NO, SETTLE_HEALTH, HEALTH_FIELD))
        elif number <= rules.highest_pregnancy.value:
            found.append("pregnancy")
        else:
            too_high = Message(PREGNANCY_TOO_HIGH, {"most": rules.highest_pregnancy.value})
            dropped.append(NotCounted(member, "pregnancy", too_high))


def _within_limits(
    candidates: list[tuple[MemberFacts, Component]],
    rules: CountingRules,
    amounts: Mapping[str, int],
    day: date,
) -> tuple[tuple[Counted, ...], list[NotCounted]]:
    """Take candidates in the order of the rules until a limit is reached; older members first."""
    rank = {component: place for place, component in enumerate(rules.order.value)}
    candidates = sorted(candidates, key=lambda c: (rank[c[1]], c[0].birth_date or day, c[0].id))
    counted: list[Counted] = []
    dropped: list[NotCounted] = []
    taken: Counter[Component] = Counter()
    for member, component in candidates:
        reason = _limit_reached(component, taken, rules)
        if reason is not None:
            dropped.append(NotCounted(member, component, reason))
            continue
        taken[component] += 1
        by = rules.elderly_from_age if component == "elderly" else rules.most_counted
        counted.append(Counted(member, component, amounts[component], by.sure, by.disputed))
    return tuple(counted), dropped


def _limit_reached(component: Component, taken: Counter[Component], rules: CountingRules) -> Message | None:
    most_of_kind = {"disability": rules.most_disability.value, "elderly": rules.most_elderly.value}
    if component == "early_childhood" and taken[component] >= rules.most_early_childhood.value:
        return Message(TOO_MANY_YOUNG, {"most": rules.most_early_childhood.value})
    if component in CHILDREN and sum(taken[c] for c in CHILDREN) >= rules.most_children.value:
        return Message(TOO_MANY_CHILDREN, {"most": rules.most_children.value})
    if component in most_of_kind and taken[component] >= most_of_kind[component]:
        return Message(TOO_MANY_OF_KIND, {"most": most_of_kind[component]})
    if taken.total() >= rules.most_counted.value:
        return Message(TOO_MANY_IN_ALL, {"most": rules.most_counted.value})
    return None
