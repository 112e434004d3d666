"""What a family does with a planned visit: says that the day is fine, or asks for another one."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actor import FamilyActor
from portal.audit.trail import Event, record
from portal.cases.loading import find_case, path_of
from portal.cases.models import Case
from portal.cases.moves import Act, NotPossible, lock_case, make_move, write_step
from portal.cases.visit_models import StaffPhoto
from portal.cases.visit_records import agree, visits_of
from portal.cases.workflow import CLOSED, NOT_NOW, Move, Mover, Side, State
from portal.core.errors import NotFound
from portal.core.messages import N_
from portal.extensions import blobs, db, keys

OBJECTED = "visit_objected"  # the step of the path
MOST_OBJECTIONS = 5
ENOUGH_SAID = N_("You have said this several times. The officer reads all of it; wait for the answer.")


def agree_visit(actor: FamilyActor, reference: str, visit_id: str) -> None:
    """The day of that visit is fine. Saying so twice says it once; a visit that was set anew raises ``NotPossible``."""
    with db.begin(actor.scope) as session:
        case = lock_case(session, reference, find_case(session, reference).version)
        visits = visits_of(session, case)
        if not visits or str(visits[-1].public_id) != visit_id:
            raise NotPossible(NOT_NOW)
        if visits[-1].agreed_at is not None:
            return
        make_move(session, case, Move.AGREE_VISIT, _mover(actor, case), Act(actor.name, helper=actor.helper))
        agree(session, case)


def ask_other_day(actor: FamilyActor, reference: str, seen: int, words: str) -> None:
    """Another day, in the family's words; the officer sets it anew."""
    with db.begin(actor.scope) as session:
        case = lock_case(session, reference, seen)
        act = Act(actor.name, words=words, helper=actor.helper)
        make_move(session, case, Move.OTHER_DAY, _mover(actor, case), act)


def object_to_visit(actor: FamilyActor, reference: str, words: str) -> None:
    """Say what is not right in what was recorded, until the case is decided; the officers read it on the path.

    It changes no state. The same words once more, as a second tap sends them, are not said twice.
    """
    with db.begin(actor.scope) as session:
        case = lock_case(session, reference, find_case(session, reference).version)
        if State(case.state) in CLOSED or not any(visit.done_at for visit in visits_of(session, case)):
            raise NotPossible(NOT_NOW)
        said = [step.words for step in path_of(session, case) if step.event == OBJECTED]
        if words in said:
            return
        if len(said) >= MOST_OBJECTIONS:
            raise NotPossible(ENOUGH_SAID)
        write_step(session, case, OBJECTED, Act(actor.name, words=words, helper=actor.helper))
        record(session, Event.CASE_MOVED, family_id=case.family_id, reference=reference, move=OBJECTED)


def visitor_photo(actor: FamilyActor, reference: str) -> tuple[bytes, str]:
    """The photo of the officer who comes, while the visit is to come. Raises ``NotFound``."""
    with db.begin(actor.scope) as session:
        photo = _photo(session, find_case(session, reference))
        return blobs.get(keys.ring, photo.blob), photo.media_type


def _photo(session: Session, case: Case) -> StaffPhoto:
    visits = visits_of(session, case)
    if not visits:
        raise NotFound
    photo = session.scalar(select(StaffPhoto).where(StaffPhoto.staff_id == visits[-1].staff_id))
    if photo is None:
        raise NotFound
    return photo


def _mover(actor: FamilyActor, case: Case) -> Mover:
    return Mover(Side.FAMILY, is_sender=case.person_id == actor.person_id, was_recorded=case.recorded_by is not None)
