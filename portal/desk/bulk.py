"""One answer for several cases that came from the same cause: a payment stage, or an extract that ended a programme.

Only where it is safe: the officer's own, of one kind, neither urgent nor private nor an appeal, and with nothing that
would be stated about the record. Each is checked by the table of moves and by the version that was seen.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from portal.accounts.actor import StaffActor
from portal.accounts.leaves import stood_in_for
from portal.audit.looks import note_look
from portal.cases.kinds import KINDS, Kind
from portal.cases.loading import find_case, load_world, open_answers
from portal.cases.models import Case
from portal.cases.moves import NotPossible, StaleCase
from portal.cases.ways import kind_of
from portal.cases.workflow import Move, State
from portal.core.clock import today
from portal.core.errors import PortalError
from portal.core.messages import N_
from portal.desk import service
from portal.desk.queue import QueueLine, lines_of
from portal.extensions import db
from portal.registry.models import Disbursement, Participation

MOVES = (Move.ASK, Move.ACCEPT, Move.REFUSE)
_MOST_BUNDLES = 20
_STATES = [State.SENT.value, State.WITH_WORKER.value, State.ANSWERED.value]

NOT_ALIKE = N_("It does not belong to these any more.")
STATES_FACTS = N_("It says something about the record. Decide it on its own page.")


@dataclass(frozen=True, slots=True)
class Cause:
    """What the cases have in common: the kind, the programme, and the stage paid or the day of the extract."""

    kind: str
    program: str
    year: int | None = None
    stage: int | None = None
    ended_as_of: date | None = None

    @property
    def arguments(self) -> dict[str, Any]:
        """As they stand in an address."""
        stage = {"tahun": str(self.year), "tahap": str(self.stage)}
        own = {"per": self.ended_as_of.isoformat()} if self.ended_as_of else stage
        return {"jenis": self.kind, "program": self.program, **own}


@dataclass(frozen=True, slots=True)
class Bundle:
    """Cases of one cause, and how many."""

    cause: Cause
    number: int

    @property
    def kind(self) -> Kind:
        """The kind of all of them."""
        return KINDS[self.cause.kind]


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of it: how many were answered, and why others stayed (reference and message key)."""

    done: int
    left: Sequence[tuple[str, str]]


def bundles(actor: StaffActor) -> list[Bundle]:
    """The causes that at least two open cases of the officer share, the largest first."""
    paid = (Case.kind, Disbursement.program, Disbursement.year, Disbursement.stage)
    ended = (Case.kind, Participation.program, Participation.ended_as_of)
    with db.begin(actor.scope) as session:
        own = _own(_holders(session, actor))
        by_stage = select(*paid, func.count()).join(Disbursement, _of_payment()).where(*own).group_by(*paid)
        by_load = (
            select(*ended, func.count(Case.id.distinct())).join(Participation, _of_ended()).where(*own).group_by(*ended)
        )
        found = [
            Bundle(Cause(kind, program, year, stage), number)
            for kind, program, year, stage, number in session.execute(by_stage.having(func.count() > 1))
        ]
        found += [
            Bundle(Cause(kind, program, ended_as_of=day), number)
            for kind, program, day, number in session.execute(by_load.having(func.count(Case.id.distinct()) > 1))
        ]
    return sorted(found, key=lambda one: -one.number)[:_MOST_BUNDLES]


def lines(actor: StaffActor, cause: Cause) -> list[QueueLine]:
    """The first of the cases of that cause."""
    with db.begin(actor.scope) as session:
        holders = _holders(session, actor)
        return lines_of(session, holders, [*_own(holders), _fits(cause)], today(actor.zone))


def answer_all(actor: StaffActor, cause: Cause, chosen: Sequence[tuple[str, int]], move: Move, words: str) -> Answered:
    """Ask, accept or refuse each of the cases with the same words; one that changed meanwhile is left as it is."""
    done, left = 0, []
    for reference, seen in chosen:
        try:
            _answer_one(actor, cause, reference, seen, move, words)
        except PortalError as refused:
            left.append((reference, refused.message))
        else:
            done += 1
    return Answered(done, left)


def _answer_one(actor: StaffActor, cause: Cause, reference: str, seen: int, move: Move, words: str) -> None:
    if _check(actor, cause, reference, seen) is State.SENT:
        service.take(actor, reference, seen)
        seen += 1
    if move is Move.ASK:
        service.ask(actor, reference, seen, words)
    else:
        service.decide(actor, reference, seen, move, words)


def _check(actor: StaffActor, cause: Cause, reference: str, seen: int) -> State:
    """The state of a case that may be answered so; the look at the family is noted."""
    with db.begin(actor.scope) as session:
        case = find_case(session, reference)
        if case.version != seen:
            raise StaleCase(seen)
        fits = select(Case.id).where(Case.reference == reference, *_own(_holders(session, actor)), _fits(cause))
        if session.scalar(fits) is None:
            raise NotPossible(NOT_ALIKE)
        world = load_world(session, actor.scope, case.family_id, reader=None)
        if kind_of(case).findings(open_answers(case), world):
            raise NotPossible(STATES_FACTS)
        note_look(session, case.family_id, "case", reference)
        return State(case.state)


def _holders(session: Session, actor: StaffActor) -> set[int]:
    return {actor.staff_id, *stood_in_for(session, actor.staff_id)}


def _own(holders: Collection[int]) -> list[ColumnElement[bool]]:
    """The cases that one answer may serve at all."""
    return [
        Case.assigned_to.in_(sorted(holders)),
        Case.closed_at.is_(None),
        Case.state.in_(_STATES),
        Case.restricted.is_(False),
        Case.private.is_(False),
        Case.urgent.is_(False),
        Case.first_case.is_(None),
    ]


def _of_payment() -> Any:
    return (Disbursement.family_id == Case.family_id) & (Disbursement.id == Case.disbursement_id)


def _of_ended() -> Any:
    """The programme that the case is about, ended by an extract; where it is about a payment, that one is the cause."""
    return (
        (Participation.family_id == Case.family_id)
        & (Participation.program == Case.program)
        & Participation.ended_as_of.is_not(None)
        & Case.disbursement_id.is_(None)
    )


def _fits(cause: Cause) -> ColumnElement[bool]:
    if cause.ended_as_of is not None:
        ended = _of_ended() & (Participation.ended_as_of == cause.ended_as_of)
        same = select(Participation.id).where(ended, Participation.program == cause.program)
    else:
        paid = _of_payment() & (Disbursement.year == cause.year) & (Disbursement.stage == cause.stage)
        same = select(Disbursement.id).where(paid, Disbursement.program == cause.program)
    return (Case.kind == cause.kind) & same.correlate(Case).exists()
