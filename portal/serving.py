"""The web server: granian in front of the application, the embedded database behind it where there is no other."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from portal.config import Settings
from portal.core import migrate
from portal.core.embedded import EmbeddedPostgres

_STOP_S = 15  # what requests get to end when the server is told to stop; longer than any statement
_THREADS = 4  # per process; the database pool has as many connections


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """The owner's URL of a database that is up and migrated; the embedded one stops with the block."""
    secret = settings.secret_key.get_secret_value()
    if settings.database_url is not None:
        url = settings.database_url.get_secret_value()
        migrate.prepare(url, secret)
        yield url
        return
    with EmbeddedPostgres(settings.embedded_folder) as embedded:
        migrate.prepare(embedded.url, secret)
        yield embedded.url


def serve(host: str, port: int, processes: int | None = None, target: str = "portal.wsgi:make_child_app") -> None:
    """Serve ``target`` (the factory of an application) until told to stop (Ctrl-C or SIGTERM)."""
    Granian(
        target,
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes or os.cpu_count() or 1,
        blocking_threads=_THREADS,
        backpressure=64,
        log_level=LogLevels.warning,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=_STOP_S,
    ).serve()
