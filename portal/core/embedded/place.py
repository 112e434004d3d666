"""The folders and small files of one embedded server, and who may reach them.

``folder``, which the caller names, holds the lock, the password and the log. The data stand in it
too, unless root runs the portal from a folder that the server's account cannot enter (below
``/root``, say): no folder that is not ours is ever opened further, so the data then go to a folder
below ``/var/lib`` that the file ``elsewhere`` names.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import stat
import tempfile
from pathlib import Path

from portal.core.embedded.account import Account, DatabaseNotStarted

_PREFIX = "portal-pg-"
_ELSEWHERE = (Path("/var/lib"), Path("/var/tmp"))  # noqa: S108 - what is made there has a random name
# A socket's path has at most 107 bytes on Linux and 103 on macOS; ours adds "/portal-pg-xxxxxxxx/.s.PGSQL.5432".
_LONGEST_SOCKET_BASE = 65
_PASSABLE = 0o711


class Place:
    """The folders and files of the server whose data belong to ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(os.path.abspath(folder))
        self._lock: int | None = None

    @property
    def log(self) -> Path:
        """What the server says about itself."""
        return self.folder / "server.log"

    @property
    def home(self) -> Path:
        """The folder that holds the data: ``folder``, or where ``elsewhere`` points."""
        pointer = self.folder / "elsewhere"
        return Path(pointer.read_text().strip()) if pointer.exists() else self.folder

    @property
    def data(self) -> Path:
        """The data of the server."""
        return self.home / "data"

    def prepare(self) -> None:
        """Make the folder, passable but not to be listed by others."""
        if not self.folder.exists():
            self.folder.mkdir(mode=_PASSABLE, parents=True)

    def take(self) -> bool:
        """Whether this process is now the one that starts and stops the server. Ends with the process."""
        try:
            lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except PermissionError as refused:
            raise DatabaseNotStarted(
                f"{self.folder} belongs to another user, who started the portal here before: "
                "run it as that user, or remove the folder"
            ) from refused
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return False
        self._lock = lock
        return True

    def release(self) -> None:
        """Let another process take the server."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def settle(self) -> Account:
        """Choose where the data stand and who runs the server."""
        if not self.home.exists():  # somebody removed what the pointer names: begin anew
            (self.folder / "elsewhere").unlink()
        account = Account.for_data(self.data)
        if not account.can("-x", self.home):
            self._move_out(account)
        return account

    def _move_out(self, account: Account) -> None:
        for base in _ELSEWHERE:
            if os.access(base, os.W_OK) and account.can("-x", base):
                home = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=base))
                home.chmod(_PASSABLE)
                self._write_private("elsewhere", str(home))
                return
        raise DatabaseNotStarted(f"the account that runs PostgreSQL can reach neither {self.folder} nor /var/lib")

    def password(self) -> str:
        """The password of the database's owner, made at the first call."""
        path = self.folder / "password"
        if not path.exists():
            self._write_private(path.name, secrets.token_hex(24))
        return path.read_text().strip()

    def socket_folder(self) -> Path | None:
        """The folder of the socket, while there is one."""
        record = self.folder / "socket"
        return Path(record.read_text().strip()) if record.exists() else None

    def make_socket_folder(self, account: Account) -> Path:
        """A new folder for the socket: private, random in name (nobody can put one there first), short."""
        self.remove_socket_folder(account)
        for base in dict.fromkeys((tempfile.gettempdir(), "/tmp", "/var/tmp")):  # noqa: S108 - see above
            if len(base) <= _LONGEST_SOCKET_BASE and os.access(base, os.W_OK) and account.can("-x", Path(base)):
                made = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=base))
                account.own(made)
                self._write_private("socket", str(made))
                return made
        raise DatabaseNotStarted("there is no temporary folder for the database's socket: set TMPDIR to a short path")

    def remove_socket_folder(self, account: Account) -> None:
        """Remove the socket's folder, if it is still ours."""
        old = self.socket_folder()
        if old is None:
            return
        if old.name.startswith(_PREFIX) and old.exists():
            found = old.lstat()
            if stat.S_ISDIR(found.st_mode) and found.st_uid == account.owner:
                shutil.rmtree(old, ignore_errors=True)
        (self.folder / "socket").unlink()

    def remove(self, home: Path) -> None:
        """Remove the data in ``home`` and everything beside them."""
        shutil.rmtree(home)
        shutil.rmtree(self.folder, ignore_errors=True)

    def open_log(self) -> int:
        """The log, to be written to by the server; begun anew when it has grown over a megabyte."""
        fresh = os.O_TRUNC if self.log.exists() and self.log.stat().st_size > 1 << 20 else 0
        return os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | fresh, 0o600)

    def make_data_folder(self, account: Account) -> Path:
        """An empty, private folder for data in the making.

        Its name is new each time: after a kill, a program that still fills an older one does no harm.
        """
        for older in self.home.glob("new-*"):
            shutil.rmtree(older, ignore_errors=True)
        making = Path(tempfile.mkdtemp(prefix="new-", dir=self.home))
        account.own(making)
        return making

    def _write_private(self, name: str, content: str) -> None:
        """Write a file of mode 0600 in one step, so that a kill leaves the old one or the new one."""
        part = self.folder / f"{name}.part"
        part.unlink(missing_ok=True)
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.rename(self.folder / name)
