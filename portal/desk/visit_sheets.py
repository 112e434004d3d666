"""What an officer takes along or copies: the visits of a day, the form on paper, the values for SIKS-NG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actor import StaffActor
from portal.accounts.leaves import stood_in_for
from portal.audit.looks import note_look
from portal.cases.kinds import Kind
from portal.cases.loading import CaseView, find_case, view_case
from portal.cases.models import Case
from portal.cases.moves import NotPossible
from portal.cases.visit_lines import Asked, asked_lines, in_form_order
from portal.cases.visit_records import BY_FAMILY, BY_VISIT, visits_of
from portal.cases.ways import kind_of
from portal.cases.workflow import NOT_HOLDER, OWN_FAMILY, State
from portal.core.errors import Forbidden
from portal.core.names import written_name
from portal.desk.service import is_kin
from portal.extensions import db, keys
from portal.registry.models import Area, Family, Member

_MOST = 60  # visits of one officer in one day, and of those that were not recorded


@dataclass(frozen=True, slots=True)
class VisitLine:
    """One visit of the day's list."""

    reference: str
    kind: Kind
    family: str
    village: str
    address: str | None
    rt: str | None
    rw: str | None
    day: date
    part: str
    code: str | None
    agreed: bool


def visits_on(actor: StaffActor, day: date) -> tuple[list[VisitLine], list[VisitLine]]:
    """The visits of that day in village order, and earlier ones that nobody recorded."""
    head = (
        select(Member.name)
        .where(Member.family_id == Case.family_id, Member.until.is_(None))
        .order_by(Member.relation, Member.id)
        .limit(1)
        .scalar_subquery()
    )
    with db.begin(actor.scope) as session:
        mine = {actor.staff_id, *stood_in_for(session, actor.staff_id)}
        found = (
            select(Case, Family.address_sealed, Family.rt, Family.rw, Area.name, head)
            .join(Family, Family.id == Case.family_id)
            .join(Area, Area.id == Case.village_id)
            .where(Case.assigned_to.in_(mine), Case.state == State.VISIT_SET.value, Case.visit_on <= day)
            .order_by(Case.visit_on.desc(), Area.name, Case.visit_part.desc(), Family.rw, Family.rt, head, Case.id)
            .limit(_MOST)
        )
        lines = [_line(session, *row) for row in session.execute(found)]
    return [one for one in lines if one.day == day], [one for one in lines if one.day < day]


def _line(
    session: Session, case: Case, address: bytes | None, rt: str | None, rw: str | None, village: str, head: str | None
) -> VisitLine:
    note_look(session, case.family_id, "case", case.reference)
    visits = visits_of(session, case)
    visit = visits[-1] if visits else None
    return VisitLine(
        reference=case.reference,
        kind=kind_of(case),
        family=written_name(head) if head else "",
        village=village,
        address=keys.ring.unseal("address", address) if address else None,
        rt=rt,
        rw=rw,
        day=case.visit_on or date.min,
        part=case.visit_part or "morning",
        code=visit.code if visit else None,
        agreed=visit is not None and visit.agreed_at is not None,
    )


@dataclass(frozen=True, slots=True)
class Sheet:
    """The form on paper."""

    case: CaseView
    asked: Sequence[Asked]


def paper_form(actor: StaffActor, reference: str, *, whole: bool) -> Sheet:
    """The lines of the form, to be printed."""
    view = _own_case(actor, reference)
    return Sheet(view, asked_lines(view.kind, view.answers, view.world, whole=whole))


@dataclass(frozen=True, slots=True)
class Copied:
    """One value for SIKS-NG: the number in its form, the line, and where the value is from."""

    number: str
    asked: Asked
    value: object
    by_visit: bool


def copy_lines(actor: StaffActor, reference: str) -> tuple[CaseView, list[Copied]]:
    """The whole form in the order of the centre: visit or family, as was chosen, else the record."""
    view = _own_case(actor, reference)
    visit = view.visited
    result = visit.result if visit else None
    lines = result.lines if visit and result else ()
    choice = {one.name: visit.choice_of(one) if one.states else BY_VISIT for one in lines} if visit else {}
    found = {one.name: one.found for one in lines if choice[one.name] == BY_VISIT}
    said = {one.name: one.said for one in lines if choice[one.name] == BY_FAMILY}
    return view, [
        Copied(number, one, (said | found).get(one.name, one.recorded), one.name in found)
        for number, one in in_form_order(view.world)
    ]


def _own_case(actor: StaffActor, reference: str) -> CaseView:
    """The case, for the officer who has it. Raises ``NotPossible`` or ``Forbidden`` for the others."""
    with db.begin(actor.scope) as session:
        case = find_case(session, reference)
        if is_kin(session, actor, case):
            raise Forbidden(OWN_FAMILY)
        if case.assigned_to not in {actor.staff_id, *stood_in_for(session, actor.staff_id)}:
            raise NotPossible(NOT_HOLDER)
        note_look(session, case.family_id, "case", reference)
        return view_case(session, actor.scope, case, reader=None)
