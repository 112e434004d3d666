"""The parts of the embedded PostgreSQL that need no server: who runs it, where, and what is told when it cannot."""

from __future__ import annotations

import logging
import os
import pwd
import subprocess
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from portal.core.embedded import DatabaseNotStarted, EmbeddedPostgres, running_url, server
from portal.core.embedded.account import Account
from portal.core.embedded.place import Place
from portal.core.embedded.settings import server_options

NOBODY = 65534


@pytest.fixture
def as_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(pwd, "getpwnam", lambda name: SimpleNamespace(pw_uid=NOBODY, pw_gid=NOBODY))


def test_an_ordinary_user_runs_it_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1234)
    account = Account.for_data(tmp_path)
    assert (account.uid, account.owner) == (None, 1234)
    assert "user" not in account.popen_options()
    before = tmp_path.stat().st_uid
    account.own(tmp_path)
    assert tmp_path.stat().st_uid == before


@pytest.mark.usefixtures("as_root")
def test_root_hands_it_to_nobody(tmp_path: Path) -> None:
    account = Account.for_data(tmp_path / "none-yet")
    assert account == Account(NOBODY, NOBODY)
    assert account.owner == NOBODY
    assert account.popen_options()["user"] == NOBODY
    assert account.popen_options()["extra_groups"] == []


@pytest.mark.usefixtures("as_root")
def test_root_hands_it_to_the_owner_of_the_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "exists", lambda _: True)
    monkeypatch.setattr(Path, "stat", lambda _: SimpleNamespace(st_uid=1500, st_gid=1600))
    assert Account.for_data(tmp_path) == Account(1500, 1600)


@pytest.mark.usefixtures("as_root")
def test_root_without_nobody_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(name: str) -> None:
        raise KeyError(name)

    monkeypatch.setattr(pwd, "getpwnam", unknown)
    with pytest.raises(DatabaseNotStarted, match="set DATABASE_URL"):
        Account.for_data(tmp_path / "none-yet")


def test_a_program_that_fails_or_cannot_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatabaseNotStarted, match="sh failed: out of luck"):
        Account().run(["/bin/sh", "-c", "echo out of luck >&2; exit 3"])
    with pytest.raises(DatabaseNotStarted, match="cannot be run"):
        Account().run([tmp_path / "none"])
    assert Account().run(["/bin/cat"], "in and out") == "in and out"


def test_the_account_is_asked_what_it_can(tmp_path: Path) -> None:
    assert Account().can("-x", tmp_path)
    assert not Account().can("-x", tmp_path / "none")


def test_the_settings_of_the_caller_win() -> None:
    options = server_options(Path("/tmp/s"), {"fsync": "off"})
    assert "fsync=off" in options
    assert "fsync=on" not in options
    assert "unix_socket_directories=/tmp/s" in options


def test_of_two_places_on_one_folder_one_takes_it(tmp_path: Path) -> None:
    first, second = Place(tmp_path), Place(tmp_path)
    assert first.take()
    assert not second.take()
    first.release()
    first.release()
    assert second.take()
    second.release()


def test_another_users_folder_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> int:
        raise PermissionError

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(DatabaseNotStarted, match="belongs to another user"):
        Place(tmp_path).take()


def test_another_users_database_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Place) -> None:
        raise PermissionError

    monkeypatch.setattr(Place, "socket_folder", refuse)
    with pytest.raises(DatabaseNotStarted, match="belongs to another user"):
        running_url(tmp_path)


def test_a_database_that_stops_while_we_look_is_not_running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_: Place) -> None:
        raise FileNotFoundError

    monkeypatch.setattr(Place, "socket_folder", gone)
    assert running_url(tmp_path) is None


def test_a_holder_without_a_database_is_not_awaited_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    holder = Place(tmp_path)
    assert holder.take()
    monkeypatch.setattr(server, "_OTHER_STARTER", 0.0)
    with pytest.raises(DatabaseNotStarted, match="no database answers"):
        EmbeddedPostgres(tmp_path).start()
    holder.release()


def test_nowhere_to_put_data_or_socket_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Account, "can", lambda *_: False)
    with pytest.raises(DatabaseNotStarted, match="can reach neither"):
        Place(tmp_path).settle()
    with pytest.raises(DatabaseNotStarted, match="set TMPDIR"):
        Place(tmp_path).make_socket_folder(Account())


def test_a_recorded_socket_folder_that_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    place = Place(tmp_path)
    (tmp_path / "socket").write_text(str(precious))
    place.remove_socket_folder(Account())
    assert precious.is_dir()
    link = tmp_path / "portal-pg-link"
    link.symlink_to(precious)
    (tmp_path / "socket").write_text(str(link))
    place.remove_socket_folder(Account())
    assert precious.is_dir()
    assert place.socket_folder() is None


def test_a_log_that_grew_is_begun_anew(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.log.write_text("x" * 1_000)
    os.close(place.open_log())
    assert place.log.stat().st_size == 1_000
    place.log.write_text("x" * 1_100_000)
    os.close(place.open_log())
    assert place.log.stat().st_size == 0


def test_a_slow_start_is_told_again_and_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    later = time.monotonic() + 60
    with caplog.at_level(logging.WARNING):
        assert server._tell_if_slow(later, Place(tmp_path)) == later
        assert not caplog.records
        assert server._tell_if_slow(time.monotonic() - 1, Place(tmp_path)) > time.monotonic()
    assert "still starting" in caplog.text


def test_the_server_process_is_known_by_its_data(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    record = data / "postmaster.pid"
    assert server._postmaster(data) is None
    record.write_text("not a number")
    assert server._postmaster(data) is None
    stand_in = ["/bin/sh", "-c", "echo up; read line", str(data)]
    with subprocess.Popen(stand_in, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"  # before that its command line can still read as empty
        record.write_text(f"{process.pid}\n{data}\n")
        assert server._postmaster(data) == process.pid
    assert server._postmaster(data) is None  # it ended
    record.write_text(f"{os.getpid()}\n{data}\n")  # its number now belongs to somebody else
    assert server._postmaster(data) is None
    assert not record.exists()


def test_a_process_of_another_user_is_looked_at_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    (tmp_path / "postmaster.pid").write_text("1\n")
    monkeypatch.setattr(os, "kill", refuse)
    monkeypatch.setattr(server, "_command_line", lambda _: f"postgres -D {tmp_path} -c port=5432")
    assert server._postmaster(tmp_path) == 1


def test_without_proc_the_command_line_comes_from_ps(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "python" in server._command_line(os.getpid())
    assert server._command_line(4_194_305) == ""
    monkeypatch.setattr(Path, "exists", lambda _: False)
    monkeypatch.setattr(
        subprocess, "run", lambda words, **_: SimpleNamespace(stdout=f"postgres for {words[-1]}\n" if words else "")
    )
    assert server._command_line(77) == "postgres for 77\n"


def test_an_owner_that_is_not_made_stops_the_making(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Account, "run", lambda *_: "ERROR:  role exists")
    with pytest.raises(DatabaseNotStarted, match="did not make the owner"):
        server._initialise(Place(tmp_path), server.Install(tmp_path, 18), Account(), quick=True)
    assert not (tmp_path / "data").exists()
