"""The server and the processes it starts: told to stop as a terminal does, or killed, none of them stays behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from portal.config import Settings
from portal.core.source import ROOT
from tests.browser.server import environment, free_port
from tests.pages.test_jobs_worker import until

PROCESSES = 2


def listens(port: int) -> bool:
    """Whether anybody takes connections there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def children_of(pid: int) -> set[int]:
    """The processes that this one started."""
    return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


@pytest.fixture
def server(settings: Settings, committed: Engine, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A server with two processes in a session of its own, and its port."""
    port = free_port()
    told = environment(settings, committed.url.render_as_string(hide_password=False), tmp_path, "http://localhost")
    command = [sys.executable, "-m", "portal", "serve", "--port", str(port), "--processes", str(PROCESSES)]
    process = subprocess.Popen(command, env=told, cwd=ROOT, start_new_session=True)
    try:
        until(lambda: listens(port), process)
        until(lambda: len(children_of(process.pid)) >= PROCESSES, process)
        yield process, port
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def test_ctrl_c_reaches_the_server_alone_and_stops_all(server: tuple[subprocess.Popen[bytes], int]) -> None:
    process, port = server
    # As a terminal sends it: to the whole group. A child told twice, by terminal and server, might miss both.
    until(lambda: all(os.getpgid(child) == child for child in children_of(process.pid)), process)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(30) == 0
    assert not listens(port)


def test_a_killed_server_leaves_nobody_who_answers(server: tuple[subprocess.Popen[bytes], int]) -> None:
    process, port = server
    process.kill()
    process.wait()
    until(lambda: not listens(port))
