"""Leaves of officers: who is away from a day until a day, and who answers in that one's place. They end by themselves.

The database reads them where it says who serves which villages (``serving()``): meanwhile the substitute sees the
villages and gets the new cases, and who is away neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, or_, select, text
from sqlalchemy.orm import Session, aliased

from portal.accounts.actor import StaffActor
from portal.accounts.models import Staff
from portal.accounts.staff_models import StaffSubstitution
from portal.audit.trail import Event, record
from portal.core.clock import now
from portal.core.errors import NotFound
from portal.core.messages import N_
from portal.extensions import db

LONGEST_DAYS = 180
_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('staff_substitution'))")
_MANAGED = text("SELECT id, role FROM staff WHERE public_id = :who AND active AND id = ANY (staff_managed())")
_ADD = text(
    "INSERT INTO staff_substitution (staff_id, substitute_id, since, until, made_by)"
    " VALUES (:officer, :substitute, :since, :until, :by)"
)
_END = text(
    "UPDATE staff_substitution SET ended_at = now() WHERE id = :leave AND staff_id = :officer AND ended_at IS NULL"
)

SAME_PERSON = N_("Choose a colleague to stand in.")
OTHER_ROLE = N_("Only a colleague with the same role can stand in.")
WRONG_DAYS = N_("The last day is before the first one, or the leave is longer than 180 days.")
OVERLAP = N_("One of the two is away or stands in for somebody on these days already.")


@dataclass(frozen=True, slots=True)
class Leave:
    """Somebody is away, and who stands in. Both days included."""

    id: int
    staff_id: int
    name: str
    substitute_id: int
    substitute: str
    since: date
    until: date

    @property
    def is_now(self) -> bool:
        """Whether it is today, as the database counts days (UTC)."""
        return self.since <= now().date() <= self.until


def leaves_of(session: Session, officers: Sequence[int]) -> list[Leave]:
    """The leaves of these officers and those in which they stand in, which have not ended; the next one first."""
    away, sub = aliased(Staff), aliased(Staff)
    found = (
        select(
            StaffSubstitution.id,
            away.id,
            away.name,
            sub.id,
            sub.name,
            StaffSubstitution.since,
            StaffSubstitution.until,
        )
        .join(away, away.id == StaffSubstitution.staff_id)
        .join(sub, sub.id == StaffSubstitution.substitute_id)
        .where(
            or_(StaffSubstitution.staff_id.in_(officers), StaffSubstitution.substitute_id.in_(officers)),
            StaffSubstitution.ended_at.is_(None),
            StaffSubstitution.until >= now().date(),
        )
        .order_by(StaffSubstitution.since, StaffSubstitution.id)
    )
    return [Leave(*row) for row in session.execute(found)]


def stood_in_for(session: Session, staff_id: int) -> set[int]:
    """The officers in whose place this one works today."""
    found = session.scalars(
        select(StaffSubstitution.staff_id).where(
            StaffSubstitution.substitute_id == staff_id,
            StaffSubstitution.ended_at.is_(None),
            func.current_date().between(StaffSubstitution.since, StaffSubstitution.until),
        )
    )
    return set(found)


def my_leaves(actor: StaffActor) -> list[Leave]:
    """The officer's own leaves and those of the colleagues for whom the officer stands in."""
    with db.begin(actor.scope) as session:
        return leaves_of(session, [actor.staff_id])


def set_leave(actor: StaffActor, officer: UUID, substitute: UUID, since: date, until: date) -> str | None:
    """Note a leave. Gives why not (a message key), or None."""
    if not since <= until or (until - since).days > LONGEST_DAYS:
        return WRONG_DAYS
    with db.begin(actor.scope) as session:
        session.execute(_LOCK)  # two leaves at once must see each other
        away, sub = (session.execute(_MANAGED, {"who": who}).one_or_none() for who in (officer, substitute))
        if away is None:
            raise NotFound
        if sub is None or sub.id == away.id:
            return SAME_PERSON
        if sub.role != away.role:
            return OTHER_ROLE
        for leave in leaves_of(session, [away.id, sub.id]):
            # The one who leaves may be in no other leave; the one who stands in may stand in for several.
            bound = leave.staff_id in (away.id, sub.id) or leave.substitute_id == away.id
            if bound and leave.since <= until and since <= leave.until:
                return OVERLAP
        values = {"officer": away.id, "substitute": sub.id, "since": since, "until": until, "by": actor.staff_id}
        session.execute(_ADD, values)
        record(session, Event.STAFF_LEAVE_SET, staff=away.id, substitute=sub.id, by=actor.staff_id)
    return None


def end_leave(actor: StaffActor, officer: UUID, leave: int) -> None:
    """End a leave now, or call off one to come."""
    with db.begin(actor.scope) as session:
        away = session.execute(_MANAGED, {"who": officer}).one_or_none()
        if away is None:
            raise NotFound
        session.execute(_END, {"leave": leave, "officer": away.id})
        record(session, Event.STAFF_LEAVE_ENDED, staff=away.id, leave=leave, by=actor.staff_id)
