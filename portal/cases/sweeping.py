"""Removes the files that no row names: of uploads whose transaction never ended, and of rows that are gone."""

from __future__ import annotations

from sqlalchemy import select

from portal.cases.models import CaseFile
from portal.core.db import Scope
from portal.extensions import blobs, db

_SCOPE = Scope("worker", job="sweep_uploads")


def sweep_uploads(*, older_than_s: float = 3600) -> int:
    """Remove orphans older than that many seconds; younger ones may belong to an open transaction."""
    return blobs.sweep(_known, older_than_s=older_than_s)


def _known(names: list[str]) -> set[str]:
    with db.begin(_SCOPE) as session:
        return set(session.scalars(select(CaseFile.blob).where(CaseFile.blob.in_(names))))
