"""Questions asked in one trip: under the same walls, in a transaction of their own, on connections that may break."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import psycopg
import pytest
from sqlalchemy import Connection, Engine, bindparam, func, select, text

from portal.core.db import Scope
from portal.core.quick import Question
from portal.extensions import db
from portal.registry.models import Member
from tests.factories import make_family

_NAMES = Question(select(func.json_agg(Member.name)).where(Member.id > bindparam("above")))
_WHO = Question(text("SELECT json_build_array(current_user, current_setting('portal.family_id', true))"))
_BACKEND = Question(text("SELECT to_json(pg_backend_pid())"))
_ECHO = Question(
    text("SELECT json_build_array(CAST(:a AS bytea) = '\\x00ff', CAST(:b AS timestamptz), :c || '', CAST(:d AS text))")
)
_SLOW = Question(text("SELECT to_json(pg_sleep(60)::text)"))
_PAUSE = Question(text("SELECT to_json(pg_sleep(0.2)::text)"))
_NOTHING = Question(text("SELECT to_json(1) WHERE false"))
_WRONG = Question(text("SELECT to_json(1 / CAST(:by AS integer))"))


def _family(owner: Engine, name: str) -> Scope:
    with owner.begin() as connection:
        family = make_family(connection, head={"name": name})
    return Scope("family", person_id=family.head.person_id, family_id=family.id)


def test_the_walls_stand(committed: Engine) -> None:
    first, second = _family(committed, "SITI"), _family(committed, "BUDI")
    for _ in range(3):
        assert db.ask(_NAMES, first, above=0) == ["SITI"]
        assert db.ask(_NAMES, second, above=0) == ["BUDI"]


def test_a_scope_ends_with_its_question(committed: Engine) -> None:
    scope = _family(committed, "SITI")
    assert db.ask(_WHO, scope) == ["portal_family", str(scope.family_id)]
    assert db.ask(_WHO) in (["portal_anonymous", ""], ["portal_anonymous", None])
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        db.ask(_NAMES, above=0)


@pytest.mark.usefixtures("committed")
def test_values_arrive_as_they_are() -> None:
    moment = datetime(2026, 10, 1, 7, 30, tzinfo=UTC)
    given = {"a": b"\x00\xff", "b": moment, "c": "O'Neil \\ %s", "d": None}
    same, then, words, nothing = db.ask(_ECHO, **given)
    assert (same, datetime.fromisoformat(then), words, nothing) == (True, moment, "O'Neil \\ %s", None)
    assert db.ask(_NOTHING) is None


def test_a_failed_question_spoils_nothing(committed: Engine) -> None:
    scope = _family(committed, "SITI")
    for _ in range(12):  # more often than the pool has connections
        with pytest.raises(psycopg.errors.DivisionByZero):
            db.ask(_WRONG, scope, by=0)
    assert db.ask(_WRONG, scope, by=1) == 1
    with pytest.raises(psycopg.errors.UndefinedTable):
        db.ask(Question(text("SELECT to_json(1) FROM nowhere")))
    assert db.ask(_WHO) in (["portal_anonymous", ""], ["portal_anonymous", None])


@pytest.mark.usefixtures("committed")
def test_a_slow_question_is_ended_and_not_asked_again() -> None:
    db.ask(Question(text("SELECT to_json(set_config('statement_timeout', '200ms', false))")))
    with pytest.raises(psycopg.errors.QueryCanceled):
        db.ask(_SLOW)


@pytest.mark.usefixtures("committed")
def test_broken_connections_are_replaced() -> None:
    meet = threading.Barrier(3)

    def asked() -> int:
        meet.wait(5)
        db.ask(_PAUSE)
        return int(db.ask(_BACKEND))

    with ThreadPoolExecutor(3) as threads:
        backends = {one.result() for one in [threads.submit(asked) for _ in range(3)]}
    assert len(backends) > 1, "they should have asked at once"
    assert db.engine is not None
    with db.engine.begin() as connection:
        for backend in backends:
            connection.execute(text("SELECT pg_terminate_backend(:p)"), {"p": backend})
    assert db.ask(_BACKEND) not in backends


def test_in_a_test_it_works_inside_the_open_transaction(connection: Connection) -> None:
    family = make_family(connection, head={"name": "SITI"})
    scope = Scope("family", person_id=family.head.person_id, family_id=family.id)
    assert db.ask(_NAMES, scope, above=0) == ["SITI"]
    assert db.ask(_NAMES, scope, above=family.head.id) is None
