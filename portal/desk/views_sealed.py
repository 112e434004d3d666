"""Sealed submissions of the regency office: their numbers and days, and opening one by two officers."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.roles import Permission
from portal.accounts.stepup import stepped_up
from portal.cases.sealed import REASONS, SealedLine, ask_to_open, confirm_opening, sealed_case, sealed_cases
from portal.core.clock import today, zone
from portal.core.errors import Conflict
from portal.desk.blueprint import blueprint
from portal.web.access import allowed
from portal.web.forms import BaseForm, Needed, RadiosField
from portal.web.render import render, unkept_page


class OpenForm(BaseForm):
    """Asks to open a sealed submission, and why."""

    reason = RadiosField(
        _l("Why do you want to open it?"),
        [Needed(_l("Choose why."))],
        choices=[(key, _l(words)) for key, words in REASONS.items()],
    )


class ConfirmForm(BaseForm):
    """Confirms what a colleague asked: nothing but the token."""


@blueprint.get("/petugas/rahasia")
@allowed(Permission.OPEN_SEALED)
def sealed() -> BaseResponse:
    """What waits sealed: number, day, and who asks to open it. Nothing of whom or what it is about."""
    lines = sealed_cases(current_user)
    page = render("desk/sealed.html", lines=lines, today=today(current_user.zone), zone=zone(current_user.zone))
    return unkept_page(page)


@blueprint.get("/petugas/rahasia/<reference>")
@blueprint.get("/petugas/rahasia/<reference>/<act>", alias=True)  # a POST's address, opened again
@allowed(Permission.OPEN_SEALED)
def sealed_one(reference: str) -> BaseResponse:
    """One of them: ask to open it, or confirm what a colleague asked."""
    line = sealed_case(current_user, reference)
    if line.opened:
        return redirect(url_for("desk.case", reference=reference), code=303)
    return _page(line, OpenForm(formdata=None))


@blueprint.post("/petugas/rahasia/<reference>/minta")
@allowed(Permission.OPEN_SEALED)
def ask_sealed(reference: str) -> BaseResponse:
    """The first officer."""
    form = OpenForm()
    if not form.validate_on_submit():
        return _page(sealed_case(current_user, reference), form, 422)
    try:
        ask_to_open(current_user, reference, form.reason.data)
    except Conflict as refused:
        flash(_(refused.message), "stop")
    else:
        flash(_("Asked. A colleague of the office has to confirm it within 24 hours."), "wait")
    return redirect(url_for("desk.sealed_one", reference=reference), code=303)


@blueprint.post("/petugas/rahasia/<reference>/buka")
@allowed(Permission.OPEN_SEALED)
@stepped_up
def confirm_sealed(reference: str) -> BaseResponse:
    """The second officer: from now on both read it."""
    try:
        confirm_opening(current_user, reference)
    except Conflict as refused:
        flash(_(refused.message), "stop")
        return redirect(url_for("desk.sealed_one", reference=reference), code=303)
    flash(_("Opened. You and your colleague read it for 30 days; nobody else does."), "good")
    return redirect(url_for("desk.case", reference=reference), code=303)


def _page(line: SealedLine, form: OpenForm, status: int = 200) -> BaseResponse:
    mine = line.asked_by == current_user.staff_id
    page = render(
        "desk/sealed_one.html",
        status=status,
        line=line,
        form=form,
        confirm=ConfirmForm(formdata=None),
        asked_by_me=mine,
        reason_words=REASONS.get(line.reason or "", ""),
        zone=zone(current_user.zone),
        days_left=(line.promised_on - today(current_user.zone)).days,
    )
    return unkept_page(page)
