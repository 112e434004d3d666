"""Keeps the head of the trail of each day, so that a later rewriting can be shown."""

from __future__ import annotations

from sqlalchemy import text

from portal.core.clock import today
from portal.core.db import Scope
from portal.core.jobs import periodic
from portal.extensions import db

_PUBLISH = text("SELECT audit_publish(:day)")


@periodic("5 17 * * *")
def publish_audit_head() -> int:
    """Keep the head of the day that begins in Jakarta (17.05 UTC is 00.05 WIB); once, however often it runs."""
    with db.begin(Scope("worker", job="publish_audit_head")) as session:
        return int(session.execute(_PUBLISH, {"day": today()}).scalar_one())
