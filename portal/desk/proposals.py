"""What officers do with proposals that came without a login: look, link, ask, and the long way up.

The moves are those of the table for what families are ranked by; only the visit is left to what the officer writes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, text
from sqlalchemy.orm import Session

from portal.accounts.actor import StaffActor
from portal.accounts.models import Staff, StaffKinship
from portal.audit.trail import Event, record
from portal.cases.moves import NotPossible, StaleCase
from portal.cases.promises import promised_on, stage_until
from portal.cases.proposals.linking import answers_of, link
from portal.cases.proposals.models import Proposal, ProposalEvent, ProposalFile
from portal.cases.proposals.sending import ANSWERS, KIND, WORDS
from portal.cases.workflow import (
    CLOSED,
    LEVEL_OF,
    STATES,
    Move,
    Mover,
    MoveRefused,
    MoveRule,
    Right,
    Side,
    State,
    StateInfo,
    Track,
    check_move,
    moves_of,
)
from portal.core.clock import now, today, zone_of_area
from portal.core.errors import Forbidden, NotFound
from portal.core.names import written_name
from portal.core.nik import parse_nik
from portal.desk.movers import EYE_EVENTS, mover_of
from portal.extensions import blobs, db, keys
from portal.registry.queries import Place, place

MOST = 200
NIK_CAME = "nik_came"
_NEXT = text("SELECT staff_id, level FROM proposal_next(:proposal, :level)")
#: A visit has a form and a code for a family in the record. This one may be in none, and nobody is signed in who could
#: agree to a day: what the officer sees there goes into the recommendation, and the meeting of the village carries it.
_NOT_HERE = frozenset({Move.SET_VISIT, Move.VISIT})


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """A proposal in the list."""

    reference: str
    name: str
    village: str
    state: State
    sent_at: datetime
    promised_on: date
    has_nik: bool
    officer: str | None
    mine: bool

    @property
    def info(self) -> StateInfo:
        """What the state means."""
        return STATES[self.state]


@dataclass(frozen=True, slots=True)
class ProposalStep:
    """One step of its path, as the path of a case wants it."""

    event: str
    actor_name: str
    words: str | None
    data: dict[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A proposal as the desk shows it."""

    reference: str
    state: State
    version: int
    level: str
    for_own: bool
    has_nik: bool
    linked: bool
    answers: Mapping[str, str]
    place: Place
    officer: str | None
    recorder: str | None
    is_recorder: bool
    is_kin: bool
    promised_on: date
    sent_at: datetime
    path: Sequence[ProposalStep]
    photos: Sequence[UUID]
    moves: tuple[Move, ...]

    @property
    def info(self) -> StateInfo:
        """What the state means."""
        return STATES[self.state]


def proposals_of_area(actor: StaffActor, *, closed: bool = False) -> list[ProposalLine]:
    """The proposals of the officer's villages: open ones by their promise, or the newest that are finished."""
    ordered = (Proposal.closed_at.desc(),) if closed else (Proposal.promised_on, Proposal.id)
    chosen = Proposal.closed_at.is_not(None) if closed else Proposal.closed_at.is_(None)
    found = (
        select(Proposal, Staff.name)
        .outerjoin(Staff, Staff.id == Proposal.assigned_to)
        .where(chosen)
        .order_by(*ordered)
        .limit(MOST)
    )
    with db.begin(actor.scope) as session:
        return [_line(session, actor, one, officer) for one, officer in session.execute(found)]


def _line(session: Session, actor: StaffActor, one: Proposal, officer: str | None) -> ProposalLine:
    return ProposalLine(
        one.reference,
        written_name(answers_of(one)["name"]),
        place(session, one.village_id).village,
        State(one.state),
        one.sent_at,
        one.promised_on,
        one.has_nik,
        officer,
        one.assigned_to == actor.staff_id,
    )


def open_proposal(actor: StaffActor, reference: str) -> ProposalView:
    """The proposal, and what may be done with it. Raises ``NotFound``."""
    with db.begin(actor.scope) as session:
        one = _find(session, reference)
        names = dict(
            session.execute(select(Staff.id, Staff.name).where(Staff.id.in_([one.assigned_to, one.recorded_by]))).all()
        )
        mover = _mover(session, actor, one)
        moves = moves_of(State(one.state), mover, Track.LONG)
        steps = select(ProposalEvent).where(ProposalEvent.proposal_id == one.id).order_by(ProposalEvent.id)
        return ProposalView(
            reference=one.reference,
            state=State(one.state),
            version=one.version,
            level=one.level,
            for_own=one.for_own,
            has_nik=one.has_nik,
            linked=one.family_id is not None,
            answers=answers_of(one),
            place=place(session, one.village_id),
            officer=names.get(one.assigned_to) if one.assigned_to else None,
            recorder=names.get(one.recorded_by) if one.recorded_by else None,
            is_recorder=mover.is_recorder,
            is_kin=mover.is_kin,
            promised_on=one.promised_on,
            sent_at=one.sent_at,
            path=[_step(step) for step in session.scalars(steps)],
            photos=session.scalars(_photos(one)).all(),
            moves=tuple(move for move in moves if move not in _NOT_HERE),
        )


def _photos(one: Proposal) -> Select[UUID]:
    return select(ProposalFile.public_id).where(ProposalFile.proposal_id == one.id).order_by(ProposalFile.id)


def read_photo(actor: StaffActor, public_id: UUID) -> tuple[bytes, str]:
    """The bytes of a photo of a proposal that the officer may see; the trail keeps who opened it."""
    found = (
        select(ProposalFile.blob, ProposalFile.media_type, Proposal.reference)
        .join(Proposal, Proposal.id == ProposalFile.proposal_id)
        .where(ProposalFile.public_id == public_id)
    )
    with db.begin(actor.scope) as session:
        file = session.execute(found).one_or_none()
        if file is None:
            raise NotFound
        record(session, Event.CASE_FILE_OPENED, reference=file.reference, file=str(public_id))
        return blobs.get(keys.ring, file.blob), file.media_type


def move_proposal(
    actor: StaffActor, reference: str, seen: int, move: Move, words: str, data: Mapping[str, Any] | None = None
) -> None:
    """Make a move of the long way. ``Move.ANSWER`` writes down what was told at the counter or on a visit."""
    with db.begin(actor.scope) as session:
        one, mover = _held(session, actor, reference, seen)
        told = move is Move.ANSWER
        if told and Right.WORK not in mover.rights:
            raise Forbidden
        rule = _allowed(move, one, Mover(Side.FAMILY, is_recorder=mover.is_recorder) if told else mover)
        if move in _NOT_HERE or (rule.needs_words and not words):
            raise ValueError(f"{move} needs words")
        if rule.to is not None:
            one.state = rule.to.value
        one.closed_at = now() if one.state in CLOSED else None
        one.decision = one.state if rule.decides else one.decision
        if move in (Move.TAKE, Move.TAKE_OVER):
            one.assigned_to = actor.staff_id
        _promise(one, rule)
        _write(session, actor, one, move.value, words, data or {})
        _hand_up(session, one, move)


def nik_came(actor: StaffActor, reference: str, seen: int, nik_text: str) -> None:
    """The person has a NIK now, or it was found out. Raises ``NotANumber``."""
    nik = parse_nik(nik_text)
    with db.begin(actor.scope) as session:
        one, mover = _held(session, actor, reference, seen)
        if Right.WORK not in mover.rights or mover.is_kin or mover.is_recorder or one.state in CLOSED:
            raise Forbidden
        one.answers_sealed = keys.ring.seal(ANSWERS, json.dumps({**answers_of(one), "nik": nik.clear}))
        one.has_nik = True
        _write(session, actor, one, NIK_CAME, "", {})


def link_proposal(actor: StaffActor, reference: str) -> bool:
    """Join it with the family of the record, where that lives in the officer's villages."""
    with db.begin(actor.scope) as session:
        return link(session, _find(session, reference))


def shown_nik(actor: StaffActor, reference: str) -> str:
    """The whole NIK; the trail keeps who saw it."""
    with db.begin(actor.scope) as session:
        one = _find(session, reference)
        record(session, Event.PROPOSAL_NIK_SHOWN, reference=one.reference)
        return answers_of(one)["nik"]


def _find(session: Session, reference: str) -> Proposal:
    one = session.scalar(select(Proposal).where(Proposal.reference == reference))
    if one is None:
        raise NotFound
    return one


def _held(session: Session, actor: StaffActor, reference: str, seen: int) -> tuple[Proposal, Mover]:
    """The proposal, locked in the version that was seen."""
    _find(session, reference)
    found = select(Proposal).where(Proposal.reference == reference).with_for_update()
    one = session.scalar(found.execution_options(populate_existing=True))
    if one is None:  # seen, but not to be moved: written down by this officer, kin, or the counter's to look at only
        raise Forbidden
    if one.version != seen:
        raise StaleCase(seen)
    return one, _mover(session, actor, one)


def _mover(session: Session, actor: StaffActor, one: Proposal) -> Mover:
    kin = select(StaffKinship.family_id).where(
        StaffKinship.staff_id == actor.staff_id, StaffKinship.family_id == one.family_id
    )
    did = select(ProposalEvent.event).where(
        ProposalEvent.proposal_id == one.id,
        ProposalEvent.staff_id == actor.staff_id,
        ProposalEvent.event.in_(EYE_EVENTS),
    )
    is_kin = one.family_id is not None and session.scalar(kin) is not None
    return mover_of(session, actor, one, kin=is_kin, did=did)


def _allowed(move: Move, one: Proposal, mover: Mover) -> MoveRule:
    try:
        return check_move(move, State(one.state), mover, Track.LONG)
    except MoveRefused as refused:
        raise (Forbidden if refused.forbidden else NotPossible)(refused.reason) from refused


def _promise(one: Proposal, rule: MoveRule) -> None:
    if rule.promise is None:
        return
    day = today(zone_of_area(one.village_id))
    answered = rule.promise == "answered"
    one.promised_on = promised_on(KIND, "answered", day) if answered else stage_until(rule.promise, day)


def _write(session: Session, actor: StaffActor, one: Proposal, event: str, words: str, data: Mapping[str, Any]) -> None:
    one.version += 1
    session.flush()
    session.add(
        ProposalEvent(
            proposal_id=one.id,
            event=event,
            actor_kind=Side.STAFF.value,
            actor_name=written_name(actor.name),
            staff_id=actor.staff_id,
            state=one.state,
            words_sealed=keys.ring.seal(WORDS, words) if words else None,
            data=dict(data),
        )
    )
    session.flush()
    record(session, Event.PROPOSAL_MOVED, family_id=one.family_id, reference=one.reference, move=event)


def _hand_up(session: Session, one: Proposal, move: Move) -> None:
    """It goes to whom its state belongs, as a case does."""
    level = "village" if move is Move.SEND_BACK else LEVEL_OF.get(State(one.state))
    if level is None or (level == one.level and level != "village"):
        return
    found = session.execute(_NEXT, {"proposal": one.id, "level": level}).one_or_none()
    one.assigned_to, one.level = found if found is not None else (None, level)
    session.flush()


def _step(step: ProposalEvent) -> ProposalStep:
    words = keys.ring.unseal(WORDS, step.words_sealed) if step.words_sealed else None
    return ProposalStep(step.event, step.actor_name, words, step.data, step.at)
