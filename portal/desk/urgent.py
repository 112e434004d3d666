"""What cannot wait, in sight of whoever oversees an area: how many are open, and until when by the clock.

Sealed ones are counted only for officers who may open them: the list of sealed submissions says of them their number,
their day and that they are urgent, and so does this, and no more.
"""

from __future__ import annotations

from datetime import datetime

from flask import g
from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.accounts.actor import StaffActor
from portal.accounts.roles import Permission
from portal.cases.promises import due_at
from portal.cases.sealed import SealedLine, sealed_cases
from portal.cases.workflow import BY_THE_CLOCK, State
from portal.core.clock import now
from portal.extensions import db

COUNT_ID = "urgent-open"  # of the number in the menu, which the queue renews
_MOST = 100  # more than the menu writes («99+»)
# Village by village, as the queue.
_COUNT = text(
    "SELECT count(*) FROM (SELECT FROM unnest((SELECT staff_case_area())) r"
    " JOIN area a ON a.level = 4 AND a.id >= lower(r) AND a.id < upper(r)"
    " JOIN cases c ON c.village_id = a.id WHERE c.urgent AND c.closed_at IS NULL LIMIT :most) found"
)
_SEALED = text("SELECT count(*) FROM sealed_list() WHERE urgent AND NOT opened")


def count_urgent(session: Session, actor: StaffActor) -> int:
    """How many urgent submissions are open in the area of the officer, whoever has them; at most a hundred."""
    found: int = session.execute(_COUNT, {"most": _MOST}).scalar_one()
    if actor.may(Permission.OPEN_SEALED):
        found += session.execute(_SEALED).scalar_one()
    return min(found, _MOST)


def urgent_in_menu(actor: StaffActor) -> int:
    """The number beside the place in the menu; counted once for a page."""
    if "urgent_open" not in g:
        with db.begin(actor.scope) as session:
            g.urgent_open = count_urgent(session, actor)
    found: int = g.urgent_open
    return found


def sealed_urgent(actor: StaffActor) -> list[SealedLine]:
    """The urgent ones that nobody has opened yet: number and day alone. None for who may not open them."""
    if not actor.may(Permission.OPEN_SEALED):
        return []
    return [line for line in sealed_cases(actor) if line.urgent and not line.opened]


def hours_left(kind: str, state: State, since: datetime) -> int | None:
    """Whole hours by the clock until the answer is due, below zero when it is late; None where days are promised.

    What has begun of an hour counts as late, not as left.
    """
    due = due_at(kind, since) if state in BY_THE_CLOCK else None
    return None if due is None else int((due - now()).total_seconds() // 3600)
