"""«I did not say this»: from the family's page of the case, and at the counter through another officer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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
    conflict = _stop(disown, reference, form)
    if conflict is not None:
        return _page(_seen_anew(_own(reference), form), form, status=409, message=conflict)
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
    conflict = _stop(disown_at_counter, reference, form)
    if conflict is not None:
        return _counter_page(_seen_anew(_of_another(reference), form), form, status=409, message=conflict)
    flash(_("It has stopped. Another officer looks into it and answers the person."), "good")
    return redirect(_person(view), code=303)


def _stop(stop: Callable[[Any, str, int, str], None], reference: str, form: DisownForm) -> str | None:
    """Stop it, as the form says; gives what stands against it (a message key)."""
    try:
        stop(current_user, reference, form.seen.data, clean(form.reason.data))
    except (StaleCase, NotPossible) as conflict:
        return conflict.message
    return None


def _seen_anew(view: CaseView, form: DisownForm) -> CaseView:
    """The case as it stands now, which the form names from here on."""
    form.seen.data = view.version
    return view


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


def _page(view: CaseView, form: DisownForm, **shown: Any) -> BaseResponse:
    """For the member, who comes here only where it is possible."""
    back = url_for("cases.detail", reference=view.reference)
    return private_page(_drawn(view, form, possible=True, frame="base.html", back=back, **shown))


def _counter_page(view: CaseView, form: DisownAtCounterForm, **shown: Any) -> BaseResponse:
    possible = may_disown(current_user, view.state, view.recorded_by.id if view.recorded_by else None)
    return unkept_page(_drawn(view, form, possible=possible, frame="base_staff.html", back=_person(view), **shown))


def _drawn(
    view: CaseView, form: DisownForm, *, status: int = 200, message: str | None = None, **shown: Any
) -> BaseResponse:
    return render(
        "helping/disown.html",
        status=status,
        message=message,
        form=form,
        case=view,
        kind=view.kind,
        zone=zone(view.zone),
        rows=view.kind.rows(view.answers, view.world),
        say=say,
        **shown,
    )
