"""Where the tree of the empty card begins for a family: what the record already knows of each of its aids."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from portal.programs.catalog import CatalogDay
from portal.programs.criteria.base import is_active
from portal.programs.empty_card import Situation, Until
from portal.programs.payment_labels import PaymentMeaning, Step, Tone
from portal.programs.payments import RECENT_STAGES, explain, is_paid
from portal.programs.stages import Stage, stage_on
from portal.registry.facts import DisbursementFacts, ParticipationFacts

_POST = ("POS", "PT POS", "KANTOR POS")


class About(NamedTuple):
    """One aid of the family: what the record says of it. ``key`` names it in an address."""

    key: str
    program: str  # the record's label; empty where nothing is recorded
    situation: Situation
    payment: DisbursementFacts | None = None
    meaning: PaymentMeaning | None = None
    part: ParticipationFacts | None = None

    def waits_until(self, until: Until, day: date) -> date:
        """The day to wait for. Where no day is planned it is the end of the stage: an estimate."""
        now = stage_on(day)
        if until is Until.NEXT_STAGE:
            return now.next().starts
        planned = self.payment.scheduled_on if self.payment else None
        if until is Until.PLANNED and planned is not None and planned >= day:
            return planned
        stage = Stage(self.payment.year, self.payment.stage) if self.payment else now
        return max(stage, now).ends


def abouts(
    payments: Iterable[DisbursementFacts], parts: Sequence[ParticipationFacts], day: date, catalog: CatalogDay
) -> tuple[About, ...]:
    """The aids of the family that a card can be empty of, with the newest payment; what needs somebody comes first."""
    found: dict[str, About] = {}
    newest = sorted(payments, key=lambda one: (one.year, one.stage, one.id), reverse=True)
    oldest = stage_on(day).ordinal - RECENT_STAGES
    ended = {catalog.code_of(part.program): part for part in parts if not is_active(part, day)}
    going_on = {catalog.code_of(part.program): part for part in parts if is_active(part, day)}
    for payment in newest:
        code = catalog.code_of(payment.program)
        if code not in found and Stage(payment.year, payment.stage).ordinal >= oldest:
            one = _of_payment(payment, day)
            old = Stage(payment.year, payment.stage) < stage_on(day) and is_paid(payment)
            if not (old and (code in going_on or code in ended)):  # what was paid before says nothing of this stage
                found[code] = one
    for code, part in going_on.items():
        program = catalog.by_code.get(code)
        if code not in found and program is not None and program.pays:
            found[code] = About(_key(code), part.program, Situation.NOT_PLANNED, part=part)
    for code, part in ended.items():
        program = catalog.by_code.get(code)
        if code not in found and code not in going_on and (program is None or program.pays):
            found[code] = About(_key(code), part.program, Situation.ENDED, part=part)
    return tuple(sorted(found.values(), key=lambda one: (_LATER.get(one.situation, 0), one.program))) or (NOTHING,)


_LATER = {Situation.NOT_PLANNED: 1, Situation.PAID: 2, Situation.PAID_BY_POST: 2, Situation.ENDED: 3}
NOTHING = About("lain", "", Situation.NOTHING)


def _key(code: str) -> str:
    return "p-" + code.replace("/", "-")


def _of_payment(payment: DisbursementFacts, day: date) -> About:
    explained = explain(payment, day)
    return About(
        f"d-{payment.id}", payment.program, _situation(payment, explained.meaning, day), payment, explained.meaning
    )


_BY_LABEL = {
    **dict.fromkeys(("GAGAL OMSPAN", "-"), Situation.MISMATCH),
    "EXCLUDE MENINGGAL": Situation.RECORDED_DEAD,
    "TIDAK TRANSAKSI": Situation.NOT_TAKEN,
}


def _situation(payment: DisbursementFacts, meaning: PaymentMeaning, day: date) -> Situation:
    by_post = (payment.channel or "").upper().strip() in _POST
    if is_paid(payment):
        return Situation.PAID_BY_POST if by_post else Situation.PAID
    if not meaning.known:
        return Situation.UNKNOWN
    if meaning.tone is Tone.STOP:
        return _BY_LABEL.get(meaning.label, Situation.EXCLUDED)
    if meaning.step is Step.ACCOUNT_CHECK:
        return Situation.NEW_ACCOUNT
    return Situation.WAITING_POST if by_post else _waiting(payment, meaning, day)


def _waiting(payment: DisbursementFacts, meaning: PaymentMeaning, day: date) -> Situation:
    """On its way to a card: not due yet, late, or held at the bank (SI)."""
    planned = payment.scheduled_on
    if planned is not None and planned >= day:
        return Situation.WAITING
    if meaning.step is Step.SI:
        return Situation.AT_BANK
    return Situation.WAITING if planned is None else Situation.LATE
