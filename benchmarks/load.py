"""Load on a server by wrk, and what came of it."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from benchmarks import place
from benchmarks.processes import NotMeasured

_SCRIPT = Path(__file__).with_name("load.lua")
_THREADS = 1  # of wrk, which shares the machine with what it measures
_STRIDE = 997  # each run starts this many requests further on
_AS_LONG = 1.15  # how much answers of one run may be longer on average than those of another


@dataclass(frozen=True)
class Result:
    """What one run of wrk saw."""

    requests: int
    seconds: float
    p50_ms: float
    bytes_each: float

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


@dataclass(frozen=True)
class Request:
    """One request of a run; the method and the path are the same for all."""

    cookies: str
    etag: str = ""
    body: str = ""


class Load:
    """The same kind of request, again and again, over many families in turn."""

    def __init__(
        self,
        url: str,
        path: str,
        *,
        method: str = "GET",
        right: int = 200,
        requests: Iterable[Request] = (),
        connections: int = 16,
    ) -> None:
        self._url, self._path, self._method, self._right = url, path, method, right
        self._connections, self._runs = connections, itertools.count()
        lines = [f"{one.cookies}\t{one.etag}\t{one.body}\n" for one in requests]
        self._looked: Result | None = None
        self._file = None
        if lines:
            self._file = place.FOLDER / f"requests-{id(self)}.txt"
            self._file.touch(mode=0o600)
            self._file.write_text("".join(lines))

    def warm_up(self, seconds: int) -> Result:
        """Load the server and look at the status of every answer. Raises ``NotMeasured`` where one was wrong."""
        self._looked = self._run(seconds, look=True)
        return self._looked

    def run(self, seconds: int) -> Result:
        """Load the server for ``seconds``, with answers as long as those of the warm-up, and none of them an error.

        To look at each status would take some of the machine; a redirect or a whole page is of another length.
        """
        seen = self._run(seconds, look=False)
        if self._looked is None or not 1 / _AS_LONG < seen.bytes_each / self._looked.bytes_each < _AS_LONG:
            raise NotMeasured(f"{self._path}: {seen.bytes_each:.0f} bytes an answer, unlike those of the warm-up")
        return seen

    def _run(self, seconds: int, *, look: bool) -> Result:
        arguments = [self._right, self._method, self._path]
        if self._file is not None:
            arguments += [self._file, next(self._runs) * _STRIDE, "look" if look else ""]
        command = [
            "wrk",
            f"-t{_THREADS}",
            f"-c{self._connections}",
            f"-d{seconds}s",
            "--timeout",
            "10s",
            "-s",
            _SCRIPT,
            self._url,
            "--",
            *arguments,
        ]
        said = subprocess.run(
            [str(word) for word in command], capture_output=True, text=True, check=False, timeout=seconds + 30
        ).stdout
        figures = next((line for line in said.splitlines() if line.startswith("figures ")), None)
        if figures is None:
            raise NotMeasured(f"wrk gave no figures for {self._path}: {said[-500:]}")
        seen = json.loads(figures.removeprefix("figures "))
        if seen["wrong"] or seen["failed"] or not seen["requests"]:
            raise NotMeasured(
                f"{self._method} {self._path}: of {seen['requests']} answers {seen['wrong']} were not"
                f" {self._right}, and {seen['failed']} failed"
            )
        return Result(seen["requests"], seen["seconds"], seen["p50_ms"], seen["bytes"] / seen["requests"])

    def close(self) -> None:
        """Remove the file with the cookies."""
        if self._file is not None:
            self._file.unlink(missing_ok=True)


def find_wrk() -> None:
    """Raises ``NotMeasured`` where wrk is not installed."""
    if shutil.which("wrk") is None:
        raise NotMeasured("wrk is missing. Run: sudo apt-get install -y wrk")
