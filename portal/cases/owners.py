"""What another office owns comes first: the tasks of a case, and the family that ticks off what it has done there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actor import FamilyActor
from portal.audit.trail import Event, record
from portal.cases.drafts import Draft
from portal.cases.kinds.base import Elsewhere
from portal.cases.loading import CaseView, find_case, load_world, open_answers
from portal.cases.models import Case, CaseEvent
from portal.cases.moves import Act, NotPossible, lock_case, write_step
from portal.cases.ways import kind_of
from portal.cases.workflow import IS_CLOSED, OPEN
from portal.core.errors import NotFound
from portal.core.wording import Message
from portal.extensions import db

TASK_DONE = "task_done"
_NEWEST = 30  # open cases that are looked at for the same field


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do at another office, and when the family did it."""

    what: Elsewhere
    done_on: date | None
    done_by: str | None


@dataclass(frozen=True, slots=True)
class Overlap:
    """Another open case of the family that asks to change the same field."""

    reference: str
    title: Message


def tasks_of(view: CaseView) -> list[Task]:
    """What the case needs from other offices."""
    done = {event.data.get("task"): event for event in view.events if event.event == TASK_DONE}
    return [
        Task(task, date.fromisoformat(done[task.key].data["on"]), done[task.key].actor_name)
        if task.key in done
        else Task(task, None, None)
        for task in view.kind.elsewhere(view.answers, view.world)
    ]


def may_finish(view: CaseView) -> bool:
    """Whether the family can still tick a task off."""
    return view.state in OPEN


def finish_task(actor: FamilyActor, reference: str, seen: int, key: str, day: date) -> None:
    """Write down that the family has done it elsewhere, on this day. Twice is once. The database raises the version, so
    that no officer decides without having seen it.

    Raises ``NotFound`` for a task that is not of this case, ``NotPossible`` on a closed case, ``StaleCase``.
    """
    with db.begin(actor.scope) as session:
        case = find_case(session, reference)
        task = _task(session, actor, case, key)
        if _is_done(session, case, key):
            return
        case = lock_case(session, reference, seen)
        if case.state not in OPEN:
            raise NotPossible(IS_CLOSED)
        data = {"task": key, "what": task.what, "on": day.isoformat()}
        write_step(session, case, TASK_DONE, Act(actor.name, data=data, helper=actor.helper))
        record(session, Event.CASE_MOVED, family_id=case.family_id, reference=case.reference, move=TASK_DONE)


def overlaps(actor: FamilyActor, draft: Draft) -> list[Overlap]:
    """The open cases of the family, as far as the member sees them, that touch a field of the draft."""
    mine = draft.kind.touches(draft.answers, draft.world)
    if not mine:
        return []
    asked = (
        select(Case)
        .where(Case.family_id == actor.family_id, Case.state.in_([state.value for state in OPEN]))
        .order_by(Case.sent_at.desc())
        .limit(_NEWEST)
    )
    with db.begin(actor.scope) as session:
        return [
            Overlap(case.reference, Message(kind_of(case).title))
            for case in session.scalars(asked)
            if mine & kind_of(case).touches(open_answers(case), draft.world)
        ]


def _task(session: Session, actor: FamilyActor, case: Case, key: str) -> Elsewhere:
    kind, answers = kind_of(case), open_answers(case)
    world = load_world(session, actor.scope, case.family_id, reader=actor.person_id, sender=case.person_id)
    found = next((task for task in kind.elsewhere(answers, world) if task.key == key), None)
    if found is None:
        raise NotFound
    return found


def _is_done(session: Session, case: Case, key: str) -> bool:
    steps = select(CaseEvent.data).where(
        CaseEvent.family_id == case.family_id, CaseEvent.case_id == case.id, CaseEvent.event == TASK_DONE
    )
    return any(data.get("task") == key for data in session.scalars(steps))
