"""The kiosk: its start page, its two ends, the amounts; and the register that officers keep of kiosks."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.kiosk_register import kiosk_villages, register_kiosk, registered_kiosks, revoke_kiosk
from portal.accounts.kiosks import AMOUNTS, make_kiosk, this_kiosk
from portal.accounts.own_forms import KioskForm
from portal.accounts.roles import Permission
from portal.accounts.views.blueprint import blueprint, home_of
from portal.accounts.views.family import leave
from portal.core.clock import zone
from portal.core.errors import NotFound
from portal.web.access import allowed, public, safe_next
from portal.web.render import render, unkept_page


@blueprint.get("/kios")
@public
def kiosk_start() -> BaseResponse:
    """Where everybody begins on a kiosk."""
    kiosk = this_kiosk()
    if kiosk is None:
        return redirect("/", code=303)
    if current_user.is_authenticated:
        return redirect(home_of(current_user.kind), code=303)
    return unkept_page(render("accounts/kiosk_start.html", kiosk=kiosk))


@blueprint.post("/kios/selesai")
@public
def kiosk_finish() -> BaseResponse:
    """One tap: signed out, and nothing stays on the device."""
    return _close(_("Finished. Nothing of yours is left on this device."), "good")


@blueprint.get("/kios/selesai")
@public
def kiosk_timed_out() -> BaseResponse:
    """Nobody touched the kiosk for a while: the page itself comes here, also without scripts, so it is a GET.

    All that another site could do with it is to sign somebody out, and it is refused even that.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        abort(403)
    if this_kiosk() is None:
        return redirect("/", code=303)
    if not current_user.is_authenticated:
        return _close(None, "info")
    words = _("Nobody touched this device for a while, so it was closed. Sign in again to go on.")
    return _close(words, "wait", "idle")


@blueprint.post("/kios/jumlah")
@public
def kiosk_amounts() -> BaseResponse:
    """Show the amounts on this kiosk, or hide them again, until the end of the session."""
    if session.pop(AMOUNTS, None) is None:
        session[AMOUNTS] = "shown"
    return redirect(safe_next(request.form.get("next"), "/"), code=303)


@blueprint.get("/petugas/kios")
@allowed(Permission.MANAGE_KIOSKS)
def kiosks() -> BaseResponse:
    """The kiosks of the area, and the form that makes this device one."""
    return _register_page(_kiosk_form())


@blueprint.post("/petugas/kios")
@allowed(Permission.MANAGE_KIOSKS)
def register_this_device() -> BaseResponse:
    """Make this browser a kiosk. The officer is signed out here: from now on it is for families."""
    form = _kiosk_form()
    if not form.validate():
        return _register_page(form, 422)
    public_id = register_kiosk(current_user, form.name.data, int(form.village.data), bool(form.camera.data))
    response = leave(url_for("accounts.kiosk_start"))
    session.clear()
    flash(_("This device is a kiosk now. You are signed out."), "good")
    make_kiosk(response, public_id)
    return response


@blueprint.post("/petugas/kios/<uuid:kiosk_id>/cabut")
@allowed(Permission.MANAGE_KIOSKS)
def revoke(kiosk_id: UUID) -> BaseResponse:
    """Take a kiosk out of use."""
    if not revoke_kiosk(current_user, kiosk_id):
        raise NotFound
    flash(_("The kiosk is taken out of use. That device is an ordinary browser now."), "good")
    return redirect(url_for("accounts.kiosks"), code=303)


def _close(words: str | None, tone: str, why: str = "tap") -> BaseResponse:
    """Sign out whoever is here, and go to the start page; an ordinary browser goes to the ordinary one."""
    target = "accounts.kiosk_start" if this_kiosk() is not None else "accounts.sign_in"
    response = leave(url_for(target), why)
    session.clear()
    if words is not None:
        flash(words, tone)
    return response


def _kiosk_form() -> KioskForm:
    form = KioskForm()
    form.village.choices = [("", _("Pick a village")), *kiosk_villages(current_user)]
    return form


def _register_page(form: KioskForm, status: int = 200) -> BaseResponse:
    page = render(
        "accounts/kiosks.html",
        form=form,
        page=registered_kiosks(current_user, request.args.get("hal", 1, type=int)),
        url_of=lambda number: url_for("accounts.kiosks", hal=number),
        zone=zone(current_user.zone),
        status=status,
    )
    return unkept_page(page)
