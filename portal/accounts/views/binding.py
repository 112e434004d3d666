"""An officer gives a sealed slip to a member, and the office sees how many each officer gave out."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts import activation, intake
from portal.accounts.activation import VALID_DAYS, Found
from portal.accounts.forms import BindSlipForm
from portal.accounts.roles import Permission
from portal.accounts.views.blueprint import blueprint
from portal.core.clock import now
from portal.core.nik import mask
from portal.web.access import allowed
from portal.web.render import render, unkept_page

_COUNTED_DAYS = 90
_PER_PAGE = 50


@blueprint.get("/petugas/aktivasi/<uuid:family>/<uuid:person>")
@allowed(Permission.BIND_SLIP)
def bind_slip(family: UUID, person: UUID) -> BaseResponse:
    """Show whom the slip is for, and ask for its number."""
    found = activation.find_member(current_user, family, person)
    intake.note(current_user, found.family_id, "slip")
    return _bind_page(found, BindSlipForm())


@blueprint.post("/petugas/aktivasi/<uuid:family>/<uuid:person>")
@allowed(Permission.BIND_SLIP)
def give_slip(family: UUID, person: UUID) -> BaseResponse:
    """Bind the slip, or say why not."""
    found = activation.find_member(current_user, family, person)
    if found.has_login:  # since the page was opened; the page says so
        return redirect(url_for("accounts.bind_slip", family=family, person=person), code=303)
    form = BindSlipForm()
    if not form.validate():
        return _bind_page(found, form, 422)
    refusal = activation.bind(current_user, found, form.serial.data)
    if refusal is not None:
        form.serial.errors = [_(refusal)]
        return _bind_page(found, form, 422)
    flash(
        _(
            "The slip belongs to %(name)s now. Hand it over closed: only the member opens it. It works for %(days)s "
            "days.",
            name=found.name,
            days=VALID_DAYS,
        ),
        "good",
    )
    return redirect(url_for("accounts.intake"), code=303)


@blueprint.get("/kantor/aktivasi")
@allowed(Permission.SEE_ACTIVATIONS)
def activations() -> BaseResponse:
    """How many slips each officer bound in the last ninety days, and how many were used."""
    rows = activation.by_officer(current_user, now() - timedelta(days=_COUNTED_DAYS))
    last = max(1, -(-len(rows) // _PER_PAGE))
    number = min(max(request.args.get("hal", 1, type=int), 1), last)
    page = render(
        "accounts/activations.html",
        rows=rows[(number - 1) * _PER_PAGE : number * _PER_PAGE],
        days=_COUNTED_DAYS,
        number=number,
        last=last,
        url_of=lambda page: url_for("accounts.activations", hal=page),
    )
    return unkept_page(page)


def _bind_page(found: Found, form: BindSlipForm, status: int = 200) -> BaseResponse:
    return unkept_page(render("accounts/bind_slip.html", found=found, kk=mask(found.kk), form=form, status=status))
