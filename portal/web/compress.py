"""Pages made for one reader go compressed over the wire; the built assets have their twins on disk already.

Only gzip: over plain HTTP browsers offer nothing better, and behind TLS a proxy may do more. A page holds no secret
that its compressed length could give away: the form's token is signed anew each second, and the signature is what
makes it valid.
"""

from __future__ import annotations

import zlib

from flask import Flask, Response, request

from portal.web.vary import vary_on

_TYPES = frozenset({"text/html", "text/csv", "text/calendar", "application/json", "image/svg+xml"})
#: Bytes under which a page fits into one packet anyway.
LEAST = 900
#: The quickest level: a home page in a twentieth of the time that it takes to make, at about a fifth more bytes.
_LEVEL = 1
_GZIP = 16 + zlib.MAX_WBITS


def _takes_gzip() -> bool:
    offered: str = request.environ.get("HTTP_ACCEPT_ENCODING", "")
    if ";" in offered:
        return request.accept_encodings["gzip"] > 0
    return "gzip" in offered


def compress(response: Response) -> Response:
    """Compress the answer where its kind and the browser allow it; its ETag then says so after a colon."""
    if response.status_code < 200 or response.status_code in (204, 304):
        return response
    if response.mimetype not in _TYPES or response.is_streamed or response.direct_passthrough:
        return response
    vary_on(response, "Accept-Encoding")
    if "Content-Encoding" in response.headers or not _takes_gzip():
        return response
    body = response.get_data()
    if len(body) < LEAST:
        return response
    response.set_data(zlib.compress(body, _LEVEL, _GZIP))
    response.headers["Content-Encoding"] = "gzip"
    etag, weak = response.get_etag()
    if etag is not None:
        response.set_etag(f"{etag}:gzip", weak=bool(weak))  # other bytes need another tag
    return response


def init_compress(app: Flask) -> None:
    """Compress every answer of the app. Called first, so that it acts last."""
    app.after_request(compress)
