"""Conditions about the school of a member beyond attending: last grade, formal or not, finished how long ago."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from portal.core.messages import N_
from portal.core.wording import Localised, Message
from portal.programs.criteria.base import Context, Finding, Verdict
from portal.programs.criteria.person import SETTLE_FACT, MemberRule
from portal.programs.pkh import ATTENDING, NO_SCHOOL, SCHOOL_FIELD, SETTLE_SCHOOL
from portal.registry.codes import label
from portal.registry.facts import MemberFacts

EDUCATION_FIELD = "field:member.education"


def school_unknown(member: MemberFacts) -> Finding:
    """Unknown, because the record does not say enough about this member's school."""
    return Finding(Verdict.UNKNOWN, NO_SCHOOL, SETTLE_SCHOOL, SCHOOL_FIELD, member.id)


@dataclass(frozen=True, kw_only=True)
class FinalGrade(MemberRule):
    """Goes to the last grade of the school; ``grades`` says which that is, by the record's word for the level."""

    kind: Literal["grade_final"]
    grades: Annotated[Mapping[str, Annotated[int, Field(ge=1, le=13)]], Field(min_length=1)]

    def words(self) -> Message:
        grades = " / ".join(f"{level} {grade}" for level, grade in self.grades.items())
        return Message(N_("In the last grade of the school: %(grades)s"), {"grades": grades})

    def of(self, context: Context, member: MemberFacts) -> Finding:
        if member.school_participation is None:
            return school_unknown(member)
        if member.school_participation != ATTENDING:
            said = {"value": label("school_participation", member.school_participation)}
            return Finding(Verdict.NOT_MET, Message(N_("Recorded: %(value)s."), said), None, SCHOOL_FIELD, member.id)
        if member.school_level is None:
            return school_unknown(member)
        last = self.grades.get(member.school_level)
        if last is not None and member.school_grade is None:
            return school_unknown(member)
        place = f"{member.school_level} {member.school_grade or ''}".strip()
        reason = Message(N_("Goes to school now: %(level)s."), {"level": place})
        verdict = Verdict.MET if last is not None and member.school_grade == last else Verdict.NOT_MET
        return Finding(verdict, reason, None, SCHOOL_FIELD, member.id)


@dataclass(frozen=True, kw_only=True)
class InFormalSchool(MemberRule):
    """Is in formal school, or (``expected`` false) is not. ``other_levels`` are the record's words for schools that are
    not formal; without them every school is."""

    kind: Literal["in_formal_school"]
    expected: bool
    other_levels: tuple[str, ...] = ()

    def words(self) -> Message:
        return Message(N_("Goes to a formal school") if self.expected else N_("Does not go to a formal school"))

    def of(self, context: Context, member: MemberFacts) -> Finding:
        attends = member.school_participation
        if attends is None or (attends == ATTENDING and self.other_levels and member.school_level is None):
            return school_unknown(member)
        formal = attends == ATTENDING and member.school_level not in self.other_levels
        reason = Message(N_("Recorded: %(value)s."), {"value": label("school_participation", attends)})
        verdict = Verdict.MET if formal is self.expected else Verdict.NOT_MET
        return Finding(verdict, reason, None, SCHOOL_FIELD, member.id)


@dataclass(frozen=True, kw_only=True)
class GraduatedWithin(MemberRule):
    """Finished one of ``levels`` in the last ``years``. The record says which school was finished, never when."""

    kind: Literal["graduated_within_years"]
    levels: Annotated[tuple[str, ...], Field(min_length=1)]
    years: Annotated[int, Field(gt=0)]
    ask: Localised

    def words(self) -> Message:
        said = {"levels": " / ".join(self.levels), "years": self.years}
        return Message(N_("Finished %(levels)s in the last %(years)s years"), said)

    def of(self, context: Context, member: MemberFacts) -> Finding:
        if member.education is None:
            reason = Message(N_("The highest school finished is not recorded."))
            return Finding(Verdict.UNKNOWN, reason, SETTLE_FACT, EDUCATION_FIELD, member.id)
        reason = Message(N_("Highest school finished: %(level)s."), {"level": member.education})
        if member.education.upper() in self.levels:
            return Finding(Verdict.UNKNOWN, reason, self.ask, "ask:family", member.id)
        return Finding(Verdict.NOT_MET, reason, None, EDUCATION_FIELD, member.id)
