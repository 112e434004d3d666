"""Papers that the family sent with an earlier case, taken over into a draft: a new row that names the same file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from portal.cases.drafts import Draft, lock_draft, make_room, papers_in
from portal.cases.kinds import KINDS, Kind
from portal.cases.models import Case, CaseFile
from portal.cases.paper_states import PaperState
from portal.cases.writing import Writer
from portal.core.clock import now
from portal.core.errors import NotFound
from portal.extensions import db

#: Less than the shortest time that cases are kept for, so that the file of one that is offered does not go just then.
OFFERED_DAYS = 360
MOST_OFFERED = 4  # of one paper
_MOST_ROWS = 100
PICTURE = "image/jpeg"


@dataclass(frozen=True, slots=True)
class EarlierPaper:
    """A paper as it was sent before: its pages by their public ids, the first one first."""

    pages: tuple[UUID, ...]
    sent_at: datetime

    @property
    def public_id(self) -> UUID:
        """The id of its first page."""
        return self.pages[0]


def _with_same_words() -> dict[str, frozenset[str]]:
    """By the key of a paper, the keys of those that it may be: an alternative of one is one of the other too."""
    every = [paper for kind in KINDS.values() for paper in kind.papers if not paper.is_voice]
    return {
        paper.key: frozenset(
            other.key
            for other in every
            if other.key == paper.key
            or any(set(one.alternatives) & set(other.alternatives) for one in every if one.key == paper.key)
        )
        for paper in every
    }


_MAY_BE: Mapping[str, frozenset[str]] = _with_same_words()


def earlier_papers(writer: Writer, draft: Draft) -> dict[str, list[EarlierPaper]]:
    """By the key of each paper of the draft, what the family sent before and the member may see; newest first.

    An officer who writes down takes a new photo: the paper lies on the table.
    """
    if writer.recorder is not None:
        return {}
    with db.begin(writer.scope) as session:
        sent = _sent_before(session, writer, draft.kind)
        there = set(session.scalars(select(CaseFile.blob).where(CaseFile.draft_id == draft.id)))
    return {
        paper.key: [
            EarlierPaper(tuple(page.public_id for page in pages), sent_at)
            for pages, sent_at in sent
            if pages[0].label in _MAY_BE[paper.key] and pages[0].blob not in there
        ][:MOST_OFFERED]
        for paper in draft.kind.papers
        if not paper.is_voice
    }


def take_over(writer: Writer, draft_id: UUID, label: str, public_id: UUID) -> None:
    """Add the earlier paper with that first page; twice is once. Raises ``NotFound``, ``TooManyPapers``."""
    if writer.recorder is not None:
        raise NotFound
    with db.begin(writer.scope) as session:
        draft = lock_draft(session, draft_id)
        sent = _sent_before(session, writer, KINDS[draft.kind])
        pages, sent_at = next((one for one in sent if one[0][0].public_id == public_id), ([], None))
        if not pages or pages[0].label not in _MAY_BE.get(label, frozenset()):
            raise NotFound
        there = set(session.scalars(select(CaseFile.blob).where(papers_in(draft))))
        if pages[0].blob in there:
            return
        make_room(session, draft, label, len(pages))
        for page in pages:
            session.add(
                CaseFile(
                    family_id=writer.family_id,
                    draft_id=draft.id,
                    person_id=writer.person_id,
                    label=label,
                    blob=page.blob,
                    media_type=page.media_type,
                    size=page.size,
                    page=page.page,
                    first_sent_at=page.first_sent_at or sent_at,
                )
            )
        draft.updated_at = func.now()


def _sent_before(session: Session, writer: Writer, kind: Kind) -> list[tuple[list[CaseFile], datetime]]:
    """Papers of earlier cases that the member sees, each with its pages: never of a sealed one, none that could not be
    read, and each file once."""
    labels = {label for paper in kind.papers if not paper.is_voice for label in _MAY_BE[paper.key]}
    found = session.execute(
        select(CaseFile, Case.sent_at)
        .join(Case, and_(Case.family_id == CaseFile.family_id, Case.id == CaseFile.case_id))
        .where(
            CaseFile.family_id == writer.family_id,
            CaseFile.label.in_(labels),
            CaseFile.media_type == PICTURE,
            CaseFile.state != PaperState.UNREADABLE.value,
            Case.restricted.is_(False),
            Case.sent_at > now() - timedelta(days=OFFERED_DAYS),
        )
        .order_by(Case.sent_at.desc(), CaseFile.case_id, CaseFile.id)
        .limit(_MOST_ROWS)
    )
    papers: list[tuple[list[CaseFile], datetime]] = []
    known: set[str] = set()
    for page, sent_at in found:
        before = papers[-1][0][-1] if papers else None
        if before and (before.case_id, before.label, before.page + 1) == (page.case_id, page.label, page.page):
            papers[-1][0].append(page)
        elif page.blob not in known:
            papers.append(([page], page.first_sent_at or sent_at))
        known.add(page.blob)
    return papers
