"""The database: who is asking is the first statement of every transaction.

Four roles own nothing and stand under row-level security: family, staff, worker and anonymous.
A transaction is opened with a ``Scope``; the policies read it. With no scope a query finds nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import psycopg
from sqlalchemy import Connection, Engine, MetaData, create_engine, text
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

from portal.core import quick

Role = Literal["family", "staff", "worker", "anonymous"]

_NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Declarative base of every table."""

    metadata = MetaData(naming_convention=_NAMING)


@dataclass(frozen=True, slots=True)
class Scope:
    """Who asks. The unused keys stay empty, and the policies treat empty as nobody."""

    role: Role
    person_id: int | None = None
    family_id: int | None = None
    guardian: bool = False
    staff_id: int | None = None
    helper_id: int | None = None  # the officer beside a member, in a session of two
    job: str = ""


ANONYMOUS = Scope("anonymous")

# A role name in a GUC is switched like SET LOCAL ROLE; one statement sets every key, used or not.
_SET_SCOPE = text(
    "SELECT set_config('role', :role, true), set_config('portal.person_id', :person, true),"
    " set_config('portal.family_id', :family, true), set_config('portal.guardian', :guardian, true),"
    " set_config('portal.staff_id', :staff, true), set_config('portal.helper_id', :helper, true),"
    " set_config('portal.job', :job, true)"
)


_QUICK_SCOPE = quick.Question(_SET_SCOPE)


def _key(number: int | None) -> str:
    return "" if number is None else str(number)


def set_scope(connection: Connection | Session, scope: Scope) -> None:
    """Say who is asking, for the rest of the transaction."""
    connection.execute(_SET_SCOPE, _keys(scope))


def _keys(scope: Scope) -> dict[str, str]:
    return {
        "role": f"portal_{scope.role}",
        "person": _key(scope.person_id),
        "family": _key(scope.family_id),
        "guardian": "1" if scope.guardian else "",
        "staff": _key(scope.staff_id),
        "helper": _key(scope.helper_id),
        "job": scope.job,
    }


class Database:
    """Opens transactions for a scope. Created empty and bound once, in ``create_app`` or the command."""

    def __init__(self) -> None:
        self._factory: sessionmaker[Session] | None = None
        self.engine: Engine | None = None
        self._lines: quick.Lines | None = None
        self._bound: Connection | None = None

    def connect(self, url: str, *, pool_size: int = 4) -> None:
        """Bind to the database at ``url``; connections open when first needed."""
        options = "-c lock_timeout=4s -c statement_timeout=10s -c timezone=UTC -c jit=off"
        self.engine = create_engine(
            url,
            pool_size=pool_size,
            max_overflow=2,
            pool_timeout=5,
            hide_parameters=True,
            connect_args={"application_name": "portal", "options": options},
        )
        # For ``call`` and ``ask``: every question is its own transaction, asked by nobody unless it says who.
        asks = f"{options} -c role=portal_anonymous -c plan_cache_mode=force_generic_plan"
        self._lines = quick.Lines(url, application_name="portal questions", options=asks)
        self._bound = None
        self._factory = sessionmaker(self.engine, expire_on_commit=False, autoflush=False)

    def bind(self, connection: Connection) -> None:
        """Use one open connection; every transaction becomes a savepoint in it (for tests)."""
        self._bound = connection
        self._factory = sessionmaker(
            connection, expire_on_commit=False, autoflush=False, join_transaction_mode="create_savepoint"
        )

    def close(self) -> None:
        """Give every connection back."""
        if self.engine is not None:
            self.engine.dispose()
        if self._lines is not None:
            self._lines.close()

    @contextmanager
    def begin(self, scope: Scope) -> Iterator[Session]:
        """A transaction for ``scope``: committed at the end of the block, or undone whole."""
        if self._factory is None:
            raise RuntimeError("the database is not bound")
        with self._factory.begin() as session:
            set_scope(session, scope)
            yield session

    def call(self, statement: str, params: Sequence[Any]) -> tuple[Any, ...] | None:
        """The first row of one statement that may safely run twice, asked by nobody, in one trip to the database.

        For the named functions of sign-in (``session_find`` runs at every request), written for psycopg with
        ``%s``. A connection that broke meanwhile (the database started anew) is replaced once.
        """
        if self._bound is not None:
            set_scope(self._bound, ANONYMOUS)
            found = self._bound.exec_driver_sql(statement, tuple(params)).one_or_none()
            return None if found is None else tuple(found)
        return self._open_lines().use(lambda line: line.connection.execute(statement, params).fetchone())

    def ask(self, question: quick.Question, scope: Scope | None = None, **given: object) -> Any:
        """The JSON value that a question gives (None without a row), asked by ``scope`` or by nobody, in one trip.

        For what may safely run twice: a connection that broke meanwhile is replaced once.
        """
        return self._asked(question, scope, given, again=True)

    def act(self, question: quick.Question, scope: Scope | None = None, **given: object) -> Any:
        """:meth:`ask` for what changes something: committed when this returns, and never run a second time."""
        return self._asked(question, scope, given, again=False)

    def _asked(self, question: quick.Question, scope: Scope | None, given: Mapping[str, object], *, again: bool) -> Any:
        values = question.values(given)
        if self._bound is not None:
            set_scope(self._bound, scope or ANONYMOUS)
            bound: psycopg.Connection[Any] = self._bound.connection.driver_connection  # type: ignore[assignment]
            row = psycopg.RawCursor(bound).execute(question.text, values).fetchone()
            return None if row is None else row[0]
        steps = [(question, values)]
        if scope is not None:
            steps.insert(0, (_QUICK_SCOPE, _QUICK_SCOPE.values(_keys(scope))))
        return self._open_lines().use(lambda line: line.ask(steps), again=again)

    def _open_lines(self) -> quick.Lines:
        if self._lines is None:
            raise RuntimeError("the database is not bound")
        return self._lines
