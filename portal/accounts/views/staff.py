"""Officers sign in: login and password, then the code of the authenticator."""

from __future__ import annotations

from flask import current_app, flash, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.forms import StaffCodeForm, StaffSignInForm
from portal.accounts.sessions import remember_device, this_device
from portal.accounts.signin import Refused
from portal.accounts.staff_signin import check_code, check_password, open_pending
from portal.accounts.views.blueprint import blueprint, enter_as, home_of, next_of, refused_page
from portal.accounts.views.family import leave
from portal.web.access import public
from portal.web.render import render, unkept_page

PENDING, NEXT = "staff_pending", "staff_next"


@blueprint.get("/petugas/masuk", endpoint="staff_sign_in")
@public
def show_staff_sign_in() -> BaseResponse:
    """Login and password."""
    if current_user.is_authenticated and current_user.kind == "staff":
        return redirect(next_of("staff", request.args.get("next")), code=303)
    form = StaffSignInForm(next=request.args.get("next"))
    return unkept_page(render("accounts/staff_sign_in.html", form=form))


@blueprint.post("/petugas/masuk")
@public
def check_staff_password() -> BaseResponse:
    """Go on to the code where login and password are right."""
    form = StaffSignInForm()
    if not form.validate():
        return unkept_page(render("accounts/staff_sign_in.html", form=form, status=422))
    outcome = check_password(form.login.data, form.password.data, this_device().hash)
    if isinstance(outcome, Refused):
        wrong = _("The login or the password is not right.")
        return refused_page("accounts/staff_sign_in.html", form, outcome, wrong)
    session[PENDING] = outcome.sealed()
    session[NEXT] = next_of("staff", form.next.data)
    return redirect(url_for("accounts.staff_code"), code=303)


@blueprint.get("/petugas/masuk/kode")
@public
def staff_code() -> BaseResponse:
    """The code."""
    if open_pending(session.get(PENDING)) is None:
        return begin_anew()
    return unkept_page(render("accounts/staff_code.html", form=StaffCodeForm()))


@blueprint.post("/petugas/masuk/kode")
@public
def check_staff_code() -> BaseResponse:
    """Begin the session where the code is of now and unused."""
    pending = open_pending(session.get(PENDING))
    if pending is None:
        return begin_anew()
    form = StaffCodeForm()
    if not form.validate():
        return unkept_page(render("accounts/staff_code.html", form=form, status=422))
    device = this_device()
    outcome = check_code(pending, form.code.data, device.hash)
    if isinstance(outcome, Refused):
        wrong = _("This code is not right or was used already. Wait for the next one and write that.")
        return refused_page("accounts/staff_code.html", form, outcome, wrong)
    target: str = session.get(NEXT, "/")
    response = enter_as(outcome.token, f"staff:{outcome.staff_id}", target)
    remember_device(response, device.token, bool(current_app.config["SESSION_COOKIE_SECURE"]))
    return response


@blueprint.post("/petugas/keluar")
@public
def staff_sign_out() -> BaseResponse:
    """End the session."""
    return leave(url_for("accounts.staff_sign_in"))


def begin_anew() -> BaseResponse:
    """Back to login and password: what they proved is too long ago."""
    session.pop(PENDING, None)
    flash(_("That took more than five minutes. Write your login and password again."), "wait")
    target = session.get(NEXT)
    return redirect(url_for("accounts.staff_sign_in", next=None if target == home_of("staff") else target), code=303)
