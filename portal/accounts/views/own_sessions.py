"""One's own sign-in: where it is open, ending it, and another PIN."""

from __future__ import annotations

from uuid import UUID

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.own_forms import ChangePinForm
from portal.accounts.own_sessions import WRONG_PIN, PinProblem, change_pin, end_sessions, own_sessions
from portal.accounts.roles import Permission
from portal.accounts.signin import Refused
from portal.accounts.views.blueprint import blueprint, wait_words
from portal.accounts.views.family import leave
from portal.core.clock import zone
from portal.core.errors import NotFound
from portal.web.access import allowed, public
from portal.web.render import render, unkept_page


@blueprint.get("/akun")
@allowed(Permission.OWN_LOGIN)
def own_login() -> BaseResponse:
    """The open sessions, and the ways to PIN, passkeys and language."""
    found = own_sessions(current_user)
    return unkept_page(render("accounts/own_login.html", sessions=found, zone=zone(current_user.zone)))


@blueprint.post("/akun/sesi/<uuid:session_id>/keluar")
@allowed(Permission.OWN_LOGIN)
def end_session_there(session_id: UUID) -> BaseResponse:
    """End one of the own sessions; one that is not the reader's is not found. Twice is as good as once."""
    if any(one.is_this and one.public_id == session_id for one in own_sessions(current_user)):
        return leave(_sign_in_page())
    if not end_sessions(current_user, session_id):
        raise NotFound
    flash(_("That device is signed out."), "good")
    return redirect(url_for("accounts.own_login"), code=303)


@blueprint.post("/akun/keluar-semua")
@allowed(Permission.OWN_LOGIN)
def end_all_sessions() -> BaseResponse:
    """Sign out everywhere, here too."""
    ended = end_sessions(current_user)
    if ended:
        words = ngettext("%(num)d other device is signed out too.", "%(num)d other devices are signed out too.", ended)
        response = leave(url_for("home.landing"))
        flash(words, "good")
        return response
    return leave(url_for("home.landing"))


@blueprint.get("/akun/pin")
@allowed(Permission.OWN_LOGIN)
def own_pin() -> BaseResponse:
    """The PIN of now, and another one."""
    _member_only()
    return _pin_page(ChangePinForm())


@blueprint.post("/akun/pin")
@allowed(Permission.OWN_LOGIN)
def set_own_pin() -> BaseResponse:
    """Change the PIN; every other device is signed out."""
    _member_only()
    form = ChangePinForm()
    if not form.validate():
        return _pin_page(form, 422)
    if form.pin.data != form.pin_again.data:
        form.pin_again.errors = [_("The two PINs are not the same. Write both again.")]
        return _pin_page(form, 422)
    outcome = change_pin(current_user, form.old_pin.data, form.pin.data)
    if isinstance(outcome, PinProblem):
        form[outcome.field].errors = [_(outcome.message)]
        return _pin_page(form, 422)
    if isinstance(outcome, Refused):
        form.old_pin.errors = [wait_words(outcome.wait) if outcome.wait else _(WRONG_PIN)]
        response = _pin_page(form, 429 if outcome.wait else 422)
        if outcome.wait:
            response.headers["Retry-After"] = str(outcome.wait)
        return response
    flash(_("Your PIN is changed. Other devices are signed out: sign in there with the new PIN."), "good")
    return redirect(url_for("accounts.own_login"), code=303)


@blueprint.get("/akun/masih-di-sini")
@public
def still_here() -> BaseResponse:
    """A page tells that somebody is still before it: the session goes on. 401 where it has ended."""
    response = Response(status=204 if current_user.is_authenticated else 401)
    return unkept_page(response)


def _member_only() -> None:
    """An officer has no PIN."""
    if current_user.kind != "family":
        raise NotFound


def _sign_in_page() -> str:
    return url_for("accounts.staff_sign_in" if current_user.kind == "staff" else "accounts.sign_in")


def _pin_page(form: ChangePinForm, status: int = 200) -> BaseResponse:
    return unkept_page(render("accounts/own_pin.html", form=form, status=status))
