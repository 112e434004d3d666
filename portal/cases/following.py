"""What a family does with a case it sent: looks at it, answers a question, takes it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from portal.accounts.actor import FamilyActor
from portal.accounts.models import Staff
from portal.cases.drafts import OpenDraft, open_drafts, store_pages
from portal.cases.kinds import Kind
from portal.cases.loading import CaseView, find_case, view_case
from portal.cases.models import Case, CaseFile
from portal.cases.moves import Act, lock_case, make_move
from portal.cases.papers import PaperPage
from portal.cases.reading import note_read
from portal.cases.ways import OF_KIND, kind_of
from portal.cases.workflow import STATES, Move, Mover, Side, State, StateInfo
from portal.core.errors import NotFound
from portal.extensions import blobs, db, keys
from portal.inbox.service import mark_case_read, unread_count

PER_PAGE = 20
ANSWER_PAPER = "answer"  # the label of a paper that came with an answer


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in the family's list."""

    reference: str
    kind: Kind
    state: State
    promised_on: date
    sent_at: datetime
    recorded_by: str | None  # the officer who wrote it down
    helped_by: str | None
    spoken_by: str | None  # the named helper who told it by a mandate
    heading: UUID | None = None  # of the event of life that it belongs to
    event: str | None = None  # that event, by its stored key

    @property
    def info(self) -> StateInfo:
        """What the state means."""
        return STATES[self.state]


@dataclass(frozen=True, slots=True)
class Submissions:
    """The family's page of submissions."""

    drafts: list[OpenDraft]
    cases: list[CaseLine]
    unread: int
    page: int
    last_page: int


def submissions(actor: FamilyActor, page: int = 1) -> Submissions:
    """What the member began and what the family sent: open ones first, then the newest."""
    mine = Case.family_id == actor.family_id
    with db.begin(actor.scope) as session:
        total = session.scalar(select(func.count()).select_from(Case).where(mine)) or 0
        last = max(1, -(-total // PER_PAGE))
        page = min(max(page, 1), last)
        lines = case_lines(session, actor, limit=PER_PAGE, offset=(page - 1) * PER_PAGE)
        return Submissions(open_drafts(session, actor), lines, unread_count(session, actor.person_id), page, last)


def case_lines(session: Session, actor: FamilyActor, *, limit: int, offset: int = 0) -> list[CaseLine]:
    """The family's cases, open ones first, then the newest."""
    recorder, helper = aliased(Staff), aliased(Staff)
    ordered = (
        select(
            Case.reference,
            *OF_KIND,
            Case.state,
            Case.promised_on,
            Case.sent_at,
            recorder.name.label("recorded_by"),
            helper.name.label("helped_by"),
            Case.spoken_by,
            Case.heading,
            Case.event,
        )
        .outerjoin(recorder, recorder.id == Case.recorded_by)
        .outerjoin(helper, helper.id == Case.helped_by)
        .where(Case.family_id == actor.family_id)
        .order_by(Case.closed_at.is_not(None), Case.sent_at.desc(), Case.id.desc())
    )
    found = session.execute(ordered.limit(limit).offset(offset))
    return [
        CaseLine(
            row.reference,
            kind_of(row),
            State(row.state),
            row.promised_on,
            row.sent_at,
            row.recorded_by,
            row.helped_by,
            row.spoken_by,
            row.heading,
            row.event,
        )
        for row in found
    ]


def open_case(actor: FamilyActor, reference: str, *, reads: bool = False) -> CaseView:
    """A case of the family; the messages about it count as read. Raises ``NotFound``.

    ``reads``: the page shows what the officer says, who is told that the family has read it.
    """
    with db.begin(actor.scope) as session:
        case = find_case(session, reference)
        mark_case_read(session, actor.person_id, reference)
        if reads:
            note_read(session, case.family_id, case.id, Side.FAMILY)
        return view_case(session, actor.scope, case, reader=actor.person_id)


def answer(actor: FamilyActor, reference: str, seen: int, words: str, pages: tuple[PaperPage, ...] = ()) -> None:
    """Answer the officer's question, with a paper or without. The promise is at least so many days from now."""
    with db.begin(actor.scope) as session:
        case = lock_case(session, reference, seen)
        if pages:
            store_pages(session, actor, pages, label=ANSWER_PAPER, draft_id=uuid4(), case_id=case.id)
        make_move(session, case, Move.ANSWER, _mover(actor, case), Act(actor.name, words=words, helper=actor.helper))


def resume(actor: FamilyActor, reference: str, seen: int) -> None:
    """Ask the officer to go on without an answer; also wakes a case that rests."""
    with db.begin(actor.scope) as session:
        case = lock_case(session, reference, seen)
        make_move(session, case, Move.RESUME, _mover(actor, case), Act(actor.name, helper=actor.helper))


def withdraw(actor: FamilyActor, reference: str, seen: int) -> None:
    """Take a case back."""
    with db.begin(actor.scope) as session:
        case = lock_case(session, reference, seen)
        make_move(session, case, Move.WITHDRAW, _mover(actor, case), Act(actor.name, helper=actor.helper))


def read_own_paper(actor: FamilyActor, public_id: UUID) -> tuple[bytes, str]:
    """The bytes of a paper that the member may see, and their type. Raises ``NotFound``."""
    with db.begin(actor.scope) as session:
        file = session.scalar(select(CaseFile).where(CaseFile.public_id == public_id))
        if file is None:
            raise NotFound
        return blobs.get(keys.ring, file.blob), file.media_type


def mover_of(actor: FamilyActor, view: CaseView) -> Mover:
    """The member as the table of moves asks about it."""
    mine = view.person_id == actor.person_id and not view.kind.from_office
    return Mover(Side.FAMILY, is_sender=mine, was_recorded=view.recorded_by is not None)


def _mover(actor: FamilyActor, case: Case) -> Mover:
    mine = case.person_id == actor.person_id and not kind_of(case).from_office
    return Mover(Side.FAMILY, is_sender=mine, was_recorded=case.recorded_by is not None)
