"""One trip to the database for what every page asks: statements prepared once, sent together, answered in JSON.

Through the ORM a single question takes four trips (begin, scope, question, commit) and most of a millisecond of
Python. Here the scope and the question go out together, and PostgreSQL runs what arrives before a sync as one
transaction, so the scope holds for the question and for nothing after it. For reading only.
"""

from __future__ import annotations

import json
import select
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import psycopg
from psycopg import errors, pq
from sqlalchemy import ClauseElement
from sqlalchemy.dialects.postgresql import asyncpg

#: Milliseconds to wait for an answer. The server ends a statement long before (``statement_timeout``).
_PATIENCE = 30_000
#: The first letters of the states in which a server ends its connections: shut down, crashed, starting.
_SERVER_LEFT = "57P"
_NUMBERED = asyncpg.dialect()  # type: ignore[no-untyped-call]  # the one dialect that writes $1, $2
_Found = TypeVar("_Found")


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


def _encoded(values: Sequence[str | None]) -> list[bytes | None]:
    return [None if value is None else value.encode() for value in values]


class Line:
    """One connection, with what was prepared in it. After an exception it is in the middle of something."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        self._channel = connection.pgconn
        self._prepared: dict[str, bytes] = {}
        self._poll = select.poll()
        self._poll.register(self._channel.socket, select.POLLIN)

    def ask(self, steps: Sequence[Step]) -> Any:
        """Run the steps in one transaction; gives the value of the last one, or None where it has no row."""
        names = [self._prepared.get(question.text) or self._prepare(question.text) for question, _ in steps]
        channel = self._channel
        if len(steps) == 1:
            channel.send_query_prepared(names[0], _encoded(steps[0][1]))
            answer = self._next(pq.ExecStatus.TUPLES_OK)
            channel.get_result()  # the end
        else:
            answer = self._pipelined(names, steps)
        value = answer.get_value(0, 0) if answer.ntuples else None
        return None if value is None else json.loads(value.decode())

    def _pipelined(self, names: Sequence[bytes], steps: Sequence[Step]) -> pq.abc.PGresult:
        channel = self._channel
        channel.enter_pipeline_mode()
        for name, (_, values) in zip(names, steps, strict=True):
            channel.send_query_prepared(name, _encoded(values))
        channel.pipeline_sync()
        for _ in steps:
            answer = self._next(pq.ExecStatus.TUPLES_OK)
            channel.get_result()  # the end of this step
        self._next(pq.ExecStatus.PIPELINE_SYNC)
        channel.exit_pipeline_mode()
        return answer

    def _prepare(self, text: str) -> bytes:
        name = self._prepared[text] = f"quick_{len(self._prepared)}".encode()
        self._checked(self._channel.prepare(name, text.encode()), pq.ExecStatus.COMMAND_OK)
        return name

    def _next(self, status: pq.ExecStatus) -> pq.abc.PGresult:
        """The next result. Other threads go on while this one waits."""
        channel = self._channel
        while channel.is_busy():
            if not self._poll.poll(_PATIENCE):
                raise psycopg.OperationalError("the database does not answer")
            channel.consume_input()
        return self._checked(channel.get_result(), status)

    def _checked(self, result: pq.abc.PGresult | None, status: pq.ExecStatus) -> pq.abc.PGresult:
        if result is None:
            raise psycopg.OperationalError("the connection to the database is lost")
        if result.status != status:
            raise errors.error_from_result(result, self.connection.info.encoding)
        return result


class Lines:
    """The lines of a process: as many as there are threads that ask at once, each kept for the next one."""

    def __init__(self, url: str, **options: str) -> None:
        self._url = url.replace("+psycopg", "", 1)
        self._options = options
        self._idle: deque[Line] = deque()  # its ends are safe for threads

    def use(self, work: Callable[[Line], _Found], *, again: bool = True) -> _Found:
        """Do the work on a line, and once more (``again``) where the server had left that one."""
        try:
            return self._once(work)
        except psycopg.OperationalError as lost:
            if lost.sqlstate is not None and not lost.sqlstate.startswith(_SERVER_LEFT):
                raise
            self.close()  # a server that ended one has ended all
            if not again:
                raise
            return self._once(work)

    def close(self) -> None:
        """Close the lines that nobody uses."""
        while self._idle:
            self._idle.pop().connection.close()

    def _once(self, work: Callable[[Line], _Found]) -> _Found:
        try:
            line = self._idle.pop()
        except IndexError:
            line = Line(psycopg.connect(self._url, autocommit=True, **self._options))  # type: ignore[arg-type]
        try:
            found = work(line)
        except BaseException:
            line.connection.close()
            raise
        self._idle.append(line)
        return found
