"""The database: who is asking is the first statement of every transaction.

Four roles own nothing and stand under row-level security: family, staff, worker and anonymous.
A transaction is opened with a ``Scope``; the policies read it. With no scope a query finds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import psycopg
from sqlalchemy import Connection, Engine, MetaData, create_engine, text
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import PoolProxiedConnection

from portal.core import quick

_Found = TypeVar("_Found")

#: The first letters of the states in which a server ends its connections: shut down, crashed, starting.
_SERVER_LEFT = "57P"

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
    job: str = ""


ANONYMOUS = Scope("anonymous")

# A role name in a GUC is switched like SET LOCAL ROLE; one statement sets every key, used or not.
_SET_SCOPE = text(
    "SELECT set_config('role', :role, true), set_config('portal.person_id', :person, true),"
    " set_config('portal.family_id', :family, true), set_config('portal.guardian', :guardian, true),"
    " set_config('portal.staff_id', :staff, true), set_config('portal.job', :job, true)"
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
        "job": scope.job,
    }


class Database:
    """Opens transactions for a scope. Created empty and bound once, in ``create_app`` or the command."""

    def __init__(self) -> None:
        self._factory: sessionmaker[Session] | None = None
        self.engine: Engine | None = None
        self._single: Engine | None = None
        self._bound: Connection | None = None

    def connect(self, url: str, *, pool_size: int = 4) -> None:
        """Bind to the database at ``url``; connections open when first needed."""
        options = "-c lock_timeout=4s -c statement_timeout=10s -c timezone=UTC -c jit=off"
        shared: dict[str, Any] = {
            "pool_size": pool_size,
            "max_overflow": 2,
            "pool_timeout": 5,
            "hide_parameters": True,
        }
        self.engine = create_engine(url, connect_args={"application_name": "portal", "options": options}, **shared)
        # For ``call``: every statement is its own transaction, asked by nobody.
        self._single = create_engine(
            url,
            connect_args={
                "application_name": "portal sign-in",
                "options": f"{options} -c role=portal_anonymous",
            },
            isolation_level="AUTOCOMMIT",
            pool_reset_on_return=None,
            **shared,
        )
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
        for engine in (self.engine, self._single):
            if engine is not None:
                engine.dispose()

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

        def execute(held: PoolProxiedConnection) -> tuple[Any, ...] | None:
            driver: psycopg.Connection[tuple[Any, ...]] = held.driver_connection  # type: ignore[assignment]
            return driver.execute(statement, params).fetchone()

        return self._twice(execute)

    def ask(self, question: quick.Question, scope: Scope | None = None, **given: object) -> Any:
        """The JSON value that a question gives (None without a row), asked by ``scope`` or by nobody, in one trip."""
        values = question.values(given)
        if self._bound is not None:
            set_scope(self._bound, scope or ANONYMOUS)
            bound: psycopg.Connection[Any] = self._bound.connection.driver_connection  # type: ignore[assignment]
            row = psycopg.RawCursor(bound).execute(question.text, values).fetchone()
            return None if row is None else row[0]
        steps = [(question, values)]
        if scope is not None:
            steps.insert(0, (_QUICK_SCOPE, _QUICK_SCOPE.values(_keys(scope))))

        def run(held: PoolProxiedConnection) -> Any:
            driver: psycopg.Connection[Any] = held.driver_connection  # type: ignore[assignment]
            return quick.ask(driver, held.info.setdefault("prepared", {}), *steps)

        return self._twice(run)

    def _twice(self, work: Callable[[PoolProxiedConnection], _Found]) -> _Found:
        """Do it on a connection of its own, and once more where that one was broken."""
        try:
            return self._once(work)
        except psycopg.OperationalError as lost:
            if lost.sqlstate is not None and not lost.sqlstate.startswith(_SERVER_LEFT):
                raise
            return self._once(work)

    def _once(self, work: Callable[[PoolProxiedConnection], _Found]) -> _Found:
        if self._single is None:
            raise RuntimeError("the database is not bound")
        held = self._single.raw_connection()
        try:
            return work(held)
        except psycopg.Error as broken:
            held.invalidate(broken)
            raise
        finally:
            held.close()
