"""«I did not say this»: from the family's page of the case, and at the counter through another officer."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.roles import Permission
from portal.cases.answers import clean
from portal.cases.following import mover_of, open_case
from portal.cases.helping.disowning import disown, disown_at_counter
from portal.cases.helping.forms import DisownAtCounterForm, DisownForm
from portal.cases.helping.recording import address_of, may_disown, open_recorded
from portal.cases.helping.views import blueprint
from portal.cases.loading import CaseView
from portal.cases.moves import NotPossible, StaleCase
from portal.cases.voice import say
from portal.cases.workflow import OWN_RECORDING, SENDER_ONLY, Move, can_move
from portal.core.clock import zone
from portal.core.errors import Forbidden
from portal.web.access import allowed
from portal.web.render import private_page, render, unkept_page


@blueprint.get("/pengajuan/<reference>/bukan-ucapan-saya")
@allowed(Permission.SEND_CASE)
def ask_disown(reference: str) -> BaseResponse:
    """Not your words? Asked once, with a few words about it."""
    view = _own(reference)
    if not can_move(Move.DISOWN, view.state, mover_of(current_user, view)):
        return redirect(url_for("cases.detail", reference=reference), code=303)
    return _page(view, DisownForm(formdata=None, data={"seen": view.version}))


@blueprint.post("/pengajuan/<reference>/bukan-ucapan-saya")
@allowed(Permission.SEND_CASE)
def disown_now(reference: str) -> BaseResponse:
    """Stop the case."""
    view, form = _own(reference), DisownForm()
    if not form.validate_on_submit():
        return _page(view, form, status=422)
    try:
        disown(current_user, reference, form.seen.data, clean(form.reason.data))
    except (StaleCase, NotPossible) as conflict:
        view = open_case(current_user, reference)
        form.seen.data = view.version
        return _page(view, form, status=409, message=conflict.message)
    flash(_("It has stopped. Another officer looks into it and answers you."), "info")
    return redirect(url_for("cases.detail", reference=reference), code=303)


@blueprint.get("/petugas/catat/<reference>/bukan-ucapan")
@allowed(Permission.RECORD_FOR_FAMILY)
def ask_disown_at_counter(reference: str) -> BaseResponse:
    """The person says so at the counter."""
    view = _of_another(reference)
    return _counter_page(view, DisownAtCounterForm(formdata=None, data={"seen": view.version}))


@blueprint.post("/petugas/catat/<reference>/bukan-ucapan")
@allowed(Permission.RECORD_FOR_FAMILY)
def disown_at_counter_now(reference: str) -> BaseResponse:
    """Stop the case for the person at the counter."""
    view, form = _of_another(reference), DisownAtCounterForm()
    if not form.validate_on_submit():
        return _counter_page(view, form, status=422)
    try:
        disown_at_counter(current_user, reference, form.seen.data, clean(form.reason.data))
    except (StaleCase, NotPossible) as conflict:
        view = _of_another(reference)
        form.seen.data = view.version
        return _counter_page(view, form, status=409, message=conflict.message)
    flash(_("It has stopped. Another officer looks into it and answers the person."), "good")
    return redirect(_person(view), code=303)


def _own(reference: str) -> CaseView:
    """The case, where it is the member's own: nobody else of the family denies the words."""
    view = open_case(current_user, reference)
    if view.person_id != current_user.person_id:
        raise Forbidden(SENDER_ONLY)
    return view


def _of_another(reference: str) -> CaseView:
    """The case, where it was not this officer who wrote it down."""
    view = open_recorded(current_user, reference)
    if view.recorded_by is not None and view.recorded_by.id == current_user.staff_id:
        raise Forbidden(OWN_RECORDING)
    return view


def _person(view: CaseView) -> str:
    family, person = address_of(current_user, view.family_id, view.person_id)
    return url_for("helping.record_start", family=family, person=person)


def _page(view: CaseView, form: DisownForm, *, status: int = 200, message: str | None = None) -> BaseResponse:
    page = render(
        "helping/disown.html",
        status=status,
        message=message,
        form=form,
        case=view,
        kind=view.kind,
        zone=zone(view.zone),
        rows=view.kind.rows(view.answers, view.world),
        possible=True,
        frame="base.html",
        back=url_for("cases.detail", reference=view.reference),
        say=say,
    )
    return private_page(page)


def _counter_page(
    view: CaseView, form: DisownAtCounterForm, *, status: int = 200, message: str | None = None
) -> BaseResponse:
    page = render(
        "helping/disown.html",
        status=status,
        message=message,
        form=form,
        case=view,
        kind=view.kind,
        zone=zone(view.zone),
        rows=view.kind.rows(view.answers, view.world),
        possible=may_disown(current_user, view.state, view.recorded_by.id if view.recorded_by else None),
        frame="base_staff.html",
        back=_person(view),
        say=say,
    )
    return unkept_page(page)
