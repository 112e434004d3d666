"""Conditions made of conditions, and the list of all kinds that the catalogue may use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias, Union

from pydantic import Field

from portal.core.messages import N_
from portal.core.wording import Localised, Message
from portal.programs.criteria.base import (
    Condition,
    Context,
    Finding,
    Rule,
    Verdict,
    all_verdicts,
    any_verdict,
)
from portal.programs.criteria.holdings import HasAccount, HasMoney, IncomeAtMost, OwnsAtMost, PowerIn
from portal.programs.criteria.household import (
    AreaPerPerson,
    DesilBetween,
    HouseCode,
    NeverReceived,
    NobodyWorksAs,
    Receives,
)
from portal.programs.criteria.person import (
    AgeBetween,
    Attending,
    DisabilityIs,
    EducationIn,
    OrphanIs,
    Pregnant,
    WorksAs,
)
from portal.programs.criteria.schooling import FinalGrade, GraduatedWithin, InFormalSchool
from portal.programs.pkh import COMPONENT_WORDS
from portal.registry.facts import MemberFacts

OF_PARTS = Message(N_("See each part."))
SOURCES_DIFFER = Message(N_("Sources differ, and the answer depends on which one is right."))
ASK_OFFICER = Message(N_("Ask the social worker which rule is used now."))


@dataclass(frozen=True, kw_only=True)
class Group(Rule):
    """Several conditions together."""

    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1)]

    @cached_property
    def asks_members(self) -> bool:
        """Whether one of the parts is about a member."""
        return any(asks_member(part) for part in self.criteria)

    def judge(self, context: Context, member: MemberFacts | None) -> Finding:
        parts = tuple(part.condition(context, member) for part in self.criteria)
        return self.join(parts)

    def join(self, parts: tuple[Condition, ...]) -> Finding:
        """One answer out of the parts'."""
        raise NotImplementedError

    def verdict(self, context: Context, member: MemberFacts | None) -> Verdict:
        return self.join_verdicts(part.verdict(context, member) for part in self.criteria)

    def join_verdicts(self, verdicts: Iterable[Verdict]) -> Verdict:
        """The verdict of :meth:`join`."""
        raise NotImplementedError


def same_verdict(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict on which all agree; where they differ it is not known."""
    different = set(verdicts)
    return different.pop() if len(different) == 1 else Verdict.UNKNOWN


def _open(parts: tuple[Condition, ...], verdict: Verdict) -> Finding:
    """A finding that takes over the words of the first part that decides."""
    for part in parts:
        if part.verdict is verdict:
            found = part.finding
            return Finding(verdict, found.reason, found.settle, found.hint, found.member_id, parts)
    return Finding(verdict, OF_PARTS, parts=parts)


@dataclass(frozen=True, kw_only=True)
class AllOf(Group):
    """Every part must hold."""

    kind: Literal["all_of"]

    def words(self) -> Message:
        return Message(N_("All of these: %(parts)s"), {"parts": tuple(part.rule for part in self.criteria)})

    def join(self, parts: tuple[Condition, ...]) -> Finding:
        return _open(parts, self.join_verdicts(part.verdict for part in parts))

    def join_verdicts(self, verdicts: Iterable[Verdict]) -> Verdict:
        return all_verdicts(verdicts)


@dataclass(frozen=True, kw_only=True)
class AnyOf(Group):
    """One part is enough."""

    kind: Literal["any_of"]

    def words(self) -> Message:
        return Message(N_("One of these: %(parts)s"), {"parts": tuple(part.rule for part in self.criteria)})

    def join(self, parts: tuple[Condition, ...]) -> Finding:
        return _open(parts, self.join_verdicts(part.verdict for part in parts))

    def join_verdicts(self, verdicts: Iterable[Verdict]) -> Verdict:
        return any_verdict(verdicts)


@dataclass(frozen=True, kw_only=True)
class Signs(Group):
    """Signs of which the sources do not say how many must hold: all is a yes, none a no, else open."""

    kind: Literal["signs"]
    ask: Localised

    def words(self) -> Message:
        return Message(N_("Signs: %(parts)s"), {"parts": tuple(part.rule for part in self.criteria)})

    def join(self, parts: tuple[Condition, ...]) -> Finding:
        verdicts = {part.verdict for part in parts}
        if len(verdicts) == 1:
            verdict = verdicts.pop()
            return Finding(verdict, OF_PARTS, self.ask if verdict is Verdict.UNKNOWN else None, parts=parts)
        return Finding(Verdict.UNKNOWN, OF_PARTS, self.ask, "ask:officer", parts=parts)

    def join_verdicts(self, verdicts: Iterable[Verdict]) -> Verdict:
        return same_verdict(verdicts)


@dataclass(frozen=True, kw_only=True)
class Disputed(Group):
    """The same rule in the versions of different sources; only what all of them say is certain."""

    kind: Literal["disputed"]

    def words(self) -> Message:
        return Message(N_("Sources differ: %(parts)s"), {"parts": tuple(part.rule for part in self.criteria)})

    def join(self, parts: tuple[Condition, ...]) -> Finding:
        verdicts = {part.verdict for part in parts}
        if len(verdicts) == 1:
            return _open(parts, verdicts.pop())
        return Finding(Verdict.UNKNOWN, SOURCES_DIFFER, ASK_OFFICER, "ask:officer", parts=parts)

    def join_verdicts(self, verdicts: Iterable[Verdict]) -> Verdict:
        return same_verdict(verdicts)


@dataclass(frozen=True, kw_only=True)
class AnyMember(Rule):
    """At least one living member meets all the parts."""

    kind: Literal["any_member"]
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1)]

    def __post_init__(self) -> None:
        if any(asks_family(part) for part in self.criteria):
            raise ValueError("a condition about the family among those of any_member")

    def words(self) -> Message:
        return Message(N_("At least one family member: %(parts)s"), {"parts": tuple(c.rule for c in self.criteria)})

    def verdict(self, context: Context, member: MemberFacts | None) -> Verdict:
        if not context.living:
            return Verdict.UNKNOWN
        return any_verdict(
            all_verdicts(part.verdict(context, person) for part in self.criteria) for person in context.living
        )

    def judge(self, context: Context, member: MemberFacts | None) -> Finding:
        if not context.living:
            return Finding(Verdict.UNKNOWN, Message(N_("No family member is recorded.")), ASK_OFFICER)
        answers = []
        for person in context.living:
            parts = tuple(part.condition(context, person) for part in self.criteria)
            found = _open(parts, all_verdicts(part.verdict for part in parts))
            rule = Message("%(name)s", {"name": person.name})
            answers.append(Condition(rule, found._replace(member_id=person.id), self.sure))
        verdict = any_verdict(answer.verdict for answer in answers)
        if verdict is Verdict.NOT_MET:
            reason = Message(N_("By the record, no family member fits."))
            return Finding(verdict, reason, None, None, None, tuple(answers))
        first = next(answer for answer in answers if answer.verdict is verdict)
        reason = Message("%(name)s: %(reason)s", {"name": first.rule, "reason": first.reason})
        return Finding(verdict, reason, first.settle, first.hint, first.finding.member_id, tuple(answers))


@dataclass(frozen=True, kw_only=True)
class NotInRecord(Rule):
    """A condition that the record does not hold: the family or the officer must say."""

    kind: Literal["not_in_record"]
    text: Localised
    ask: Localised
    per_member: bool = False

    def judge(self, context: Context, member: MemberFacts | None) -> Finding:
        reason = Message(N_("The record does not say this."))
        return Finding(Verdict.UNKNOWN, reason, self.ask, "ask:family", member.id if member else None)

    def verdict(self, context: Context, member: MemberFacts | None) -> Verdict:
        return Verdict.UNKNOWN


@dataclass(frozen=True, kw_only=True)
class PkhComponent(Rule):
    """At least one member that PKH counts (pregnancy, young child, pupil, severe disability, elderly)."""

    kind: Literal["pkh_component"]

    def words(self) -> Message:
        return Message(N_("At least one member that PKH counts"))

    def condition(self, context: Context, member: MemberFacts | None) -> Condition:
        """Where only disputed members are counted, the answer is as disputed as they are."""
        found = super().condition(context, member)
        counted = context.pkh.counted if context.pkh else ()
        if counted and all(one.disputed is not None for one in counted):
            return found._replace(sure="X", note=counted[0].disputed)
        return found

    def judge(self, context: Context, member: MemberFacts | None) -> Finding:
        count = context.pkh
        if count is None:
            raise ValueError("pkh_component stands in a programme that has no counting rules")
        if count.counted:
            one = count.counted[0]
            params = {"name": one.member.name, "component": COMPONENT_WORDS[one.component]}
            reason = Message(N_("%(name)s is recorded as: %(component)s."), params)
            return Finding(Verdict.MET, reason, None, None, one.member.id)
        if count.unclear:
            first = count.unclear[0]
            reason = Message("%(name)s: %(reason)s", {"name": first.member.name, "reason": first.reason})
            return Finding(Verdict.UNKNOWN, reason, first.settle, first.hint, first.member.id)
        if not context.living:
            return Finding(Verdict.UNKNOWN, Message(N_("No family member is recorded.")), ASK_OFFICER)
        return Finding(Verdict.NOT_MET, Message(N_("By the record, no family member is counted by PKH.")))


#: Every kind that the catalogue may use: one line each. A kind is its class (what a file may say, its words, its
#: answer) and its twin in SQL (``criteria_sql``); a test fails where one of them is missing.
KINDS: tuple[type[Rule], ...] = (
    DesilBetween,
    HouseCode,
    AreaPerPerson,
    PowerIn,
    OwnsAtMost,
    HasMoney,
    HasAccount,
    IncomeAtMost,
    Receives,
    NeverReceived,
    NobodyWorksAs,
    AgeBetween,
    Attending,
    FinalGrade,
    InFormalSchool,
    EducationIn,
    GraduatedWithin,
    WorksAs,
    OrphanIs,
    Pregnant,
    DisabilityIs,
    AllOf,
    AnyOf,
    Signs,
    Disputed,
    AnyMember,
    NotInRecord,
    PkhComponent,
)
if TYPE_CHECKING:
    Criterion: TypeAlias = Rule
else:
    Criterion = Annotated[Union[KINDS], Field(discriminator="kind")]  # noqa: UP007 - made of the list above


def asks_member(criterion: Rule) -> bool:
    """Whether a condition is asked of each member by itself."""
    if isinstance(criterion, Group):
        return criterion.asks_members
    if isinstance(criterion, NotInRecord):
        return criterion.per_member
    return criterion.about_member


def asks_family(criterion: Rule) -> bool:
    """Whether a condition, or one inside it, is about the family as a whole."""
    if isinstance(criterion, Group):
        return any(asks_family(part) for part in criterion.criteria)
    return not isinstance(criterion, NotInRecord) and not criterion.about_member
