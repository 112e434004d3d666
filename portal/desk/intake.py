"""What was written down at the counters of the officer's villages today, and where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import text

from portal.accounts.actor import StaffActor
from portal.cases.kinds import Kind
from portal.cases.ways import kind_of
from portal.cases.workflow import STATES, State, StateInfo
from portal.core.clock import today, zone
from portal.core.names import written_name
from portal.extensions import db

MOST = 200
_TODAY = text(
    "SELECT c.reference, c.kind, c.sorted_as, c.restricted, c.state, c.sent_at, c.recorded_at_place, a.name AS village,"
    " r.id AS recorder_id, r.name AS recorder, h.name AS holder, (SELECT m.name FROM member m"
    "  WHERE m.family_id = c.family_id AND m.person_id = c.person_id AND m.until IS NULL LIMIT 1) AS person"
    " FROM unnest((SELECT staff_area())) span JOIN area a ON a.level = 4 AND a.id >= lower(span) AND a.id < upper(span)"
    " JOIN cases c ON c.village_id = a.id AND c.sent_at >= :since AND c.recorded_by IS NOT NULL"
    " JOIN staff r ON r.id = c.recorded_by LEFT JOIN staff h ON h.id = c.assigned_to"
    " ORDER BY c.sent_at DESC, c.id DESC LIMIT :most"
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A case that was written down for a person."""

    reference: str
    kind: Kind
    state: State
    sent_at: datetime
    place: str  # counter, visit
    person: str
    village: str
    recorder: str
    mine: bool
    holder: str | None

    @property
    def info(self) -> StateInfo:
        """What the state means."""
        return STATES[self.state]


def recorded_today(actor: StaffActor) -> Sequence[Recorded]:
    """The cases written down since midnight of the officer's zone, the newest first."""
    since = datetime.combine(today(actor.zone), time(), zone(actor.zone))
    with db.begin(actor.scope) as session:
        rows = session.execute(_TODAY, {"since": since, "most": MOST}).all()
    return [
        Recorded(
            row.reference,
            kind_of(row),
            State(row.state),
            row.sent_at,
            row.recorded_at_place,
            written_name(row.person or ""),
            row.village,
            row.recorder,
            row.recorder_id == actor.staff_id,
            row.holder,
        )
        for row in rows
    ]
