"""The loads of registry extracts as the office reads them."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from portal.accounts.actor import StaffActor
from portal.core.errors import NotFound
from portal.extensions import db
from portal.registry.models import ExtractLoad

_NEWEST = 50


@dataclass(frozen=True, slots=True)
class Load:
    """One load. ``counts`` by file: what was found, and how many rows."""

    number: int
    public_id: uuid.UUID
    as_of: date
    state: str
    created_at: datetime
    applied_at: datetime | None
    counts: dict[str, list[tuple[str, int]]]

    @property
    def waits(self) -> bool:
        """Whether the brake holds it for a second officer."""
        return self.state == "awaiting_confirmation"


def newest(actor: StaffActor) -> list[Load]:
    """The newest loads, as far as the officer's role may see them."""
    with db.begin(actor.scope) as session:
        found = session.scalars(select(ExtractLoad).order_by(ExtractLoad.id.desc()).limit(_NEWEST))
        return [_load(one) for one in found]


def one(actor: StaffActor, public_id: uuid.UUID) -> Load:
    """One load. Raises ``NotFound``."""
    with db.begin(actor.scope) as session:
        found = session.scalar(select(ExtractLoad).where(ExtractLoad.public_id == public_id))
        if found is None:
            raise NotFound
        return _load(found)


def _load(row: ExtractLoad) -> Load:
    by_file: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for part in ("report", "changes"):
        for key, count in sorted(row.report.get(part, {}).items()):
            file, _, what = key.partition(".")
            by_file[file if what else ""].append((what or file, count))
    return Load(row.id, row.public_id, row.as_of, row.state, row.created_at, row.applied_at, dict(by_file))
