"""Sessions of two that nobody closed: the browser is gone, or was left. Their end is noticed here, and told.

What a tap or the page of the kiosk closes is told at once, where the session is signed out.
"""

from __future__ import annotations

from sqlalchemy import text

from portal.audit.trail import Event, record
from portal.core.db import Scope
from portal.core.jobs import periodic
from portal.extensions import db

#: The moment of the end is the one after which no request was answered any more, not the one in which it is noticed.
_OVER = text(
    "UPDATE web_session s SET ended_at = least(s.expires_at, s.last_seen_at + make_interval(mins => s.idle_ends_after))"
    " FROM account a WHERE a.id = s.account_id AND s.helped_by IS NOT NULL AND s.ended_at IS NULL"
    " AND least(s.expires_at, s.last_seen_at + make_interval(mins => s.idle_ends_after)) <= now()"
    " RETURNING a.family_id, a.person_id, s.helped_by"
)


@periodic("*/5 * * * *")
def notice_helped_ends() -> int:
    """End the sessions of two that idled out or reached their last minute, and tell the trail of each."""
    with db.begin(Scope("worker", job="notice_helped_ends")) as session:
        over = session.execute(_OVER).all()
        for family, person, helper in over:
            record(session, Event.HELP_ENDED, family_id=family, person=person, helped_by=helper, why="idle")
    return len(over)
