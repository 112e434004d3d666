"""An officer declares the own family and relatives'; whoever oversees an officer may add one."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts import kinship
from portal.accounts.roles import Permission
from portal.accounts.staff_forms import KinForm, KinOfForm
from portal.accounts.views.blueprint import blueprint
from portal.core.errors import Forbidden
from portal.web.access import allowed
from portal.web.forms import BaseForm
from portal.web.render import render, unkept_page


@blueprint.get("/petugas/keluarga-saya")
@allowed(Permission.OWN_LOGIN)
def own_kin() -> BaseResponse:
    """The families that are closed to the officer, and the form for one more."""
    return _page(None)


@blueprint.post("/petugas/keluarga-saya")
@allowed(Permission.OWN_LOGIN)
def declare_kin() -> BaseResponse:
    """Declare the own family or a relative's."""
    _staff_only()
    form = KinForm()
    if not form.validate():
        return _page(form)
    own_nik = form.nik.data if form.whose.data == "own" else None
    if not kinship.declare(current_user, form.kk.data, own_nik=own_nik):
        form.kk.errors = [_("No family has this No. KK. Compare it with the Kartu Keluarga.")]
        return _page(form)
    return _noted()


@blueprint.post("/petugas/keluarga-saya/rekan")
@allowed(Permission.WORK_CASES)
def declare_kin_of() -> BaseResponse:
    """Add a relative's family of a colleague whom the reader oversees."""
    form = _kin_of_form()
    if not form.officer.choices:
        raise Forbidden
    if not form.validate():
        return _page(form)
    known = {str(one.public_id): one.id for one in kinship.overseen(current_user)}
    if not kinship.declare(current_user, form.their_kk.data, officer=known[form.officer.data]):
        form.their_kk.errors = [_("No family has this No. KK. Compare it with the Kartu Keluarga.")]
        return _page(form)
    return _noted()


def _noted() -> BaseResponse:
    flash(_("Noted. From now on a colleague decides on this family."), "good")
    return redirect(url_for("accounts.own_kin"), code=303)


def _staff_only() -> None:
    if current_user.kind != "staff":
        raise Forbidden


def _kin_of_form(**kwargs: None) -> KinOfForm:
    form = KinOfForm(**kwargs)
    colleagues = kinship.overseen(current_user)
    form.officer.choices = [(str(one.public_id), f"{one.name}, {one.title}") for one in colleagues]
    return form


def _page(form: BaseForm | None) -> BaseResponse:
    _staff_only()
    mine = form if isinstance(form, KinForm) else KinForm(formdata=None)
    theirs = form if isinstance(form, KinOfForm) else _kin_of_form(formdata=None)
    page = render(
        "accounts/staff_kin.html",
        status=200 if form is None else 422,
        form=form,
        mine=mine,
        theirs=theirs,
        kin=kinship.kin_of(current_user),
        zone=current_user.zone,
    )
    return unkept_page(page)
