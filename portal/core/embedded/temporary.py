"""A server for one run of tests, gone with its data when the run ends, even when it is killed.

A keeper process starts it and waits for the end of its input, which comes when the run closes its
end of the pipe or dies.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from portal.core.embedded.account import DatabaseNotStarted
from portal.core.embedded.server import EmbeddedPostgres
from portal.core.embedded.settings import UNSAFE_BUT_QUICK

_KEEPER = "import sys; from portal.core.embedded.temporary import keep; keep(sys.argv[1])"


@contextmanager
def temporary_postgres(settings: Mapping[str, str] = UNSAFE_BUT_QUICK) -> Iterator[str]:
    """The URL of an empty server of its own, which is removed with its data at the end."""
    keeper = subprocess.Popen(
        [sys.executable, "-c", _KEEPER, json.dumps(dict(settings))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C ends the run, and the end of the run ends the keeper
    )
    with keeper:
        assert keeper.stdin is not None  # noqa: S101 - both are pipes; tells the type checker
        assert keeper.stdout is not None  # noqa: S101
        url = keeper.stdout.readline().strip()
        if not url:
            raise DatabaseNotStarted("the temporary PostgreSQL did not start; the reason stands above")
        yield url


def keep(settings: str) -> None:
    """Run a server with ``settings`` (JSON) in a new folder, print its URL, and remove it when the input ends."""
    folder = Path(tempfile.mkdtemp(prefix="portal-test-"))
    folder.chmod(0o711)  # the server's account passes through it when root runs the tests
    server = EmbeddedPostgres(folder, json.loads(settings))
    try:
        sys.stdout.write(f"{server.start()}\n")
        sys.stdout.flush()
        sys.stdin.read()
    finally:
        server.remove()
