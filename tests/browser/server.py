"""The portal as it runs for people: granian in a process of its own, on a free port of the loopback."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from portal.config import Settings
from tests.environments import variables_of

_SERVE = "import sys; from portal.serving import serve; serve('127.0.0.1', int(sys.argv[1]), 1)"
_STARTS_WITHIN_S = 60.0
_STOPS_WITHIN_S = 15.0


def environment(settings: Settings, database_url: str, instance: Path, base_url: str) -> dict[str, str]:
    """What the process is told: the secrets of the run, so that rows made by the tests can be read."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    return (
        inherited
        | variables_of(settings)
        | {
            "DATABASE_URL": database_url,
            "PORTAL_INSTANCE": str(instance),
            "PORTAL_DEMO": "1",  # the page with every component, and cookies without TLS
            "PORTAL_BASE_URL": base_url,
        }
    )


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(settings: Settings, database_url: str, folder: Path) -> Iterator[str]:
    """The address of a portal that runs with ``folder`` as its instance; stopped at the end of the block."""
    port = free_port()
    base_url = f"http://localhost:{port}"  # browsers make passkeys for a name, not for digits
    told: Mapping[str, str] = environment(settings, database_url, folder, base_url)
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen([sys.executable, "-c", _SERVE, str(port)], env=told, stdout=output, stderr=output)
        try:
            _wait_for(port, process, log)
            yield base_url
        finally:
            process.terminate()
            try:
                process.wait(_STOPS_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return once somebody listens on the port."""
    gave_up = threading.Event()
    timer = threading.Timer(_STARTS_WITHIN_S, gave_up.set)
    timer.daemon = True
    timer.start()
    try:
        while not gave_up.wait(0.05):
            if process.poll() is not None:
                break
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
    finally:
        timer.cancel()
    raise RuntimeError(f"the portal did not start:\n{log.read_text(errors='replace')}")
