"""The addresses of delivery: the own devices, the worker in the browser, and the list of who is told in person."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.own_sessions import KINDS, kind_of
from portal.accounts.roles import Permission
from portal.core.clock import zone
from portal.core.errors import NotFound
from portal.delivery import devices, telling
from portal.extensions import outward
from portal.web.access import allowed, public
from portal.web.assets import DIST, asset
from portal.web.kiosk import on_kiosk
from portal.web.render import private_page, render, unkept_page

blueprint = Blueprint("delivery", __name__)


@blueprint.get("/pekerja-pesan.js")
@public
def worker() -> Response:
    """The script that shows the news while no page is open. At the root, so that it may open any page of ours."""
    script = (DIST / asset("news-worker.js").rpartition("/")[2]).read_bytes()
    return Response(script, mimetype="text/javascript", headers={"Cache-Control": "no-cache"})


@blueprint.get("/pemberitahuan")
@blueprint.get("/pemberitahuan/<uuid:device>/matikan", alias=True)  # a POST's address, opened again
@allowed(Permission.OWN_DATA)
def own_devices(device: UUID | None = None) -> BaseResponse:
    """The own devices that get news, and the switch for this one."""
    return _devices_page()


@blueprint.post("/pemberitahuan")
@allowed(Permission.OWN_DATA)
def switch_on() -> BaseResponse:
    """Get news on the device that asks."""
    if on_kiosk() is not None:
        raise NotFound  # a device of everybody gets no one's news
    said = {name: request.form.get(name, "") for name in ("endpoint", "p256dh", "auth")}
    try:
        devices.switch_on(current_user, kind_of(request.headers.get("User-Agent", "")), **said)
    except devices.NotThisDevice as refused:
        return _devices_page(refused.message, 409)
    flash(_("Switched on. This device says from now on that there is a new message."), "good")
    return redirect(url_for("delivery.own_devices"), code=303)


@blueprint.post("/pemberitahuan/<uuid:device>/matikan")
@allowed(Permission.OWN_DATA)
def switch_off(device: UUID) -> BaseResponse:
    """No more news there."""
    devices.switch_off(current_user, device)
    flash(_("Switched off. Your messages stand in the portal as before."), "good")
    return redirect(url_for("delivery.own_devices"), code=303)


@blueprint.get("/petugas/sampaikan")
@blueprint.get("/petugas/sampaikan/<uuid:family>/<uuid:person>/sudah", alias=True)
@allowed(Permission.TELL_IN_PERSON)
def untold(family: UUID | None = None, person: UUID | None = None) -> BaseResponse:
    """Whom no message reaches, by village."""
    found = telling.untold(current_user)
    return unkept_page(render("delivery/untold.html", villages=found, zone=zone(current_user.zone)))


@blueprint.get("/petugas/sampaikan/<uuid:family>/<uuid:person>/surat")
@allowed(Permission.TELL_IN_PERSON)
def letter(family: UUID, person: UUID) -> BaseResponse:
    """A letter to print that says no more than that there is a message."""
    return unkept_page(render("delivery/letter.html", letter=telling.letter(current_user, family, person)))


@blueprint.post("/petugas/sampaikan/<uuid:family>/<uuid:person>/sudah")
@allowed(Permission.TELL_IN_PERSON)
def told(family: UUID, person: UUID) -> BaseResponse:
    """The officer was there."""
    telling.mark_told(current_user, family, person)
    flash(_("Noted: told in person. The family reads that it was you."), "good")
    return redirect(url_for("delivery.untold"), code=303)


def _devices_page(message: str | None = None, status: int = 200) -> BaseResponse:
    agreed, found = devices.own_devices(current_user)
    offered = outward.offers("web_push") and on_kiosk() is None and current_user.helper is None
    page = render(
        "delivery/devices.html",
        status=status,
        message=message,
        agreed=agreed,
        key=outward.push_public_key if offered and agreed else None,
        devices=found,
        kinds=KINDS,
        zone=zone(current_user.zone),
    )
    return private_page(page)
