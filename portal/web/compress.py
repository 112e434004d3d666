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
#: The quickest level, with little memory: to make more ready takes longer than to compress a page of ours.
_LEVEL, _WINDOW, _MEMORY = 1, 16 + 13, 5  # 16 asks for gzip, 13 for a window of 8 kB


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
    gzip = zlib.compressobj(_LEVEL, zlib.DEFLATED, _WINDOW, _MEMORY)
    response.set_data(gzip.compress(body) + gzip.flush())
    response.headers["Content-Encoding"] = "gzip"
    etag, weak = response.get_etag()
    if etag is not None:
        response.set_etag(f"{etag}:gzip", weak=bool(weak))  # other bytes need another tag
    return response


def init_compress(app: Flask) -> None:
    """Compress every answer of the app. Called first, so that it acts last."""
    app.after_request(compress)
