"""Work for later: asked for in a transaction, run by the worker process, which stops when told to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from portal.commands import main
from portal.config import Settings
from portal.core.database_roles import worker_url
from portal.core.db import ANONYMOUS, Scope
from portal.core.jobs import PERIODIC, app, defer, worker_connector
from portal.core.source import ROOT
from portal.extensions import db
from portal.working import jobs_by_name
from tests import factories as make
from tests.conftest import worker_of
from tests.environments import variables_of

WAIT_S = 60.0
WORKER = Scope("worker", job="test")
JOBS = text("SELECT task_name, status::text, attempts FROM jobs.procrastinate_jobs WHERE task_name = :t ORDER BY id")
WORKERS = text("SELECT count(*) FROM jobs.procrastinate_workers")
PARENT = """
import sys
from portal.working import jobs_by_name, worker_beside
with worker_beside() as child:
    print(child.pid, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def environment(settings: Settings, committed: Engine, tmp_path: Path) -> dict[str, str]:
    """The environment of a process that works on this test's database."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    return (
        plain
        | variables_of(settings)
        | {"DATABASE_URL": committed.url.render_as_string(hide_password=False), "PORTAL_INSTANCE": str(tmp_path)}
    )


@pytest.fixture
def start(environment: dict[str, str]) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts processes, and ends those that are left."""
    started: list[subprocess.Popen[bytes]] = []

    def run(*command: str) -> subprocess.Popen[bytes]:
        started.append(
            subprocess.Popen(
                [sys.executable, *command],
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=ROOT,
            )
        )
        return started[-1]

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def until(found: Callable[[], bool], process: subprocess.Popen[bytes] | None = None) -> None:
    """Wait until it is so, while the process lives; give up after a minute."""
    end = time.monotonic() + WAIT_S
    while not found():
        assert time.monotonic() < end, "it did not happen in time"
        if process is None:
            time.sleep(0.1)
            continue
        try:
            raise AssertionError(f"the process ended with {process.wait(0.1)}")
        except subprocess.TimeoutExpired:
            pass


def ask(owner: Engine, statement: Any, **values: object) -> list[Any]:
    """Rows as the owner sees them."""
    with owner.connect() as connection:
        return [tuple(row) for row in connection.execute(statement, values)]


def make_old_session(owner: Engine) -> None:
    """A session that the sweep removes."""
    with owner.begin() as connection:
        staff = make.make_staff(connection, make.VILLAGE).staff_id
        connection.execute(
            text(
                "INSERT INTO web_session (token_hash, staff_id, idle_ends_after, expires_at)"
                " VALUES ('old', :s, 30, now() - interval '31 days')"
            ),
            {"s": staff},
        )


def test_the_worker_runs_what_was_deferred_and_stops_on_sigterm(committed: Engine, start) -> None:  # type: ignore[no-untyped-def]
    make_old_session(committed)
    worker = start("-m", "portal", "worker")
    until(lambda: ask(committed, WORKERS) == [(1,)], worker)
    # Whatever came round at the start is done; the next one is asked for while the worker waits.
    until(
        lambda: not ask(committed, text("SELECT 1 FROM jobs.procrastinate_jobs WHERE status IN ('todo', 'doing')")),
        worker,
    )
    with db.begin(Scope("staff", staff_id=1)) as session:
        number = defer(session, "sweep_sessions")
    done = text("SELECT status::text FROM jobs.procrastinate_jobs WHERE id = :i")
    until(lambda: ask(committed, done, i=number) == [("succeeded",)], worker)
    assert ask(committed, text("SELECT 1 FROM web_session")) == []
    worker.terminate()
    assert worker.wait(WAIT_S) == 0
    assert ask(committed, WORKERS) == [(0,)]


def test_a_worker_beside_another_process_ends_with_it(committed: Engine, start) -> None:  # type: ignore[no-untyped-def]
    parent = start("-c", PARENT)
    until(lambda: ask(committed, WORKERS) == [(1,)], parent)
    parent.communicate(b"")  # the block ends
    assert parent.returncode == 0
    assert ask(committed, WORKERS) == [(0,)]
    killed = start("-c", PARENT)
    until(lambda: ask(committed, WORKERS) == [(1,)], killed)
    killed.send_signal(signal.SIGKILL)
    until(lambda: ask(committed, WORKERS) == [(0,)])


def test_a_job_of_a_transaction_that_was_undone_never_was(committed: Engine, settings: Settings) -> None:
    def defer_and_undo(scope: Scope) -> None:
        with db.begin(scope) as session:
            defer(session, "kept", family=1)
        with pytest.raises(ZeroDivisionError), db.begin(scope) as session:
            defer(session, "undone", family=1)
            raise ZeroDivisionError

    defer_and_undo(Scope("staff", staff_id=1))
    defer_and_undo(Scope("family", person_id=1, family_id=1))
    with worker_of(committed, settings):
        defer_and_undo(WORKER)
    assert len(ask(committed, JOBS, t="kept")) == 3
    assert ask(committed, JOBS, t="undone") == []
    assert ask(committed, text("SELECT DISTINCT queue_name, args::text FROM jobs.procrastinate_jobs")) == [
        ("portal", '{"family": 1}')
    ]


def test_a_visitor_leaves_no_work_and_nobody_a_number_of_sixteen_digits(committed: Engine) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), db.begin(ANONYMOUS) as session:
        defer(session, "sweep_sessions")
    number = make.make_nik(date(1990, 1, 1))
    with pytest.raises(ValueError, match="sixteen") as refused, db.begin(Scope("staff", staff_id=1)) as session:
        defer(session, "sweep_sessions", nik=number)
    assert number not in str(refused.value)
    with pytest.raises(DBAPIError, match="arguments_without_numbers"), committed.begin() as owner:
        owner.execute(text("SELECT jobs.defer('x', CAST(:a AS jsonb), NULL)"), {"a": f'{{"n": "{number}"}}'})


def run_worker(committed: Engine, settings: Settings) -> None:
    """A worker in this process that ends once nothing is left to do."""
    url = worker_url(committed.url.render_as_string(hide_password=False), settings.secret_key.get_secret_value())
    with app.replace_connector(worker_connector(url)):
        app.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)


def test_what_is_put_off_waits_and_what_stalled_is_done_again(as_worker: Engine, settings: Settings) -> None:
    committed = as_worker
    jobs_by_name()  # as the worker begins: it knows every job
    with db.begin(WORKER) as session:
        later = datetime(2999, 1, 1, tzinfo=UTC)
        put_off = defer(session, "sweep_pin_trials", at=later)
        stalled, given_up = (defer(session, "sweep_signin_counters") for _ in range(2))
        old = defer(session, "long_gone")
        defer(session, "retry_stalled")
        defer(session, "remove_old_jobs")
        defer(session, "of_a_newer_version")
    with committed.begin() as owner:
        owner.execute(text("SET LOCAL search_path = jobs"))
        # Their workers were killed: nobody is left who does them.
        owner.execute(
            text(
                "UPDATE jobs.procrastinate_jobs SET status = 'doing', attempts = CASE id WHEN :s THEN 1"
                " ELSE 9 END WHERE id IN (:s, :g)"
            ),
            {"s": stalled, "g": given_up},
        )
        owner.execute(text("UPDATE jobs.procrastinate_jobs SET status = 'failed' WHERE id = :i"), {"i": old})
        owner.execute(
            text("UPDATE jobs.procrastinate_events SET at = now() - interval '15 days' WHERE job_id = :i"), {"i": old}
        )
    run_worker(committed, settings)
    states = dict(ask(committed, text("SELECT id, status::text FROM jobs.procrastinate_jobs WHERE id <= :o"), o=old))
    assert states == {put_off: "todo", stalled: "succeeded", given_up: "doing"}
    assert ask(committed, JOBS, t="of_a_newer_version")[0][1] == "failed"


def test_a_job_can_be_run_now(committed: Engine, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    make_old_session(committed)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    listed = CliRunner().invoke(main, ["jobs", "list"])
    assert set(listed.output.split()) == set(PERIODIC)
    done = CliRunner().invoke(main, ["jobs", "run", "sweep_sessions"])
    assert done.output == "sweep_sessions: 1 done\n" and done.exit_code == 0
    assert ask(committed, text("SELECT 1 FROM web_session")) == []
    assert CliRunner().invoke(main, ["jobs", "run", "unheard_of"]).exit_code == 2


def test_a_worker_without_its_settings_says_which(environment: dict[str, str], start) -> None:  # type: ignore[no-untyped-def]
    del environment["PORTAL_SECRET_KEY"]
    worker = start("-m", "portal", "worker")
    _, said = worker.communicate(timeout=WAIT_S)
    assert worker.returncode == 1
    assert b"PORTAL_SECRET_KEY is missing" in said and b"Traceback" not in said
