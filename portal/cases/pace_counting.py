"""Counts every night how long each village takes, and reads what was counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.accounts.actor import FamilyActor
from portal.cases.pace import PERIOD_DAYS, Pace, Sent, pace_of
from portal.cases.pace_models import VillagePace
from portal.cases.proof import ANSWERS
from portal.core.clock import now, today, zone, zone_of_area
from portal.core.db import Scope
from portal.core.jobs import periodic
from portal.extensions import db

_SCOPE = Scope("worker", job="count_pace")
_REGENCIES = text("SELECT id FROM area WHERE level = 2 ORDER BY id")
# Sealed cases are never counted; a note that the family does not read is no word to it.
_SENT = text(
    "SELECT c.village_id, c.sent_at, c.closed_at, c.decision, ("
    "  SELECT min(e.at) FROM case_event e WHERE e.family_id = c.family_id AND e.case_id = c.id"
    "  AND e.actor_kind = 'staff' AND e.hidden_for IS NULL AND e.event = ANY (:answers)) AS first_word_at"
    " FROM area v JOIN cases c ON c.village_id = v.id AND c.sent_at >= :since"
    " WHERE v.level = 4 AND v.id BETWEEN :first AND :last AND NOT c.restricted"
)


@periodic("30 17 * * *")
def count_pace() -> int:
    """Count anew for every village; one transaction a regency. Gives the number of villages."""
    with db.begin(_SCOPE) as session:
        regencies = list(session.scalars(_REGENCIES))
    return sum(_count_regency(regency) for regency in regencies)


def paces(session: Session, villages: Iterable[int]) -> Mapping[int, Pace]:
    """What was counted last night, by village; a village without a case in the period is missing."""
    found = select(VillagePace).where(VillagePace.village_id.in_(list(villages)))
    return {row.village_id: Pace(row.cases, row.first_word_days, row.decision_days) for row in session.scalars(found)}


def own_pace(actor: FamilyActor) -> Pace | None:
    """That of the village in which the member lives."""
    with db.begin(actor.scope) as session:
        return paces(session, [actor.village_id]).get(actor.village_id)


def _count_regency(regency: int) -> int:
    day = today(zone_of_area(regency))
    first, last = regency * 1_000_000, regency * 1_000_000 + 999_999  # the villages of a regency
    asked = {"first": first, "last": last, "since": now() - timedelta(days=PERIOD_DAYS), "answers": sorted(ANSWERS)}
    with db.begin(_SCOPE) as session:
        of_village: dict[int, list[Sent]] = defaultdict(list)
        for row in session.execute(_SENT, asked):
            of_village[row.village_id].append(_sent(row))
        session.execute(delete(VillagePace).where(VillagePace.village_id.between(first, last)))
        counted = {village: pace_of(sent, day) for village, sent in of_village.items()}
        for village, pace in counted.items():
            session.execute(
                insert(VillagePace).values(
                    village_id=village,
                    counted_on=day,
                    cases=pace.cases,
                    first_word_days=pace.first_word_days,
                    decision_days=pace.decision_days,
                )
            )
    return len(counted)


def _sent(row: Any) -> Sent:
    there = zone(zone_of_area(row.village_id))
    first, closed = (at.astimezone(there).date() if at else None for at in (row.first_word_at, row.closed_at))
    return Sent(
        row.sent_at.astimezone(there).date(), first, closed if row.decision else None, None if row.decision else closed
    )
