"""Signing in with NIK and PIN, signing out, the forgotten PIN, and what was kept of a post that came too late."""

from __future__ import annotations

from flask import Response, flash, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import text
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts import keeping
from portal.accounts.forms import SignInForm
from portal.accounts.resetting import CODE_HOURS, CONFIRM_HOURS
from portal.accounts.sessions import this_device, token_hash
from portal.accounts.signin import Refused, sign_in
from portal.accounts.views.blueprint import blueprint, enter, home_of, next_of, refuse_beside_officer, refused_page
from portal.audit.trail import Event, record
from portal.extensions import db
from portal.web.access import public
from portal.web.languages import LANGUAGES
from portal.web.render import render, unkept_page

_END = text("SELECT session_end(:token)")
_SET_LANGUAGE = text("SELECT account_set_language(:language)")


@blueprint.get("/masuk", endpoint="sign_in")
@public
@refuse_beside_officer
def show_sign_in() -> BaseResponse:
    """NIK and PIN; whoever is signed in goes on at once."""
    if current_user.is_authenticated and current_user.kind == "family":
        return redirect(next_of("family", request.args.get("next")), code=303)
    form = SignInForm(next=request.args.get("next"))
    return unkept_page(render("accounts/sign_in.html", form=form))


@blueprint.post("/masuk")
@public
@refuse_beside_officer
def check_sign_in() -> BaseResponse:
    """Begin the session, or say the same words whatever was wrong."""
    form = SignInForm()
    if not form.validate():
        return unkept_page(render("accounts/sign_in.html", form=form, status=422))
    device = this_device()
    outcome = sign_in(form.nik.data, form.pin.data, device.hash)
    if isinstance(outcome, Refused):
        wrong = _("The NIK or the PIN is not right. The NIK has 16 digits, the PIN has 6.")
        return refused_page("accounts/sign_in.html", form, outcome, wrong)
    target = next_of("family", form.next.data)
    if outcome.family_unclear:
        target = url_for("accounts.own_family", next=target)
    return enter(outcome, device, target)


@blueprint.post("/keluar", endpoint="sign_out")
@public
def end() -> BaseResponse:
    """End the session here and in the database; the browser drops the pages that it kept."""
    return leave(url_for("accounts.sign_in"))


def leave(target: str, why: str = "tap") -> BaseResponse:
    """Sign out whoever is signed in; ``why`` (``tap`` or ``idle``) stands in the trail of a session of two."""
    if current_user.is_authenticated:
        family = current_user.family_id if current_user.kind == "family" else None
        with db.begin(current_user.scope) as transaction:
            transaction.execute(_END, {"token": token_hash(current_user.token)})
            record(transaction, Event.SIGNED_OUT, family_id=family)
            helper = current_user.helper if family is not None else None
            if helper is not None:
                record(transaction, Event.HELP_ENDED, family_id=family, helped_by=helper.staff_id, why=why)
    session.clear()
    flash(_("You are signed out."), "good")
    response = redirect(target, code=303)
    keeping.forget_kept(response)
    response.headers["Clear-Site-Data"] = '"cache"'
    return unkept_page(response)


@blueprint.after_app_request
def keep_language(response: Response) -> Response:
    """Keep the language that a signed-in member chose with the account, for messages that are sent later."""
    if request.endpoint != "web.set_language" or request.form.get("language") not in LANGUAGES:
        return response
    if current_user.is_authenticated and current_user.kind == "family":
        with db.begin(current_user.scope) as transaction:
            transaction.execute(_SET_LANGUAGE, {"language": request.form["language"]})
    return response


@blueprint.get("/lupa-pin")
@public
def forgotten_pin() -> BaseResponse:
    """The way to a new PIN: in person, with KTP and KK, and two officers."""
    return render("accounts/forgotten_pin.html", confirm_hours=CONFIRM_HOURS, code_hours=CODE_HOURS)


@blueprint.get("/lanjutkan")
@public
def resume() -> BaseResponse:
    """Offer the post that arrived without a session once more."""
    if not current_user.is_authenticated:
        return redirect(url_for("accounts.sign_in"), code=303)
    kept = keeping.kept()
    if kept is None:
        return redirect(home_of(current_user.kind), code=303)
    response = unkept_page(render("accounts/resume.html", kept=kept))
    keeping.forget_kept(response)
    return response
