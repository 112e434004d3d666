"""The aid page: what comes next, what was paid by year, every payment in plain words, and what ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from portal.core.messages import N_
from portal.core.wording import Message, Speaker
from portal.home.counted import PkhPanel, pkh_panel
from portal.home.status_days import StatusDays
from portal.programs.catalog import CatalogDay
from portal.programs.criteria.base import is_active
from portal.programs.local_rules import VILLAGES, local_rules
from portal.programs.payment_labels import Step as MoneyStep
from portal.programs.payments import (
    PLANNED_ON,
    NextKind,
    NextPayment,
    PathStep,
    PaymentExplained,
    StepState,
    YearAid,
    aid_by_year,
    explain,
    is_paid,
    next_payments,
)
from portal.programs.stop_reasons import stop_reason
from portal.registry.facts import DisbursementFacts, FamilyFacts, ParticipationFacts
from portal.web.components import Bar
from portal.web.formats import rupiah, short_rupiah

#: Years shown at once; older ones are asked for by a link.
_SHOWN_YEARS = 2
_SHOWN_BARS = 6
HEALTH = "PBI-JK"
_PATH = {
    StepState.DONE: "done",
    StepState.NOW: "now",
    StepState.STOPPED: "stop",
    StepState.AHEAD: "next",
}
_NEXT_TAGS = {
    NextKind.ON_THE_WAY: "wait",
    NextKind.UNCLEAR: "wait",
    NextKind.STUCK: "stop",
    NextKind.EXPECTED: "info",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the money's path."""

    word: str
    state: str
    when: str = ""
    note: str = ""
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment: the record's label and what it means, who acts, what to do."""

    id: int
    program: str
    stage: str
    amount: int | None
    tag: str
    tag_kind: str
    when: str
    label: str  # the record's own word
    meaning: str
    readings: tuple[str, ...]
    actor: str
    todo: str
    channel: str
    note: str
    steps: tuple[Step, ...]
    paid: bool
    member: str
    featured: bool = False  # told in full at the top of the page


@dataclass(frozen=True, slots=True)
class Coming:
    """What is paid next in one programme. ``payment`` is there when it is in the record."""

    program: str
    title: str
    tag_kind: str
    stage: str
    amount: int | None
    place: str
    note: str
    payment: Payment | None


@dataclass(frozen=True, slots=True)
class YearOfPayments:
    """The payments of one year in one programme; ``payments`` is empty where the year is only linked to."""

    year: int
    total: int
    count: int
    payments: tuple[Payment, ...]


@dataclass(frozen=True, slots=True)
class Membership:
    """The family or a member in a programme: going on, or ended and why."""

    tag: str
    tag_kind: str
    who: str
    since: str
    ended: bool
    cause: str
    todo: str
    label: str  # the record's word for the programme
    until: str  # the last day to object, or that sources differ
    urgent: bool  # health insurance: treatment that cannot wait has a way of its own


@dataclass(frozen=True, slots=True)
class ProgramAid:
    """One programme with everything that is recorded of it."""

    code: str
    name: str
    memberships: tuple[Membership, ...]
    years: tuple[YearOfPayments, ...]


@dataclass(frozen=True, slots=True)
class Aid:
    """The whole page."""

    coming: tuple[Coming, ...]
    by_year: tuple[YearAid, ...]  # the newest years, oldest first
    older_total: int  # rupiah of the years before those
    wanted: int | None
    programs: tuple[ProgramAid, ...]
    pkh: PkhPanel | None
    as_of: date | None

    @property
    def bars(self) -> tuple[Bar, ...]:
        """The years as bars."""
        return tuple(Bar(str(one.year), one.total, short_rupiah(one.total), rupiah(one.total)) for one in self.by_year)

    @property
    def amounts_missing(self) -> bool:
        """Whether something was paid in these years of which the amount is not recorded."""
        return any(one.unknown for one in self.by_year)


def aid_of(
    facts: FamilyFacts,
    payments: list[DisbursementFacts],
    day: date,
    catalog: CatalogDay,
    speaker: Speaker,
    year: int | None = None,
    since: StatusDays = MappingProxyType({}),
) -> Aid:
    """The page of this family on ``day``; ``year`` also opens the payments of an older year.

    ``since`` tells since when the record has each payment where it is.
    """
    teller = _Teller(facts, day, catalog, speaker)
    teller.since = since
    nearest = next_payments(payments, facts.participations, day, catalog)
    teller.featured = {one.explained.disbursement.id for one in nearest if one.explained}
    by_year = aid_by_year(payments, catalog)
    shown = by_year[-_SHOWN_BARS:]
    return Aid(
        coming=tuple(teller.coming(one) for one in nearest),
        by_year=shown,
        older_total=sum(one.total for one in by_year[: -len(shown) or None]) if len(by_year) > len(shown) else 0,
        wanted=year,
        programs=_programs(facts, payments, teller, year),
        pkh=pkh_panel(facts, payments, day, catalog, speaker),
        as_of=facts.as_of,
    )


class _Teller:
    """Turns the record's rows into words for one reader."""

    def __init__(self, facts: FamilyFacts, day: date, catalog: CatalogDay, speaker: Speaker) -> None:
        self.day, self.catalog, self.speaker = day, catalog, speaker
        self.say = speaker.say
        self.featured: set[int] = set()
        self.since: StatusDays = {}
        self.objecting = local_rules().objecting_in(facts.village_id // VILLAGES, day).text
        self.names: Mapping[int, str] = {member.id: member.name for member in facts.members}

    def coming(self, one: NextPayment) -> Coming:
        explained = one.explained
        place = Message(N_("Through %(place)s"), {"place": one.channel}) if one.channel else N_("Place not recorded")
        return Coming(
            program=self.say(self.catalog.name_of(one.program)),
            title=self.say(explained.meaning.title if explained else one.title),
            tag_kind=_NEXT_TAGS[one.kind],
            stage=self.say(self.stage(one.stage.number, one.stage.year)),
            amount=one.amount,
            place=self.say(place),
            note=self.say(one.note),
            payment=self.payment(explained) if explained else None,
        )

    def stage(self, number: int, year: int) -> Message:
        return Message(N_("Stage %(stage)s of %(year)s"), {"stage": number, "year": year})

    def payment(self, explained: PaymentExplained) -> Payment:
        say, meaning, paid = self.say, explained.meaning, explained.disbursement
        return Payment(
            id=paid.id,
            program=say(self.catalog.name_of(paid.program)),
            stage=say(self.stage(paid.stage, paid.year)),
            amount=paid.amount,
            tag=say(meaning.title),
            tag_kind=explained.tone.value,
            when=say(explained.when),
            label=paid.status or "",
            meaning=say(meaning.meaning),
            readings=tuple(say(reading) for reading in meaning.readings),
            actor=say(explained.actor),
            todo=say(explained.todo),
            channel=paid.channel or "",
            note=paid.note or "",
            steps=tuple(self.step(step, explained) for step in explained.path),
            paid=is_paid(paid),
            member=self.names.get(paid.member_id or 0, ""),
            featured=paid.id in self.featured,
        )

    def step(self, step: PathStep, explained: PaymentExplained) -> Step:
        """One step of the money's path, with the day on which the record had it there, or the planned day."""
        day = step.on or self.since.get(explained.disbursement.id, {}).get(step.step)
        planned = explained.by if step.step is MoneyStep.CREDITED else None
        note: Message | None = None
        if day is None and planned is not None:
            note = Message(PLANNED_ON, {"day": planned})
        elif day is not None and step.on is None:
            note = Message(N_("As the data of the centre said on that day."))
        return Step(self.say(step.name), _PATH[step.state], self.speaker.day(day) if day else "", self.say(note))

    def membership(self, part: ParticipationFacts) -> Membership:
        say = self.say
        stopped = None if is_active(part, self.day) else stop_reason(part)
        if stopped is None:
            tag, kind = (N_("Going on"), "good") if part.active else (N_("State not recorded"), "info")
            cause, todo = "", ""
        else:
            ended = Message(N_("Ended on %(day)s"), {"day": part.until}) if part.until else Message(N_("Ended"))
            tag, kind = ended, "stop"  # type: ignore[assignment]
            cause, todo = say(stopped.cause), say(stopped.todo)
        return Membership(
            tag=say(tag),
            tag_kind=kind,
            who=self.names.get(part.member_id or 0, ""),
            since=say(Message(N_("Since %(day)s"), {"day": part.since})) if part.since else "",
            ended=stopped is not None,
            cause=cause,
            todo=todo,
            label=part.program,
            until=say(self.objecting),
            urgent=self.catalog.code_of(part.program) == HEALTH,
        )


def _programs(
    facts: FamilyFacts, payments: list[DisbursementFacts], teller: _Teller, year: int | None
) -> tuple[ProgramAid, ...]:
    """Programmes that go on first, then what was paid last; each under its stable code."""
    code_of = teller.catalog.code_of
    parts: dict[str, list[ParticipationFacts]] = {}
    for part in facts.participations:
        parts.setdefault(code_of(part.program), []).append(part)
    paid: dict[str, list[DisbursementFacts]] = {code: [] for code in parts}
    for payment in payments:
        paid.setdefault(code_of(payment.program), []).append(payment)

    def place(code: str) -> tuple[bool, int, str]:
        goes_on = any(is_active(part, teller.day) for part in parts.get(code, ()))
        return not goes_on, -max((payment.year for payment in paid[code]), default=0), code

    return tuple(
        ProgramAid(
            code=code,
            name=teller.say(teller.catalog.name_of(code)),
            memberships=tuple(teller.membership(part) for part in parts.get(code, ())),
            years=_years(paid[code], teller, year),
        )
        for code in sorted(paid, key=place)
    )


def _years(payments: Iterable[DisbursementFacts], teller: _Teller, wanted: int | None) -> tuple[YearOfPayments, ...]:
    """Newest year first; only the newest few and the wanted one are told in full."""
    by_year: dict[int, list[DisbursementFacts]] = {}
    for payment in payments:
        by_year.setdefault(payment.year, []).append(payment)
    told = []
    for place, (year, of_year) in enumerate(sorted(by_year.items(), reverse=True)):
        in_full = place < _SHOWN_YEARS or year == wanted
        told.append(
            YearOfPayments(
                year,
                sum(payment.amount or 0 for payment in of_year if is_paid(payment)),
                len(of_year),
                tuple(teller.payment(explain(payment, teller.day)) for payment in of_year) if in_full else (),
            )
        )
    return tuple(told)
