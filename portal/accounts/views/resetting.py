"""A lost PIN at the counter: one officer starts, another one confirms, and either may call it off."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts import activation, intake, resetting
from portal.accounts.activation import Found
from portal.accounts.counter_forms import ConfirmResetForm, StartResetForm
from portal.accounts.resetting import CODE_HOURS, CONFIRM_HOURS, Reset
from portal.accounts.roles import Permission
from portal.accounts.views.blueprint import blueprint
from portal.core.errors import NotFound
from portal.core.nik import mask
from portal.web.access import allowed
from portal.web.render import render, unkept_page


@blueprint.get("/petugas/loket/<uuid:family>/<uuid:person>/pin")
@allowed(Permission.START_RESET)
def start_reset(family: UUID, person: UUID) -> BaseResponse:
    """Show whose PIN it is, and ask for the slip."""
    found = activation.find_member(current_user, family, person)
    intake.note(current_user, found.family_id, "pin")
    return _start_page(found, StartResetForm())


@blueprint.post("/petugas/loket/<uuid:family>/<uuid:person>/pin")
@allowed(Permission.START_RESET)
def start_reset_now(family: UUID, person: UUID) -> BaseResponse:
    """Start, or say why not."""
    found, form = activation.find_member(current_user, family, person), StartResetForm()
    if not form.validate():
        return _start_page(found, form, 422)
    refusal = resetting.start(current_user, found, form.serial.data)
    if refusal is not None:
        form.form_errors.append(_(refusal))
        return _start_page(found, form, 422)
    flash(
        _(
            "The new PIN of %(name)s waits for a second officer, for %(hours)s hours at most. Hand the slip over "
            "closed: its code works only after the second officer has confirmed.",
            name=found.name,
            hours=CONFIRM_HOURS,
        ),
        "good",
    )
    return redirect(url_for("accounts.intake"), code=303)


@blueprint.get("/petugas/loket/pin/<uuid:reset>")
@allowed(Permission.CONFIRM_RESET)
def reset_page(reset: UUID) -> BaseResponse:
    """One reset: who started it, for whom, and what this officer may do."""
    asked = _reset(reset)
    intake.note(current_user, asked.family_id, "pin")
    return _reset_page(asked, ConfirmResetForm())


@blueprint.post("/petugas/loket/pin/<uuid:reset>")
@allowed(Permission.CONFIRM_RESET)
def confirm_reset(reset: UUID) -> BaseResponse:
    """Confirm what another officer started."""
    asked, form = _reset(reset), ConfirmResetForm()
    if not form.validate():
        return _reset_page(asked, form, 422)
    refusal = resetting.confirm(current_user, asked)
    if refusal is not None:
        form.form_errors.append(_(refusal))
        return _reset_page(_reset(reset), form, 409)
    words = _("Confirmed. The code of the slip works now, once, for %(hours)s hours.", hours=CODE_HOURS)
    flash(words, "good")
    return redirect(url_for("accounts.intake"), code=303)


@blueprint.post("/petugas/loket/pin/<uuid:reset>/batal")
@allowed(Permission.START_RESET)
def call_off_reset(reset: UUID) -> BaseResponse:
    """Call a reset off before its code was used."""
    refusal = resetting.call_off(current_user, _reset(reset))
    if refusal is not None:
        form = ConfirmResetForm()
        form.form_errors.append(_(refusal))
        return _reset_page(_reset(reset), form, 409)
    flash(_("Called off. The slip does not work any more, and the old PIN stays."), "good")
    return redirect(url_for("accounts.intake"), code=303)


def _reset(public_id: UUID) -> Reset:
    found = resetting.find_reset(current_user, public_id)
    if found is None:
        raise NotFound
    return found


def _start_page(found: Found, form: StartResetForm, status: int = 200) -> BaseResponse:
    return unkept_page(render("accounts/reset_start.html", found=found, kk=mask(found.kk), form=form, status=status))


def _reset_page(asked: Reset, form: ConfirmResetForm, status: int = 200) -> BaseResponse:
    shown = {"asked": asked, "kk": mask(asked.kk), "zone": current_user.zone}
    return unkept_page(render("accounts/reset_confirm.html", form=form, **shown, status=status))
