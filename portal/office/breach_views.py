"""Pages of the register of breaches, for the regency office."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.roles import Permission
from portal.accounts.stepup import stepped_up
from portal.core.clock import now
from portal.core.errors import Conflict, NotFound
from portal.office import breaches
from portal.office.breach_forms import FactsForm, NewForm, VersionForm
from portal.office.breach_rules import AUTHORITY, KINDS, NOTICES, PEOPLE
from portal.web.access import allowed
from portal.web.formats import local
from portal.web.render import render, unkept_page

blueprint = Blueprint("breaches", __name__, url_prefix="/kantor/pelanggaran")
_HANDLE = Permission.HANDLE_BREACHES


@blueprint.get("")
@allowed(_HANDLE)
def index() -> BaseResponse:
    """The breaches of the area, with what is late in front."""
    found = breaches.listed(current_user, request.args.get("hal", 1, type=int))
    page = render(
        "office/breaches.html", listed=found, url_of_page=lambda number: url_for("breaches.index", hal=number)
    )
    return unkept_page(page)


@blueprint.get("/baru")
@allowed(_HANDLE)
def new() -> BaseResponse:
    """The form for a new one; the clock begins now unless said otherwise."""
    there = local(now(), current_user.zone)
    known = {"known_on": there.date(), "known_time": f"{there:%H.%M}"}
    return _new_page(_new_form(formdata=None, data=known))


@blueprint.post("/baru")
@allowed(_HANDLE)
def create() -> BaseResponse:
    """Write it down."""
    form = _new_form()
    if not form.validate() or form.known_at is None:
        return _new_page(form, 422)
    made = breaches.begin(current_user, int(form.regency.data), form.known_at, _facts(form))
    flash(_("Written down. Now tell the people and the authority."), "wait")
    return redirect(url_for("breaches.breach", breach=made), code=303)


@blueprint.get("/<uuid:breach>")
@allowed(_HANDLE)
def breach(breach: uuid.UUID) -> BaseResponse:
    """One breach: what is known, the clocks, the letters, and what comes next."""
    found = breaches.one(current_user, breach)
    form = VersionForm(formdata=None, version=str(found.version))
    page = render("office/breach.html", breach=found, kinds=KINDS, act=form, PEOPLE=PEOPLE, AUTHORITY=AUTHORITY)
    return unkept_page(page)


@blueprint.get("/<uuid:breach>/ubah")
@allowed(_HANDLE)
def edit(breach: uuid.UUID) -> BaseResponse:
    """The form with what is known."""
    found = breaches.one(current_user, breach)
    facts, at = found.facts, found.facts.happened_at and local(found.facts.happened_at, current_user.zone)
    given: dict[str, Any] = {
        "happened_on": at and at.date(),
        "happened_time": f"{at:%H.%M}" if at else "",
        "what": facts.what,
        "who": facts.who,
        "people": str(facts.people),
        "kinds": facts.kinds,
        "measures": facts.measures,
        "public_notice": facts.public_notice,
        "version": str(found.version),
    }
    return _edit_page(found, FactsForm(current_user.zone, formdata=None, data=given))


@blueprint.post("/<uuid:breach>/ubah")
@allowed(_HANDLE)
def save(breach: uuid.UUID) -> BaseResponse:
    """Write what is known now."""
    form = FactsForm(current_user.zone)
    found = breaches.one(current_user, breach)
    if not form.validate():
        return _edit_page(found, form, 422)
    try:
        breaches.change(current_user, breach, _version(form), _facts(form))
    except Conflict as refused:
        form.form_errors.append(_(refused.message))
        return _edit_page(found, form, 409)
    return _back(breach, _("Saved."))


@blueprint.post("/<uuid:breach>/diberitahu/<notice>")
@allowed(_HANDLE)
def told(breach: uuid.UUID, notice: str) -> BaseResponse:
    """The written notice has been sent."""
    return _act(breach, lambda version: breaches.mark_told(current_user, breach, version, notice), _("Noted as sent."))


@blueprint.post("/<uuid:breach>/tutup")
@allowed(_HANDLE)
def ask_close(breach: uuid.UUID) -> BaseResponse:
    """Everything is done; another officer has to confirm it."""
    asked = _("Another officer of the office has to confirm that it is closed.")
    return _act(breach, lambda version: breaches.ask_to_close(current_user, breach, version), asked)


@blueprint.post("/<uuid:breach>/tutup/setuju")
@allowed(_HANDLE)
@stepped_up
def close(breach: uuid.UUID) -> BaseResponse:
    """Close it, as the second officer."""
    return _act(breach, lambda version: breaches.close(current_user, breach, version), _("Closed."))


@blueprint.get("/<uuid:breach>/surat/<notice>")
@allowed(_HANDLE)
def letter(breach: uuid.UUID, notice: str) -> BaseResponse:
    """The drafted letter to the people or the authority, to print."""
    if notice not in NOTICES:
        raise NotFound
    found = breaches.one(current_user, breach)
    to_people = notice == PEOPLE
    return unkept_page(render("office/breach_letter.html", breach=found, kinds=KINDS, to_people=to_people))


def _new_form(**given: Any) -> NewForm:
    form = NewForm(current_user.zone, **given)
    form.regency.choices = [(str(area), name) for area, name in breaches.regencies(current_user)]
    return form


def _new_page(form: NewForm, status: int = 200) -> BaseResponse:
    return unkept_page(render("office/breach_new.html", form=form, status=status))


def _edit_page(found: breaches.Known, form: FactsForm, status: int = 200) -> BaseResponse:
    return unkept_page(render("office/breach_edit.html", breach=found, form=form, status=status))


def _facts(form: FactsForm) -> breaches.Facts:
    return breaches.Facts(
        happened_at=form.happened_at,
        people=form.number_of_people,
        kinds=form.kinds.data,
        what=form.what.data,
        who=form.who.data,
        measures=form.measures.data,
        public_notice=form.public_notice.data,
    )


def _version(form: Any) -> int:
    typed = form.version.data or ""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


def _act(public_id: uuid.UUID, act: Callable[[int], None], done: str) -> BaseResponse:
    form = VersionForm()
    form.validate()
    try:
        act(_version(form))
    except Conflict as refused:
        return _back(public_id, _(refused.message), "stop")
    return _back(public_id, done)


def _back(public_id: uuid.UUID, words: str, kind: str = "good") -> BaseResponse:
    flash(words, kind)
    return redirect(url_for("breaches.breach", breach=public_id), code=303)
