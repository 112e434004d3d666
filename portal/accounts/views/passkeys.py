"""The own passkeys: what there is, a new one, another name, away with one. For members and officers alike.

A kiosk is nobody's own device: there is no passkey to be made on one.
"""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts import passkeys
from portal.accounts.kiosks import this_kiosk
from portal.accounts.passkey_forms import (
    AddKeyCodeForm,
    AddKeyPinForm,
    CodeAgainForm,
    NameKeyForm,
    PinAgainForm,
    SaveKeyForm,
)
from portal.accounts.passkey_models import Passkey
from portal.accounts.passkeys import MOST_PASSKEYS, PasskeyRefused
from portal.accounts.proving import Proof, prove
from portal.accounts.roles import Permission
from portal.accounts.sessions import this_device
from portal.accounts.signin import Refused
from portal.accounts.views.blueprint import blueprint, wait_words
from portal.core.errors import NotFound
from portal.web.access import allowed
from portal.web.forms import BaseForm
from portal.web.render import render, unkept_page


def may_use_passkeys() -> bool:
    """Whether passkeys can be made for this address, and this is not a device of many people."""
    return passkeys.this_site() is not None and this_kiosk() is None


@blueprint.get("/akun/kunci", endpoint="passkeys")
@allowed(Permission.OWN_LOGIN)
def own_passkeys() -> BaseResponse:
    """Every own passkey, and the way to a new one."""
    mine = passkeys.own_passkeys(current_user)
    can_add = may_use_passkeys() and len(mine) < MOST_PASSKEYS
    return unkept_page(render("accounts/passkeys.html", passkeys=mine, can_add=can_add, site=passkeys.this_site()))


@blueprint.get("/akun/kunci/tambah")
@allowed(Permission.OWN_LOGIN)
def add_passkey() -> BaseResponse:
    """Ask for a name and for the PIN or the code."""
    if not may_use_passkeys():
        return redirect(url_for("accounts.passkeys"), code=303)
    return unkept_page(render("accounts/passkey_add.html", form=_add_form(name=_("My phone"))))


@blueprint.post("/akun/kunci/tambah")
@allowed(Permission.OWN_LOGIN)
def make_passkey() -> BaseResponse:
    """Let the browser make the key, where the PIN or the code is right."""
    if not may_use_passkeys():
        return redirect(url_for("accounts.passkeys"), code=303)
    form = _add_form()
    if not form.validate():
        return unkept_page(render("accounts/passkey_add.html", form=form, status=422))
    outcome: Proof | Refused | dict[str, object] = prove(current_user, form.asked.data, this_device().hash)
    if isinstance(outcome, Proof):
        outcome = passkeys.ask_new(current_user, outcome)
    if isinstance(outcome, Refused):
        return _refused("accounts/passkey_add.html", form, outcome)
    save = SaveKeyForm(formdata=None, name=form.name.data)
    return unkept_page(
        render("accounts/passkey_make.html", form=save, options=outcome, name=form.name.data, site=passkeys.this_site())
    )


@blueprint.post("/akun/kunci/simpan")
@allowed(Permission.OWN_LOGIN)
def save_passkey() -> BaseResponse:
    """Keep what the browser made."""
    form = SaveKeyForm()
    try:
        if not may_use_passkeys() or not form.validate():
            raise PasskeyRefused("answer")
        passkeys.add(current_user, form.credential.data or "", form.name.data or _("My phone"))
    except PasskeyRefused:
        flash(_("The passkey was not kept. It must be finished within five minutes. Please try once more."), "stop")
    else:
        flash(_("The passkey is kept. You can sign in with it from now on. Your PIN or password still works."), "good")
    return redirect(url_for("accounts.passkeys"), code=303)


@blueprint.get("/akun/kunci/<uuid:passkey>")
@allowed(Permission.OWN_LOGIN)
def passkey(passkey: UUID) -> BaseResponse:
    """One passkey: its name, and the way to remove it."""
    found = _found(passkey)
    return _page(found, NameKeyForm(name=found.name), _again_form())


@blueprint.post("/akun/kunci/<uuid:passkey>/nama")
@allowed(Permission.OWN_LOGIN)
def rename_passkey(passkey: UUID) -> BaseResponse:
    """Another name."""
    found, form = _found(passkey), NameKeyForm()
    if not form.validate():
        return _page(found, form, _again_form(), 422)
    passkeys.rename(current_user, passkey, form.name.data)
    flash(_("The new name is kept."), "good")
    return redirect(url_for("accounts.passkeys"), code=303)


@blueprint.post("/akun/kunci/<uuid:passkey>/hapus")
@allowed(Permission.OWN_LOGIN)
def remove_passkey(passkey: UUID) -> BaseResponse:
    """Remove it, where the PIN or the code is right."""
    found, form = _found(passkey), _again_form()
    if not form.validate():
        return _page(found, NameKeyForm(formdata=None, name=found.name), form, 422)
    proof = prove(current_user, form.asked.data, this_device().hash)
    refused = passkeys.remove(current_user, passkey, proof) if isinstance(proof, Proof) else proof
    if refused is not None:
        _say_refused(form, refused)
        page = _page(found, NameKeyForm(formdata=None, name=found.name), form, 429 if refused.wait else 422)
        return _with_wait(page, refused)
    flash(_("The passkey is removed. Nobody can sign in with it any more. Delete it on your device too."), "good")
    return redirect(url_for("accounts.passkeys"), code=303)


def _add_form(**given: str) -> AddKeyPinForm | AddKeyCodeForm:
    return AddKeyCodeForm(**given) if current_user.kind == "staff" else AddKeyPinForm(**given)


def _again_form() -> PinAgainForm | CodeAgainForm:
    return CodeAgainForm() if current_user.kind == "staff" else PinAgainForm()


def _found(public_id: UUID) -> Passkey:
    found = passkeys.own_passkey(current_user, public_id)
    if found is None:
        raise NotFound
    return found


def _page(found: Passkey, naming: NameKeyForm, removing: BaseForm, status: int = 200) -> BaseResponse:
    wrong = removing if removing.errors else naming
    page = render("accounts/passkey.html", passkey=found, naming=naming, removing=removing, form=wrong, status=status)
    return unkept_page(page)


def _say_refused(form: PinAgainForm | CodeAgainForm, refused: Refused) -> None:
    if refused.wait:
        words = wait_words(refused.wait)
    elif current_user.kind == "staff":
        words = _("This code is not right or was used already. Wait for the next one and write that.")
    else:
        words = _("This PIN is not right.")
    form.asked.errors = [words]


def _refused(template: str, form: AddKeyPinForm | AddKeyCodeForm, refused: Refused) -> BaseResponse:
    _say_refused(form, refused)
    return _with_wait(unkept_page(render(template, form=form, status=429 if refused.wait else 422)), refused)


def _with_wait(response: BaseResponse, refused: Refused) -> BaseResponse:
    if refused.wait:
        response.headers["Retry-After"] = str(refused.wait)
    return response
