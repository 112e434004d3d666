"""Conditions about one member: age, school, work, health. Health may be hidden from the reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from portal.core.messages import N_
from portal.core.names import written_work
from portal.core.wording import Localised, Message
from portal.programs.criteria.base import Context, Finding, Rule, Verdict
from portal.programs.criteria.household import named_work
from portal.programs.pkh import (
    ATTENDING,
    BIRTH_DATE_FIELD,
    HEALTH_FIELD,
    HEALTH_HINT,
    HIDDEN,
    NO_BIRTH_DATE,
    NO_HEALTH,
    NO_PREGNANCY_NO,
    NO_SCHOOL,
    SCHOOL_FIELD,
    SETTLE_BIRTH_DATE,
    SETTLE_HEALTH,
    SETTLE_HIDDEN,
    SETTLE_SCHOOL,
)
from portal.registry.codes import label
from portal.registry.facts import MemberFacts

Words = Annotated[tuple[str, ...], Field(min_length=1)]
Age = Annotated[int, Field(ge=0, le=130)]
SETTLE_FACT = Message(N_("Tell the social worker how it is."))


@dataclass(frozen=True, kw_only=True)
class MemberRule(Rule):
    """A condition that is asked of each member by itself."""

    about_member: ClassVar[bool] = True

    def judge(self, context: Context, member: MemberFacts | None) -> Finding:
        if member is None:
            raise ValueError(f"{type(self).__name__} is about a member, not about a family")
        found = self.of(context, member)
        return found._replace(hint=None) if found.verdict is Verdict.MET and found.hint else found

    def of(self, context: Context, member: MemberFacts) -> Finding:
        """The answer for one member."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class AgeBetween(MemberRule):
    """Age in whole years; between ``maybe_lowest`` and ``maybe_highest`` the sources leave it open."""

    kind: Literal["age_between"]
    lowest: Age
    highest: Age | None = None
    maybe_lowest: Age | None = None
    maybe_highest: Age | None = None
    maybe: Localised | None = None

    def words(self) -> Message:
        if self.highest is None:
            return Message(N_("Age %(lowest)s or more"), {"lowest": self.lowest})
        return Message(N_("Age %(lowest)s to %(highest)s"), {"lowest": self.lowest, "highest": self.highest})

    def of(self, context: Context, member: MemberFacts) -> Finding:
        age = context.ages[member.id]
        if age is None:
            return Finding(Verdict.UNKNOWN, NO_BIRTH_DATE, SETTLE_BIRTH_DATE, BIRTH_DATE_FIELD, member.id)
        reason = Message(N_("%(age)s years old."), {"age": age})
        verdict = self._at(age)
        if verdict is Verdict.UNKNOWN:
            return Finding(verdict, reason, self.maybe, "ask:officer", member.id)
        return Finding(verdict, reason, None, None if verdict is Verdict.MET else BIRTH_DATE_FIELD, member.id)

    def verdict(self, context: Context, member: MemberFacts | None) -> Verdict:
        if member is None:
            return super().verdict(context, member)
        age = context.ages[member.id]
        return Verdict.UNKNOWN if age is None else self._at(age)

    def _at(self, age: int) -> Verdict:
        if self.lowest <= age and (self.highest is None or age <= self.highest):
            return Verdict.MET
        if self.maybe_lowest is not None and self.maybe_lowest <= age < self.lowest:
            return Verdict.UNKNOWN
        above = self.highest is not None and self.maybe_highest is not None
        maybe = above and self.highest < age <= self.maybe_highest  # type: ignore[operator]
        return Verdict.UNKNOWN if maybe else Verdict.NOT_MET


@dataclass(frozen=True, kw_only=True)
class Attending(MemberRule):
    """Goes to school now; at one of ``levels`` and in one of ``grades`` where these are given."""

    kind: Literal["attending"]
    levels: tuple[str, ...] = ()
    grades: tuple[int, ...] = ()

    def words(self) -> Message:
        if self.levels:
            return Message(N_("Goes to school: %(levels)s"), {"levels": " / ".join(self.levels)})
        return Message(N_("Goes to school"))

    def of(self, context: Context, member: MemberFacts) -> Finding:
        unknown = Finding(Verdict.UNKNOWN, NO_SCHOOL, SETTLE_SCHOOL, SCHOOL_FIELD, member.id)
        if member.school_participation is None:
            return unknown
        if member.school_participation != ATTENDING:
            reason = Message(
                N_("Recorded: %(value)s."),
                {"value": label("school_participation", member.school_participation)},
            )
            return Finding(Verdict.NOT_MET, reason, None, SCHOOL_FIELD, member.id)
        if (self.levels and member.school_level is None) or (self.grades and member.school_grade is None):
            return unknown
        right_level = not self.levels or member.school_level in self.levels
        right_grade = not self.grades or member.school_grade in self.grades
        reason = Message(N_("Goes to school now: %(level)s."), {"level": member.school_level or "-"})
        verdict = Verdict.MET if right_level and right_grade else Verdict.NOT_MET
        return Finding(verdict, reason, None, SCHOOL_FIELD, member.id)


@dataclass(frozen=True, kw_only=True)
class EducationIn(MemberRule):
    """Highest school finished is one of ``levels``."""

    kind: Literal["education"]
    levels: Words

    def words(self) -> Message:
        return Message(N_("Finished %(levels)s"), {"levels": " / ".join(self.levels)})

    def of(self, context: Context, member: MemberFacts) -> Finding:
        hint = "field:member.education"
        if member.education is None:
            reason = Message(N_("The highest school finished is not recorded."))
            return Finding(Verdict.UNKNOWN, reason, SETTLE_FACT, hint, member.id)
        reason = Message(N_("Highest school finished: %(level)s."), {"level": member.education})
        met = member.education.upper() in self.levels
        return Finding(Verdict.MET if met else Verdict.NOT_MET, reason, None, hint, member.id)


@dataclass(frozen=True, kw_only=True)
class WorksAs(MemberRule):
    """Recorded in one of these kinds of work; any other record proves nothing, so it is unknown."""

    kind: Literal["works_as"]
    work: Words
    ask: Localised

    def words(self) -> Message:
        return Message(N_("Works as %(work)s"), {"work": ", ".join(self.work)})

    def of(self, context: Context, member: MemberFacts) -> Finding:
        if member.work_status is None:
            reason = Message(N_("The work of this member is not recorded."))
            return Finding(Verdict.UNKNOWN, reason, self.ask, "field:member.work_status", member.id)
        reason = Message(N_("Recorded as: %(work)s."), {"work": written_work(member.work_status)})
        if named_work(member.work_status, self.work):
            return Finding(Verdict.MET, reason, None, None, member.id)
        return Finding(Verdict.UNKNOWN, reason, self.ask, "field:member.work_status", member.id)


@dataclass(frozen=True, kw_only=True)
class OrphanIs(MemberRule):
    """Recorded as having lost father, mother or both, in the record's words."""

    kind: Literal["orphan"]
    values: Words

    def words(self) -> Message:
        return Message(N_("Recorded as: %(values)s"), {"values": " / ".join(self.values)})

    def of(self, context: Context, member: MemberFacts) -> Finding:
        if member.orphan is None:
            reason = Message(N_("Nothing is recorded about this."))
            return Finding(Verdict.UNKNOWN, reason, SETTLE_FACT, "field:member.orphan", member.id)
        reason = Message(N_("Recorded as: %(work)s."), {"work": written_work(member.orphan)})
        met = member.orphan.upper() in self.values
        return Finding(Verdict.MET if met else Verdict.NOT_MET, reason, None, "field:member.orphan", member.id)


@dataclass(frozen=True, kw_only=True)
class Pregnant(MemberRule):
    """Is pregnant, up to a number of pregnancy where one is given."""

    kind: Literal["pregnant"]
    highest_no: Annotated[int, Field(ge=1)] | None = None

    def words(self) -> Message:
        if self.highest_no is None:
            return Message(N_("Pregnant"))
        return Message(N_("Pregnant, up to pregnancy %(most)s"), {"most": self.highest_no})

    def of(self, context: Context, member: MemberFacts) -> Finding:
        if member.sex == "L":
            return Finding(Verdict.NOT_MET, Message(N_("Not pregnant.")), None, None, member.id)
        health = member.health
        if health is None or health.pregnant is None:
            return health_unknown(member)
        if not health.pregnant:
            return Finding(Verdict.NOT_MET, Message(N_("Not pregnant.")), None, HEALTH_FIELD, member.id)
        if self.highest_no is None:
            return Finding(Verdict.MET, Message(N_("Recorded as pregnant.")), None, None, member.id)
        if health.pregnancy_no is None:
            return Finding(Verdict.UNKNOWN, NO_PREGNANCY_NO, SETTLE_HEALTH, HEALTH_FIELD, member.id)
        reason = Message(N_("Recorded: pregnancy number %(number)s."), {"number": health.pregnancy_no})
        met = health.pregnancy_no <= self.highest_no
        return Finding(Verdict.MET if met else Verdict.NOT_MET, reason, None, HEALTH_FIELD, member.id)


@dataclass(frozen=True, kw_only=True)
class DisabilityIs(MemberRule):
    """Recorded disability is one of these (0 none, 1 mild, 2 severe)."""

    kind: Literal["disability"]
    severity: Annotated[tuple[Annotated[int, Field(ge=0, le=2)], ...], Field(min_length=1)]

    def words(self) -> Message:
        options = tuple(label("disability", code) for code in self.severity)
        return Message(N_("Disability: %(options)s"), {"options": options})

    def of(self, context: Context, member: MemberFacts) -> Finding:
        health = member.health
        if health is None or health.disability is None:
            return health_unknown(member)
        reason = Message(N_("Recorded: %(value)s."), {"value": label("disability", health.disability)})
        met = health.disability in self.severity
        return Finding(Verdict.MET if met else Verdict.NOT_MET, reason, None, HEALTH_FIELD, member.id)


def health_unknown(member: MemberFacts) -> Finding:
    """Unknown, because hidden from this reader or because nothing is recorded."""
    if member.health_hidden and member.health is None:
        return Finding(Verdict.UNKNOWN, HIDDEN, SETTLE_HIDDEN, HEALTH_HINT, member.id)
    return Finding(Verdict.UNKNOWN, NO_HEALTH, SETTLE_HEALTH, HEALTH_FIELD, member.id)
