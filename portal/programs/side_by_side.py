"""Cuts a look at all families into parts of neighbouring numbers, which PostgreSQL works on side by side."""

from __future__ import annotations

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from portal.programs.criteria_sql.tables import Reach
from portal.registry.models import Family

# Each part as a whole: within a part PostgreSQL would divide too little to gain by it, and what is gathered inside is
# not worked on beside the others. Members come in the order of their families.
SIDE_BY_SIDE = text(
    "SELECT set_config('work_mem', '256MB', true), set_config('max_parallel_workers_per_gather', '2', true),"
    " set_config('parallel_tuple_cost', '0', true), set_config('min_parallel_table_scan_size', '1TB', true),"
    " set_config('min_parallel_index_scan_size', '1TB', true), set_config('enable_hashagg', 'off', true)"
)
_PARTS, _SMALLEST = 8, 20_000  # parts of a look, and the families for which one is worth planning
_DENSE = 3  # numbers for each family, above which a part holds mostly others


def reaches_of(session: Session, regency_id: int | None) -> list[Reach]:
    """The parts of a regency, or of all that the asker sees (``None``); none where there are no families."""
    asked = select(func.min(Family.id), func.max(Family.id), func.count())
    if regency_id is not None:
        asked = asked.where(Family.regency_id == regency_id)
    first, last, count = session.execute(asked).one()
    if not count:
        return []
    scattered = regency_id is not None and last - first > _DENSE * count
    parts = max(1, min(_PARTS, count // _SMALLEST))
    size = (last - first) // parts + 1
    return [Reach(regency_id, start, start + size - 1, scattered) for start in range(first, last + 1, size)]
