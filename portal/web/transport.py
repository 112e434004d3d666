"""What holds only where everything travels over TLS: names of cookies that no other host can set, and HSTS everywhere.

A browser takes a cookie whose name begins with ``__Host-`` only from this very host, over TLS, for every path. The
code reads and sets plain names; here they get the sign on their way out and lose it on their way in, and a cookie
without it (left by another host of the domain, or over a line that somebody changed) never reaches the code.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask

from portal.web.security import STRICT_TRANSPORT

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX = "__Host-"
_STRICT = "Strict-Transport-Security"


class OverTls:
    """Stands around the whole application, the static files too."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request with the cookies that are ours alone."""
        sent = environ.get("HTTP_COOKIE")
        if sent:
            environ["HTTP_COOKIE"] = own_cookies(sent)

        def start(status: str, headers: list[tuple[str, str]], *more: object) -> object:
            headers = [(name, _marked(value) if name.lower() == "set-cookie" else value) for name, value in headers]
            secure = environ["wsgi.url_scheme"] == "https"  # as the proxies in front say it
            if secure and not status.startswith("304") and not any(name == _STRICT for name, _value in headers):
                headers.append((_STRICT, STRICT_TRANSPORT))
            return start_response(status, headers, *more)  # type: ignore[arg-type]

        return self._application(environ, start)  # type: ignore[arg-type]


def own_cookies(sent: str) -> str:
    """The cookies of this host alone, under their plain names."""
    pairs = (pair.strip() for pair in sent.split(";"))
    return "; ".join(pair.removeprefix(PREFIX) for pair in pairs if pair.startswith(PREFIX))


def _marked(cookie: str) -> str:
    """A cookie as it is set, with the sign and what the sign demands; one that is taken away needs it too."""
    secure = any(part.strip().lower() == "secure" for part in cookie.split(";")[1:])
    return f"{PREFIX}{cookie}" if secure else f"{PREFIX}{cookie}; Secure"


def init_transport(app: Flask) -> None:
    """Called last, so that it stands around everything else."""
    app.wsgi_app = OverTls(app.wsgi_app)  # type: ignore[method-assign]
