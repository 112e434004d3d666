"""Start and stop of the embedded server, and who does it."""

from __future__ import annotations

import logging
import os
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg
from psycopg import pq

from portal.core.embedded.account import Account, DatabaseNotStarted
from portal.core.embedded.install import Install, find_install
from portal.core.embedded.place import Place
from portal.core.embedded.settings import HOST_RULES, PORT, server_options

_OWNER = "portal"
_DATABASE = "portal"
_LOOK_AGAIN = 0.05  # seconds between two looks at a server that starts
_TRY_AGAIN = 0.5  # seconds between two tries while sessions of a killed server end
_TELL_AFTER = 10.0  # seconds after which a slow start is told
_OTHER_STARTER = 600.0  # seconds given to another process that is starting the server
_OLD_SESSIONS = 120.0  # seconds given to the sessions of a killed server to end
_STOP_WITHIN = 600  # seconds given to the last checkpoint

_log = logging.getLogger(__name__)


class EmbeddedPostgres:
    """The PostgreSQL whose data stand in ``folder``. ``settings`` are laid over the usual ones."""

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        self._place = Place(folder)
        self._settings = dict(settings or {})
        self._account = Account()
        self._install: Install | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._starter: int | None = None  # the process that took the server; not its forks

    def start(self) -> str:
        """Start the server, or join the one that runs, and return the URL of the owner's database."""
        place = self._place
        place.prepare()
        patience = time.monotonic() + _OTHER_STARTER
        while not place.take():
            if url := running_url(place.folder):
                return url
            if time.monotonic() > patience:
                raise DatabaseNotStarted(f"another process holds {place.folder}, but no database answers there")
            time.sleep(_LOOK_AGAIN)
        self._starter = os.getpid()
        try:
            return self._start_as_owner()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the server if this object started it or took it over; otherwise leave it alone."""
        if self._starter != os.getpid():
            return
        try:
            if self._install is not None and _postmaster(self._place.data) is not None:
                control = self._install.program("pg_ctl")
                self._account.run(
                    [control, "stop", "-w", "-t", str(_STOP_WITHIN), "-m", "fast", "-D", self._place.data]
                )
            if self._server is not None:
                self._server.wait()
            self._place.remove_socket_folder(self._account)
        finally:
            self._server = None
            self._starter = None
            self._place.release()

    def remove(self) -> None:
        """Stop the server and remove its data for good. Refuses while another process has the server."""
        if self._starter is None:
            self._place.prepare()
            if not self._place.take():
                raise DatabaseNotStarted(f"a portal is running on {self._place.folder}: stop it first")
            self._starter = os.getpid()
            self._account = self._place.settle()
            self._install = find_install(self._account, self._place.home)
        home = self._place.home
        self.stop()
        self._place.remove(home)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The URL of the running server. Raises ``DatabaseNotStarted`` when none runs."""
        url = running_url(self._place.folder)
        if url is None:
            raise DatabaseNotStarted(f"no database runs in {self._place.folder}")
        return url

    def _start_as_owner(self) -> str:
        place = self._place
        self._account = place.settle()
        self._install = find_install(self._account, place.home)
        if not place.data.exists():
            _initialise(place, self._install, self._account, quick=self._settings.get("fsync") == "off")
        _refuse_other_version(place.data, self._install)
        if not self._joins_orphan():
            self._launch()
        url = self.url
        with psycopg.connect(url.replace("+psycopg", "", 1)):
            return url

    def _joins_orphan(self) -> bool:
        """Whether the server of a killed portal still runs and answers. Waits while it recovers."""
        told = time.monotonic() + _TELL_AFTER
        while _postmaster(self._place.data) is not None:
            if running_url(self._place.folder):
                return True
            told = _tell_if_slow(told, self._place)
            time.sleep(_LOOK_AGAIN)
        return False

    def _launch(self) -> None:
        """Start the server and wait until it answers, however long it recovers after a crash."""
        give_up = time.monotonic() + _OLD_SESSIONS
        while not self._launched():
            said = _tail(self._place.log)
            # Sessions of a killed server end by themselves when they notice; until then PostgreSQL refuses.
            if "is still in use" not in said or time.monotonic() > give_up:
                raise DatabaseNotStarted(f"PostgreSQL did not start; {self._place.log} ends with:\n{said}")
            time.sleep(_TRY_AGAIN)

    def _launched(self) -> bool:
        """Start the server once: whether it came up. False when it ended by itself."""
        place, install = self._place, self._install
        assert install is not None  # noqa: S101 - set before; tells the type checker
        options = server_options(place.make_socket_folder(self._account), self._settings)
        log = place.open_log()
        try:
            self._server = subprocess.Popen(
                [str(install.program("postgres")), "-D", str(place.data), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **self._account.popen_options(),
            )
        finally:
            os.close(log)
        told = time.monotonic() + _TELL_AFTER
        while running_url(place.folder) is None:
            if self._server.poll() is not None:
                return False
            told = _tell_if_slow(told, place)
            time.sleep(_LOOK_AGAIN)
        return True


def running_url(folder: Path) -> str | None:
    """The URL of the owner's database in ``folder`` if its server accepts connections now."""
    place = Place(folder)
    try:
        socket = place.socket_folder()
        if socket is None or not place.data.exists():
            return None
        if pq.PGconn.ping(f"host={socket} port={PORT} connect_timeout=5".encode()) != pq.Ping.OK:
            return None
        return f"postgresql+psycopg://{_OWNER}:{place.password()}@/{_DATABASE}?host={quote(str(socket))}&port={PORT}"
    except PermissionError as refused:
        raise DatabaseNotStarted(f"the database in {folder} belongs to another user of this machine") from refused
    except FileNotFoundError:  # it was stopped while we looked
        return None


def _initialise(place: Place, install: Install, account: Account, *, quick: bool) -> None:
    """Make the data, the owner and its database, wholly or not at all.

    The owner is no superuser: it may make roles and databases, as on a server that somebody else
    runs. The superuser has no password, so that nobody signs in as it.
    """
    making = place.make_data_folder(account)
    how = ["--username=postgres", "--auth=reject", "--encoding=UTF8", "--locale=C"]
    how += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"]
    how += ["--no-sync"] if quick else []
    account.run([install.program("initdb"), "-D", making, *how])
    owner = f"CREATE ROLE {_OWNER} LOGIN CREATEDB CREATEROLE PASSWORD '{place.password()}'"
    said = account.run(
        [install.program("postgres"), "--single", "-j", "-c", "log_min_messages=fatal", "-D", making, "postgres"],
        f"{owner};\n\nCREATE DATABASE {_DATABASE} OWNER {_OWNER};\n\n",
    )
    if "ERROR" in said:
        raise DatabaseNotStarted("PostgreSQL did not make the owner of the portal's database")
    (making / "pg_hba.conf").write_text(HOST_RULES)
    making.rename(place.data)


def _refuse_other_version(data: Path, install: Install) -> None:
    made_by = (data / "PG_VERSION").read_text().strip()
    if made_by != str(install.version):
        raise DatabaseNotStarted(
            f"the data in {data} were made by PostgreSQL {made_by}, and this is {install.version}: "
            "`make demo-reset` makes the demo anew"
        )


def _postmaster(data: Path) -> int | None:
    """The number of the server process on ``data`` if it lives.

    After a restart of the machine another process can have the number that the old server left in
    its file, and PostgreSQL would refuse to start for ever; such a file is removed.
    """
    record = data / "postmaster.pid"
    try:
        number = int(record.read_text().split("\n", 1)[0])
        os.kill(number, 0)
    except (FileNotFoundError, ProcessLookupError, ValueError):
        return None
    except PermissionError:
        pass  # it lives, under another account: look at what it is
    if str(data) in _command_line(number):
        return number
    record.unlink(missing_ok=True)
    return None


def _command_line(process: int) -> str:
    listed = Path(f"/proc/{process}/cmdline")
    if Path("/proc/self").exists():
        try:
            return listed.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            return ""
    shown = subprocess.run(
        ["/bin/ps", "-o", "command=", "-p", str(process)], capture_output=True, text=True, check=False
    )
    return shown.stdout


def _tell_if_slow(told: float, place: Place) -> float:
    """Say that the start takes long when it is past ``told``; when to say it next."""
    if time.monotonic() < told:
        return told
    _log.warning("PostgreSQL is still starting, perhaps recovering after a crash; see %s", place.log)
    return time.monotonic() + _TELL_AFTER


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:] if log.exists() else ""
