"""An officer writes down what a person says face to face, for whoever has no login or cannot use it.

The person's case under the officer's walls: the database lets an officer write for adults of the own villages only,
never for the own family, never what has to go past the officers of the village, and never lets that officer move it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import RowMapping, select, text
from sqlalchemy.orm import Session

from portal.accounts.activation import Found, find_member
from portal.accounts.actor import StaffActor
from portal.accounts.intake import REASONS
from portal.accounts.models import Staff
from portal.audit.looks import note_look
from portal.cases.drafts import Together, begin_draft, together_of
from portal.cases.helping.mandates import runs, speaker_of
from portal.cases.helping.models import Mandate
from portal.cases.kinds import KINDS, Kind
from portal.cases.loading import CaseView, find_case, view_case
from portal.cases.models import Case, CaseDraft, CaseFile
from portal.cases.ways import OF_KIND, kind_of
from portal.cases.workflow import STATES, Move, Mover, Side, State, StateInfo, can_move
from portal.cases.writing import Recording, Speaker, recording_for
from portal.core.clock import today
from portal.core.errors import Forbidden, NotFound
from portal.core.messages import N_
from portal.core.names import written_name
from portal.extensions import blobs, db, keys

#: Why, as the family reads it under who looked.
LOOK = REASONS["catat"]
COUNTER, VISIT = "counter", "visit"
PLACES = {COUNTER: N_("at the counter"), VISIT: N_("on a visit")}
MAY_NOT = N_(
    "You cannot write down for this person: only for adults of your villages who are not recorded as dead, and never "
    "for your own family or relatives."
)
MANDATE_OVER = N_(
    "The mandate of the helper has ended, so nothing more is written down or sent by it. Throw away what was begun, "
    "and begin again with the person, or with a new signed mandate."
)
_MAY = text("SELECT may_record(:family, :person)")
_MEMBER = text("SELECT family_public, person_public, name FROM recordable_person(:family, :person)")


@dataclass(frozen=True, slots=True)
class Person:
    """A member before the officer, by the public ids in the address."""

    family_public: UUID
    person_public: UUID
    family_id: int
    person_id: int
    name: str
    village: str
    birth_date: date | None
    may_record: bool


@dataclass(frozen=True, slots=True)
class Begun:
    """A draft that this officer began for the person, as the person says it or a helper with a mandate."""

    id: UUID
    kind: Kind
    updated_at: datetime
    spoken_by: str | None
    is_over: bool  # its mandate has ended meanwhile
    together: Together | None  # with the others of one event of life


@dataclass(frozen=True, slots=True)
class Written:
    """A case that an officer wrote down for the person."""

    reference: str
    kind: Kind
    info: StateInfo
    officer: str
    spoken_by: str | None
    sent_at: datetime
    may_disown: bool  # here, through the officer who asks


@dataclass(frozen=True, slots=True)
class Desk:
    """What the page of a person shows: what was begun, and what officers wrote down before."""

    begun: list[Begun]
    written: list[Written]


def find_person(actor: StaffActor, family: UUID, person: UUID) -> Person:
    """The member of the officer's villages. Raises ``NotFound``."""
    found = find_member(actor, family, person)
    with db.begin(actor.scope) as session:
        person_id = _person_id(session, found)
        may = session.execute(_MAY, {"family": found.family_id, "person": person_id}).scalar_one()
    return Person(
        family, person, found.family_id, person_id, written_name(found.name), found.village, found.birth_date, may
    )


def writer_for(actor: StaffActor, person: Person, speaker: Speaker | None = None) -> Recording:
    """The person as this officer writes for them. Raises ``Forbidden`` where that may not be."""
    if not person.may_record:
        raise Forbidden(MAY_NOT)
    return recording_for(actor, person.person_id, person.family_id, person.name, speaker)


def begin(actor: StaffActor, person: Person, kind: Kind, place: str, speaker: Speaker | None = None) -> UUID:
    """Begin to write down a case of this kind, or go on with what this officer began before with the same speaker."""
    if not kind.may_be_recorded:
        raise Forbidden(MAY_NOT)
    return begin_draft(writer_for(actor, person, speaker), kind, {}, place)


def writer_of(actor: StaffActor, draft_id: UUID, *, or_case: bool = False, or_over: bool = False) -> Recording:
    """Whom a draft of this officer is for; with ``or_case`` also the case that it became.

    Raises ``NotFound``, also where it is not this officer's, and ``Forbidden`` where a helper told it whose mandate has
    ended; ``or_over`` lets that pass, to throw it away.
    """
    with db.begin(actor.scope) as session:
        draft: CaseDraft | Case | None = session.get(CaseDraft, draft_id)
        if draft is None and or_case:
            draft = session.scalar(select(Case).where(Case.draft_id == draft_id, Case.recorded_by == actor.staff_id))
        if draft is None:
            raise NotFound
        mandate = session.get(Mandate, draft.mandate_id) if draft.mandate_id else None
        if mandate and isinstance(draft, CaseDraft) and not or_over and not runs(mandate, today(actor.zone)):
            raise Forbidden(MANDATE_OVER)
        member = _member(session, draft.family_id, draft.person_id)
        speaker = speaker_of(mandate) if mandate else None
        return recording_for(actor, draft.person_id, draft.family_id, written_name(member["name"]), speaker)


def address_of(actor: StaffActor, family_id: int, person_id: int) -> tuple[UUID, UUID]:
    """The public ids of family and person. Raises ``NotFound``."""
    with db.begin(actor.scope) as session:
        member = _member(session, family_id, person_id)
        return member["family_public"], member["person_public"]


def desk_of(actor: StaffActor, person: Person) -> Desk:
    """What this officer began for the person, and what officers wrote down before, the newest first."""
    drafts = (
        select(CaseDraft, Mandate)
        .outerjoin(Mandate, Mandate.id == CaseDraft.mandate_id)
        .where(CaseDraft.family_id == person.family_id, CaseDraft.person_id == person.person_id)
        .order_by(CaseDraft.updated_at.desc())
    )
    cases = (
        select(Case.reference, *OF_KIND, Case.state, Case.recorded_by, Case.sent_at, Case.spoken_by, Staff.name)
        .join(Staff, Staff.id == Case.recorded_by)
        .where(Case.family_id == person.family_id, Case.person_id == person.person_id)
        .order_by(Case.sent_at.desc())
    )
    with db.begin(actor.scope) as session:
        note_look(session, person.family_id, LOOK)
        day = today(actor.zone)
        begun = [
            Begun(
                draft.id,
                KINDS[draft.kind],
                draft.updated_at,
                draft.spoken_by,
                mandate is not None and not runs(mandate, day),
                together_of(draft),
            )
            for draft, mandate in session.execute(drafts)
        ]
        written = [
            Written(
                row.reference,
                kind_of(row),
                STATES[State(row.state)],
                row.name,
                row.spoken_by,
                row.sent_at,
                person.may_record and may_disown(actor, State(row.state), row.recorded_by),
            )
            for row in session.execute(cases)
        ]
    return Desk(begun, written)


def may_disown(actor: StaffActor, state: State, recorded_by: int | None) -> bool:
    """Whether this officer may take it down that the person denies the words: never the one who wrote them."""
    mover = Mover(
        Side.FAMILY,
        is_sender=True,
        is_recorder=recorded_by == actor.staff_id,
        was_recorded=recorded_by is not None,
    )
    return can_move(Move.DISOWN, state, mover)


def open_recorded(actor: StaffActor, reference: str) -> CaseView:
    """A case that an officer wrote down, for the counter. Raises ``NotFound`` where none did."""
    with db.begin(actor.scope) as session:
        case = find_case(session, reference)
        if case.recorded_by is None:
            raise NotFound
        note_look(session, case.family_id, LOOK, reference)
        return view_case(session, actor.scope, case, reader=None)


def read_draft_paper(actor: StaffActor, public_id: UUID) -> tuple[bytes, str]:
    """The bytes of a paper in a draft of this officer, and their type. Raises ``NotFound``."""
    own = select(CaseDraft.id).where(CaseDraft.recorded_by == actor.staff_id)
    mine = select(CaseFile).where(CaseFile.public_id == public_id, CaseFile.draft_id.in_(own))
    with db.begin(actor.scope) as session:
        file = session.scalar(mine)
        if file is None:
            raise NotFound
        return blobs.get(keys.ring, file.blob), file.media_type


def _member(session: Session, family_id: int, person_id: int) -> RowMapping:
    found = session.execute(_MEMBER, {"family": family_id, "person": person_id}).mappings().one_or_none()
    if found is None:
        raise NotFound
    return found


def _person_id(session: Session, found: Found) -> int:
    wanted = text("SELECT person_id FROM member WHERE family_id = :family AND id = :member")
    person: int = session.execute(wanted, {"family": found.family_id, "member": found.member_id}).scalar_one()
    return person
