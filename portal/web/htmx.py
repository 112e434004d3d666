"""What htmx 4 says about a request: the only place that asks.

flask-htmx reads the headers that htmx 2 and 4 share; ``HX-Request-Type`` is new in htmx 4.

htmx 4 sends ``HX-Request-Type: partial`` when the answer goes into a part of the page and ``full`` when it
replaces the body. Boosted links and history restores want a whole page, whatever their target.
"""

from __future__ import annotations

from flask import has_request_context, request
from flask_htmx import HTMX
from werkzeug.wrappers import Response

from portal.web.vary import vary_on

htmx = HTMX()

#: The headers that decide between a whole page and a block; an answer that depends on them says so in ``Vary``.
DECIDING_HEADERS = ("HX-Request-Type", "HX-Boosted", "HX-History-Restore-Request")


def wants_block() -> bool:
    """Whether this request came from htmx and its answer is swapped into a part of the page."""
    if not has_request_context():
        return False
    partial = request.headers.get("HX-Request-Type") == "partial"
    return partial and not htmx.boosted and not htmx.history_restore_request


def vary_on_htmx(response: Response) -> None:
    """Tell caches that the answer depends on what htmx said."""
    vary_on(response, *DECIDING_HEADERS)
