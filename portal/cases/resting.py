"""What may be thought over for some days, such as leaving aid: when they are over and it is not taken back, it goes on.

Until then the database lets no officer move it.
"""

from __future__ import annotations

import structlog
from sqlalchemy import select

from portal.cases.models import Case
from portal.cases.moves import Act, make_move
from portal.cases.workflow import Move, Mover, Side, State
from portal.core.clock import WIT, today, zone_of_area
from portal.core.db import Scope
from portal.core.jobs import periodic
from portal.extensions import db

_SCOPE = Scope("worker", job="end_rests")
_PORTAL = Act("Portal", side=Side.PORTAL)
_log = structlog.get_logger()


class NotAllEnded(RuntimeError):
    """Some cases could not go on; the log names them, and the others did."""


@periodic("35 1 * * *")
def end_rests() -> int:
    """Let every case go on whose days to think it over have passed."""
    done = failed = 0
    for family_id, case_id, reference in _perhaps_over():
        try:
            done += _end(family_id, case_id)
        except Exception:
            # One case that cannot go on must not keep the others down.
            _log.exception("rest_not_ended", reference=reference)
            failed += 1
    if failed:
        raise NotAllEnded(f"{failed} cases could not go on")
    return done


def _perhaps_over() -> list[tuple[int, int, str]]:
    found = select(Case.family_id, Case.id, Case.reference).where(
        Case.state == State.RESTING.value, Case.promised_on < today(WIT)
    )
    with db.begin(_SCOPE) as session:
        return [(family, case, reference) for family, case, reference in session.execute(found)]


def _end(family_id: int, case_id: int) -> bool:
    """Let one go on: not before its last day has passed in its village, and not where it was taken back meanwhile."""
    with db.begin(_SCOPE) as session:
        held = select(Case).where(Case.family_id == family_id, Case.id == case_id).with_for_update(skip_locked=True)
        case = session.scalar(held)
        if case is None or case.state != State.RESTING or case.promised_on >= today(zone_of_area(case.village_id)):
            return False
        make_move(session, case, Move.REST_OVER, Mover(Side.PORTAL), _PORTAL)
        return True
