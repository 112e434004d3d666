"""The slip is opened: NIK and the code inside, then a PIN of one's own, for the first time or for a lost one."""

from __future__ import annotations

from flask import flash, redirect, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.activation import NotNow, Ticket, activate, check_code, open_ticket, pin_refusal
from portal.accounts.forms import CodeForm, NewPinForm
from portal.accounts.sessions import this_device
from portal.accounts.signin import Refused
from portal.accounts.views.blueprint import blueprint, enter, home_of, refuse_beside_officer, refused_page
from portal.web.access import public
from portal.web.render import render, unkept_page

_TICKET = "activation"


@blueprint.get("/aktivasi", endpoint="activate")
@public
@refuse_beside_officer
def show_activation() -> BaseResponse:
    """NIK and code."""
    return unkept_page(render("accounts/activate.html", form=CodeForm()))


@blueprint.get("/pin-baru", endpoint="new_pin")
@public
@refuse_beside_officer
def show_new_pin() -> BaseResponse:
    """NIK and code, of somebody who lost the PIN."""
    return unkept_page(render("accounts/reset_code.html", form=CodeForm()))


@blueprint.post("/aktivasi")
@public
@refuse_beside_officer
def check_activation() -> BaseResponse:
    """Go on to the PIN where the code is good for this NIK."""
    return _check("accounts/activate.html")


@blueprint.post("/pin-baru")
@public
@refuse_beside_officer
def check_new_pin() -> BaseResponse:
    """The same: a code of either kind is taken on both pages."""
    return _check("accounts/reset_code.html")


def _check(template: str) -> BaseResponse:
    form = CodeForm()
    if not form.validate():
        return unkept_page(render(template, form=form, status=422))
    outcome = check_code(form.nik.data, form.code.data)
    if isinstance(outcome, Refused):
        wrong = _(
            "This code does not go with this NIK. Read both once more. If it still does not work, ask your social "
            "worker for a new slip."
        )
        return refused_page(template, form, outcome, wrong)
    if isinstance(outcome, NotNow):
        form.form_errors.append(_(outcome.message))
        return unkept_page(render(template, form=form, status=422))
    session[_TICKET] = outcome.sealed()
    return redirect(url_for("accounts.choose_pin"), code=303)


@blueprint.get("/aktivasi/pin")
@public
@refuse_beside_officer
def choose_pin() -> BaseResponse:
    """The new PIN, twice."""
    ticket = open_ticket(session.get(_TICKET))
    if ticket is None:
        return _begin_anew()
    return unkept_page(render("accounts/choose_pin.html", form=NewPinForm(), lost=_is_of_lost_pin(ticket)))


@blueprint.post("/aktivasi/pin")
@public
@refuse_beside_officer
def set_pin() -> BaseResponse:
    """Make the account, or give it the new PIN, and sign in."""
    ticket = open_ticket(session.get(_TICKET))
    if ticket is None:
        return _begin_anew()
    form = NewPinForm()
    if not _is_good(form, ticket):
        return unkept_page(render("accounts/choose_pin.html", form=form, lost=_is_of_lost_pin(ticket), status=422))
    device = this_device()
    begun = activate(ticket, form.pin.data, device.hash)
    if begun is None:
        return _begin_anew()
    response = enter(begun, device, home_of("family"))
    if _is_of_lost_pin(ticket):
        flash(_("Your new PIN is set. Everybody who was signed in with the old one is signed out."), "good")
    else:
        flash(_("Welcome! Your sign-in is ready. Next time, sign in with your NIK and this PIN."), "good")
    return response


def _is_of_lost_pin(ticket: Ticket) -> bool:
    return ticket.purpose == "reset"


def _is_good(form: NewPinForm, ticket: Ticket) -> bool:
    """Whether both PINs are there, equal and not easy to guess."""
    if not form.validate():
        return False
    refusal = pin_refusal(ticket, form.pin.data)
    if refusal is not None:
        form.pin.errors = [_(refusal)]
    elif form.pin.data != form.pin_again.data:
        form.pin_again.errors = [_("The two PINs are not the same. Write both again.")]
    return not form.errors


def _begin_anew() -> BaseResponse:
    session.pop(_TICKET, None)
    flash(_("The code has to be checked once more. Write your NIK and the code of the slip."), "wait")
    return redirect(url_for("accounts.activate"), code=303)
