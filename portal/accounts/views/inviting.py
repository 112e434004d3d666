"""An officer's first sign-in by a link: a password, an authenticator, ten recovery codes; and those codes later."""

from __future__ import annotations

import segno
from flask import current_app, flash, redirect, session, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts import inviting, recovery_codes
from portal.accounts.inviting import Chosen, Invited
from portal.accounts.passwords import refusal
from portal.accounts.roles import Permission
from portal.accounts.sessions import remember_device, this_device
from portal.accounts.signin import Refused
from portal.accounts.staff_forms import FirstCodeForm, NewPasswordForm, RecoveryForm
from portal.accounts.staff_signin import check_code, open_pending
from portal.accounts.staffing import otpauth_uri
from portal.accounts.stepup import stepped_up
from portal.accounts.views.blueprint import blueprint, enter_as, refused_page
from portal.accounts.views.staff import NEXT, PENDING, begin_anew
from portal.core.clock import now
from portal.core.errors import Forbidden
from portal.web.access import allowed, public
from portal.web.render import render, unkept_page

_CHOSEN = "staff_invitation"


@blueprint.get("/petugas/undangan/<token>")
@public
def invitation(token: str) -> BaseResponse:
    """Who is invited, and the password. Opening the link changes nothing: previews of messages open it too."""
    invited = inviting.find(token)
    if invited is None:
        return _link_is_dead()
    return _private(render("accounts/staff_invitation.html", form=NewPasswordForm(), invited=invited))


@blueprint.post("/petugas/undangan/<token>")
@public
def choose_password(token: str) -> BaseResponse:
    """Take the password where it is long and not everybody's."""
    invited = inviting.find(token)
    if invited is None:
        return _link_is_dead()
    form = NewPasswordForm()
    if form.validate():
        wrong = refusal(form.password.data, login=invited.login, name=invited.name)
        if wrong is not None:
            form.password.errors = [_(wrong)]
        elif form.password.data != form.password_again.data:
            form.password_again.errors = [_("The two passwords are not the same. Write both again.")]
        else:
            session[_CHOSEN] = inviting.choose(token, form.password.data).sealed()
            return redirect(url_for("accounts.invitation_code", token=token), code=303)
    return _private(render("accounts/staff_invitation.html", form=form, invited=invited, status=422))


@blueprint.get("/petugas/undangan/<token>/kode")
@public
def invitation_code(token: str) -> BaseResponse:
    """The picture that the authenticator scans, the secret as text, and a field for its first code."""
    invited, chosen = _both(token)
    if invited is None or chosen is None:
        return redirect(url_for("accounts.invitation", token=token), code=303)
    return _code_page(invited, chosen, FirstCodeForm())


@blueprint.post("/petugas/undangan/<token>/kode")
@public
def use_invitation(token: str) -> BaseResponse:
    """Use the link where the code is right, and show the recovery codes once."""
    invited, chosen = _both(token)
    if invited is None or chosen is None:
        return redirect(url_for("accounts.invitation", token=token), code=303)
    form = FirstCodeForm()
    codes = inviting.finish(chosen, invited, form.code.data, now()) if form.validate() else None
    if codes is None:
        if not form.errors:
            form.code.errors = [_("This code is not right. Look whether the clock of your phone is, and try the next.")]
        return _code_page(invited, chosen, form, 422)
    session.pop(_CHOSEN, None)
    return _codes_page(codes, first_time=True)


@blueprint.get("/petugas/masuk/cadangan")
@public
def staff_recovery() -> BaseResponse:
    """A recovery code in the place of the authenticator's."""
    if open_pending(session.get(PENDING)) is None:
        return begin_anew()
    return unkept_page(render("accounts/staff_recovery.html", form=RecoveryForm()))


@blueprint.post("/petugas/masuk/cadangan")
@public
def check_recovery_code() -> BaseResponse:
    """Begin the session where the code is one of the officer's and unused, and say how many are left."""
    pending = open_pending(session.get(PENDING))
    if pending is None:
        return begin_anew()
    form = RecoveryForm()
    if not form.validate():
        return unkept_page(render("accounts/staff_recovery.html", form=form, status=422))
    device = this_device()
    outcome = check_code(pending, form.code.data, device.hash)
    if isinstance(outcome, Refused):
        wrong = _("This recovery code is not right or was used already. Take another one.")
        return refused_page("accounts/staff_recovery.html", form, outcome, wrong)
    target: str = session.get(NEXT, "/")
    response = enter_as(outcome.token, f"staff:{outcome.staff_id}", target)
    if outcome.codes_left is not None:
        _say_left(outcome.codes_left)
    remember_device(response, device.token, bool(current_app.config["SESSION_COOKIE_SECURE"]))
    return response


@blueprint.get("/petugas/kode-cadangan", endpoint="recovery_codes")
@allowed(Permission.OWN_LOGIN)
def show_codes_left() -> BaseResponse:
    """How many codes are left, and the way to new ones."""
    if current_user.kind != "staff":
        raise Forbidden
    left = recovery_codes.codes_left(current_user)
    return unkept_page(render("accounts/staff_codes_left.html", left=left, most=recovery_codes.HOW_MANY))


@blueprint.post("/petugas/kode-cadangan")
@allowed(Permission.OWN_LOGIN)
@stepped_up
def new_recovery_codes() -> BaseResponse:
    """Ten new ones, shown once; those from before work no more."""
    return _codes_page(recovery_codes.make_anew(current_user), first_time=False)


def _say_left(left: int) -> None:
    used = _("You signed in with a recovery code. It works no more.")
    rest = ngettext("You have %(num)d recovery code left.", "You have %(num)d recovery codes left.", left)
    flash(f"{used} {rest}", "wait")


def _both(token: str) -> tuple[Invited | None, Chosen | None]:
    return inviting.find(token), inviting.open_chosen(session.get(_CHOSEN), token)


def _code_page(invited: Invited, chosen: Chosen, form: FirstCodeForm, status: int = 200) -> BaseResponse:
    picture = segno.make(otpauth_uri(invited.login, chosen.secret), error="m").svg_inline(border=2, omitsize=True)
    groups = " ".join(chosen.secret[at : at + 4] for at in range(0, len(chosen.secret), 4))
    page = render(
        "accounts/staff_invitation_code.html",
        status=status,
        form=form,
        invited=invited,
        picture=Markup(picture),  # noqa: S704 - segno draws it, from our own text
        secret=groups,
    )
    return _private(page)


def _codes_page(codes: list[str], *, first_time: bool) -> BaseResponse:
    return _private(render("accounts/staff_codes.html", codes=codes, first_time=first_time))


def _link_is_dead() -> BaseResponse:
    return unkept_page(render("accounts/staff_invitation_dead.html", hours=inviting.VALID_HOURS, status=404))


def _private(response: BaseResponse) -> BaseResponse:
    """Kept by nobody, and its address told to nobody: the link is in it."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return unkept_page(response)
