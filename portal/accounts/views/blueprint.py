"""The blueprint that every page of ``accounts`` hangs on, and what these pages share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Blueprint, current_app, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts import guard, keeping
from portal.accounts.own_sessions import note_device
from portal.accounts.sessions import Device, remember_device, start, token_hash
from portal.accounts.signin import Refused, SignedIn
from portal.extensions import db
from portal.web.access import STAFF_PATHS, safe_next
from portal.web.forms import BaseForm
from portal.web.nav import page_url
from portal.web.render import render, unkept_page

blueprint = Blueprint("accounts", __name__)
_View = TypeVar("_View", bound=Callable[..., Any])

_END = "SELECT session_end(%s)"
_SIGN_IN_PATHS = (
    "/masuk",
    "/keluar",
    "/aktivasi",
    "/pin-baru",
    "/petugas/masuk",
    "/petugas/keluar",
    "/lanjutkan",
    "/bahasa",
)


def refuse_beside_officer(view: _View) -> _View:
    """Mark a page on which a family types its PIN: in a browser where an officer is signed in there is none.

    Below the access mark. No PIN is ever typed on an officer's own device.
    """

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if current_user.kind == "staff":
            return unkept_page(render("accounts/beside_officer.html", status=409))
        return view(*args, **kwargs)

    return guarded  # type: ignore[return-value]


def wait_words(seconds: int) -> str:
    """How long no try counts, and the way to the counter. The same for a NIK that nobody has."""
    minutes = guard.in_minutes(seconds)
    if minutes is None:
        first = ngettext(
            "Too many wrong tries. Wait %(num)d second, then try again.",
            "Too many wrong tries. Wait %(num)d seconds, then try again.",
            seconds,
        )
    else:
        first = ngettext(
            "Too many wrong tries. Wait %(num)d minute, then try again.",
            "Too many wrong tries. Wait %(num)d minutes, then try again.",
            minutes,
        )
    counter = _("If you cannot wait, come to the village office with your KTP and KK.")
    return f"{first} {counter}"


def refused_page(template: str, form: BaseForm, refused: Refused, wrong: str) -> BaseResponse:
    """The form again with what was wrong: 422 where one may try at once, 429 where one has to wait."""
    form.form_errors.append(wait_words(refused.wait) if refused.wait else wrong)
    response = render(template, form=form, status=429 if refused.wait else 422)
    if refused.wait:
        response.headers["Retry-After"] = str(refused.wait)
    return unkept_page(response)


def home_of(kind: str) -> str:
    """Where somebody of that kind begins."""
    if kind == "staff":
        return page_url("accounts.staff_home") or "/"
    return page_url("home.beranda") or "/"


def next_of(kind: str, wanted: str | None) -> str:
    """The page that was asked for before the sign-in, where it is one of ours and for that kind of reader."""
    home = home_of(kind)
    target = safe_next(wanted or session.get("return_to"), home)
    if target.startswith(_SIGN_IN_PATHS) or target.startswith(STAFF_PATHS) != (kind == "staff"):
        return home
    return target


def enter(begun: SignedIn, device: Device, target: str) -> BaseResponse:
    """Put a family's new session into the browser, which is known to the account from now on."""
    response = enter_as(begun.token, f"family:{begun.account_id}", target)
    remember_device(response, device.token, bool(current_app.config["SESSION_COOKIE_SECURE"]))
    return response


def enter_as(token: str, owner: str, target: str) -> BaseResponse:
    """Put a new session into the browser and go on: to what was kept for this account, else to ``target``."""
    end_session()
    start(token, owner)
    note_device(token, owner.partition(":")[0])
    if keeping.kept() is not None:
        target = url_for("accounts.resume")
    response = redirect(target, code=303)
    if keeping.COOKIE in request.cookies and keeping.kept() is None:
        keeping.forget_kept(response)  # somebody else's
    return response


def end_session() -> None:
    """End the session that this browser held, if any: signing in anew leaves no other one open behind it."""
    token = session.get("_user_id")
    if token:
        db.call(_END, (token_hash(token),))
