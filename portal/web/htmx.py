"""What htmx 4 says about a request: the only place that reads its headers.

htmx 4 sends ``HX-Request-Type: partial`` when the answer goes into a part of the page and ``full`` when it
replaces the body. Boosted links and history restores want a whole page, whatever their target.
"""

from __future__ import annotations

from flask import has_request_context, request
from werkzeug.wrappers import Response

#: The headers that decide between a whole page and a block; an answer that depends on them says so in ``Vary``.
DECIDING_HEADERS = ("HX-Request-Type", "HX-Boosted", "HX-History-Restore-Request")


def wants_block() -> bool:
    """Whether this request came from htmx and its answer is swapped into a part of the page."""
    if not has_request_context():
        return False
    headers = request.headers
    return (
        headers.get("HX-Request-Type") == "partial"
        and headers.get("HX-Boosted") != "true"
        and headers.get("HX-History-Restore-Request") != "true"
    )


def vary_on_htmx(response: Response) -> None:
    """Tell caches that the answer depends on what htmx said."""
    response.vary.update(DECIDING_HEADERS)
