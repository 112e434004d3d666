"""The account of the system that runs the server.

PostgreSQL refuses to run as root, so root hands it to ``nobody``, or to whoever owns the data
already. Everybody else runs it under the own account.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_UNPRIVILEGED = "nobody"
_PRIVATE_UMASK = 0o077


class DatabaseNotStarted(RuntimeError):
    """The embedded PostgreSQL does not run, and the message says why and what to do."""


@dataclass(frozen=True)
class Account:
    """Who runs the server: user and group number, or neither for the account we run under."""

    uid: int | None = None
    gid: int | None = None

    @classmethod
    def for_data(cls, data: Path) -> Account:
        """The account for the data in ``data``, which need not exist yet."""
        if os.geteuid() != 0:
            return cls()
        if data.exists() and (owner := data.stat()).st_uid != 0:
            return cls(owner.st_uid, owner.st_gid)
        try:
            entry = pwd.getpwnam(_UNPRIVILEGED)
        except KeyError:
            raise DatabaseNotStarted(
                f"PostgreSQL does not run as root, and this system has no account '{_UNPRIVILEGED}' to run it: "
                "start the portal as an ordinary user, or set DATABASE_URL"
            ) from None
        return cls(entry.pw_uid, entry.pw_gid)

    @property
    def owner(self) -> int:
        """The user number that the server's files belong to."""
        return os.geteuid() if self.uid is None else self.uid

    def own(self, path: Path) -> None:
        """Give ``path`` to the account."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def popen_options(self) -> dict[str, Any]:
        """How to start a program under the account: its own session, so that Ctrl-C does not reach it."""
        options: dict[str, Any] = {
            "cwd": "/",
            "env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            "umask": _PRIVATE_UMASK,
            "start_new_session": True,
        }
        if self.uid is not None:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return options

    def run(self, command: Sequence[str | Path], text_in: str = "") -> str:
        """Run a program to its end and return what it said. Raises ``DatabaseNotStarted`` with its complaint."""
        words = [str(word) for word in command]
        try:
            done: subprocess.CompletedProcess[str] = subprocess.run(
                words, input=text_in, capture_output=True, text=True, check=False, **self.popen_options()
            )
        except OSError as refused:
            raise DatabaseNotStarted(f"{words[0]} cannot be run: {refused.strerror}") from refused
        if done.returncode != 0:
            complaint = (done.stderr or done.stdout).strip()
            raise DatabaseNotStarted(f"{Path(words[0]).name} failed: {complaint[-2000:]}")
        return done.stdout + done.stderr

    def can(self, test: str, path: Path) -> bool:
        """Whether the shell's ``test`` (-r, -x and so on) holds for ``path`` when the account asks."""
        try:
            self.run(["/bin/sh", "-c", f'test {test} "$1"', "sh", path])
        except DatabaseNotStarted:
            return False
        return True
