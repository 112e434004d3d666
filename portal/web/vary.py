"""What an answer depends on, in its ``Vary`` header. On the hot path: werkzeug takes the header apart each time."""

from __future__ import annotations

from werkzeug.wrappers import Response


def vary_on(response: Response, *names: str) -> None:
    """Add the names of request headers that are not there yet."""
    said = response.headers.get("Vary")
    if said is None:
        response.headers["Vary"] = ", ".join(names)
        return
    there = said.lower().split(", ")
    missing = [name for name in names if name.lower() not in there]
    if missing:
        response.headers["Vary"] = ", ".join((said, *missing))
