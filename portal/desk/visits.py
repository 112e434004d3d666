"""What an officer does at a visit: types, adds photos, finishes. Each function is one transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from portal.accounts.actor import StaffActor
from portal.audit.looks import note_look
from portal.audit.trail import Event, record
from portal.cases.answers import Answers
from portal.cases.loading import CaseView, PaperView, find_case, paper_view, view_case
from portal.cases.models import Case, CaseFile
from portal.cases.moves import Act, NotPossible, make_move
from portal.cases.papers import PaperPage
from portal.cases.visit_lines import Asked, asked_lines
from portal.cases.visit_models import Visit
from portal.cases.visit_records import (
    PHOTO,
    Found,
    Result,
    VisitView,
    draft_of,
    newest_visit,
    plan_visit,
    seal_draft,
    seal_place,
    seal_result,
    visits_of,
)
from portal.cases.workflow import CLOSED, NOT_HOLDER, NOT_NOW, Move, Mover, State, moves_of
from portal.core.clock import now
from portal.core.errors import Conflict, NotFound
from portal.core.messages import N_
from portal.desk.service import held
from portal.extensions import blobs, db, keys

MAX_PHOTOS = 20


class AlreadyRecorded(Conflict):
    """The visit was recorded with other content; the first one stays."""

    message = N_("This visit was recorded before, with other answers. The first ones stay; they stand below.")


class TooManyPhotos(Conflict):
    """More photos than a visit keeps."""

    message = N_("A visit keeps at most 20 photos. Remove one that is not needed.")


@dataclass(frozen=True, slots=True)
class OpenVisit:
    """A visit that is being recorded."""

    case: CaseView
    visit: VisitView
    typed: Answers
    photos: list[PaperView]

    def asked(self, *, whole: bool) -> list[Asked]:
        """The lines of the form."""
        return asked_lines(self.case.kind, self.case.answers, self.case.world, whole=whole)


def open_visit(actor: StaffActor, reference: str) -> OpenVisit:
    """The form of a visit that was planned. Raises ``NotPossible`` for everybody but the officer who has the case."""
    with db.begin(actor.scope) as session:
        case, mover = _held(session, actor, reference)
        if Move.VISIT not in moves_of(State(case.state), mover):
            raise NotPossible(NOT_NOW if mover.is_holder else NOT_HOLDER)
        visit = newest_visit(session, case)
        if visit is None or visit.done_at is not None:  # planned before there were visits with a code
            if case.visit_on is None or case.visit_part is None:
                raise NotPossible(NOT_NOW)
            plan_visit(session, case, actor.staff_id, case.visit_on, case.visit_part)
        note_look(session, case.family_id, "case", reference)
        return _opened(session, actor, case)


def sent_visit(actor: StaffActor, reference: str) -> OpenVisit:
    """The same for a form that came back, also where the visit was recorded meanwhile."""
    with db.begin(actor.scope) as session:
        return _opened(session, actor, find_case(session, reference))


def _opened(session: Session, actor: StaffActor, case: Case) -> OpenVisit:
    visit = _newest(session, case)
    view = view_case(session, actor.scope, case, reader=None)
    planned = view.visit
    if planned is None:
        raise NotFound
    return OpenVisit(view, planned, draft_of(visit), _photos(session, visit))


def save_typed(actor: StaffActor, reference: str, visit_id: str, typed: Answers) -> None:
    """Keep what was typed so far."""
    with db.begin(actor.scope) as session:
        _case, _mover, visit = _unfinished(session, actor, reference, visit_id)
        visit.draft_sealed = seal_draft(typed)


def finish(
    actor: StaffActor,
    reference: str,
    visit_id: str,
    typed: Answers,
    result: Result,
    *,
    place: dict[str, str] | None,
    paper_on: date | None,
) -> None:
    """Record the visit. The same content again changes nothing; other content raises ``AlreadyRecorded``."""
    content = keys.ring.fingerprint(json.dumps([visit_id, typed], sort_keys=True).encode())
    with db.begin(actor.scope) as session:
        case, mover = _held(session, actor, reference)
        visit = _named(session, case, visit_id)
        if visit.done_at is not None:
            if visit.result_hash != content:
                raise AlreadyRecorded
            return
        if visit.id != _newest(session, case).id:
            raise NotPossible(NOT_NOW)
        make_move(session, case, Move.VISIT, mover, Act(actor.name, actor.staff_id))
        visit.draft_sealed, visit.result_sealed, visit.result_hash = None, seal_result(result), content
        visit.place_sealed, visit.paper_on = seal_place(place), paper_on
        visit.done_at, visit.done_by = now(), actor.staff_id
        record(session, Event.VISIT_RECORDED, family_id=case.family_id, reference=reference, place=place is not None)


def add_photos(actor: StaffActor, reference: str, visit_id: str, pages: tuple[PaperPage, ...]) -> None:
    """Put photos into the case; they are on the disk before the rows that name them are committed."""
    with db.begin(actor.scope) as session:
        case, _mover, visit = _unfinished(session, actor, reference, visit_id)
        there = session.scalar(select(func.count()).select_from(CaseFile).where(_of(visit))) or 0
        if there + len(pages) > MAX_PHOTOS:
            raise TooManyPhotos
        for number, page in enumerate(pages, start=1):
            session.add(
                CaseFile(
                    family_id=case.family_id,
                    draft_id=visit.public_id,
                    case_id=case.id,
                    person_id=case.person_id,
                    label=PHOTO,
                    blob=blobs.put(keys.ring, page.content),
                    media_type=page.media_type,
                    size=len(page.content),
                    page=number,
                )
            )
        session.flush()


def drop_photo(actor: StaffActor, reference: str, visit_id: str, public_id: UUID) -> None:
    """Take a photo away before the visit is recorded; its bytes go once the row is gone."""
    with db.begin(actor.scope) as session:
        _case, _mover, visit = _unfinished(session, actor, reference, visit_id)
        gone = delete(CaseFile).where(_of(visit), CaseFile.public_id == public_id).returning(CaseFile.blob)
        names = list(session.scalars(gone))
    blobs.remove(names)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a visit found, and the lines on which it differs from family or record, which the officer may weigh."""

    case: CaseView
    visit: VisitView
    weighed: Sequence[Found]
    may_weigh: bool


def recorded(actor: StaffActor, reference: str) -> Recorded:
    """What was recorded. Raises ``NotFound`` where nothing was."""
    with db.begin(actor.scope) as session:
        case = find_case(session, reference)
        note_look(session, case.family_id, "case", reference)
        view = view_case(session, actor.scope, case, reader=None)
        visit = view.visited
        if visit is None or visit.result is None:
            raise NotFound
        mine = case.assigned_to == actor.staff_id and case.recorded_by != actor.staff_id
        return Recorded(view, visit, weighed_of(view, visit), mine and State(case.state) not in CLOSED)


def weighed_of(view: CaseView, visit: VisitView) -> Sequence[Found]:
    """The lines of which it must be said whose value counts."""
    lines = visit.result.lines if visit.result else ()
    kind = view.kind
    return [
        one
        for one in lines
        if one.states and (one.differs_from_said(kind) or (one.said is None and one.differs_from_record(kind)))
    ]


def weigh(actor: StaffActor, reference: str, counts: Mapping[str, str]) -> None:
    """Keep whose value counts, line by line, until the case is decided."""
    with db.begin(actor.scope) as session:
        case, mover = _held(session, actor, reference)
        if not mover.is_holder:
            raise NotPossible(NOT_HOLDER)
        if State(case.state) in CLOSED:
            raise NotPossible(NOT_NOW)
        done = [visit for visit in visits_of(session, case) if visit.done_at is not None]
        if not done:
            raise NotFound
        visit = _named(session, case, str(done[-1].public_id))
        visit.counts = dict(counts)
        record(session, Event.VISIT_WEIGHED, family_id=case.family_id, reference=reference, lines=sorted(counts))


def _held(session: Session, actor: StaffActor, reference: str) -> tuple[Case, Mover]:
    """The case in whatever version it is: a visit does not fail because the family said «fine» meanwhile."""
    return held(session, actor, reference, find_case(session, reference).version)


def _unfinished(session: Session, actor: StaffActor, reference: str, visit_id: str) -> tuple[Case, Mover, Visit]:
    """The visit, which this officer may still change."""
    case, mover = _held(session, actor, reference)
    if Move.VISIT not in moves_of(State(case.state), mover):
        raise NotPossible(NOT_NOW if mover.is_holder else NOT_HOLDER)
    visit = _named(session, case, visit_id)
    if visit.done_at is not None or visit.id != _newest(session, case).id:
        raise NotPossible(NOT_NOW)
    return case, mover, visit


def _newest(session: Session, case: Case) -> Visit:
    visit = newest_visit(session, case)
    if visit is None:
        raise NotFound
    return visit


def _named(session: Session, case: Case, visit_id: str) -> Visit:
    try:
        named = UUID(visit_id)
    except ValueError:
        raise NotFound from None
    mine = (Visit.family_id == case.family_id, Visit.case_id == case.id, Visit.public_id == named)
    visit = session.scalar(select(Visit).where(*mine))
    if visit is None:
        raise NotFound
    return visit


def _of(visit: Visit) -> ColumnElement[bool]:
    return (CaseFile.family_id == visit.family_id) & (CaseFile.draft_id == visit.public_id) & (CaseFile.label == PHOTO)


def _photos(session: Session, visit: Visit) -> list[PaperView]:
    return [paper_view(file) for file in session.scalars(select(CaseFile).where(_of(visit)).order_by(CaseFile.id))]
