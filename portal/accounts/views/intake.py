"""The counter of a village: find a family, see who has a login, and begin what the person came for."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts import intake, own_family, resetting
from portal.accounts.counter_forms import FindFamilyForm
from portal.accounts.roles import Permission
from portal.accounts.views.blueprint import blueprint
from portal.core.errors import NotFound
from portal.registry.codes import RELATION
from portal.web.access import allowed
from portal.web.nav import page_url, places_of
from portal.web.render import render, unkept_page
from portal.web.speaking import speaker

_TEMPLATE = "accounts/intake.html"


@blueprint.get("/petugas")
@allowed(Permission.OWN_LOGIN)
def staff_home() -> BaseResponse:
    """The first place of the officer's own menu."""
    places = places_of(current_user)
    return redirect(places[0].url if places else page_url("home.landing", "/") or "/", code=303)


@blueprint.get("/petugas/loket", endpoint="intake")
@allowed(Permission.FIND_FAMILY)
def counter() -> BaseResponse:
    """The form to find a family, the new PINs under way, and what a supervisor has to clear up."""
    return _counter_page(FindFamilyForm())


@blueprint.post("/petugas/loket")
@allowed(Permission.FIND_FAMILY)
def find_family() -> BaseResponse:
    """Go to the family; its address holds no number. A NIK in two families of the own villages offers both."""
    form = FindFamilyForm()
    complete = form.validate()
    nik, serial = form.nik.data or "", form.serial.data or ""
    if complete and bool(nik) == bool(serial):
        form.nik.errors = [_("Write the NIK or the number of the slip: one of the two.")]
        complete = False
    if not complete:
        return _counter_page(form, status=422)
    found = intake.find(current_user, nik, serial)
    addresses = [(one.village, _address(one.family_public, form.reason.data)) for one in found]
    if len(addresses) == 1:
        return redirect(addresses[0][1], code=303)
    if not addresses:
        form.form_errors.append(_("No family of your villages has this number. Compare it with the KTP or the slip."))
    return _counter_page(form, addresses, status=200 if addresses else 422)


@blueprint.get("/petugas/loket/<uuid:family>")
@allowed(Permission.FIND_FAMILY)
def intake_family(family: UUID) -> BaseResponse:
    """The family, with the look noted under the reason in the address; without one, the reason is asked for first."""
    reason = request.args.get("alasan", "")
    if reason not in intake.REASONS:
        return unkept_page(render("accounts/intake_reason.html", reasons=intake.REASONS, family=family))
    found = intake.open_family(current_user, family, reason)
    if found is None:
        raise NotFound
    return unkept_page(render("accounts/intake_family.html", found=found, relations=RELATION, say=speaker().say))


def _address(family: UUID, reason: str) -> str:
    return url_for("accounts.intake_family", family=family, alasan=reason)


def _counter_page(form: FindFamilyForm, found: object = (), status: int = 200) -> BaseResponse:
    shown = {
        "resets": resetting.under_way(current_user),
        "tasks": own_family.tasks(current_user),
        "zone": current_user.zone,
    }
    return unkept_page(render(_TEMPLATE, form=form, found=found, **shown, status=status))
