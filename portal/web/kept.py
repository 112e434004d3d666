"""Pages that the reader's own browser may keep and asks about each time: a strong ETag and the bare 304.

The tag stands on everything that shapes the page: the session, the member, the language, whether a block is
wanted, the build (code, templates, texts, assets), what features add (the catalogue), the day in the reader's
zone, and the revisions of record, cases and inbox. It is known before any question to the database beyond the
session's own, so a page that did not change costs almost nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import ParamSpec

from flask import Flask, Response, current_app, request, session
from flask.sansio.app import App
from flask_login import current_user

from portal.core.clock import today
from portal.web.assets import DIST, ROOT
from portal.web.htmx import DECIDING_HEADERS, vary_on_htmx, wants_block
from portal.web.kiosk import on_kiosk
from portal.web.languages import current_language
from portal.web.render import private_page

P = ParamSpec("P")
_BUILD = "portal_build"
_STANDS_ON = "portal_pages_stand_on"
_SHAPES_PAGES = (("portal", ("*.py", "*.toml")), ("templates", ("*.html",)), ("translations", ("*.mo",)))
VARY = ", ".join(("Cookie", *DECIDING_HEADERS))


def kept_page(view: Callable[P, Response]) -> Callable[P, Response]:
    """Let the browser keep the page of this view and answer 304 while nothing it stands on has changed.

    For signed-in families only. A page that shows a message once is never kept, and none on a kiosk.
    """

    @wraps(view)
    def kept(*args: P.args, **kwargs: P.kwargs) -> Response:
        tag = None if "_flashes" in session or on_kiosk() is not None else page_tag()
        held = None if tag is None else _held(tag)
        if held is not None:
            return _not_modified(held)
        response = view(*args, **kwargs)
        vary_on_htmx(response)
        if tag is not None and response.status_code == 200:
            response.set_etag(tag)
        private_page(response)
        return response

    return kept


def page_tag() -> str:
    """What the page of this request stands on, in 32 characters."""
    extensions, environ = current_app.extensions, request.environ
    actor = current_user._get_current_object()  # asked once: the proxy looks the reader up each time
    record, cases, inbox = actor.revisions
    visited = actor.previous_visit_at.timestamp() if actor.previous_visit_at else ""
    who = f"{actor.token} {actor.family_id} {actor.member_id} {record} {cases} {inbox} {visited}"
    how = f"{current_language()} {wants_block()} {today(actor.zone)} {extensions[_BUILD]}"
    parts = (
        who,
        how,
        *(version() for version in extensions[_STANDS_ON]),
        environ["PATH_INFO"],
        environ["QUERY_STRING"],
    )
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


def _held(tag: str) -> str | None:
    """The tag as the browser holds it; a compressed page carries its encoding after a colon."""
    for one in request.environ.get("HTTP_IF_NONE_MATCH", "").split(","):
        held: str = one.strip().removeprefix("W/").strip('"')
        if held.partition(":")[0] == tag:
            return held
    return None


def stands_on(app: App, version: Callable[[], str]) -> None:
    """Add to every tag something that a feature knows to have a version, such as the catalogue."""
    app.extensions[_STANDS_ON].append(version)


def init_kept_pages(app: Flask) -> None:
    """Work out the build once, at the start."""
    app.extensions[_BUILD] = _build_of(_shaping_files())
    app.extensions[_STANDS_ON] = []


def _shaping_files() -> Iterable[Path]:
    for folder, patterns in _SHAPES_PAGES:
        for pattern in patterns:
            yield from sorted((ROOT / folder).rglob(pattern))
    yield DIST / "manifest.json"


def _build_of(files: Iterable[Path]) -> str:
    digest = hashlib.blake2b(digest_size=12)
    for file in files:
        if file.exists():
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _not_modified(tag: str) -> Response:
    response = Response(status=304)
    del response.headers["Content-Type"]
    response.headers["Vary"] = VARY
    response.set_etag(tag)
    private_page(response)
    return response
