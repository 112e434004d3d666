"""An officer's work ends, or the sign-in is made anew: each on a page of its own that says what will happen."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts import staff_admin, staff_ending
from portal.accounts.inviting import VALID_HOURS
from portal.accounts.roles import Permission
from portal.accounts.stepup import stepped_up
from portal.accounts.views.blueprint import blueprint
from portal.accounts.views.staff_admin import link_page
from portal.core.errors import Conflict
from portal.web.access import allowed
from portal.web.forms import BaseForm
from portal.web.render import render, unkept_page


@blueprint.get("/kantor/petugas/<uuid:officer>/akhiri-tugas")
@allowed(Permission.MANAGE_STAFF)
def staff_end(officer: UUID) -> BaseResponse:
    """Say what ends, and ask."""
    return _page("accounts/staff_end.html", officer)


@blueprint.post("/kantor/petugas/<uuid:officer>/akhiri-tugas")
@allowed(Permission.MANAGE_STAFF)
@stepped_up
def end_staff(officer: UUID) -> BaseResponse:
    """End the officer's work, at once."""
    try:
        ended = staff_ending.end_work(current_user, officer)
    except Conflict as refused:
        return _page("accounts/staff_end.html", officer, _(refused.message))
    words = _("The work of %(name)s has ended. Open submissions go to others by themselves.", name=ended.officer.name)
    flash(words, "good")
    return redirect(url_for("accounts.staff_list"), code=303)


@blueprint.get("/kantor/petugas/<uuid:officer>/masuk-baru")
@allowed(Permission.MANAGE_STAFF)
def staff_reset(officer: UUID) -> BaseResponse:
    """Say what goes and what comes, and ask."""
    return _page("accounts/staff_reset.html", officer)


@blueprint.post("/kantor/petugas/<uuid:officer>/masuk-baru")
@allowed(Permission.MANAGE_STAFF)
@stepped_up
def reset_staff(officer: UUID) -> BaseResponse:
    """Take the sign-in away, and show the link for a new one, once."""
    try:
        made = staff_ending.reset_sign_in(current_user, officer)
    except Conflict as refused:
        return _page("accounts/staff_reset.html", officer, _(refused.message))
    if made.token:
        return link_page(officer, made.name, made.login, made.token)
    flash(_("The old sign-in works no more. Another administrator confirms; then the link can be made."), "wait")
    return redirect(url_for("accounts.staff_officer", officer=officer), code=303)


def _page(template: str, public_id: UUID, refusal: str | None = None) -> BaseResponse:
    opened = staff_admin.open_officer(current_user, public_id)
    form = BaseForm()
    if refusal:
        form.form_errors.append(refusal)
    status = 409 if refusal else 200
    page = render(template, status=status, form=form, opened=opened, officer=opened.officer, hours=VALID_HOURS)
    return unkept_page(page)
