"""Conditions about the whole family: desil, house, programmes, work of its members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Annotated, Literal

from pydantic import Field

from portal.core.messages import N_
from portal.core.names import written_work
from portal.core.wording import Localised, Message
from portal.programs.criteria.base import Context, Finding, Rule, Verdict
from portal.registry.codes import FIELD_NAMES, label
from portal.registry.facts import MemberFacts

Codes = Annotated[tuple[str, ...], Field(min_length=1)]
Desil = Annotated[int, Field(ge=1, le=10)]
HouseField = Literal["tenure", "land_proof", "floor", "wall", "roof", "water", "toilet", "sewage", "lighting", "fuel"]

NO_DESIL = Message(N_("The desil of your family is not recorded."))
SETTLE_DESIL = Message(N_("Ask the village office or the social worker whether your family is in DTSEN."))
ASK_HOUSE = Message(N_("Tell the social worker how it is; a photo helps."))


def either(names: Sequence[object]) -> object:
    """``PKH or Sembako``: names of which one is enough."""
    return reduce(lambda one, other: Message(N_("%(one)s or %(other)s"), {"one": one, "other": other}), names)


@dataclass(frozen=True, kw_only=True)
class DesilBetween(Rule):
    """The official desil lies between two ranks; ``maybe_highest`` is reached only in some cases."""

    kind: Literal["desil_between"]
    lowest: Desil
    highest: Desil
    maybe_highest: Desil | None = None
    maybe: Localised | None = None

    def words(self) -> Message:
        return Message(N_("Desil %(lowest)s to %(highest)s"), {"lowest": self.lowest, "highest": self.highest})

    def judge(self, context: Context, member: MemberFacts | None) -> Finding:
        if context.desil is None:
            return Finding(Verdict.UNKNOWN, NO_DESIL, SETTLE_DESIL, "field:family.desil")
        reason = Message(N_("Your desil is %(desil)s."), {"desil": context.desil})
        verdict = self.verdict(context, member)
        if verdict is Verdict.UNKNOWN:
            return Finding(verdict, reason, self.maybe, "ask:officer")
        return Finding(verdict, reason, None, None if verdict is Verdict.MET else "field:family.desil")

    def verdict(self, context: Context, member: MemberFacts | None) -> Verdict:
        desil = context.desil
        if desil is None:
            return Verdict.UNKNOWN
        if self.lowest <= desil <= self.highest:
            return Verdict.MET
        maybe = self.maybe_highest is not None and self.highest < desil <= self.maybe_highest
        return Verdict.UNKNOWN if maybe else Verdict.NOT_MET


@dataclass(frozen=True, kw_only=True)
class HouseCode(Rule):
    """A recorded code of the house is one of ``met``; one of ``unsure`` needs somebody to look."""

    kind: Literal["house"]
    field: HouseField
    met: Annotated[tuple[int, ...], Field(min_length=1)]
    unsure: tuple[int, ...] = ()

    def words(self) -> Message:
        options = tuple(label(self.field, code) for code in self.met)
        return Message(N_("%(field)s is one of: %(options)s"), {"field": FIELD_NAMES[self.field], "options": options})

    def judge(self, context: Context, member: MemberFacts | None) -> Finding:
        code: int | None = getattr(context.family.housing, self.field)
        hint = f"field:housing.{self.field}"
        field = FIELD_NAMES[self.field]
        if code is None:
            reason = Message(N_("Not recorded: %(field)s."), {"field": field})
            return Finding(Verdict.UNKNOWN, reason, ASK_HOUSE, hint)
        params = {"field": field, "value": label(self.field, code)}
        reason = Message(N_("Recorded: %(field)s: %(value)s."), params)
        if code in self.met:
            return Finding(Verdict.MET, reason)
        if code in self.unsure:
            return Finding(Verdict.UNKNOWN, reason, ASK_HOUSE, hint)
        return Finding(Verdict.NOT_MET, reason, None, hint)


@dataclass(frozen=True, kw_only=True)
class AreaPerPerson(Rule):
    """The floor area of the house for each living member is below a limit in m2."""

    kind: Literal["area_per_person"]
    below: Annotated[float, Field(gt=0)]

    def words(self) -> Message:
        return Message(N_("Less than %(below)s m2 of floor for each person"), {"below": float(self.below)})

    def judge(self, context: Context, member: MemberFacts | None) -> Finding:
        area, people = context.family.housing.floor_area_m2, len(context.living)
        if area is None or area <= 0 or people == 0:
            reason = Message(N_("The floor area of your house is not recorded."))
            return Finding(Verdict.UNKNOWN, reason, ASK_HOUSE, "field:housing.floor_area_m2")
        params = {"area": float(area), "people": people, "each": area / people}
        reason = Message(N_("Recorded: %(area)s m2 for %(people)s people, %(each)s m2 each."), params)
        if area / people < self.below:
            return Finding(Verdict.MET, reason)
        return Finding(Verdict.NOT_MET, reason, None, "field:housing.floor_area_m2")


@dataclass(frozen=True, kw_only=True)
class Receives(Rule):
    """The family, or one of its members, is active in one of these programmes; ``else_ask`` where
    not receiving them proves nothing."""

    kind: Literal["receives"]
    programs: Codes
    else_ask: Localised | None = None

    def words(self) -> Message:
        return Message(N_("Receives %(programs)s"), {"programs": either(self.programs)})

    def judge(self, context: Context, member: MemberFacts | None) -> Finding:
        for code in self.programs:
            if code in context.active:
                reason = Message(N_("Your family receives %(program)s."), {"program": context.name_of(code)})
                return Finding(Verdict.MET, reason)
        params = {"programs": either([context.name_of(code) for code in self.programs])}
        reason = Message(N_("Our record shows no active %(programs)s for your family."), params)
        if self.else_ask is not None:
            return Finding(Verdict.UNKNOWN, reason, self.else_ask, "ask:officer")
        return Finding(Verdict.NOT_MET, reason, None, "ask:officer")


@dataclass(frozen=True, kw_only=True)
class NeverReceived(Rule):
    """The record holds none of these programmes for the family (in the last ``within_years``)."""

    kind: Literal["never_received"]
    programs: Codes
    within_years: Annotated[int, Field(gt=0)] | None = None

    def words(self) -> Message:
        return Message(N_("Has not received %(programs)s before"), {"programs": either(self.programs)})

    def judge(self, context: Context, member: MemberFacts | None) -> Finding:
        for code, part in context.participations:
            over = part.until or context.day
            recent = self.within_years is None or context.day.year - over.year <= self.within_years
            if code in self.programs and recent:
                name = context.name_of(code)
                reason = Message(N_("Recorded: your family received %(program)s."), {"program": name})
                return Finding(Verdict.NOT_MET, reason, None, "ask:officer")
        return Finding(Verdict.MET, Message(N_("None is recorded. The officer will ask you about it.")))


@dataclass(frozen=True, kw_only=True)
class NobodyWorksAs(Rule):
    """No living member is *recorded* in one of these kinds of work. An empty record excludes nobody."""

    kind: Literal["nobody_works_as"]
    work: Annotated[tuple[str, ...], Field(min_length=1)]

    def words(self) -> Message:
        return Message(N_("No family member works as %(work)s"), {"work": ", ".join(self.work)})

    def judge(self, context: Context, member: MemberFacts | None) -> Finding:
        for person in context.living:
            if person.work_status and named_work(person.work_status, self.work):
                params = {"name": person.name, "work": written_work(person.work_status)}
                reason = Message(N_("%(name)s is recorded as: %(work)s."), params)
                return Finding(Verdict.NOT_MET, reason, None, "field:member.work_status", person.id)
        return Finding(Verdict.MET, Message(N_("No family member is recorded in such work.")))


def named_work(recorded: str, work: tuple[str, ...]) -> bool:
    """Whether the record's words for a job (``ASN/TNI/POLRI``) name one of ``work``."""
    words = {part.strip().upper() for part in recorded.split("/")}
    return any(name.upper() in words for name in work)
