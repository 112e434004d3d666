"""Kiosks: devices of a village office that families use one after the other.

A browser becomes a kiosk by a cookie that holds the sealed id of its row; the row says whether it still is one. A
browser without the cookie is never asked about. A cookie that an older key sealed is left anew with the next answer,
so that a key can be changed without registering any kiosk again. On a kiosk nothing is kept: no page, no file, no
device that an account knows, no language; and who is not signed in is led to its start page.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Flask, Response, current_app, g, has_request_context, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts import ends
from portal.accounts.keeping import COOKIE as KEPT_COOKIE
from portal.core.messages import N_
from portal.core.sealing import SealBroken
from portal.extensions import db, keys
from portal.web.access import STAFF_PATHS, access_of
from portal.web.errors import error_page
from portal.web.htmx import wants_block
from portal.web.languages import COOKIE as LANGUAGE_COOKIE
from portal.web.render import render, unkept_page
from portal.web.security import add_security_headers

COOKIE = "kios"
AMOUNTS = "amounts"  # in the session: that they are shown
NO_FILES = N_("Nothing can be saved on a device that others use too. Open this on your own phone, or ask the officer.")
_SECONDS = 400 * 24 * 3600  # the longest that browsers keep a cookie
_PURPOSE = "kiosk-device"
_FIND = "SELECT id, name, village_id, has_camera FROM kiosk_find(%s, %s)"
_EVERYTHING = '"cache", "storage"'  # not the cookies: one of them says that this is a kiosk
_OF_A_PERSON = (KEPT_COOKIE, LANGUAGE_COOKIE, "perangkat")
_IDLE = "portal_kiosk_idle"


@dataclass(frozen=True, slots=True)
class Kiosk:
    """The kiosk of a request."""

    id: int
    public_id: UUID
    name: str
    village_id: int
    has_camera: bool
    device_hash: bytes  # by which its wrong tries are counted
    is_sealed_anew: bool  # its cookie goes out again, because an older key sealed it


def this_kiosk() -> Kiosk | None:
    """The kiosk that this request comes from; None on every other browser, also on one that was a kiosk once."""
    if not has_request_context() or COOKIE not in request.cookies:
        return None
    if "kiosk" not in g:
        g.kiosk = None  # also where the database does not answer, and the page that says so asks again
        g.kiosk = _find(request.cookies[COOKIE])
    found: Kiosk | None = g.kiosk
    return found


def device_hash(public_id: UUID) -> bytes:
    """By what the wrong tries on this kiosk are counted. No secret: nothing opens with it."""
    return hashlib.sha256(f"kiosk:{public_id}".encode()).digest()


def make_kiosk(response: Any, public_id: UUID) -> None:
    """Leave the cookie that makes this browser that kiosk, and nothing of whoever used it before."""
    _leave_cookie(response, public_id)
    _forget_person(response)


def idle_seconds() -> int:
    """Seconds without a touch after which the page of this kiosk goes back to the start."""
    if getattr(current_user, "helper", None) is not None:
        return ends.HELPED_SECONDS
    seconds: int = current_app.extensions[_IDLE]
    return seconds


def kiosk_class() -> str:
    """The class of the whole page on a kiosk, where amounts are hidden until somebody asks for them; else empty."""
    if this_kiosk() is None:
        return ""
    return "kiosk" if AMOUNTS in session else "kiosk amounts-hidden"


def _leave_cookie(response: Any, public_id: UUID) -> None:
    sealed = base64.urlsafe_b64encode(keys.ring.seal(_PURPOSE, str(public_id))).decode()
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(COOKIE, sealed, max_age=_SECONDS, httponly=True, samesite="Lax", secure=secure)


def _find(cookie: str) -> Kiosk | None:
    try:
        sealed = base64.urlsafe_b64decode(cookie)
        public_id = UUID(keys.ring.unseal(_PURPOSE, sealed))
    except (SealBroken, ValueError):
        return None
    row = db.call(_FIND, (public_id, keys.ring.current))
    if row is None:
        return None
    kiosk_id, name, village_id, has_camera = row
    return Kiosk(
        kiosk_id, public_id, name, village_id, has_camera, device_hash(public_id), sealed[0] != keys.ring.current
    )


def _meet() -> BaseResponse | None:
    """Before a request of a kiosk: who is not signed in begins at the start page, whatever was open before.

    What is not done while an officer looks on says so, and how to do it alone.
    """
    if this_kiosk() is None or request.endpoint is None:
        return None
    access = access_of(current_app.view_functions[request.endpoint])
    if current_user.is_authenticated:
        if current_user.kind == "family" and access and current_user.must_be_alone_for(access.permission):
            return unkept_page(render("accounts/alone.html", status=403))
        return None
    for_staff = request.path.startswith(STAFF_PATHS)
    if request.endpoint != "home.landing" and (access is None or access.is_public or for_staff):
        return None
    start = url_for("accounts.kiosk_start")
    if wants_block():
        response = Response(status=401)
        response.headers["HX-Redirect"] = start
        return response
    return redirect(start, code=303)


def _keep_nothing(response: Response) -> Response:
    """After a request of a kiosk, as the last word on every header."""
    if COOKIE not in request.cookies:
        return response
    kiosk = this_kiosk()
    if kiosk is None:
        response.delete_cookie(COOKIE, httponly=True, samesite="Lax")
        return response
    if response.headers.get("Content-Disposition", "").startswith("attachment"):
        response = add_security_headers(error_page(403, _(NO_FILES)))
    if (response.mimetype or "").startswith("image/"):  # a picture has no script that could close it
        response.headers["Refresh"] = f"{idle_seconds()};url={url_for('accounts.kiosk_timed_out')}"
    response.headers["Cache-Control"] = "no-store"
    for name in ("ETag", "Last-Modified"):
        response.headers.pop(name, None)
    if "Clear-Site-Data" in response.headers:
        response.headers["Clear-Site-Data"] = _EVERYTHING
        _forget_person(response)
    if kiosk.is_sealed_anew:
        _leave_cookie(response, kiosk.public_id)
    return response


def _forget_person(response: Any) -> None:
    for name in _OF_A_PERSON:
        if name in request.cookies:
            response.delete_cookie(name, httponly=True, samesite="Lax")


def init_kiosks(app: Flask, idle: int) -> None:
    """Watch over the requests of kiosks. Called before what else looks at requests, so that it has the last word."""
    app.extensions[_IDLE] = idle
    app.before_request(_meet)
    app.after_request(_keep_nothing)
    app.jinja_env.globals.update(kiosk_class=kiosk_class, kiosk_idle=idle_seconds)
