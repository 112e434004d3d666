"""The signed-in home against a bare Flask view, and as the database grows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from statistics import median

from benchmarks.data import databases
from benchmarks.load import Load
from benchmarks.processes import Server, hello_server, portal_server
from benchmarks.visitors import HOME, returning, signed_in

_ROUNDS, _SECONDS, _WARM_UP = 5, 6, 3
_EVERY_FAMILY = 12  # seconds in which every family comes at least once
_KEPT = 1_000  # families whose home the browser has already


def measure() -> Iterator[tuple[str, float]]:
    """Requests a second with 16 connections, and the median time of an answer when one waits at a time."""
    with ExitStack() as stack:
        urls = stack.enter_context(databases("10k", "100k", "1m"))
        hello = stack.enter_context(hello_server(urls["100k"]))
        portal = stack.enter_context(portal_server(urls["100k"], "100k"))
        yield from _against_hello(hello, portal, stack)
        small = stack.enter_context(portal_server(urls["10k"], "10k"))
        large = stack.enter_context(portal_server(urls["1m"], "1m"))
        yield from _growth(small, large, stack)


def _against_hello(hello: Server, portal: Server, stack: ExitStack) -> Iterator[tuple[str, float]]:
    bare = Load(hello.url, "/")
    home = Load(portal.url, HOME, requests=signed_in())
    kept = Load(portal.url, HOME, right=304, requests=returning(portal.url, _KEPT))
    loads = (bare, home, kept)
    for load in loads:
        stack.callback(load.close)
    yield "home_first_rps", home.warm_up(_WARM_UP).per_second  # every family for the first time since a change
    home.warm_up(_EVERY_FAMILY)
    bare.warm_up(_WARM_UP)
    kept.warm_up(_WARM_UP)
    rounds = [[load.run(_SECONDS).per_second for load in loads] for _ in range(_ROUNDS)]
    yield "hello_rps", median(bare for bare, _, _ in rounds)
    yield "home_rps", median(home for _, home, _ in rounds)
    yield "home_vs_hello", median(home / bare for bare, home, _ in rounds)
    yield "home_304_rps", median(kept for _, _, kept in rounds)
    yield "home_304_vs_hello", median(kept / bare for bare, _, kept in rounds)


def _growth(small: Server, large: Server, stack: ExitStack) -> Iterator[tuple[str, float]]:
    loads = [Load(server.url, HOME, requests=signed_in(), connections=1) for server in (small, large)]
    for load in loads:
        stack.callback(load.close)
        load.warm_up(_EVERY_FAMILY)  # so that both databases answer from memory
    rounds = [[load.run(_SECONDS).p50_ms for load in loads] for _ in range(_ROUNDS)]
    yield "home_p50_ms_10k", median(small for small, _ in rounds)
    yield "home_p50_ms_1m", median(large for _, large in rounds)
    yield "home_growth", median(large / small for small, large in rounds)
