"""The family's side of a visit: yes to the day, another day, the visitor's photo."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.roles import Permission
from portal.cases.answers import clean
from portal.cases.following import open_case
from portal.cases.forms import SeenForm
from portal.cases.loading import CaseView
from portal.cases.moves import NotPossible, StaleCase
from portal.cases.path import PARTS
from portal.cases.views import blueprint
from portal.cases.views.papers import paper_response
from portal.cases.visits import agree_visit, ask_other_day, object_to_visit, visitor_photo
from portal.cases.workflow import State
from portal.web.access import allowed
from portal.web.forms import AtLeast, BaseForm, LongTextField, Needed
from portal.web.render import private_page, render, unkept_page


class OtherDayForm(SeenForm):
    """Another day, in words."""

    words = LongTextField(
        _l("Which day and time fits you?"),
        [Needed(_l("Write which day fits you.")), AtLeast(5)],
        hint=_l("For example: Saturday morning, or any day after 3 o'clock. You need not say why."),
        limit=400,
        rows=3,
    )


class NotRightForm(BaseForm):
    """What is not right, in the family's words."""

    words = LongTextField(
        _l("What is not right?"),
        [Needed(_l("Write what is not right.")), AtLeast(5)],
        hint=_l("For example: the floor is earth, not cement. Do not write a whole NIK."),
        limit=1000,
        rows=4,
    )


@blueprint.post("/pengajuan/<reference>/kunjungan/setuju")
@allowed(Permission.SEND_CASE)
def agree_to_visit(reference: str) -> BaseResponse:
    """One tap: the day is fine."""
    try:
        agree_visit(current_user, reference, request.form.get("visit", ""))
    except (StaleCase, NotPossible) as conflict:
        flash(_(conflict.message), "wait")
    else:
        flash(_("Good. The officer knows that the day is fine."), "good")
    return redirect(url_for("cases.detail", reference=reference), code=303)


@blueprint.get("/pengajuan/<reference>/kunjungan/hari-lain")
@blueprint.get("/pengajuan/<reference>/kunjungan/setuju", alias=True)  # a POST's address, opened again
@allowed(Permission.SEND_CASE)
def other_day(reference: str) -> BaseResponse:
    """Ask for another day."""
    view = open_case(current_user, reference)
    if view.state is not State.VISIT_SET:
        return redirect(url_for("cases.detail", reference=reference), code=303)
    return _other_page(view, OtherDayForm(formdata=None, data={"seen": view.version}))


@blueprint.post("/pengajuan/<reference>/kunjungan/hari-lain")
@allowed(Permission.SEND_CASE)
def other_day_now(reference: str) -> BaseResponse:
    """Send it."""
    view, form = open_case(current_user, reference), OtherDayForm()
    if not form.validate_on_submit():
        return _other_page(view, form, status=422)
    try:
        ask_other_day(current_user, reference, form.seen.data, clean(form.words.data))
    except (StaleCase, NotPossible) as conflict:
        return _other_page(open_case(current_user, reference), form, status=409, message=conflict.message)
    flash(_("The officer has been asked for another day."), "good")
    return redirect(url_for("cases.detail", reference=reference), code=303)


@blueprint.get("/pengajuan/<reference>/kunjungan/tidak-benar")
@allowed(Permission.SEND_CASE)
def visit_not_right(reference: str) -> BaseResponse:
    """Say what is not right in what was recorded."""
    return _not_right_page(open_case(current_user, reference), NotRightForm(formdata=None))


@blueprint.post("/pengajuan/<reference>/kunjungan/tidak-benar")
@allowed(Permission.SEND_CASE)
def visit_not_right_now(reference: str) -> BaseResponse:
    """Send it."""
    view, form = open_case(current_user, reference), NotRightForm()
    if not form.validate_on_submit():
        return _not_right_page(view, form, status=422)
    try:
        object_to_visit(current_user, reference, clean(form.words.data))
    except (StaleCase, NotPossible) as conflict:
        return _not_right_page(view, form, status=409, message=conflict.message)
    flash(_("The officer reads it before the decision."), "good")
    return redirect(url_for("cases.detail", reference=reference), code=303)


@blueprint.get("/pengajuan/<reference>/kunjungan/foto-petugas")
@allowed(Permission.SEND_CASE)
def visitor(reference: str) -> BaseResponse:
    """The photo of the officer who comes."""
    return unkept_page(paper_response(*visitor_photo(current_user, reference)))


def _other_page(view: CaseView, form: OtherDayForm, *, status: int = 200, message: str | None = None) -> BaseResponse:
    page = render(
        "cases/visit_other_day.html",
        status=status,
        message=message,
        case=view,
        form=form,
        part_words=PARTS.get(view.visit_part or "", ""),
    )
    return private_page(page)


def _not_right_page(
    view: CaseView, form: NotRightForm, *, status: int = 200, message: str | None = None
) -> BaseResponse:
    if view.visited is None:
        return redirect(url_for("cases.detail", reference=view.reference), code=303)
    page = render("cases/visit_not_right.html", status=status, message=message, case=view, form=form)
    return private_page(page)
