"""The pages of a session of two: NIK, PIN and code on the kiosk; the officer's word on the officer's own device."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Response, flash, redirect, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.kiosks import this_kiosk
from portal.accounts.roles import Permission
from portal.accounts.sessions import this_device
from portal.accounts.signin import Refused
from portal.accounts.views.blueprint import enter_as, refuse_beside_officer, refused_page
from portal.cases.forms import EmptyForm
from portal.cases.helping import together
from portal.cases.helping.forms import ConfirmForm, PairingForm, TogetherForm
from portal.cases.helping.views import blueprint
from portal.core.errors import NotFound
from portal.core.messages import N_
from portal.web.access import allowed, public
from portal.web.htmx import wants_block
from portal.web.nav import page_url
from portal.web.render import render, unkept_page

_View = TypeVar("_View", bound=Callable[..., Any])
_WAITS = "together"  # in the kiosk's cookie: its token and the code on its screen
NO_SUCH_CODE = N_(
    "No kiosk of your villages shows this code now. Look at the screen again; after five minutes it needs a new one. "
    "For your own family a colleague has to help."
)


def on_kiosk(view: _View) -> _View:
    """Mark a page of kiosks, below the access mark: on any other device it does not exist."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if this_kiosk() is None:
            raise NotFound
        return view(*args, **kwargs)

    return guarded  # type: ignore[return-value]


@blueprint.get("/dibantu")
@public
@on_kiosk
@refuse_beside_officer
def sit_together() -> BaseResponse:
    """NIK and PIN, typed by the member."""
    return unkept_page(render("helping/together.html", form=TogetherForm()))


@blueprint.post("/dibantu")
@public
@on_kiosk
@refuse_beside_officer
def check_together() -> BaseResponse:
    """Show the code for the officer, or say the same words whatever was wrong."""
    kiosk, form = this_kiosk(), TogetherForm()
    if kiosk is None or not form.validate():
        return unkept_page(render("helping/together.html", form=form, status=422))
    outcome = together.offer(form.nik.data, form.pin.data, this_device().hash, kiosk)
    if isinstance(outcome, Refused):
        wrong = _("The NIK or the PIN is not right. The NIK has 16 digits, the PIN has 6.")
        return refused_page("helping/together.html", form, outcome, wrong)
    session[_WAITS] = [outcome.token, outcome.code]
    return redirect(url_for("helping.show_code"), code=303)


@blueprint.get("/dibantu/kode")
@blueprint.get("/dibantu/mulai", alias=True)  # a POST's address, opened again
@public
@on_kiosk
def show_code() -> BaseResponse:
    """The code, until an officer has confirmed it; polled by the page."""
    token, code = session.get(_WAITS, ("", ""))
    found = together.waiting(token) if token else None
    if found is None:
        return _anew()
    if wants_block() and found.officer is None:
        return Response(status=204)
    page = render("helping/code.html", block="state", code=code, found=found, form=EmptyForm())
    return unkept_page(page)


@blueprint.post("/dibantu/mulai")
@public
@on_kiosk
def begin_together() -> BaseResponse:
    """Begin the session of two, as the member says."""
    token, _code = session.get(_WAITS, ("", ""))
    begun = together.begin(token) if token else None
    if begun is None:
        if token and together.waiting(token) is not None:
            flash(_("No officer has confirmed yet. Show the code to the officer beside you."), "wait")
            return redirect(url_for("helping.show_code"), code=303)
        return _anew()
    return enter_as(begun.token, f"family:{begun.account_id}", page_url("home.beranda") or "/")


@blueprint.get("/petugas/dampingi")
@allowed(Permission.HELP_AT_KIOSK)
def pair() -> BaseResponse:
    """The officer types the code that the kiosk shows."""
    return unkept_page(render("helping/pair.html", form=PairingForm()))


@blueprint.post("/petugas/dampingi")
@allowed(Permission.HELP_AT_KIOSK)
def find_pair() -> BaseResponse:
    """Show who waits under the code, and ask whether the officer sits beside that person."""
    form = PairingForm()
    if not form.validate_on_submit():
        return unkept_page(render("helping/pair.html", form=form, status=422))
    found = together.offered(current_user, form.code.data)
    if found is None:
        return _wrong_code(form)
    asked = ConfirmForm(formdata=None, data={"code": together.tidy_code(form.code.data)})
    return unkept_page(render("helping/confirm.html", form=asked, found=found))


@blueprint.get("/petugas/dampingi/ya")
@allowed(Permission.HELP_AT_KIOSK)
def confirm_again() -> BaseResponse:
    """A POST's address, opened again."""
    return redirect(url_for("helping.pair"), code=303)


@blueprint.post("/petugas/dampingi/ya")
@allowed(Permission.HELP_AT_KIOSK)
def confirm_pair() -> BaseResponse:
    """Confirm; the rest happens on the kiosk."""
    form = ConfirmForm()
    if not form.validate_on_submit():
        found = together.offered(current_user, form.code.data or "")
        if found is None:
            return _wrong_code(PairingForm(formdata=None))
        return unkept_page(render("helping/confirm.html", form=form, found=found, status=422))
    if not together.confirm(current_user, form.code.data):
        return _wrong_code(PairingForm(formdata=None))
    flash(_("Confirmed. On the kiosk the person now taps «Begin together». Your name stands on every page."), "good")
    return redirect(url_for("helping.pair"), code=303)


def _anew() -> BaseResponse:
    session.pop(_WAITS, None)
    flash(_("The code has ended. Write NIK and PIN again."), "wait")
    response: BaseResponse
    if wants_block():
        response = Response(status=200)
        response.headers["HX-Redirect"] = url_for("helping.sit_together")
        return response
    return redirect(url_for("helping.sit_together"), code=303)


def _wrong_code(form: PairingForm) -> BaseResponse:
    form.code.errors = (_(NO_SUCH_CODE),)
    return unkept_page(render("helping/pair.html", form=form, status=422))
