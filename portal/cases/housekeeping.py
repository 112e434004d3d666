"""What nobody will come back to: old drafts, codes of sessions of two, and files that no row names."""

from __future__ import annotations

from datetime import timedelta

import structlog
from sqlalchemy import delete, select

from portal.cases.helping.models import HelpedPairing
from portal.cases.models import CaseDraft, CaseFile
from portal.cases.proposals.models import ProposalFile
from portal.cases.visit_models import StaffPhoto
from portal.core.clock import now
from portal.core.db import Scope
from portal.core.jobs import periodic
from portal.extensions import blobs, db

DRAFT_DAYS = 30  # since the last change
ORPHAN_S = 24 * 3600  # a younger file may belong to a transaction that is still open
BATCH = 100  # drafts of one transaction
_log = structlog.get_logger()


@periodic("40 18 * * *")
def sweep_drafts() -> int:
    """Remove drafts that were not touched for 30 days, with their papers; the bytes go once the rows are gone."""
    removed = 0
    while True:
        drafts, names = _remove_drafts()
        blobs.remove(names)
        removed += drafts
        if drafts < BATCH:
            return removed


def _remove_drafts() -> tuple[int, list[str]]:
    """Remove a batch of old drafts; give their number and the names of their files."""
    limit = now() - timedelta(days=DRAFT_DAYS)
    with db.begin(Scope("worker", job="sweep_drafts")) as session:
        old = select(CaseDraft.id).where(CaseDraft.updated_at < limit).limit(BATCH)
        # One that is being written to at this moment is not old any more.
        drafts = list(session.scalars(old.with_for_update(skip_locked=True)))
        papers = delete(CaseFile).where(CaseFile.draft_id.in_(drafts), CaseFile.case_id.is_(None))
        gone = session.execute(papers.returning(CaseFile.blob, CaseFile.first_sent_at))
        names = [blob for blob, first_sent_at in gone if first_sent_at is None]  # else an earlier case may name it
        session.execute(delete(CaseDraft).where(CaseDraft.id.in_(drafts)))
    return len(drafts), names


@periodic("50 18 * * *")
def sweep_pairings() -> int:
    """Remove the codes of sessions of two that ended a day ago: the trail keeps who helped whom."""
    limit = now() - timedelta(days=1)
    with db.begin(Scope("worker", job="sweep_pairings")) as session:
        gone = session.execute(
            delete(HelpedPairing).where(HelpedPairing.expires_at < limit).returning(HelpedPairing.token_hash)
        )
        return len(gone.all())


@periodic("0 19 * * *")
def sweep_blobs() -> int:
    """Remove files older than a day that no row names; none at all where the database names not one file."""
    with db.begin(Scope("worker", job="sweep_blobs")) as session:
        if session.scalar(select(CaseFile.id).limit(1)) is None:
            # Perhaps an empty database beside a full folder: a wrong setting must not cost every paper.
            if any(blobs.folder.glob("??/*")):
                _log.warning("files_not_swept", reason="the database names no file")
            return 0
    return blobs.sweep(_known, older_than_s=ORPHAN_S)


def _known(names: list[str]) -> set[str]:
    with db.begin(Scope("worker", job="sweep_blobs")) as session:
        papers = set(session.scalars(select(CaseFile.blob).where(CaseFile.blob.in_(names))))
        photos = set(session.scalars(select(ProposalFile.blob).where(ProposalFile.blob.in_(names))))
        return papers | photos | set(session.scalars(select(StaffPhoto.blob).where(StaffPhoto.blob.in_(names))))
