"""An officer says of each paper of a case whether it can be read and whether it will do."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import and_, func, select, update
from sqlalchemy.orm import Session

from portal.accounts.actor import StaffActor
from portal.accounts.leaves import stood_in_for
from portal.audit.trail import Event, record
from portal.cases.adding import PAPER_ADDED, write_once
from portal.cases.models import Case, CaseEvent, CaseFile
from portal.cases.moves import Act, NotPossible, tell_sender
from portal.cases.paper_states import ADVICE, PaperState
from portal.cases.workflow import CLOSED, IS_CLOSED, NOT_HOLDER, OWN_FAMILY, OWN_RECORDING, State
from portal.core.errors import Forbidden, NotFound
from portal.desk.service import DeskCase, is_kin
from portal.extensions import db

_UNREADABLE = "paper_unreadable"
#: The steps of the path that these moves write. They leave the version of the case as it is.
LOOKED = frozenset(f"paper_{state.value}" for state in PaperState if state is not PaperState.RECEIVED)
#: What an officer chooses, by its word in the form: the state, and why where it cannot be read.
VERDICTS: dict[str, tuple[PaperState, str | None]] = {
    PaperState.READABLE.value: (PaperState.READABLE, None),
    PaperState.ACCEPTED.value: (PaperState.ACCEPTED, None),
    **{advice: (PaperState.UNREADABLE, advice) for advice in ADVICE},
}


def may_mark(actor: StaffActor, opened: DeskCase) -> bool:
    """Whether the officer has the case, or stands in for who has it, and it is open."""
    view = opened.view
    if opened.is_kin or opened.is_recorder or view.state in CLOSED or view.officer is None:
        return False
    with db.begin(actor.scope) as session:
        return view.officer.id in {actor.staff_id, *stood_in_for(session, actor.staff_id)}


def mark_paper(actor: StaffActor, public_id: UUID, verdict: str) -> str:
    """Set the state of a paper, and give the reference of its case. The family is told when one cannot be read: once,
    until it has sent another. Raises ``NotFound``, ``NotPossible``, ``Forbidden``."""
    with db.begin(actor.scope) as session:
        file, case = _find(session, public_id)
        _check(session, actor, case)
        state, advice = VERDICTS[verdict]
        if (file.state, file.advice) == (state.value, advice):
            return case.reference
        marked = session.execute(
            update(CaseFile)
            .where(CaseFile.family_id == file.family_id, CaseFile.id == file.id)
            .values(state=state.value, advice=advice, looked_at=func.now())
            .returning(CaseFile.id)
        )
        if marked.one_or_none() is None:
            raise NotPossible(NOT_HOLDER)
        act = Act(actor.name, actor.staff_id)
        if state is PaperState.UNREADABLE and not _was_told(session, case):
            tell_sender(session, case, "case_paper_unreadable", act)
        write_once(session, case, f"paper_{state.value}", act)
        record(session, Event.CASE_PAPER_LOOKED, family_id=case.family_id, reference=case.reference, state=state.value)
        return case.reference


def reference_of(actor: StaffActor, public_id: UUID) -> str:
    """The reference of the case of a paper. Raises ``NotFound``."""
    with db.begin(actor.scope) as session:
        return _find(session, public_id)[1].reference


def _find(session: Session, public_id: UUID) -> tuple[CaseFile, Case]:
    of_case = and_(Case.family_id == CaseFile.family_id, Case.id == CaseFile.case_id)
    found = session.execute(select(CaseFile, Case).join(Case, of_case).where(CaseFile.public_id == public_id))
    row = found.one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def _check(session: Session, actor: StaffActor, case: Case) -> None:
    """The database holds to the same. Raises ``NotPossible`` or ``Forbidden`` with the reason."""
    if State(case.state) in CLOSED:
        raise NotPossible(IS_CLOSED)
    if case.recorded_by == actor.staff_id:
        raise Forbidden(OWN_RECORDING)
    if is_kin(session, actor, case):
        raise Forbidden(OWN_FAMILY)
    if case.assigned_to not in {actor.staff_id, *stood_in_for(session, actor.staff_id)}:
        raise NotPossible(NOT_HOLDER)


def _was_told(session: Session, case: Case) -> bool:
    """Whether the family heard of an unreadable paper and has sent none since."""
    of_papers = select(CaseEvent.event).where(
        CaseEvent.family_id == case.family_id,
        CaseEvent.case_id == case.id,
        CaseEvent.event.in_((_UNREADABLE, PAPER_ADDED)),
    )
    return session.scalar(of_papers.order_by(CaseEvent.id.desc()).limit(1)) == _UNREADABLE
