"""Programmes and opportunities for the family and each member: three answers, with the reason of each condition."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from portal.core.messages import N_
from portal.core.wording import Message, Said, Speaker
from portal.home.program_details import FIELD_OF, FIELDS, Details, details_of
from portal.home.rounds import RoundLines, round_lines
from portal.programs.catalog import CatalogDay, Program
from portal.programs.criteria.base import Condition, Verdict
from portal.programs.eligibility import (
    STATE_WORDS,
    Eligibility,
    MemberEligibility,
    State,
    judge,
    judge_all,
    would_change,
)
from portal.programs.offerings import Offered
from portal.programs.terms import SURENESS_WORDS
from portal.registry.facts import FamilyFacts

STATE_KINDS = {State.MEETS: "good", State.UNDETERMINED: "wait", State.DOES_NOT: "stop"}
_VERDICTS: dict[Verdict, tuple[str, str]] = {
    Verdict.MET: (N_("Fits"), "good"),
    Verdict.NOT_MET: (N_("Does not fit"), "stop"),
    Verdict.UNKNOWN: (N_("Not known"), "wait"),
}
#: Conditions shown on the list; the page of the programme tells them all.
_SHOWN_REASONS = 2
_ORDER = {field: place for place, field in enumerate(FIELDS)}


@dataclass(frozen=True, slots=True)
class ConditionLine:
    """One condition: the rule, whether it holds and why, and what would settle it."""

    rule: str
    word: str
    kind: str
    reason: str
    settle: str
    field: str  # of the recorded fact that can be corrected, such as housing.roof; empty where there is none
    sure: str
    note: str
    parts: tuple[ConditionLine, ...] = ()


@dataclass(frozen=True, slots=True)
class MemberOffer:
    """The answer for one member."""

    name: str
    word: str
    kind: str
    receives: bool
    conditions: tuple[ConditionLine, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """One programme on the list."""

    code: str
    name: str
    summary: str
    organiser: str
    field: str  # of life, in words
    word: str
    kind: str
    receives: bool
    fitting: tuple[str, ...]  # members that fit, in words
    reasons: tuple[str, ...]
    settle: str  # what would settle the first thing that is not known
    change: str
    registering: str  # of what the regency's office offers: until when, or that it is over
    demo: bool
    regional: bool  # offered by the office of the regency itself


@dataclass(frozen=True, slots=True)
class Offers:
    """The list, in the three answers, each by field of life; ``received`` is what the family has already."""

    received: tuple[Offer, ...]
    meets: tuple[Offer, ...]
    open: tuple[Offer, ...]
    does_not: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class OfferPage:
    """Everything about one programme for this family."""

    offer: Offer
    meaning: str
    headline: str
    conditions: tuple[ConditionLine, ...]
    members: tuple[MemberOffer, ...]
    details: Details
    round: RoundLines | None  # of what the regency's office offers


def offers_of(facts: FamilyFacts, checked: FamilyFacts, day: date, catalog: CatalogDay, speaker: Speaker) -> Offers:
    """Every programme in force for this family; ``checked`` is the record with the officers' statements in it."""
    answers = sorted(judge_all(facts, day, catalog), key=lambda answer: _ORDER[FIELD_OF[answer.program.kind]])
    told = [(answer, _offer(answer, facts, checked, day, catalog, speaker)) for answer in answers]

    def those(state: State) -> tuple[Offer, ...]:
        return tuple(offer for answer, offer in told if answer.state is state and not answer.receives)

    return Offers(
        received=tuple(offer for answer, offer in told if answer.receives),
        meets=those(State.MEETS),
        open=those(State.UNDETERMINED),
        does_not=those(State.DOES_NOT),
    )


def offer_page(
    code: str, facts: FamilyFacts, checked: FamilyFacts, day: date, catalog: CatalogDay, speaker: Speaker
) -> OfferPage | None:
    """One programme for this family; None where no programme of that code is in force."""
    program = catalog.by_code.get(code)
    if program is None:
        return None
    answer, say = judge(program, facts, day, catalog), speaker.say
    return OfferPage(
        offer=_offer(answer, facts, checked, day, catalog, speaker),
        meaning=say(answer.meaning),
        headline=say(answer.headline),
        conditions=_lines(answer.conditions, speaker),
        members=tuple(_member(one, speaker) for one in answer.members),
        details=details_of(program, day, speaker),
        round=round_lines(program, day, speaker) if isinstance(program, Offered) else None,
    )


def _offer(
    answer: Eligibility,
    facts: FamilyFacts,
    checked: FamilyFacts,
    day: date,
    catalog: CatalogDay,
    speaker: Speaker,
) -> Offer:
    program, say = answer.program, speaker.say
    change = None if checked == facts else would_change(program, facts, checked, day, catalog)
    return Offer(
        code=program.code,
        name=say(program.name),
        summary=say(program.summary),
        organiser=say(program.organiser),
        field=say(FIELD_OF[program.kind]),
        word=say(STATE_WORDS[answer.state]),
        kind=STATE_KINDS[answer.state],
        receives=answer.receives,
        fitting=tuple(say(one.headline) for one in answer.fitting if not one.receives),
        reasons=_reasons(answer, program, speaker),
        settle=_settle(answer, speaker),
        change=say(change.message) if change else "",
        registering=round_lines(program, day, speaker).word if isinstance(program, Offered) else "",
        demo=program.demo,
        regional=isinstance(program, Offered),
    )


def _reasons(answer: Eligibility, program: Program, speaker: Speaker) -> tuple[str, ...]:
    """Why the answer is not yes, in a few words; of a programme for members, what each lacks at most."""
    if answer.state is State.MEETS:
        return ()
    wanted = Verdict.NOT_MET if answer.state is State.DOES_NOT else Verdict.UNKNOWN
    found: list[Condition] = [condition for condition in answer.open_conditions if condition.verdict is wanted]
    if not found and answer.state is State.DOES_NOT and program.audience == "member":
        return (speaker.say(N_("No family member fits by the record.")),)
    for member in answer.members:
        if member.state is answer.state:
            found += [condition for condition in member.conditions if condition.verdict is wanted]
    by_rule: dict[str, str] = {}  # one reason for each rule, however many members it is about
    for condition in found:
        by_rule.setdefault(speaker.say(condition.rule), speaker.say(condition.reason))
    return tuple(f"{rule}: {reason}" for rule, reason in by_rule.items())[:_SHOWN_REASONS]


def _settle(answer: Eligibility, speaker: Speaker) -> str:
    """What would settle the first thing that is not known; nothing where the answer is known."""
    if answer.state is not State.UNDETERMINED:
        return ""
    asked = (*answer.conditions, *(condition for member in answer.possible for condition in member.conditions))
    settles = (one.settle for one in asked if one.verdict is Verdict.UNKNOWN and one.settle is not None)
    return speaker.say(next(settles, None))


def _member(one: MemberEligibility, speaker: Speaker) -> MemberOffer:
    name = one.member.name
    if one.age is not None:
        name = speaker.say(Message(N_("%(name)s, %(age)s years old"), {"name": name, "age": one.age}))
    return MemberOffer(
        name,
        speaker.say(STATE_WORDS[one.state]),
        STATE_KINDS[one.state],
        one.receives,
        _lines(one.conditions, speaker),
    )


def _lines(conditions: Iterable[Condition], speaker: Speaker) -> tuple[ConditionLine, ...]:
    return tuple(_line(condition, speaker) for condition in conditions)


def _line(condition: Condition, speaker: Speaker, known_sure: str = "") -> ConditionLine:
    """One condition; a part says how sure it is only where that differs from the whole."""
    word, kind = _VERDICTS[condition.verdict]
    say = speaker.say
    hint = condition.hint or ""
    parts = condition.parts if len(condition.parts) > 1 else ()
    settle: Said | None = condition.settle if condition.verdict is Verdict.UNKNOWN else None
    return ConditionLine(
        rule=say(condition.rule),
        word=say(word),
        kind=kind,
        reason=say(condition.reason),
        settle=say(settle),
        field=hint.removeprefix("field:") if hint.startswith("field:") and condition.verdict is not Verdict.MET else "",
        sure="" if condition.sure == known_sure else say(SURENESS_WORDS[condition.sure]),
        note=say(condition.note),
        parts=tuple(_line(part, speaker, condition.sure) for part in parts),
    )
