"""Extract loads as rows: begun, held by the brake, loaded or cancelled; and who may wait for whom."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.pool import NullPool

from portal.registry.merge import Stage

_LOCK = 7164  # one importer a load
_REGENCY_LOCK = 7165  # one merge a regency at a time


@dataclass(frozen=True, slots=True)
class HeldLoad:
    """A load as stored. ``report`` is the report's plain form with what the merge needs beside it."""

    id: int
    regency_id: int | None
    as_of: date
    full_files: list[str]
    state: str
    report: dict[str, Any]
    requested_by: str | None
    created_at: datetime


def owner_engine(url: str) -> Engine:
    """Connections of the owner for commands: no pool, no parameters in errors, no statement timeout."""
    return create_engine(
        url,
        hide_parameters=True,
        poolclass=NullPool,
        connect_args={"application_name": "portal import", "options": "-c timezone=UTC"},
    )


def hashed_otherwise(connection: Connection, version: int) -> bool:
    """Whether the record is found by another index key than this one, so that a load would make every family twice."""
    query = (
        "SELECT EXISTS (SELECT FROM family WHERE kk_key_version <> %s)"
        " OR EXISTS (SELECT FROM nik_index WHERE key_version > %s)"
    )
    return bool(connection.exec_driver_sql(query, (version, version)).scalar_one())


def begin_load(connection: Connection, as_of: date, full: list[str], requested_by: str) -> int:
    """A new load, marked as running; the session's lock tells others that it lives."""
    sweep(connection)
    load_id = int(
        connection.exec_driver_sql(
            "INSERT INTO extract_load (as_of, full_files, state, requested_by)"
            " VALUES (%s, %s, 'running', %s) RETURNING id",
            (as_of, full, requested_by or None),
        ).scalar_one()
    )
    connection.exec_driver_sql("SELECT pg_advisory_lock(%s, %s)", (_LOCK, load_id))
    connection.commit()
    return load_id


def sweep(connection: Connection) -> None:
    """Cancel loads whose process died, and drop what they had staged."""
    running = connection.exec_driver_sql("SELECT id FROM extract_load WHERE state = 'running'").scalars().all()
    for load_id in running:
        if connection.exec_driver_sql("SELECT pg_try_advisory_xact_lock(%s, %s)", (_LOCK, load_id)).scalar():
            Stage(load_id).drop(connection)
            connection.exec_driver_sql("UPDATE extract_load SET state = 'cancelled' WHERE id = %s", (load_id,))
    connection.commit()


def lock_regency(connection: Connection, regency_id: int) -> None:
    """One merge of a regency at a time, until the transaction ends."""
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s, %s)", (_REGENCY_LOCK, regency_id))


def newest_loaded(connection: Connection, regency_id: int) -> date | None:
    """The date of the newest extract loaded for a regency."""
    newest: date | None = connection.exec_driver_sql(
        "SELECT max(as_of) FROM extract_load WHERE regency_id = %s AND state = 'loaded'", (regency_id,)
    ).scalar()
    return newest


def finish_load(
    connection: Connection,
    load_id: int,
    state: str,
    regency_id: int | None,
    report: dict[str, Any],
    confirmed_by: int | None = None,
) -> None:
    """Write what became of a load."""
    connection.exec_driver_sql(
        "UPDATE extract_load SET state = %s, regency_id = %s, report = %s, confirmed_by = %s,"
        " applied_at = CASE WHEN %s THEN now() END WHERE id = %s",
        (state, regency_id, json.dumps(report), confirmed_by, state == "loaded", load_id),
    )


def forget_load(connection: Connection, load_id: int) -> None:
    """Take away a load that was only a rehearsal."""
    connection.exec_driver_sql("DELETE FROM extract_load WHERE id = %s", (load_id,))


_LISTED = "SELECT id, regency_id, as_of, full_files, state, report, requested_by, created_at FROM extract_load"


def find_load(connection: Connection, load_id: int, *, for_update: bool = False) -> HeldLoad | None:
    """One load."""
    row = connection.exec_driver_sql(
        _LISTED + " WHERE id = %s" + (" FOR UPDATE" if for_update else ""), (load_id,)
    ).one_or_none()
    return None if row is None else HeldLoad(*row)


def list_loads(connection: Connection, limit: int = 50) -> list[HeldLoad]:
    """The newest loads."""
    return [HeldLoad(*row) for row in connection.exec_driver_sql(_LISTED + " ORDER BY id DESC LIMIT %s", (limit,))]


def serves(connection: Connection, staff_id: int, regency_id: int) -> bool:
    """Whether the officer is assigned to the whole regency today."""
    return bool(
        connection.execute(
            text(
                "SELECT EXISTS (SELECT FROM serving() s WHERE s.staff_id = :staff"
                " AND s.villages @> area_span(:regency))"
            ),
            {"staff": staff_id, "regency": regency_id},
        ).scalar_one()
    )
