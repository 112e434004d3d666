"""What an answer depends on, in its ``Vary`` header. On the hot path: werkzeug takes the header apart each time."""

from __future__ import annotations

from functools import lru_cache

from werkzeug.wrappers import Response


def vary_on(response: Response, *names: str) -> None:
    """Add the names of request headers that are not there yet."""
    said = response.headers.get("Vary")
    wanted = _joined(said, names)
    if wanted != said:
        response.headers["Vary"] = wanted


@lru_cache(maxsize=200)  # the answers of the portal say a dozen different ones
def _joined(said: str | None, names: tuple[str, ...]) -> str:
    if said is None:
        return ", ".join(names)
    there = said.lower().split(", ")
    return ", ".join((said, *(name for name in names if name.lower() not in there)))
