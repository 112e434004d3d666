"""What a family does with a planned visit: says that the day is fine, or asks for another one."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actor import FamilyActor
from portal.cases.loading import find_case
from portal.cases.models import Case
from portal.cases.moves import Act, NotPossible, lock_case, make_move
from portal.cases.visit_models import StaffPhoto
from portal.cases.visit_records import agree, visits_of
from portal.cases.workflow import NOT_NOW, Move, Mover, Side
from portal.core.errors import NotFound
from portal.extensions import blobs, db, keys


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
