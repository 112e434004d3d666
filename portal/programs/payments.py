"""Payments explained: where the money is, what is paid next, and what was paid by year.

Nothing here promises money. What is not in the record is said to be an estimate, or not said at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from portal.core.messages import N_
from portal.core.wording import Message
from portal.programs.catalog import CatalogDay, catalog_on
from portal.programs.criteria.base import is_active
from portal.programs.payment_labels import NOBODY, STEP_WORDS, PaymentMeaning, Step, Tone, meaning_of
from portal.programs.stages import Stage, stage_on
from portal.registry.facts import DisbursementFacts, ParticipationFacts

RECENT_STAGES = 1  # an unpaid stage older than the one before the current is history

PAID_ON = N_("Paid on %(day)s.")
PLANNED_ON = N_("Planned for %(day)s.")
PLANNED_PASSED = N_("It was planned for %(day)s, and is not recorded as paid.")


class StepState(StrEnum):
    """Where a step of the path stands."""

    DONE = "done"
    NOW = "now"
    STOPPED = "stopped"
    AHEAD = "ahead"


class PathStep(NamedTuple):
    """One step of the money's path; ``on`` only where the record gives the day."""

    step: Step
    name: Message
    state: StepState
    on: date | None


class PaymentExplained(NamedTuple):
    """One disbursement in plain words."""

    disbursement: DisbursementFacts
    meaning: PaymentMeaning
    tone: Tone
    when: Message | None  # paid on, planned for, or planned and passed; None where no day is recorded
    by: date | None  # the day to wait for, only if the record gives one that is still ahead
    actor: Message  # who acts next
    todo: Message  # what the family can do

    @property
    def path(self) -> tuple[PathStep, ...]:
        """The whole path with where the money is; empty where the label says nothing about it."""
        return _path(self.meaning, self.disbursement)


def is_paid(payment: DisbursementFacts) -> bool:
    """Whether the record says that the money was paid: a day of payment, or the bank's final label.

    A day of payment beside a label that says the payment was stopped counts as not paid.
    """
    meaning = meaning_of(payment.status)
    if meaning.tone is Tone.STOP:
        return False
    return payment.paid_on is not None or meaning.tone is Tone.GOOD


def explain(payment: DisbursementFacts, day: date) -> PaymentExplained:
    """What one disbursement means on ``day``."""
    meaning = meaning_of(payment.status)
    paid = is_paid(payment)
    if paid and meaning.tone is not Tone.GOOD:  # the day of payment is newer than the label
        meaning = meaning_of("SUKSES SPM")
    when: Message | None = None
    by: date | None = None
    planned = payment.scheduled_on
    if paid and payment.paid_on is not None:
        when = Message(PAID_ON, {"day": payment.paid_on})
    elif not paid and planned is not None and planned >= day:
        when = Message(PLANNED_ON, {"day": planned})
        by = planned if meaning.tone is Tone.WAIT else None
    elif not paid and planned is not None:
        when = Message(PLANNED_PASSED, {"day": planned})
    actor = NOBODY if paid else meaning.actor
    return PaymentExplained(payment, meaning, meaning.tone, when, by, actor, meaning.todo)


def _path(meaning: PaymentMeaning, payment: DisbursementFacts) -> tuple[PathStep, ...]:
    """The whole path with where the money is; empty where the label says nothing about it."""
    if meaning.step is None:
        return ()
    steps = []
    for step in Step:
        if step < meaning.step or meaning.tone is Tone.GOOD:
            state = StepState.DONE
        elif step > meaning.step:
            state = StepState.AHEAD
        else:
            state = StepState.STOPPED if meaning.tone is Tone.STOP else StepState.NOW
        on = payment.paid_on if step is Step.CREDITED and meaning.tone is Tone.GOOD else None
        steps.append(PathStep(step, STEP_WORDS[step], state, on))
    return tuple(steps)


def _stage(payment: DisbursementFacts) -> Stage:
    return Stage(payment.year, payment.stage)


class NextKind(StrEnum):
    """What is known of the next payment."""

    ON_THE_WAY = "on_the_way"  # recorded and moving
    UNCLEAR = "unclear"  # recorded, but with a label we do not know, or none
    STUCK = "stuck"  # recorded, and somebody has to act
    EXPECTED = "expected"  # not recorded yet: only the calendar of stages


NEXT_WORDS: Mapping[NextKind, Message] = {
    NextKind.ON_THE_WAY: Message(N_("On its way")),
    NextKind.UNCLEAR: Message(N_("In the record, but it is not clear where it is")),
    NextKind.STUCK: Message(N_("Stopped: somebody has to act")),
    NextKind.EXPECTED: Message(N_("Next expected stage")),
}
ESTIMATE = Message(
    N_("This is an estimate from the last stage. The amount and the date can change, and it is not certain.")
)


@dataclass(frozen=True, slots=True)
class NextPayment:
    """What is paid next in one programme and where it is now.

    ``amount`` is rupiah for the stage; with ``estimated`` it is that of the last paid stage and
    ``note`` must be shown beside it. ``explained`` is there when the payment is in the record.
    """

    program: str
    kind: NextKind
    stage: Stage
    amount: int | None
    estimated: bool
    explained: PaymentExplained | None
    last_paid: DisbursementFacts | None
    member_id: int | None = None
    channel: str | None = None  # as recorded; of an estimate, that of the last stage

    @property
    def note(self) -> Message | None:
        """The words that mark an estimate."""
        return ESTIMATE if self.estimated else None

    @property
    def title(self) -> Message:
        """The kind in words."""
        return NEXT_WORDS[self.kind]


def next_payments(
    disbursements: Iterable[DisbursementFacts],
    participations: Iterable[ParticipationFacts],
    day: date,
    catalog: CatalogDay | None = None,
) -> tuple[NextPayment, ...]:
    """One entry for each programme (and member) that pays something next, the nearest first.

    A payment on its way comes before a stuck one, and that before what is only expected.
    """
    catalog = catalog or catalog_on(day)
    groups: dict[tuple[str, int | None], list[DisbursementFacts]] = {}
    for payment in disbursements:
        groups.setdefault((catalog.code_of(payment.program), payment.member_id), []).append(payment)
    active: dict[str, bool] = {}
    for part in participations:
        code = catalog.code_of(part.program)
        active[code] = active.get(code, False) or is_active(part, day)
        if is_active(part, day) and not any(group[0] == code for group in groups):
            groups[code, part.member_id] = []
    found = [
        _next_of(code, member_id, payments, active.get(code, False), day, catalog)
        for (code, member_id), payments in groups.items()
    ]
    order = list(NextKind)
    return tuple(
        sorted(
            (one for one in found if one is not None),
            key=lambda one: (order.index(one.kind), one.stage.ordinal, one.program, one.member_id or 0),
        )
    )


def lasting(
    disbursements: Iterable[DisbursementFacts], day: date, catalog: CatalogDay | None = None
) -> list[DisbursementFacts]:
    """The disbursements that :func:`next_payments` looks at on ``day`` or any later one, in their order.

    Of each programme (and member) the latest, the last paid, and what is not paid and not yet history.
    """
    catalog = catalog or catalog_on(day)
    oldest = stage_on(day).ordinal - RECENT_STAGES
    latest: dict[tuple[str, int | None, bool], DisbursementFacts] = {}
    given = list(disbursements)
    for payment in sorted(given, key=lambda payment: (payment.year, payment.stage)):
        latest[catalog.code_of(payment.program), payment.member_id, is_paid(payment)] = payment
    ends = {id(payment) for payment in latest.values()}
    return [one for one in given if id(one) in ends or (not is_paid(one) and _stage(one).ordinal >= oldest)]


def next_payment(
    disbursements: Iterable[DisbursementFacts],
    participations: Iterable[ParticipationFacts],
    day: date,
    catalog: CatalogDay | None = None,
) -> NextPayment | None:
    """The first of :func:`next_payments`: the answer to *what is paid next and where is it now*."""
    return next(iter(next_payments(disbursements, participations, day, catalog)), None)


def _next_of(
    code: str,
    member_id: int | None,
    payments: list[DisbursementFacts],
    active: bool,
    day: date,
    catalog: CatalogDay,
) -> NextPayment | None:
    now = stage_on(day)
    payments = sorted(payments, key=lambda payment: (payment.year, payment.stage))
    last_paid = next((payment for payment in reversed(payments) if is_paid(payment)), None)
    latest = payments[-1] if payments else None
    oldest = now.ordinal - RECENT_STAGES
    recent = [
        explain(payment, day) for payment in payments if _stage(payment).ordinal >= oldest and not is_paid(payment)
    ]
    moving = [one for one in recent if one.tone is Tone.WAIT]
    if moving:
        kind = NextKind.ON_THE_WAY if moving[0].meaning.known else NextKind.UNCLEAR
        return _recorded(code, kind, moving[0], last_paid)
    if recent and recent[-1].disbursement is latest:
        return _recorded(code, NextKind.STUCK, recent[-1], last_paid)
    program = catalog.by_code.get(code)
    if not active or program is None or not program.pays:
        return None
    stage = now if latest is None else max(_stage(latest).next(), now)
    return NextPayment(
        code,
        NextKind.EXPECTED,
        stage,
        last_paid.amount if last_paid else None,
        True,
        None,
        last_paid,
        member_id,
        last_paid.channel if last_paid else None,
    )


def _recorded(
    code: str, kind: NextKind, explained: PaymentExplained, last_paid: DisbursementFacts | None
) -> NextPayment:
    payment = explained.disbursement
    return NextPayment(
        code,
        kind,
        _stage(payment),
        payment.amount,
        False,
        explained,
        last_paid,
        payment.member_id,
        payment.channel,
    )


def stuck_payments(disbursements: Iterable[DisbursementFacts], day: date) -> tuple[PaymentExplained, ...]:
    """Payments of this stage and the one before that need somebody to act, newest first.

    Also a payment still waiting although its planned day is past.
    """
    now = stage_on(day).ordinal
    found = [
        explain(payment, day)
        for payment in disbursements
        if not is_paid(payment) and _stage(payment).ordinal >= now - RECENT_STAGES
    ]
    late = [
        one
        for one in found
        if one.tone is Tone.STOP or (one.disbursement.scheduled_on is not None and one.disbursement.scheduled_on < day)
    ]
    return tuple(sorted(late, key=lambda one: _stage(one.disbursement), reverse=True))


class YearAid(NamedTuple):
    """What was really paid in one year, in rupiah, in all and by programme.

    ``unknown`` counts payments of which the amount is not recorded.
    """

    year: int
    total: int
    by_program: Mapping[str, int]
    unknown: int = 0


def aid_by_year(disbursements: Iterable[DisbursementFacts], catalog: CatalogDay | None = None) -> tuple[YearAid, ...]:
    """What was actually paid by budget year, oldest first, years without payment between as zero."""
    totals: dict[int, dict[str, int]] = {}
    unknown: dict[int, int] = {}
    for payment in disbursements:
        if not is_paid(payment):
            continue
        code = catalog.code_of(payment.program) if catalog else payment.program
        of_year = totals.setdefault(payment.year, {})
        if payment.amount is None:
            unknown[payment.year] = unknown.get(payment.year, 0) + 1
        else:
            of_year[code] = of_year.get(code, 0) + payment.amount
    if not totals:
        return ()
    return tuple(
        YearAid(year, sum(totals.get(year, {}).values()), totals.get(year, {}), unknown.get(year, 0))
        for year in range(min(totals), max(totals) + 1)
    )
