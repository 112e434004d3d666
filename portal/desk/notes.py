"""Notes of officers on a case: steps of its path that change nothing.

The family reads them, unless the officer says that a note would show who reported: that one is marked, and the
database keeps it from the family, from the counter and from officers who are its relatives.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actor import StaffActor
from portal.accounts.models import StaffKinship
from portal.audit.trail import Event, record
from portal.cases.loading import find_case, seal_words
from portal.cases.loading import path_event as opened_step
from portal.cases.models import Case, CaseEvent
from portal.cases.moves import Act, tell_sender
from portal.cases.workflow import OWN_FAMILY, OWN_RECORDING
from portal.core.errors import Forbidden
from portal.core.names import written_name
from portal.extensions import db

NOTE = "note"
REPORTER = "reporter"  # whom a hidden note protects; nothing else hides one


def may_note(actor: StaffActor, reference: str) -> None:
    """Raises ``NotFound``, or ``Forbidden`` for a relative or who wrote the case down."""
    with db.begin(actor.scope) as session:
        _open(session, actor, reference)


def add_note(actor: StaffActor, reference: str, words: str, *, hidden: bool) -> None:
    """Write a note. The same words once more, as a second tap sends them, are not a second note."""
    with db.begin(actor.scope) as session:
        case = _open(session, actor, reference)
        session.execute(select(Case.id).where(Case.reference == reference).with_for_update())
        if _is_there(session, actor, case, words):
            return
        session.add(
            CaseEvent(
                family_id=case.family_id,
                case_id=case.id,
                event=NOTE,
                actor_kind="staff",
                actor_name=written_name(actor.name),
                staff_id=actor.staff_id,
                state=case.state,
                words_sealed=seal_words(words),
                hidden_for=REPORTER if hidden else None,
                data={"hidden": True} if hidden else {},
            )
        )
        session.flush()
        if not hidden:
            tell_sender(session, case, "case_noted", Act(actor.name, actor.staff_id))
        record(session, Event.CASE_NOTED, family_id=case.family_id, reference=reference, hidden=hidden)


def _open(session: Session, actor: StaffActor, reference: str) -> Case:
    case = find_case(session, reference)
    kin = select(StaffKinship.family_id).where(
        StaffKinship.staff_id == actor.staff_id, StaffKinship.family_id == case.family_id
    )
    if session.scalar(kin) is not None:
        raise Forbidden(OWN_FAMILY)
    if case.recorded_by == actor.staff_id:
        raise Forbidden(OWN_RECORDING)
    return case


def _is_there(session: Session, actor: StaffActor, case: Case, words: str) -> bool:
    """Whether the newest step is this note."""
    newest = (
        select(CaseEvent)
        .where(CaseEvent.family_id == case.family_id, CaseEvent.case_id == case.id)
        .order_by(CaseEvent.id.desc())
        .limit(1)
    )
    step = session.scalar(newest)
    if step is None or step.event != NOTE or step.staff_id != actor.staff_id:
        return False
    return opened_step(step).words == words
