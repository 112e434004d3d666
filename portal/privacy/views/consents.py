"""My consents: one card for each purpose, agreed to or taken back with one tap, with what was said before."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.roles import Permission
from portal.core.clock import zone
from portal.privacy import consents
from portal.privacy.views import blueprint
from portal.web.access import allowed
from portal.web.languages import current_language
from portal.web.render import private_page, render
from portal.web.speaking import speaker


@blueprint.get("/persetujuan")
@blueprint.get("/persetujuan/<purpose>/<act>", alias=True)  # a POST's address, opened again
@allowed(Permission.OWN_DATA)
def own_consents(purpose: str = "", act: str = "") -> BaseResponse:
    """Every purpose, its text, and what the member said about it."""
    return _page()


@blueprint.post("/persetujuan/<purpose>/setuju")
@allowed(Permission.OWN_DATA)
def give_consent(purpose: str) -> BaseResponse:
    """Agree to the text that was read."""
    try:
        consents.give(current_user, purpose, request.form.get("version", 0, type=int), current_language())
    except consents.TextChanged as changed:
        return _page(changed.message, 409)
    flash(_("Noted: you agree. You can take it back here at any time."), "good")
    return redirect(url_for("privacy.own_consents"), code=303)


@blueprint.post("/persetujuan/<purpose>/tarik")
@allowed(Permission.OWN_DATA)
def withdraw_consent(purpose: str) -> BaseResponse:
    """Take it back, at once and without a reason."""
    consents.withdraw(current_user, purpose, current_language())
    flash(_("Taken back. It does not hold any more from now on."), "good")
    return redirect(url_for("privacy.own_consents"), code=303)


def _page(message: str | None = None, status: int = 200) -> BaseResponse:
    page = render(
        "privacy/consents.html",
        status=status,
        message=message,
        choices=consents.own_choices(current_user),
        zone=zone(current_user.zone),
        say=speaker().say,
    )
    return private_page(page)
