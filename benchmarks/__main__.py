"""Measure: ``python -m benchmarks [home] [signin] ...``, by the names of GROUPS; all of them without a name."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from types import FrameType

from benchmarks import home, importing, matching, queue, sending, signin, wire
from benchmarks.load import find_wrk
from benchmarks.processes import NotMeasured

GROUPS: Mapping[str, Callable[[], Iterator[tuple[str, float]]]] = {
    "home": home.measure,
    "signin": signin.measure,
    "wire": wire.measure,
    "import": importing.measure,
    "queue": queue.measure,
    "sending": sending.measure,
    "match": matching.measure,
}
AT_LEAST = {"home_vs_hello": 0.08, "home_304_vs_hello": 0.2, "login_vs_argon2": 0.75}
AT_MOST = {
    "home_growth": 1.2,
    "import_vs_copy": 4,
    "refused_spread": 1.1,
    "queue_growth": 1.5,
    "match_s_1m": 120,
    "match_vs_scan": 8,
    "match_one_ms": 20,
    "preview_s_1m": 5,
    "cold_bytes": 40_000,
    "cold_requests": 8,
    "warm_bytes": 600,
    "web_rss_mb": 170,
}


def main() -> int:
    """Print every figure as it is taken, then every bar. Gives 1 where a bar is missed or a figure not taken."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure the portal on this machine.")
    parser.add_argument("groups", nargs="*", metavar="NAME", help=f"of {', '.join(GROUPS)}; all when none is named")
    wanted = parser.parse_args().groups or list(GROUPS)
    if unknown := set(wanted) - set(GROUPS):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    signal.signal(signal.SIGTERM, _end)
    began, taken, failed = time.monotonic(), {}, False
    for group in wanted:
        try:
            if group in ("home", "signin", "queue"):
                find_wrk()
            for name, value in GROUPS[group]():
                taken[name] = value
                print(f"{name}: {value:.4g}" if abs(value) < 1000 else f"{name}: {value:.0f}", flush=True)
        except NotMeasured as reason:
            failed = True
            print(f"{group}: {reason}", file=sys.stderr, flush=True)
        except KeyboardInterrupt:
            print("stopped", file=sys.stderr)
            return 130
    print(f"bench_s: {time.monotonic() - began:.0f}")
    return 0 if _judge(taken) and not failed else 1


def _judge(taken: Mapping[str, float]) -> bool:
    """Print each bar whose figure was taken; whether all are kept."""
    kept = {name: (taken[name] >= bar, f"at least {bar}") for name, bar in AT_LEAST.items() if name in taken}
    kept |= {name: (taken[name] <= bar, f"at most {bar}") for name, bar in AT_MOST.items() if name in taken}
    for name, (good, bar) in kept.items():
        print(f"{'ok' if good else 'MISSED'}: {name} {bar}")
    return all(good for good, _ in kept.values())


def _end(_signal: int, _frame: FrameType | None) -> None:
    """Told to stop: leave through the blocks that end what was started."""
    sys.exit(1)


if __name__ == "__main__":
    sys.exit(main())
