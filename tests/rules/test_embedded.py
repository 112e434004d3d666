"""The embedded PostgreSQL, really started: private, shared by processes, and none the worse for a kill."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import unquote

import psycopg
import pytest

from portal.core.embedded import (
    UNSAFE_BUT_QUICK,
    DatabaseNotStarted,
    EmbeddedPostgres,
    running_url,
    temporary_postgres,
)
from portal.core.embedded import install as install_module
from portal.core.embedded.account import Account
from portal.core.embedded.install import find_install
from portal.core.embedded.place import Place

HOLDER = """
import sys
from pathlib import Path
from portal.core.embedded import EmbeddedPostgres
with EmbeddedPostgres(Path(sys.argv[1])) as server:
    print(server.url, flush=True)
    sys.stdin.read()
"""
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
Hold = Callable[[], subprocess.Popen[str]]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the server's account can enter, emptied with whatever ran in it."""
    base = Path(tempfile.mkdtemp(prefix="portal-test-"))
    base.chmod(0o711)
    yield base / "pg"
    if (base / "pg").exists():
        EmbeddedPostgres(base / "pg").remove()
    shutil.rmtree(base)


@pytest.fixture
def hold(folder: Path) -> Iterator[Hold]:
    """Start processes that hold the server until their input ends."""
    held: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        held.append(process)
        return process

    yield start
    for process in held:
        process.communicate()


def said_url(process: subprocess.Popen[str]) -> str:
    """The URL that a holder printed."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True)


def ask(url: str, statement: str) -> object:
    with connect(url) as connection:
        row = connection.execute(statement.encode()).fetchone()
    return row[0] if row else None


def do(url: str, statement: str) -> None:
    with connect(url) as connection:
        connection.execute(statement.encode())


def postmaster(folder: Path) -> int:
    return int((Place(folder).data / "postmaster.pid").read_text().split("\n")[0])


def has_open(process: subprocess.Popen[str], path: Path) -> bool:
    return any(file.readlink() == path for file in Path(f"/proc/{process.pid}/fd").iterdir())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_it_is_private_and_its_owner_no_superuser(folder: Path) -> None:
    with EmbeddedPostgres(folder) as server:
        url = server.url
        assert running_url(folder) == url
        assert ask(url, "SHOW listen_addresses") == ""
        assert ask(url, "SHOW fsync") == "on"
        assert ask(url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
        assert ask(url, "SELECT rolcreaterole AND rolcreatedb FROM pg_roles WHERE rolname = current_user") is True
        assert mode(folder / "password") == mode(folder / "lock") == mode(folder / "server.log") == PRIVATE_FILE
        assert mode(folder / "data") == PRIVATE_FOLDER
        socket = Place(folder).socket_folder()
        assert socket is not None
        assert mode(socket) == PRIVATE_FOLDER
        assert not mode(folder) & 0o066
        for wrong in (url.replace("portal:", "portal:x", 1), url.replace("//portal:", "//postgres:", 1)):
            with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
                connect(wrong)
    assert running_url(folder) is None
    assert not socket.exists()
    with pytest.raises(DatabaseNotStarted, match="no database runs"):
        _ = server.url


def test_its_log_keeps_no_value_of_a_failed_statement(folder: Path) -> None:
    number = "3510145501909001"
    with EmbeddedPostgres(folder, UNSAFE_BUT_QUICK) as server:
        do(server.url, "CREATE TABLE t (n text PRIMARY KEY CHECK (n <> 'x'))")
        do(server.url, f"INSERT INTO t VALUES ('{number}')")
        for statement in (f"INSERT INTO t VALUES ('{number}')", f"SELECT '{number}a'::bigint"):
            with pytest.raises(psycopg.Error):
                do(server.url, statement)
    assert number not in (folder / "server.log").read_text()


def test_data_and_settings_outlive_a_stop(folder: Path) -> None:
    server = EmbeddedPostgres(folder, {"work_mem": "7MB"})
    do(server.start(), "CREATE TABLE kept AS SELECT 7 AS n")
    server.stop()
    server.stop()  # a second stop does nothing
    with server:
        assert ask(server.url, "SELECT n FROM kept") == 7
        assert ask(server.url, "SHOW work_mem") == "7MB"


def test_it_starts_again_after_everything_was_killed(folder: Path, hold: Hold) -> None:
    holder = hold()
    url = said_url(holder)
    do(url, "CREATE TABLE kept AS SELECT generate_series(1, 20000) AS n")
    with connect(url) as open_session:
        open_session.execute("SELECT 1")
        server = postmaster(folder)
        holder.kill()
        os.kill(server, signal.SIGKILL)
        with EmbeddedPostgres(folder) as again:
            assert postmaster(folder) != server
            assert ask(again.url, "SELECT count(*) FROM kept") == 20000


def test_it_waits_for_a_busy_session_of_a_killed_server(folder: Path, hold: Hold) -> None:
    holder = hold()
    url = said_url(holder)
    server = postmaster(folder)
    with ThreadPoolExecutor(1) as elsewhere:
        busy = elsewhere.submit(ask, url, "SELECT count(*) FROM generate_series(1, 6000000)")
        wait_until(lambda: ask(url, "SELECT count(*) FROM pg_stat_activity WHERE state = 'active'") == 2)
        holder.kill()
        os.kill(server, signal.SIGKILL)
        with EmbeddedPostgres(folder) as again:
            assert ask(again.url, "SELECT 1") == 1
        assert busy.exception() is not None or busy.result() == 6000000
    assert "is still in use" in (folder / "server.log").read_text()


def test_a_server_left_by_a_killed_portal_is_taken_over_and_stopped(folder: Path, hold: Hold) -> None:
    holder = hold()
    url = said_url(holder)
    server = postmaster(folder)
    holder.kill()
    holder.wait()
    with EmbeddedPostgres(folder) as heir:
        assert heir.url == url
        assert postmaster(folder) == server
        assert ask(url, "SELECT 1") == 1
    assert running_url(folder) is None
    assert not (folder / "data" / "postmaster.pid").exists()


def test_of_processes_that_start_at_once_one_starts_it_and_stops_it(folder: Path, hold: Hold) -> None:
    holders = [hold() for _ in range(4)]
    urls = {said_url(holder) for holder in holders}
    assert len(urls) == 1
    url = urls.pop()
    locked_by = next(holder for holder in holders if has_open(holder, folder / "lock"))
    for other in holders:
        if other is not locked_by:
            other.communicate()
            assert other.returncode == 0
            assert ask(url, "SELECT 1") == 1
    with pytest.raises(DatabaseNotStarted, match="stop it first"):
        EmbeddedPostgres(folder).remove()
    locked_by.communicate()
    assert running_url(folder) is None


def test_who_joined_takes_over_when_the_starter_dies_while_starting(folder: Path, hold: Hold) -> None:
    first = hold()
    wait_until((folder / "lock").exists)
    first.kill()
    with EmbeddedPostgres(folder) as second:
        assert ask(second.url, "SELECT 1") == 1


def test_a_fork_of_the_starter_does_not_stop_it(folder: Path) -> None:
    with EmbeddedPostgres(folder, UNSAFE_BUT_QUICK) as server:
        child = os.fork()
        if child == 0:
            server.stop()
            os._exit(0)
        os.waitpid(child, 0)
        assert ask(server.url, "SELECT 1") == 1


def test_an_interrupted_start_leaves_nothing_running(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("portal.core.embedded.server.psycopg.connect", interrupted)
        with pytest.raises(KeyboardInterrupt):
            EmbeddedPostgres(folder, UNSAFE_BUT_QUICK).start()
    assert not (folder / "data" / "postmaster.pid").exists()
    with EmbeddedPostgres(folder) as server:
        assert ask(server.url, "SELECT 1") == 1


def test_half_made_data_are_made_anew(folder: Path) -> None:
    (folder / "new-1").mkdir(parents=True)
    (folder / "new-1" / "junk").touch()
    folder.chmod(0o711)
    with EmbeddedPostgres(folder, UNSAFE_BUT_QUICK) as server:
        assert ask(server.url, "SELECT 1") == 1
    assert not (folder / "new-1").exists()


def test_a_number_that_another_process_took_does_not_stop_the_start(folder: Path) -> None:
    with EmbeddedPostgres(folder, UNSAFE_BUT_QUICK):
        pass
    stale = folder / "data" / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{folder / 'data'}\n1\n5432\n/tmp\n\n 1 1\nready\n")
    Account.for_data(folder / "data").own(stale)
    with EmbeddedPostgres(folder, UNSAFE_BUT_QUICK) as server:
        assert ask(server.url, "SELECT 1") == 1


def test_a_very_long_path_works(folder: Path) -> None:
    deep = folder.parent.joinpath(*["a-folder-with-quite-a-long-name"] * 8)
    deep.mkdir(parents=True)
    for part in (deep, *deep.parents):
        if folder.parent in part.parents:
            part.chmod(0o711)
    server = EmbeddedPostgres(deep / "it's long & spaced", UNSAFE_BUT_QUICK)
    try:
        assert ask(server.start(), "SELECT 1") == 1
    finally:
        server.remove()
    assert not any(deep.iterdir())


def test_a_refused_setting_is_told_with_the_end_of_the_log(folder: Path) -> None:
    with pytest.raises(DatabaseNotStarted, match='unrecognized configuration parameter "no_such"'):
        EmbeddedPostgres(folder, {"no_such": "1"}).start()


def test_data_of_another_version_are_refused_with_the_way_out(folder: Path) -> None:
    with EmbeddedPostgres(folder, UNSAFE_BUT_QUICK):
        pass
    (folder / "data" / "PG_VERSION").write_text("14\n")
    with pytest.raises(DatabaseNotStarted, match=r"made by PostgreSQL 14.*demo-reset"):
        EmbeddedPostgres(folder).start()


def test_below_a_closed_folder_the_data_and_programs_go_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root in a folder of mode 0700, with a virtual environment that nobody else can enter."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    seen: list[Path] = []
    real = Account.can

    def cannot_enter(self: Account, test: str, path: Path) -> bool:
        seen.append(path)
        inside = closed in (path, *path.parents) or "site-packages" in path.parts
        return not inside and real(self, test, path)

    monkeypatch.setattr(Account, "can", cannot_enter)
    server = EmbeddedPostgres(closed / "pg", UNSAFE_BUT_QUICK)
    try:
        assert ask(server.start(), "SELECT 1") == 1
        home = Place(closed / "pg").home
        assert closed not in home.parents
        assert (home / "install").is_dir()
        assert mode(home / "data") == PRIVATE_FOLDER
        assert mode(closed) == PRIVATE_FOLDER
        server.stop()
        assert ask(server.start(), "SELECT 1") == 1  # the copy is used again
    finally:
        server.remove()
    assert not home.exists()
    assert seen


def test_a_pointer_to_removed_data_is_forgotten(folder: Path) -> None:
    folder.mkdir(mode=0o711)
    (folder / "elsewhere").write_text("/var/tmp/portal-pg-gone")
    with EmbeddedPostgres(folder, UNSAFE_BUT_QUICK) as server:
        assert ask(server.url, "SELECT 1") == 1


def test_a_missing_wheel_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install_module, "_PACKAGE", "no_such_package")
    with pytest.raises(DatabaseNotStarted, match="is not installed"):
        find_install(Account(), tmp_path)
    monkeypatch.setattr(install_module, "_PACKAGE", "psycopg")
    with pytest.raises(DatabaseNotStarted, match="brings no PostgreSQL"):
        find_install(Account(), tmp_path)


def socket_of(url: str) -> Path:
    return Path(unquote(url.partition("host=")[2].partition("&")[0]))


def test_a_temporary_server_leaves_nothing() -> None:
    with temporary_postgres() as url:
        assert ask(url, "SHOW fsync") == "off"
        assert socket_of(url).exists()
    assert not socket_of(url).exists()


def test_a_temporary_server_ends_with_a_killed_run() -> None:
    script = """
from portal.core.embedded import temporary_postgres
with temporary_postgres() as url:
    print(url, flush=True)
    input()
"""
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as run:
        url = said_url(run)
        assert ask(url, "SELECT 1") == 1
        run.kill()
    wait_until(lambda: not socket_of(url).exists())


def test_a_temporary_server_that_does_not_start_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(DatabaseNotStarted, match="the reason stands above"), temporary_postgres({"no_such": "1"}):
        pass
    assert 'unrecognized configuration parameter "no_such"' in capfd.readouterr().err
