"""What is forgotten about signing in once nobody needs it.

Slips, resets and accounts that were closed go with the nightly purge (``portal.privacy.purging``), when the register
of keeping says so; a slip that was never given out holds nothing about anybody and stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from portal.accounts.models import PinTrial, SigninGuard, WebSession
from portal.core.clock import now
from portal.core.db import Base, Scope
from portal.core.jobs import periodic
from portal.extensions import db

SESSION_DAYS = 30  # after its end
TRY_DAYS = 2  # wrong tries count for one
BATCH = 5000  # rows of one transaction


@periodic("10 18 * * *")
def sweep_sessions() -> int:
    """Remove sessions that ended or ran out 30 days ago."""
    limit = now() - timedelta(days=SESSION_DAYS)
    over = or_(WebSession.ended_at < limit, WebSession.expires_at < limit)
    return _remove(WebSession, (WebSession.token_hash,), over, "sweep_sessions")


@periodic("20 18 * * *")
def sweep_signin_counters() -> int:
    """Remove counters of wrong tries that count no more and lock nothing."""
    limit = now() - timedelta(days=TRY_DAYS)
    unlocked = or_(SigninGuard.locked_until.is_(None), SigninGuard.locked_until < now())
    over = (SigninGuard.last_failed_at < limit) & unlocked
    return _remove(SigninGuard, (SigninGuard.subject_hash, SigninGuard.lane), over, "sweep_signin_counters")


@periodic("30 18 * * *")
def sweep_pin_trials() -> int:
    """Remove the notes of which PIN was tried on which NIK (both hashed) once the alarm needs them no more."""
    over = PinTrial.at < now() - timedelta(days=TRY_DAYS)
    return _remove(PinTrial, (PinTrial.trial_hash, PinTrial.subject_hash), over, "sweep_pin_trials")


def _remove(model: type[Base], key: Sequence[InstrumentedAttribute[Any]], over: ColumnElement[bool], job: str) -> int:
    """Remove rows a batch at a time, so that nobody who signs in waits for long."""
    removed = 0
    while True:
        with db.begin(Scope("worker", job=job)) as session:
            some = select(*key).where(over).limit(BATCH)
            gone = session.execute(delete(model).where(tuple_(*key).in_(some)).returning(*key)).all()
        removed += len(gone)
        if len(gone) < BATCH:
            return removed
