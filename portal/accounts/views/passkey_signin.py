"""Signing in with a passkey. PIN, or password and code, stand first on their pages and need no script."""

from __future__ import annotations

from flask import Response, abort, current_app, jsonify, request, session
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.forms import SignInForm, StaffCodeForm, StaffSignInForm
from portal.accounts.passkey_forms import KeySignInForm
from portal.accounts.passkey_signin import sign_in_member, sign_in_officer
from portal.accounts.passkeys import Purpose, Site, ask, this_site
from portal.accounts.sessions import remember_device, this_device
from portal.accounts.signin import Refused
from portal.accounts.staff_signin import Pending, open_pending
from portal.accounts.views.blueprint import blueprint, enter, enter_as, next_of, refused_page
from portal.accounts.views.own_family import question_first
from portal.accounts.views.passkeys import may_use_passkeys
from portal.accounts.views.staff import NEXT, PENDING, begin_anew
from portal.web.access import public
from portal.web.forms import BaseForm
from portal.web.render import unkept_page

_ASKED = {purpose.value: purpose for purpose in Purpose if purpose is not Purpose.ADD}


@blueprint.app_template_global()
def passkey_site() -> Site | None:
    """For the pages of signing in: the address for which keys are good, or None where none are offered."""
    return this_site() if may_use_passkeys() else None


@blueprint.post("/kunci/mulai")
@public
def passkey_ask() -> BaseResponse:
    """What the browser's key has to sign, as JSON."""
    purpose = _ASKED.get(request.form.get("purpose", ""))
    if purpose is None or not may_use_passkeys():
        abort(400)
    response: Response = jsonify(ask(purpose))
    return unkept_page(response)


@blueprint.post("/masuk/kunci")
@public
def passkey_sign_in() -> BaseResponse:
    """Begin a member's session, or show the sign-in page with PIN again."""
    form = KeySignInForm()
    page = SignInForm(formdata=None, next=form.next.data)
    if not _is_sent(form):
        return _refused("accounts/sign_in.html", page, Refused())
    device = this_device()
    outcome = sign_in_member(form.credential.data, device.hash)
    if isinstance(outcome, Refused):
        return _refused("accounts/sign_in.html", page, outcome)
    return enter(outcome, device, question_first(outcome.token, next_of("family", form.next.data)))


@blueprint.post("/petugas/masuk/kunci")
@public
def staff_passkey_sign_in() -> BaseResponse:
    """Begin an officer's session, or show the sign-in page with password again."""
    form = KeySignInForm()
    page = StaffSignInForm(formdata=None, next=form.next.data)
    target = next_of("staff", form.next.data)
    return _officer("accounts/staff_sign_in.html", form, page, target, None)


@blueprint.post("/petugas/masuk/kode/kunci")
@public
def staff_passkey_code() -> BaseResponse:
    """The same, in the place of the code after the password."""
    pending = open_pending(session.get(PENDING))
    if pending is None:
        return begin_anew()
    page = StaffCodeForm(formdata=None)
    return _officer("accounts/staff_code.html", KeySignInForm(), page, session.get(NEXT, "/"), pending)


def _officer(template: str, form: KeySignInForm, page: BaseForm, target: str, pending: Pending | None) -> BaseResponse:
    if not _is_sent(form):
        return _refused(template, page, Refused())
    device = this_device()
    outcome = sign_in_officer(form.credential.data, device.hash, pending)
    if isinstance(outcome, Refused):
        return _refused(template, page, outcome)
    response = enter_as(outcome.token, f"staff:{outcome.staff_id}", target)
    remember_device(response, device.token, bool(current_app.config["SESSION_COOKIE_SECURE"]))
    return response


def _is_sent(form: KeySignInForm) -> bool:
    return may_use_passkeys() and bool(form.validate()) and bool(form.credential.data)


def _refused(template: str, page: BaseForm, refused: Refused) -> BaseResponse:
    """The same words whatever was wrong, and the other way in below them."""
    if template == "accounts/sign_in.html":
        wrong = _("This passkey was not accepted. Sign in with your NIK and your PIN.")
    elif template == "accounts/staff_code.html":
        wrong = _("This passkey was not accepted. Write the code of your authenticator.")
    else:
        wrong = _("This passkey was not accepted. Sign in with your login and your password.")
    return refused_page(template, page, refused, wrong)
