"""What an officer does with a case. Every function is one transaction under the officer's own scope."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from portal.accounts.actor import StaffActor
from portal.accounts.models import StaffKinship
from portal.accounts.reveal import Masked, masked_numbers
from portal.audit.looks import note_look
from portal.audit.trail import Event, record
from portal.cases.kinds.base import Kind
from portal.cases.loading import CaseView, find_case, load_world, open_answers, view_case
from portal.cases.models import Case, CaseEvent, CaseFile
from portal.cases.moves import Act, NotPossible, lock_case, make_move, write_step
from portal.cases.path import PARTS
from portal.cases.reading import note_read
from portal.cases.visit_records import findings_with, plan_visit, visits_of
from portal.cases.ways import kind_of
from portal.cases.workflow import (
    CLOSED,
    OWN_RECORDING,
    TABLE,
    Move,
    Mover,
    Side,
    State,
    Track,
    moves_of,
)
from portal.core.clock import today, zone_of_area
from portal.core.errors import Forbidden, NotFound
from portal.core.jobs import defer
from portal.core.messages import N_
from portal.core.wording import Message
from portal.desk.movers import EYE_EVENTS, mover_of
from portal.extensions import blobs, db, keys
from portal.inbox.carried import Way, carried_of_case
from portal.inbox.contacts import Reached, reached_by, set_phone
from portal.inbox.service import Value
from portal.programs.models import MATCH_FAMILY
from portal.registry.changes import Finding, Verifier, make_statement
from portal.registry.models import Statement
from portal.registry.queries import statements

OPENED = "opened"


@dataclass(frozen=True, slots=True)
class DeskCase:
    """A case as the desk shows it: the case, what may be done, and what was established about the family."""

    view: CaseView
    moves: tuple[Move, ...]
    is_kin: bool
    is_recorder: bool
    findings: list[Finding]
    statements: list[Statement]
    numbers: dict[int, Masked]  # by the id of the person
    reached: Reached | None  # who sent it
    carried: list[Way]  # messages of it that left the portal


def open_case(actor: StaffActor, reference: str, *, noted: bool = True) -> DeskCase:
    """Open a case; the first officer who does leaves it on the family's path, and everyone who does, in the trail.

    Not ``noted`` where the officer sends the form of a page that was noted when it was opened.
    """
    with db.begin(actor.scope) as session:
        case = find_case(session, reference)
        kin = is_kin(session, actor, case)
        if noted and not kin and case.recorded_by != actor.staff_id and case.state not in CLOSED:
            _note_opening(session, actor, reference)
        if noted:
            note_look(session, case.family_id, "case", reference)
            if not kin and case.recorded_by != actor.staff_id:
                note_read(session, case.family_id, case.id, Side.STAFF)
        view = view_case(session, actor.scope, case, reader=None)
        return DeskCase(
            view,
            _moves(view, _mover(session, actor, case, kin)),
            kin,
            case.recorded_by == actor.staff_id,
            findings_with(view.kind, view.answers, view.world, view.visited),
            [said for said in statements(session, case.family_id) if _shown_with(case, said)],
            masked_numbers(session, case.family_id),
            None if kin else reached_by(session, case.person_id),
            carried_of_case(session, reference),
        )


def _shown_with(case: Case, said: Statement) -> bool:
    """What was established about somebody's body stands beside a case about that body alone."""
    return said.person_id is None or (case.private and said.person_id == case.about_person_id)


def _moves(view: CaseView, mover: Mover) -> tuple[Move, ...]:
    """What may be done; what was said of a household is erased, never refused."""
    found = moves_of(view.state, mover, view.kind.track)
    return tuple(move for move in found if not (view.kind.from_office and move is Move.REFUSE))


def take(actor: StaffActor, reference: str, seen: int) -> None:
    """Begin to work on a case."""
    _assign(actor, reference, seen, Move.TAKE)


def take_over(actor: StaffActor, reference: str, seen: int) -> None:
    """Go on with a case that another officer has."""
    _assign(actor, reference, seen, Move.TAKE_OVER)


def ask(actor: StaffActor, reference: str, seen: int, question: str) -> None:
    """Ask the family for something."""
    with db.begin(actor.scope) as session:
        case, mover = held(session, actor, reference, seen)
        make_move(session, case, Move.ASK, mover, Act(actor.name, actor.staff_id, words=question))


def set_visit(actor: StaffActor, reference: str, seen: int, day: date, part: str, words: str = "") -> None:
    """Plan a visit: the day and the part of it, and what the family should have ready."""
    with db.begin(actor.scope) as session:
        case, mover = held(session, actor, reference, seen)
        case.visit_on, case.visit_part = day, part
        said = {"day": day.isoformat(), "part": part}
        values: dict[str, Value] = {"visit": day, "part": Message(PARTS[part])}
        act = Act(actor.name, actor.staff_id, words=words or None, data=said, values=values)
        make_move(session, case, Move.SET_VISIT, mover, act)
        plan_visit(session, case, actor.staff_id, day, part)


def decide(
    actor: StaffActor, reference: str, seen: int, decision: Move, reason: str, fields: Collection[str] = ()
) -> None:
    """Accept, accept in part (``fields`` says which facts) or refuse, with the reason that the family reads.

    What is accepted becomes verified statements, in the same transaction.
    """
    with db.begin(actor.scope) as session:
        case, mover = held(session, actor, reference, seen)
        chosen = None if decision is Move.ACCEPT else fields
        _move_and_state(session, actor, case, decision, mover, Act(actor.name, actor.staff_id, words=reason), chosen)


ANSWER_FIRST = N_("The family still has time to answer. Wait for the answer or for the promised day.")
VISIT_FIRST = N_("Visit the household first and write down what you saw. Nobody loses anything by words alone.")


def _check_claim(session: Session, case: Case) -> None:
    """Whether a household was heard, or had its time, and was visited; raises ``NotPossible``."""
    if not any(visit.done_at for visit in visits_of(session, case)):
        raise NotPossible(VISIT_FIRST)
    if case.state == State.NEEDS_MORE and case.promised_on >= today(zone_of_area(case.village_id)):
        raise NotPossible(ANSWER_FIRST)


def step(
    actor: StaffActor,
    reference: str,
    seen: int,
    move: Move,
    words: str,
    *,
    data: Mapping[str, Any] | None = None,
    fields: Collection[str] | None = None,
) -> None:
    """Make one of the later moves of the long way, with what is said; ``fields`` says which facts are confirmed."""
    with db.begin(actor.scope) as session:
        case, mover = held(session, actor, reference, seen)
        if move is Move.VERIFY and kind_of(case).from_office:
            _check_claim(session, case)
        act = Act(actor.name, actor.staff_id, words=words or None, data=data or {})
        _move_and_state(session, actor, case, move, mover, act, fields)


def _move_and_state(
    session: Session,
    actor: StaffActor,
    case: Case,
    move: Move,
    mover: Mover,
    act: Act,
    fields: Collection[str] | None,
) -> None:
    """Make the move; where it states facts, those named (None: all) become statements in the same transaction."""
    make_move(session, case, move, mover, act)
    kind = kind_of(case)
    if not TABLE[kind.track][move].states_facts:
        return
    _reach(session, case, kind, move)
    world = load_world(session, actor.scope, case.family_id, reader=None)
    visited = next((visit for visit in reversed(visits_of(session, case)) if visit.done_at is not None), None)
    for finding in findings_with(kind, open_answers(case), world, visited):
        if fields is None or finding.field in fields:
            _state(session, actor, case, finding)
    defer(session, MATCH_FAMILY, family=case.family_id)


def _reach(session: Session, case: Case, kind: Kind, move: Move) -> None:
    """What somebody else wrote down for the person about being reached counts now."""
    reach = kind.reach(open_answers(case))
    if reach is not None and move is Move.ACCEPT and (case.recorded_by or case.helped_by):
        set_phone(session, case.person_id, reach.phone, channel=reach.channel, whose=reach.whose,
                  reference=case.reference, family_id=case.family_id)  # fmt: skip


def clear_up(actor: StaffActor, reference: str, seen: int, found: str) -> None:
    """Cancel a case that the person disowned, with what was found; nothing in it becomes a statement."""
    with db.begin(actor.scope) as session:
        case, mover = held(session, actor, reference, seen)
        make_move(session, case, Move.CLEAR_UP, mover, Act(actor.name, actor.staff_id, words=found))


def read_paper(actor: StaffActor, public_id: UUID) -> tuple[bytes, str]:
    """The bytes of a paper of a case that the officer may see; the trail keeps who opened it."""
    with db.begin(actor.scope) as session:
        file = session.scalar(select(CaseFile).where(CaseFile.public_id == public_id))
        if file is None:
            raise NotFound
        of_case = select(Case.reference).where(Case.family_id == file.family_id, Case.id == file.case_id)
        note_look(session, file.family_id, "paper", session.scalar(of_case))
        record(session, Event.CASE_FILE_OPENED, family_id=file.family_id, file=str(public_id))
        return blobs.get(keys.ring, file.blob), file.media_type


def _assign(actor: StaffActor, reference: str, seen: int, move: Move) -> None:
    with db.begin(actor.scope) as session:
        case, mover = held(session, actor, reference, seen)
        make_move(session, case, move, mover, Act(actor.name, actor.staff_id))
        case.assigned_to = actor.staff_id


def held(session: Session, actor: StaffActor, reference: str, seen: int) -> tuple[Case, Mover]:
    """The case, locked in the version that was seen, and the officer as the table of moves asks about it."""
    if find_case(session, reference).recorded_by == actor.staff_id:
        raise Forbidden(OWN_RECORDING)
    case = lock_case(session, reference, seen)
    return case, _mover(session, actor, case, is_kin(session, actor, case))


def _mover(session: Session, actor: StaffActor, case: Case, kin: bool) -> Mover:
    """The officer as the table of moves asks about it."""
    first = case.first_decider == actor.staff_id
    return mover_of(session, actor, case, kin=kin, did=_eyes_of(actor, case), decided_first=first)


def _eyes_of(actor: StaffActor, case: Case) -> Select[str] | None:
    """The steps that take several pairs of eyes which this officer did; None where there are none."""
    if kind_of(case).track is Track.SHORT:
        return None
    return select(CaseEvent.event).where(
        CaseEvent.family_id == case.family_id,
        CaseEvent.case_id == case.id,
        CaseEvent.staff_id == actor.staff_id,
        CaseEvent.event.in_(EYE_EVENTS),
    )


def is_kin(session: Session, actor: StaffActor, case: Case) -> bool:
    """Whether the family is the officer's own or that of a declared relative."""
    kin = select(StaffKinship.family_id).where(
        StaffKinship.staff_id == actor.staff_id, StaffKinship.family_id == case.family_id
    )
    return session.scalar(kin) is not None


def _note_opening(session: Session, actor: StaffActor, reference: str) -> None:
    """Write the first opening once, however many officers open the case at the same moment."""
    case = session.scalar(select(Case).where(Case.reference == reference).with_for_update())
    if case is None or State(case.state) in CLOSED:
        return
    before = select(CaseEvent.id).where(
        CaseEvent.family_id == case.family_id, CaseEvent.case_id == case.id, CaseEvent.event == OPENED
    )
    if session.scalar(before.limit(1)) is None:
        write_step(session, case, OPENED, Act(actor.name, actor.staff_id))
        record(session, Event.CASE_OPENED, family_id=case.family_id, reference=reference)


def _state(session: Session, actor: StaffActor, case: Case, finding: Finding) -> None:
    verifier = Verifier(actor.staff_id, actor.name, case.reference)
    make_statement(session, keys.ring, family_id=case.family_id, finding=finding, verifier=verifier)
    record(
        session,
        Event.STATEMENT_MADE,
        family_id=case.family_id,
        reference=case.reference,
        field=f"{finding.subject}.{finding.field}",
    )
