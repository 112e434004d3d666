"""Who may use a view: marks that every view must carry, and the check before each request.

A view says ``@public`` or ``@allowed(Permission.X)``; the mark goes below the route decorator. A view that says
nothing answers 500. Which permissions a person has, the signed-in user answers (``current_user.may``); this
module knows no role.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

import structlog
from flask import Flask, Response, abort, current_app, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.web.htmx import wants_block

log = structlog.get_logger(__name__)
View = TypeVar("View", bound=Callable[..., Any])
_MARK = "portal_access"
#: Pages under these paths belong to staff: who is not signed in is sent to the staff's sign-in.
STAFF_PATHS = ("/petugas", "/kantor")
_LONGEST_TARGET = 2000
#: An empty segment, a dot segment, or a backslash, which browsers take for a slash.
_ELSEWHERE = re.compile(r"//|\\|/\.\.?(?:/|$)")


@dataclass(frozen=True, slots=True)
class Access:
    """What a view says about its users: everybody, or whoever has the permission."""

    permission: Enum | None

    @property
    def is_public(self) -> bool:
        """Whether anybody may use the view, signed in or not."""
        return self.permission is None


def _mark(view: View, access: Access) -> View:
    """Put the mark on the view; two different marks on one function are a mistake."""
    if getattr(view, _MARK, access) != access:
        raise TypeError(f"{view!r} is already marked otherwise")
    setattr(view, _MARK, access)
    return view


def public(view: View) -> View:
    """Mark a view as open to everybody."""
    return _mark(view, Access(None))


def allowed(permission: Enum) -> Callable[[View], View]:
    """Mark a view as open to those who have the permission."""

    def mark(view: View) -> View:
        return _mark(view, Access(permission))

    return mark


def access_of(view: Callable[..., Any]) -> Access | None:
    """The mark of a view, or None where it carries none."""
    return getattr(view, _MARK, None)


def unmarked_endpoints(app: Flask) -> list[str]:
    """Endpoints whose view says nothing about its users; a test holds this list empty."""
    return sorted(name for name, view in app.view_functions.items() if access_of(view) is None)


def safe_next(target: str | None, default: str) -> str:
    """Return ``target`` if it is a path of this portal, else ``default`` (an open redirect helps phishing).

    What a browser, a proxy or we ourselves could read as another host is refused, also where it is written in
    percent signs: empty and dot segments (``/.//host`` becomes ``//host``), backslashes, signs that are not seen.
    """
    if not target or not target.startswith("/") or len(target) > _LONGEST_TARGET:
        return default
    path = _decoded(target.partition("?")[0].partition("#")[0])
    if _ELSEWHERE.search(path) or "\\" in target or not (target + path).isprintable():
        return default
    return target


def _decoded(path: str) -> str:
    """The path without percent signs that stand for something, however often they were written over."""
    while (once := unquote(path)) != path:
        path = once
    return path


def to_sign_in() -> BaseResponse:
    """Send the reader to sign in, and back to this page afterwards; htmx is told to load the whole page."""
    staff = request.path.startswith(STAFF_PATHS)
    endpoint = "accounts.staff_sign_in" if staff else "accounts.sign_in"
    came_from = request.full_path.rstrip("?") if request.method == "GET" else None
    if wants_block():
        address = url_for(endpoint, next=came_from and _page_around(came_from))
        response = Response(status=401)
        response.headers["HX-Redirect"] = address
        return response
    return redirect(url_for(endpoint, next=came_from), code=303)


def _page_around(part: str) -> str:
    """The page that asked for this part of itself, as htmx names it."""
    page = urlsplit(request.headers.get("HX-Current-URL", ""))
    if page.netloc != request.host:
        return part
    return safe_next(page.path + (f"?{page.query}" if page.query else ""), part)


def enforce_access() -> BaseResponse | None:
    """Before each request: let the request pass, send it to sign-in, or refuse it."""
    if request.endpoint is None:
        return None
    access = access_of(current_app.view_functions[request.endpoint])
    if access is None:
        log.error("view without an access mark", endpoint=request.endpoint)
        abort(500)
    if access.permission is None:
        return None
    if not current_user.is_authenticated:
        if request.method == "POST":
            current_app.extensions["portal_keep_answers"]()
        return to_sign_in()
    if not current_user.may(access.permission):
        abort(403)
    return None


def init_access(app: Flask, keep_answers: Callable[[], None]) -> None:
    """Check every request of the app; ``keep_answers`` is called before a lost session sends a POST to sign-in."""
    app.extensions["portal_keep_answers"] = keep_answers
    app.before_request(enforce_access)
