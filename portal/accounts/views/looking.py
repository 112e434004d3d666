"""A masked number shown whole, once, and the alarms about officers who look at many families."""

from __future__ import annotations

from uuid import UUID

from flask import request
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts import browsing_alarm, reveal
from portal.accounts.roles import Permission
from portal.accounts.staff_forms import RevealForm
from portal.accounts.views.blueprint import blueprint
from portal.core.errors import Forbidden
from portal.web.access import allowed, safe_next
from portal.web.render import render, unkept_page


@blueprint.post("/petugas/nik/<uuid:family>/<uuid:person>")
@allowed(Permission.REVEAL_NUMBER)
def reveal_number(family: UUID, person: UUID) -> BaseResponse:
    """Show the whole NIK to an officer who says why; the page is kept by nobody and the look stands in the trail."""
    back = safe_next(request.form.get("back"), "/petugas")
    if "asked" not in request.form and "reason" not in request.form:  # the button beside the masked number
        fresh = RevealForm(formdata=None, reference=request.form.get("reference", ""))
        return unkept_page(render("accounts/number_reason.html", form=fresh, back=back))
    form = RevealForm()
    if not form.validate():
        return unkept_page(render("accounts/number_reason.html", form=form, back=back, status=422))
    shown = reveal.reveal(current_user, family, person, form.reason.data, form.reference.data or None)
    return unkept_page(render("accounts/number_shown.html", shown=shown, back=back))


@blueprint.get("/petugas/peringatan")
@allowed(Permission.SEE_ALARMS)
def alarms() -> BaseResponse:
    """Alarms about the officers whom the reader oversees; not for who oversees nobody."""
    if not browsing_alarm.watches(current_user):
        raise Forbidden
    page = render(
        "accounts/staff_alarms.html",
        alarms=browsing_alarm.alarms(current_user),
        new=browsing_alarm.new_officers(current_user),
        limits=browsing_alarm.limits(),
        zone=current_user.zone,
    )
    return unkept_page(page)
