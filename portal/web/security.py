"""Security headers, and the check that a form was sent from one of our own pages."""

from __future__ import annotations

from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, abort, current_app, request
from flask_wtf import CSRFProtect

from portal.web.signing import init_signing

csrf = CSRFProtect()
_log = structlog.get_logger(__name__)

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "object-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
PERMISSIONS_POLICY = "camera=(self), geolocation=(self), microphone=(), payment=(), usb=(), browsing-topics=()"
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
STRICT_TRANSPORT = "max-age=63072000; includeSubDomains"
#: Where a view says nothing of it: pages differ by reader and language, so only the own browser keeps them, and asks.
CACHE_CONTROL = "private, no-cache"
_REFUSALS = frozenset({400, 403, 429})
_CHANGING_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def add_security_headers(response: Response) -> Response:
    """Add the headers to every answer but 304, whose page already has them and which must stay small."""
    if response.status_code == 304:
        return response
    headers = response.headers
    there = {name.lower() for name in headers.keys()}  # noqa: SIM118 - werkzeug's headers iterate as pairs
    for name, value in HEADERS.items():
        if name.lower() not in there:
            headers.add(name, value)
    headers.setdefault("Cache-Control", CACHE_CONTROL)
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", STRICT_TRANSPORT)
    return response


def tell_refusals(response: Response) -> Response:
    """Leave a line in the log for whatever was refused: not allowed, without a good token, or too many tries."""
    if response.status_code in _REFUSALS:
        _log.warning("refused", status=response.status_code, method=request.method, endpoint=request.endpoint)
    return response


def refuse_foreign_posts() -> None:
    """Refuse a change that another site's page sent; old browsers say nothing and rest on the CSRF token."""
    if request.method in _CHANGING_METHODS:
        _refuse_other_sites()
        if current_app.config["WTF_CSRF_ENABLED"]:
            csrf.protect(apply_exemptions=True)


def _refuse_other_sites() -> None:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in ("same-origin", "none"):
            abort(403)
        return
    origin = request.headers.get("Origin")
    if origin and urlsplit(origin).netloc != request.host:
        abort(403)


def init_security(app: Flask) -> None:
    """Protect every form of the app and add the headers to every answer."""
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # refuse_foreign_posts asks for the check
    app.before_request(refuse_foreign_posts)
    csrf.init_app(app)
    init_signing(app)
    app.after_request(add_security_headers)
    app.after_request(tell_refusals)
