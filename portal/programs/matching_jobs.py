"""The jobs that match and tell: a regency after its extract was loaded or its office published or withdrew something, a
family after its record changed, all of them nightly.

The night's run is what birthdays, aid that runs out and rules that begin or end ask for. It costs one pass over the
tables, so nobody keeps a list of who may have become old enough.
"""

from __future__ import annotations

import structlog
from sqlalchemy import select

from portal.core.clock import today, zone_of_area
from portal.core.db import Scope
from portal.core.jobs import QUEUE, RETRY, app, defer, periodic
from portal.extensions import db
from portal.programs.matching import match_family, match_regency
from portal.programs.models import MATCH_FAMILY, MATCH_REGENCY
from portal.programs.offerings import VILLAGES_OF_REGENCY
from portal.programs.telling import tell_families, tell_regency
from portal.registry.models import Area, Family

_REGENCY = 2  # the level of an area
_log = structlog.get_logger()


@app.task(name=MATCH_REGENCY, queue=QUEUE, retry=RETRY)
def run_regency(regency: int) -> int:
    """Match every family of a regency and tell them what is new; gives how many matches are new or gone.

    Ended in between, it is run again: the matches are the same, and those are told that were not yet.
    """
    day = today(zone_of_area(regency))
    with db.begin(Scope("worker", job=MATCH_REGENCY)) as session:
        found = match_regency(session, regency, day)
    told = tell_regency(regency, day)
    _log.info("regency_matched", regency=regency, new=found.new, gone=found.gone, told=told)
    return found.new + found.gone


@app.task(name=MATCH_FAMILY, queue=QUEUE, retry=RETRY)
def run_family(family: int) -> int:
    """Match one family and tell it what is new; gives how many matches are new or gone."""
    with db.begin(Scope("worker", job=MATCH_FAMILY)) as session:
        village = session.scalar(select(Family.village_id).where(Family.id == family))
        if village is None:
            return 0
        day = today(zone_of_area(village))
        found = match_family(session, family, day)
        tell_families(session, village // VILLAGES_OF_REGENCY, [family], day)
    return found.new + found.gone


@periodic("5 17 * * *")  # five past midnight in the west, two hours later in the east
def match_all() -> int:
    """Ask for a run over each regency that has families; gives how many that are."""
    holds_families = select(Family.id).where(Family.regency_id == Area.id).exists()
    with db.begin(Scope("worker", job="match_all")) as session:
        regencies = session.scalars(select(Area.id).where(Area.level == _REGENCY, holds_families)).all()
        for regency in regencies:
            defer(session, MATCH_REGENCY, regency=regency)
    return len(regencies)
