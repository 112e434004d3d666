"""Processes that are measured: started in a group of their own, ended by their ids, their memory read."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks import place

_START_WITHIN, _END_WITHIN = 60.0, 25.0  # seconds
_PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 1024 / 1024


class NotMeasured(RuntimeError):
    """A figure could not be taken, and the message says why."""


@dataclass(frozen=True)
class Server:
    """A web server that answers."""

    url: str
    process: int

    @property
    def workers(self) -> list[int]:
        """The ids of its web processes, without the one that only watches them."""
        return children(self.process)


@contextmanager
def running(command: Sequence[str | Path], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The process while the block runs; it and what it started are ended by id afterwards."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            env=environment,
            cwd=place.ROOT,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    below = _family(process.pid)[1:]
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_END_WITHIN)
        except subprocess.TimeoutExpired:
            pass
    try:
        os.killpg(process.pid, signal.SIGKILL)  # its group is its own: what is left of it, if anything
    except ProcessLookupError:
        pass
    process.wait()
    for child in below:  # those with a group of their own; an id is not given anew so soon
        try:
            os.kill(child, signal.SIGKILL)
        except ProcessLookupError:
            pass


@contextmanager
def portal_server(database_url: str, name: str) -> Iterator[Server]:
    """The portal as ``portal serve`` runs it, on a database."""
    with _server([place.PORTAL, "serve"], database_url, name, "/healthz") as server:
        yield server


@contextmanager
def hello_server(database_url: str) -> Iterator[Server]:
    """A bare Flask view on the same server with the same settings."""
    with _server([place.PYTHON, "-m", "benchmarks.hello"], database_url, "hello", "/") as server:
        yield server


@contextmanager
def _server(program: Sequence[str | Path], database_url: str, name: str, path: str) -> Iterator[Server]:
    port, log = place.free_port(), place.FOLDER / f"server-{name}.log"
    command = [*program, "--port", str(port)]
    with running(command, place.environment(database_url), log) as process:
        url = f"http://localhost:{port}"
        give_up = time.monotonic() + _START_WITHIN
        while not _answers(url + path):
            if process.poll() is not None or time.monotonic() > give_up:
                raise NotMeasured(f"the server {name} did not start; {log} ends with:\n{log.read_text()[-2000:]}")
            time.sleep(0.1)
        yield Server(url, process.pid)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def children(process: int) -> list[int]:
    """The ids of the processes that a process started, of Linux's own record."""
    found: list[int] = []
    for task in Path(f"/proc/{process}/task").iterdir():
        found += [int(child) for child in (task / "children").read_text().split()]
    return found


def resident_mb(process: int) -> float:
    """Resident memory (RSS) of one process in MB; 0 when it has ended."""
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * _PAGE_MB
    except (FileNotFoundError, ProcessLookupError):
        return 0.0


def _family(process: int) -> list[int]:
    try:
        return [process, *(below for child in children(process) for below in _family(child))]
    except (FileNotFoundError, ProcessLookupError):
        return []


class Memory:
    """Watches the memory of processes while its block runs."""

    def __init__(self, *processes: int, with_children: bool = False) -> None:
        self._processes, self._with_children = processes, with_children
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.most_mb = 0.0  # of one process, or of one with all its children together

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.1):
            for process in self._processes:
                group = _family(process) if self._with_children else [process]
                self.most_mb = max(self.most_mb, sum(resident_mb(one) for one in group))
