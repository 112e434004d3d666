"""A case in the making: sealed on the server, step by step, open to nobody but whoever began it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Select, delete, func, select, text
from sqlalchemy.orm import Session

from portal.cases.answers import Answers
from portal.cases.kinds import KINDS, Kind, World
from portal.cases.loading import PaperView, load_world, paper_view
from portal.cases.models import CaseDraft, CaseFile
from portal.cases.papers import PaperPage
from portal.cases.writing import Writer, mandate_id, recorder_id
from portal.core.errors import Forbidden, NotFound, PortalError
from portal.core.messages import N_
from portal.extensions import blobs, db, keys

_PURPOSE = "case_draft.answers"
MAX_PAPERS = 12
_ALONE = text("SELECT draft_alone(:draft)")
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))")


class TooManyPapers(PortalError):
    """The case has as many papers as it can carry."""

    status = 422
    message = N_("There are 12 pages already. Remove one before you add another.")


class NotAlone(Forbidden):
    """What is sealed for two officers is begun and sent without an officer beside the member."""

    message = N_("Send this when no officer sits beside you. Your answers are kept for you alone.")


@dataclass(frozen=True, slots=True)
class Together:
    """What joins the cases of one event of life: their heading, and the event by its stored key."""

    heading: UUID
    event: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What a draft holds, sealed: the answers, the pages that were answered, and the event that it belongs to."""

    answers: Answers
    done: tuple[str, ...] = ()
    together: Together | None = None

    def sealed(self) -> bytes:
        """As it is stored."""
        event = {"heading": str(self.together.heading), "event": self.together.event} if self.together else None
        return keys.ring.seal(_PURPOSE, json.dumps({"answers": self.answers, "done": self.done, "together": event}))


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as a page shows it. ``seen`` stands for its content: sending names what was seen."""

    id: UUID
    kind: Kind
    answers: Answers
    done: tuple[str, ...]  # pages that were answered
    papers: list[PaperView]
    world: World
    seen: str
    place: str | None = None  # where an officer writes down what is said: counter, visit
    together: Together | None = None  # with the others of one event of life
    alone: bool = False  # the member's: who sits beside does not find it any more

    @property
    def pages(self) -> list[str]:
        """The keys of the pages before «check your answers»."""
        return self.kind.pages_for(self.answers, recorded=self.place is not None)

    def first_open_step(self) -> str | None:
        """The first page that is not answered yet, or None."""
        return next((page for page in self.pages if page not in self.done), None)

    def papers_of(self, label: str) -> list[PaperView]:
        """The pages that were added as this paper."""
        return [paper for paper in self.papers if paper.label == label]


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A draft in the list of what is not sent yet."""

    id: UUID
    kind: Kind
    updated_at: datetime
    together: Together | None = None


def begin_draft(actor: Writer, kind: Kind, hints: Mapping[str, str], place: str | None = None) -> UUID:
    """Begin a case of this kind, or go on with the one begun before. ``hints`` come from the page that led here.

    ``place`` says where an officer writes down what the member says.
    """
    with db.begin(actor.scope) as session:
        return _begin(session, actor, kind, Kept(kind.begin(hints)), place)


def begin_together(actor: Writer, drafts: Mapping[Kind, Kept], place: str | None = None) -> None:
    """Begin the cases of one event of life, with what was told of it; a case begun before takes it over."""
    with db.begin(actor.scope) as session:
        for kind, kept in drafts.items():
            _begin(session, actor, kind, kept, place)


def _begin(session: Session, actor: Writer, kind: Kind, known: Kept, place: str | None) -> UUID:
    session.execute(_LOCK, {"what": f"draft/{actor.person_id}/{kind.key}/{recorder_id(actor)}"})
    draft = session.scalar(_mine(actor).where(CaseDraft.kind == kind.key).limit(1))
    if actor.helper is not None and kind.is_alone(known.answers):
        raise NotAlone
    if draft is None:
        draft = CaseDraft(
            id=uuid4(),
            family_id=actor.family_id,
            person_id=actor.person_id,
            kind=kind.key,
            answers_sealed=known.sealed(),
            alone=kind.is_alone(known.answers),
            recorded_by=recorder_id(actor),
            recorded_at_place=place,
            mandate_id=mandate_id(actor),
            spoken_by=actor.speaker.name if actor.speaker else None,
        )
        session.add(draft)
    elif known.answers:
        before = _open(draft)
        answers = before.answers | known.answers
        done = before.done if answers == before.answers else known.done
        draft.answers_sealed = Kept(answers, done, known.together or before.together).sealed()
        draft.alone = kind.is_alone(answers)
        draft.updated_at = func.now()
    session.flush()
    return draft.id


def begun_draft(actor: Writer, kind: Kind) -> Draft | None:
    """The draft of this kind that the member has begun, or None."""
    with db.begin(actor.scope) as session:
        draft = session.scalar(_mine(actor).where(CaseDraft.kind == kind.key).limit(1))
        return view_draft(session, actor, draft) if draft is not None else None


def open_drafts(session: Session, actor: Writer) -> list[OpenDraft]:
    """What the member began and did not send."""
    return [
        OpenDraft(draft.id, KINDS[draft.kind], draft.updated_at, _open(draft).together)
        for draft in session.scalars(_mine(actor))
    ]


def load_draft(actor: Writer, draft_id: UUID) -> Draft:
    """The draft, opened. Raises ``NotFound``, also where it is somebody else's."""
    with db.begin(actor.scope) as session:
        return view_draft(session, actor, _find(session, draft_id))


def open_world(actor: Writer) -> World:
    """The record of the member's family, for questions that come before a draft."""
    with db.begin(actor.scope) as session:
        return load_world(session, actor.scope, actor.family_id, reader=_reader(actor), sender=actor.person_id)


def view_draft(session: Session, actor: Writer, draft: CaseDraft) -> Draft:
    """The draft with its papers and the record beside it."""
    kind = KINDS[draft.kind]
    kept = _open(draft)
    answers = kept.answers
    files = list(session.scalars(select(CaseFile).where(papers_in(draft)).order_by(CaseFile.id)))
    villages = kind.areas_in(answers)
    world = load_world(
        session, actor.scope, actor.family_id, reader=_reader(actor), sender=draft.person_id, villages=villages
    )
    papers = [paper_view(file) for file in files]
    seen = content_hash(kind, answers, papers).hex()
    return Draft(draft.id, kind, answers, kept.done, papers, world, seen, draft.recorded_at_place, kept.together)


def content_hash(kind: Kind, answers: Answers, papers: list[PaperView]) -> bytes:
    """Keyed hash of everything that a case would hold: two sendings of the same draft can be compared."""
    content = [kind.key, answers, sorted(str(paper.public_id) for paper in papers)]
    return keys.ring.fingerprint(json.dumps(content, sort_keys=True).encode())


def save_step(actor: Writer, draft_id: UUID, step: str, answers: Answers) -> Draft:
    """Keep the answers of one step. What they make the member's alone is out of sight of a helper from then on."""
    with db.begin(actor.scope) as session:
        draft = lock_draft(session, draft_id)
        kept = _open(draft)
        done = (*(name for name in kept.done if name != step), step)
        known = kept.answers | answers
        draft.answers_sealed = Kept(known, done, kept.together).sealed()
        draft.updated_at = func.now()
        alone = KINDS[draft.kind].is_alone(known)
        if actor.helper is None:
            draft.alone = alone
        session.flush()
        view = replace(view_draft(session, actor, draft), alone=alone)
        if actor.helper is not None and alone:
            session.execute(_ALONE, {"draft": draft_id})
        return view


def add_paper(
    actor: Writer, draft_id: UUID, label: str, pages: tuple[PaperPage, ...], once: UUID | None = None
) -> None:
    """Add the pages of a paper. They are on the disk before the rows that name them are committed.

    ``once`` is the sender's own key: the same one again, where an answer was lost on its way, adds nothing.
    """
    with db.begin(actor.scope) as session:
        draft = lock_draft(session, draft_id)
        if once is not None and is_there(session, once):
            return
        make_room(session, draft, label, len(pages))
        store_pages(session, actor, pages, label=label, draft_id=draft.id, once=once)
        draft.updated_at = func.now()


def make_room(session: Session, draft: CaseDraft, label: str, more: int) -> None:
    """Raises ``NotFound`` where the kind has no such paper, ``TooManyPapers`` where that many do not fit."""
    if label not in {paper.key for paper in KINDS[draft.kind].papers}:
        raise NotFound
    there = session.scalar(select(func.count()).select_from(CaseFile).where(papers_in(draft))) or 0
    if there + more > MAX_PAPERS:
        raise TooManyPapers


def is_there(session: Session, once: UUID) -> bool:
    """Whether a file with this key was stored before."""
    return session.scalar(select(CaseFile.id).where(CaseFile.public_id == once)) is not None


def store_pages(
    session: Session,
    actor: Writer,
    pages: tuple[PaperPage, ...],
    *,
    label: str,
    draft_id: UUID,
    case_id: int | None = None,
    once: UUID | None = None,
) -> None:
    """Seal the pages onto the disk and name them in rows; ``once`` names the first of them."""
    for number, page in enumerate(pages, start=1):
        session.add(
            CaseFile(
                public_id=once if once is not None and number == 1 else uuid4(),
                family_id=actor.family_id,
                draft_id=draft_id,
                case_id=case_id,
                person_id=actor.person_id,
                label=label,
                blob=blobs.put(keys.ring, page.content),
                media_type=page.media_type,
                size=len(page.content),
                page=number,
            )
        )
    session.flush()


def remove_paper(actor: Writer, draft_id: UUID, public_id: UUID) -> None:
    """Take a page out of a draft; its bytes go once the row is gone."""
    with db.begin(actor.scope) as session:
        draft = lock_draft(session, draft_id)
        names = _take_out(session, CaseFile.public_id == public_id, papers_in(draft))
        draft.updated_at = func.now()
    blobs.remove(names)


def discard(actor: Writer, draft_id: UUID) -> None:
    """Throw a draft and its papers away."""
    with db.begin(actor.scope) as session:
        draft = lock_draft(session, draft_id)
        names = _take_out(session, papers_in(draft))
        session.delete(draft)
    blobs.remove(names)


def _take_out(session: Session, *which: ColumnElement[bool]) -> list[str]:
    """Remove rows of papers; give the blobs that nothing else can name: not those of an earlier case."""
    gone = session.execute(delete(CaseFile).where(*which).returning(CaseFile.blob, CaseFile.first_sent_at))
    return [blob for blob, first_sent_at in gone if first_sent_at is None]


def lock_draft(session: Session, draft_id: UUID) -> CaseDraft:
    """The draft, held until the end of the transaction. Raises ``NotFound``."""
    draft = session.scalar(select(CaseDraft).where(CaseDraft.id == draft_id).with_for_update())
    if draft is None:
        raise NotFound
    return draft


def _find(session: Session, draft_id: UUID) -> CaseDraft:
    draft = session.get(CaseDraft, draft_id)
    if draft is None:
        raise NotFound
    return draft


def _mine(actor: Writer) -> Select[CaseDraft]:
    return (
        select(CaseDraft)
        .where(
            CaseDraft.person_id == actor.person_id,
            CaseDraft.family_id == actor.family_id,
            CaseDraft.recorded_by.is_not_distinct_from(recorder_id(actor)),
            CaseDraft.mandate_id.is_not_distinct_from(mandate_id(actor)),
        )
        .order_by(CaseDraft.updated_at.desc())
    )


def papers_in(draft: CaseDraft) -> ColumnElement[bool]:
    """Papers of the draft that are not in a case yet."""
    return (CaseFile.family_id == draft.family_id) & (CaseFile.draft_id == draft.id) & CaseFile.case_id.is_(None)


def _reader(actor: Writer) -> int | None:
    """Whose health facts may be read: the member's own by the member, nobody's by an officer who writes down."""
    return actor.person_id if actor.recorder is None else None


def together_of(draft: CaseDraft) -> Together | None:
    """The event of life that the draft belongs to."""
    return _open(draft).together


def _open(draft: CaseDraft) -> Kept:
    content = json.loads(keys.ring.unseal(_PURPOSE, draft.answers_sealed))
    event = content.get("together")
    together = Together(UUID(event["heading"]), event["event"]) if event else None
    return Kept(content["answers"], tuple(content["done"]), together)
