"""One trip to the database for what every page asks: statements prepared once, sent together, answered in JSON.

Through the ORM a single question takes four trips (begin, scope, question, commit) and most of a millisecond of
Python. Here the scope and the question go out together, and PostgreSQL runs what arrives before a sync as one
transaction, so the scope holds for the question and for nothing after it. For reading only.
"""

from __future__ import annotations

import json
import select
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import psycopg
from psycopg import errors, pq
from sqlalchemy import ClauseElement
from sqlalchemy.dialects.postgresql import asyncpg

#: Milliseconds to wait for an answer. The server ends a statement long before (``statement_timeout``).
_PATIENCE = 30_000
_NUMBERED = asyncpg.dialect()  # type: ignore[no-untyped-call]  # the one dialect that writes $1, $2


class Question:
    """A statement that gives one JSON value, compiled once. Its parameters are given by name."""

    def __init__(self, statement: ClauseElement) -> None:
        compiled = statement.compile(dialect=_NUMBERED)
        self.text = str(compiled)
        self._fixed: Mapping[str, Any] = compiled.params
        self._names: Sequence[str] = compiled.positiontup or ()  # type: ignore[attr-defined]

    def values(self, given: Mapping[str, object]) -> list[str | None]:
        """The parameters in their order, as PostgreSQL reads them."""
        return [_written(given[name] if name in given else self._fixed[name]) for name in self._names]


Step = tuple[Question, list[str | None]]


def _written(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    return value.isoformat() if isinstance(value, datetime) else str(value)


def ask(connection: psycopg.Connection[Any], prepared: dict[str, bytes], *steps: Step) -> Any:
    """Run the steps in one transaction; gives the value of the last one, or None where it has no row.

    ``prepared`` belongs to the connection and names what was prepared in it. After an exception the connection is
    in the middle of something and must be closed.
    """
    channel = connection.pgconn
    for question, _ in steps:
        if question.text not in prepared:
            name = f"quick_{len(prepared)}".encode()
            _expect(connection, channel.prepare(name, question.text.encode()), pq.ExecStatus.COMMAND_OK)
            prepared[question.text] = name
    channel.enter_pipeline_mode()
    for question, values in steps:
        sent = [None if value is None else value.encode() for value in values]
        channel.send_query_prepared(prepared[question.text], sent)
    channel.pipeline_sync()
    poll = select.poll()
    poll.register(channel.socket, select.POLLIN)
    answer: pq.abc.PGresult | None = None
    for _ in steps:
        answer = _expect(connection, _next(channel, poll), pq.ExecStatus.TUPLES_OK)
        _next(channel, poll)  # the end of this step
    _expect(connection, _next(channel, poll), pq.ExecStatus.PIPELINE_SYNC)
    channel.exit_pipeline_mode()
    value = answer.get_value(0, 0) if answer is not None and answer.ntuples else None
    return None if value is None else json.loads(value.decode())


def _next(channel: pq.abc.PGconn, poll: select.poll) -> pq.abc.PGresult | None:
    """The next result. Other threads go on while this one waits."""
    while channel.is_busy():
        if not poll.poll(_PATIENCE):
            raise psycopg.OperationalError("the database does not answer")
        channel.consume_input()
    return channel.get_result()


def _expect(
    connection: psycopg.Connection[Any], result: pq.abc.PGresult | None, status: pq.ExecStatus
) -> pq.abc.PGresult:
    if result is None:
        raise psycopg.OperationalError("the connection to the database is lost")
    if result.status != status:
        raise errors.error_from_result(result, connection.info.encoding)
    return result
