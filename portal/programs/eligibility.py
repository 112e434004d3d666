"""Does a family, or one of its members, meet the basic conditions of a programme?

The answer is one of three, on the official record, with the reason for each condition. It is never a
decision and never a promise: who receives aid is decided elsewhere, by quota and by visit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from portal.core.messages import N_
from portal.core.wording import Message
from portal.programs.catalog import CatalogDay, Program, catalog_on
from portal.programs.criteria.base import Condition, Context, Verdict, all_verdicts, any_verdict, is_active
from portal.programs.pkh import PkhCount, count_members
from portal.registry.facts import FamilyFacts, MemberFacts


class State(StrEnum):
    """The three answers."""

    MEETS = "meets"
    DOES_NOT = "does_not"
    UNDETERMINED = "undetermined"


_STATE_OF: Mapping[Verdict, State] = {
    Verdict.MET: State.MEETS,
    Verdict.NOT_MET: State.DOES_NOT,
    Verdict.UNKNOWN: State.UNDETERMINED,
}

_PLACE: Mapping[State, int] = {State.MEETS: 0, State.UNDETERMINED: 1, State.DOES_NOT: 2}

STATE_WORDS: Mapping[State, Message] = {
    State.MEETS: Message(N_("Meets the basic conditions")),
    State.DOES_NOT: Message(N_("Does not meet the basic conditions")),
    State.UNDETERMINED: Message(N_("Cannot be determined yet")),
}
STATE_MEANING: Mapping[State, Message] = {
    State.MEETS: Message(
        N_("The record fits the basic conditions. This is not a decision: places are limited and officers check.")
    ),
    State.DOES_NOT: Message(
        N_("By the record, one of the basic conditions is not met. If the record is wrong, tell us.")
    ),
    State.UNDETERMINED: Message(N_("The record does not say enough to tell. See below what would settle it.")),
}
RECEIVES = Message(N_("Your family already receives this."))
RECEIVES_BUT = Message(
    N_("Your family receives this now, but by the record a condition is not met. Ask the social worker what it means.")
)
STILL_MEETS = Message(N_("By the record, the basic conditions are still met."))
MEMBER_MEETS = N_("%(name)s, %(age)s years old, meets the basic conditions.")
MEMBER_MEETS_NO_AGE = N_("%(name)s meets the basic conditions.")


class MemberEligibility(NamedTuple):
    """The answer for one member; ``conditions`` are those about the member only."""

    member: MemberFacts
    state: State
    conditions: tuple[Condition, ...]
    receives: bool
    age: int | None

    @property
    def headline(self) -> Message:
        """One sentence about this member."""
        if self.state is not State.MEETS:
            return STATE_WORDS[self.state]
        if self.age is None:
            return Message(MEMBER_MEETS_NO_AGE, {"name": self.member.name})
        return Message(MEMBER_MEETS, {"name": self.member.name, "age": self.age})


class Eligibility(NamedTuple):
    """The answer for a programme. ``conditions`` are those about the family; ``members`` holds an
    answer for each living member where the programme is for members."""

    program: Program
    state: State
    conditions: tuple[Condition, ...]
    members: tuple[MemberEligibility, ...]
    receives: bool
    pkh: PkhCount | None = None

    @property
    def headline(self) -> Message:
        """One sentence that answers the family's question."""
        if self.receives:
            return RECEIVES_BUT if self.state is State.DOES_NOT else RECEIVES
        return STATE_WORDS[self.state]

    @property
    def meaning(self) -> Message:
        """What the answer means, and that it is no promise."""
        if self.receives and self.state is State.MEETS:
            return STILL_MEETS
        return STATE_MEANING[self.state]

    @property
    def fitting(self) -> tuple[MemberEligibility, ...]:
        """Members that meet the basic conditions."""
        return tuple(one for one in self.members if one.state is State.MEETS)

    @property
    def possible(self) -> tuple[MemberEligibility, ...]:
        """Members of whom it cannot be determined yet."""
        return tuple(one for one in self.members if one.state is State.UNDETERMINED)

    @property
    def open_conditions(self) -> tuple[Condition, ...]:
        """Conditions that keep the answer from being yes: those not met first, then the unknown."""
        shown = [c for c in self.conditions if c.verdict is Verdict.NOT_MET]
        return tuple(shown + [c for c in self.conditions if c.verdict is Verdict.UNKNOWN])


def judge(program: Program, family: FamilyFacts, day: date, catalog: CatalogDay | None = None) -> Eligibility:
    """The answer of one programme for one family on ``day``, on the record as given."""
    catalog = catalog or catalog_on(day)
    return _judge(program, _context(family, day, catalog), catalog)


def judge_all(family: FamilyFacts, day: date, catalog: CatalogDay | None = None) -> tuple[Eligibility, ...]:
    """The answers of every programme in force on ``day``; meets first, then open, then not."""
    catalog = catalog or catalog_on(day)
    context = _context(family, day, catalog)
    answers = [_judge(program, context, catalog) for program in catalog.programs]
    return tuple(sorted(answers, key=lambda answer: (_PLACE[answer.state], answer.program.code)))


def _context(family: FamilyFacts, day: date, catalog: CatalogDay) -> Context:
    return Context(family, day, catalog.code_of, catalog.name_of)


def _judge(program: Program, context: Context, catalog: CatalogDay) -> Eligibility:
    context.pkh = None
    if program.counting is not None:
        rupiah = catalog.stage_rupiah[program.code]
        context.pkh = count_members(context.family, program.counting, rupiah, context.day)
    conditions = tuple(part.condition(context, None) for part in program.family_criteria)
    verdict = all_verdicts(condition.verdict for condition in conditions)
    members: tuple[MemberEligibility, ...] = ()
    if program.member_criteria:
        members = tuple(_judge_member(program, context, member, verdict) for member in _asked_about(context))
        alone = any_verdict(_VERDICT_OF[one.state] for one in members) if members else Verdict.UNKNOWN
        verdict = all_verdicts((verdict, alone))
    receives = program.code in context.active
    return Eligibility(program, _STATE_OF[verdict], conditions, members, receives, context.pkh)


def _asked_about(context: Context) -> list[MemberFacts]:
    """For whom a programme is asked about: nobody of whom an officer knows that they have died.

    What is asked about the whole family (who is counted, how many live in the house) stays with the official record.
    """
    return [member for member in context.living if member.lives]


_VERDICT_OF: Mapping[State, Verdict] = {state: verdict for verdict, state in _STATE_OF.items()}


def _judge_member(
    program: Program, context: Context, member: MemberFacts, family_verdict: Verdict
) -> MemberEligibility:
    conditions = tuple(part.condition(context, member) for part in program.member_criteria)
    verdict = all_verdicts((family_verdict, *(condition.verdict for condition in conditions)))
    receives = any(
        code == program.code and part.member_id == member.id and is_active(part, context.day)
        for code, part in context.participations
    )
    return MemberEligibility(member, _STATE_OF[verdict], conditions, receives, context.ages[member.id])


class Outlook(NamedTuple):
    """The bare answer for a programme: what it is, and the members that fit with their ages."""

    program: Program
    state: State
    fitting: tuple[tuple[MemberFacts, int | None], ...]


def outlooks(family: FamilyFacts, day: date, catalog: CatalogDay | None = None) -> tuple[Outlook, ...]:
    """What :func:`judge_all` answers of programmes that the family does not receive and that are not ruled out.

    Without reasons, and a condition that is not met ends the question: the page that is opened most asks this.
    """
    catalog = catalog or catalog_on(day)
    context = _context(family, day, catalog)
    asked = (program for program in catalog.programs if program.code not in context.active)
    found = [one for program in asked if (one := _outlook(program, context, catalog)) is not None]
    return tuple(sorted(found, key=lambda one: (_PLACE[one.state], one.program.code)))


#: How far ahead :func:`good_until` looks, in days.
_FAR = 31


def good_until(family: FamilyFacts, day: date, catalogs: Callable[[date], CatalogDay] = catalog_on) -> date:
    """The last day, within a month, until which the answers of ``day`` stand while the record does not change.

    What an answer takes from the day is looked at for each day that follows: ages, aid that runs out, the year, and
    what the catalogue holds.
    """

    def taken_from(one: date) -> tuple[object, ...]:
        catalog = catalogs(one)
        context = _context(family, one, catalog)
        return context.ages, context.active, one.year, catalog.programs, catalog.stage_rupiah

    now, last = taken_from(day), day
    while (last - day).days < _FAR and taken_from(last + timedelta(days=1)) == now:
        last += timedelta(days=1)
    return last


def _outlook(program: Program, context: Context, catalog: CatalogDay) -> Outlook | None:
    context.pkh = None
    if program.counting is not None:
        rupiah = catalog.stage_rupiah[program.code]
        context.pkh = count_members(context.family, program.counting, rupiah, context.day)
    verdict = all_verdicts(part.verdict(context, None) for part in program.family_criteria)
    fitting: list[tuple[MemberFacts, int | None]] = []
    if program.member_criteria and verdict is not Verdict.NOT_MET:
        asked = _asked_about(context)
        alone = [] if asked else [Verdict.UNKNOWN]
        for member in asked:
            one = all_verdicts(part.verdict(context, member) for part in program.member_criteria)
            alone.append(one)
            if one is Verdict.MET and verdict is Verdict.MET:
                fitting.append((member, context.ages[member.id]))
        verdict = all_verdicts((verdict, any_verdict(alone)))
    return None if verdict is Verdict.NOT_MET else Outlook(program, _STATE_OF[verdict], tuple(fitting))


class Change(NamedTuple):
    """What the checked statements would change, if the central record accepts them."""

    program: Program
    before: State
    after: State
    members: tuple[int, ...]  # ids of members whose own answer would change

    @property
    def message(self) -> Message:
        """One sentence about it."""
        words = N_("If the central record accepts what the officer checked, this becomes: %(state)s.")
        return Message(words, {"state": STATE_WORDS[self.after]})


def would_change(
    program: Program,
    official: FamilyFacts,
    with_statements: FamilyFacts,
    day: date,
    catalog: CatalogDay | None = None,
) -> Change | None:
    """How the answer differs once the verified statements are put into the facts; None if it does not.

    ``official`` is the record as imported, ``with_statements`` a copy of it in which the statements
    stand in place of the official values (``dataclasses.replace``).
    """
    before = judge(program, official, day, catalog)
    after = judge(program, with_statements, day, catalog)
    was = {one.member.id: one.state for one in before.members}
    members = tuple(one.member.id for one in after.members if was.get(one.member.id) is not one.state)
    if before.state is after.state and not members:
        return None
    return Change(program, before.state, after.state, members)
