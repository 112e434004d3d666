"""Who looked: every time staff open a family's record or case."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal.audit.trail import Event, record


def note_look(session: Session, family_id: int, reason: str, case_reference: str | None = None) -> None:
    """Keep in the open transaction that the officer of its scope looked at a family, and why."""
    record(session, Event.FAMILY_VIEWED, family_id=family_id, reason=reason, reference=case_reference)
