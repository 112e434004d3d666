"""The queue of a worker with 20,000 open cases in five villages, among those alone and among two million."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from statistics import median

from benchmarks.data import OFFICER, databases, queue_of
from benchmarks.load import Load
from benchmarks.processes import portal_server
from benchmarks.visitors import signed_in

_QUEUE = "/petugas/antrean"
_ROUNDS, _SECONDS, _WARM_UP = 5, 5, 5
_OWN = 20_000
_ALL = int(os.environ.get("PORTAL_BENCH_CASES", "2000000"))  # fewer for a look at it; the bar is about two million


def measure() -> Iterator[tuple[str, float]]:
    """The median time of the first page when one waits at a time."""
    small, large = queue_of(_OWN), queue_of(_ALL)
    with ExitStack() as stack:
        urls = stack.enter_context(databases(small, large))
        loads = []
        for name in (small, large):
            server = stack.enter_context(portal_server(urls[name], name))
            load = Load(server.url, _QUEUE, requests=signed_in([OFFICER]), connections=1)
            stack.callback(load.close)
            load.warm_up(_WARM_UP)  # so that both databases answer from memory
            loads.append(load)
        rounds = [[load.run(_SECONDS).p50_ms for load in loads] for _ in range(_ROUNDS)]
    yield "queue_cases", _ALL
    yield "queue_p50_ms_own", median(own for own, _ in rounds)
    yield "queue_p50_ms", median(among for _, among in rounds)
    yield "queue_growth", median(among / own for own, among in rounds)
