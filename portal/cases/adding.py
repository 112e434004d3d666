"""The family adds a paper to a case that is open: one that is missing, or one in place of what cannot be read."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from portal.accounts.actor import FamilyActor
from portal.audit.trail import Event, record
from portal.cases.drafts import is_there, store_pages
from portal.cases.kinds import Kind, Paper
from portal.cases.loading import CaseView, find_case
from portal.cases.models import Case, CaseEvent, CaseFile
from portal.cases.moves import Act, NotPossible, write_step
from portal.cases.papers import PaperPage
from portal.cases.workflow import CLOSED, IS_CLOSED, State
from portal.core.clock import now
from portal.core.errors import NotFound, PortalError
from portal.core.messages import N_
from portal.extensions import db

MOST_PAGES = 30  # of one case, with those of the officer
PAPER_ADDED = "paper_added"
OTHER = Paper("other", N_("Another paper"), why=N_("Only if the officer asked for it."))
_RAISE_VERSION = text("SELECT case_paper_added(:case)")
_ONE_STEP = timedelta(hours=1)  # several papers in a row are one step of the path


class CaseIsFull(PortalError):
    """The case has as many papers as it can carry."""

    status = 422
    message = N_("This submission has 30 pages already. Show other papers to the officer.")


def papers_to_add(view: CaseView) -> list[Paper]:
    """What may be added to this case: the papers of its kind, and any other."""
    return [*(paper for paper in view.kind.papers if not paper.is_voice), OTHER]


def add_to_case(
    actor: FamilyActor, reference: str, label: str, pages: tuple[PaperPage, ...], once: UUID | None = None
) -> None:
    """Add the pages of a paper. Whoever has the case sees that it is new before anything is decided.

    ``once`` is the sender's own key: the same one again adds nothing. Raises ``NotFound``, ``NotPossible``,
    ``CaseIsFull``.
    """
    with db.begin(actor.scope) as session:
        find_case(session, reference)
        case = session.scalar(select(Case).where(Case.reference == reference).with_for_update())
        if case is None:
            raise NotFound
        if once is not None and is_there(session, once):
            return
        if State(case.state) in CLOSED:
            raise NotPossible(IS_CLOSED)
        of_case = (CaseFile.family_id == case.family_id, CaseFile.case_id == case.id)
        there = session.scalar(select(func.count()).select_from(CaseFile).where(*of_case)) or 0
        if there + len(pages) > MOST_PAGES:
            raise CaseIsFull
        store_pages(session, actor, pages, label=label, draft_id=uuid4(), case_id=case.id, once=once)
        session.execute(_RAISE_VERSION, {"case": case.id})
        write_once(session, case, PAPER_ADDED, Act(actor.name, helper=actor.helper))
        record(session, Event.CASE_PAPER_ADDED, family_id=case.family_id, reference=case.reference)


def write_once(session: Session, case: Case, event: str, act: Act) -> None:
    """A step of the path about papers; where it is the newest one already, by the same hand, it stands for both."""
    mine = (CaseEvent.family_id == case.family_id, CaseEvent.case_id == case.id)
    newest = session.scalar(select(CaseEvent).where(*mine).order_by(CaseEvent.id.desc()).limit(1))
    again = (
        newest is not None
        and newest.event == event
        and newest.staff_id == act.staff_id
        and newest.at > now() - _ONE_STEP
    )
    if not again:
        write_step(session, case, event, act)


def paper_named(kind: Kind, label: str) -> Paper | None:
    """The paper of the kind with that key, or the other one."""
    return next((paper for paper in (*kind.papers, OTHER) if paper.key == label and not paper.is_voice), None)
