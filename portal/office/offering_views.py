"""Pages of an office's own offerings: the list, the three steps of writing, what is counted, and the acts."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.roles import Permission
from portal.accounts.stepup import stepped_up
from portal.core.clock import today
from portal.core.errors import Conflict, NotFound
from portal.office import offerings
from portal.office.offering_content import ABOUT, CONDITIONS, TERMS, Faulty
from portal.office.offering_forms import (
    KINDS,
    PER,
    AboutForm,
    RemoveForm,
    SeenForm,
    TermsForm,
    choices_of,
    condition_form,
    picked,
    terms_data,
)
from portal.office.offering_page import STATES, condition_words, counted_page, shown
from portal.web.access import allowed
from portal.web.render import render, unkept_page
from portal.web.speaking import speaker

blueprint = Blueprint("offerings", __name__, url_prefix="/petugas/program")
_OFFER = Permission.OFFER_PROGRAMS
_PAGES = {ABOUT: "offerings.about", CONDITIONS: "offerings.conditions", TERMS: "offerings.terms"}


@blueprint.get("")
@allowed(_OFFER)
def index() -> BaseResponse:
    """The offerings of the office: what waits for a second officer in front."""
    return unkept_page(
        render("office/offerings.html", listed=offerings.listed(current_user), kinds=KINDS, STATES=STATES)
    )


@blueprint.get("/baru")
@allowed(_OFFER)
def new() -> BaseResponse:
    """The first step of a new one."""
    return _about_page(_about_form(formdata=None))


@blueprint.post("/baru")
@allowed(_OFFER)
def create() -> BaseResponse:
    """Keep it as a draft and go on to the conditions."""
    form = _about_form()
    if not form.validate():
        return _about_page(form, status=422)
    made = offerings.begin(current_user, int(form.regency.data), _about(form))
    return redirect(url_for("offerings.conditions", offering=made), code=303)


@blueprint.get("/<uuid:offering>")
@allowed(_OFFER)
def one(offering: uuid.UUID) -> BaseResponse:
    """Everything about one: what it says, what is missing, who did what, and what comes next."""
    found = offerings.one(current_user, offering)
    page = shown(found, offerings.names_of(current_user, found), speaker())
    act = SeenForm(formdata=None, seen=str(found.newest.seen))
    return unkept_page(render("office/offering.html", found=found, page=page, act=act, pages=_PAGES, PER=PER))


@blueprint.get("/<uuid:offering>/isi")
@allowed(_OFFER)
def about(offering: uuid.UUID) -> BaseResponse:
    """What it is."""
    found = _draft(offering)
    given = {**found.newest.answers.get(ABOUT, {}), "regency": str(found.regency_id), "seen": str(found.newest.seen)}
    return _about_page(_about_form(found, formdata=None, data=given), found)


@blueprint.post("/<uuid:offering>/isi")
@allowed(_OFFER)
def save_about(offering: uuid.UUID) -> BaseResponse:
    """Keep what it is."""
    found = _draft(offering)
    form = _about_form(found)
    if form.validate() and _kept(form, offering, ABOUT, _about(form), form.code):
        return redirect(url_for("offerings.conditions", offering=offering), code=303)
    return _about_page(form, found, status=422)


@blueprint.get("/<uuid:offering>/syarat")
@allowed(_OFFER)
def conditions(offering: uuid.UUID) -> BaseResponse:
    """The conditions so far; with ``jenis`` the choices of one more of that kind."""
    found = _draft(offering)
    pick = offerings.known_picks().get(request.args.get("jenis", ""))
    form = condition_form(pick, speaker()) if pick else None
    return _conditions_page(found, form)


@blueprint.post("/<uuid:offering>/syarat")
@allowed(_OFFER)
def add_condition(offering: uuid.UUID) -> BaseResponse:
    """One more condition, of picked choices."""
    found = _draft(offering)
    pick = offerings.known_picks().get(request.form.get("pick", ""))
    if pick is None:
        raise NotFound
    form = condition_form(pick, speaker())
    if not form.validate():
        return _conditions_page(found, form, status=422)
    try:
        offerings.add_condition(current_user, offering, _seen(form), picked(pick, form))
    except Conflict as refused:
        form.form_errors.append(_(refused.message))
        return _conditions_page(found, form, status=409)
    return redirect(url_for("offerings.conditions", offering=offering), code=303)


@blueprint.post("/<uuid:offering>/syarat/hapus")
@allowed(_OFFER)
def remove_condition(offering: uuid.UUID) -> BaseResponse:
    """One condition goes."""
    form = RemoveForm()
    form.validate()
    place = int(form.place.data) if (form.place.data or "").isdigit() else -1
    return _act(
        offering,
        lambda seen: offerings.remove_condition(current_user, offering, seen, place),
        _("The condition is removed."),
        "offerings.conditions",
    )


@blueprint.get("/<uuid:offering>/waktu")
@allowed(_OFFER)
def terms(offering: uuid.UUID) -> BaseResponse:
    """Where, when, how many places, whom it asks."""
    found = _draft(offering)
    kept = found.newest.answers.get(TERMS)
    given = terms_data(kept) if kept else {"valid_from": today(current_user.zone), "who": "all"}
    return _terms_page(_terms_form(found, formdata=None, data={**given, "seen": str(found.newest.seen)}), found)


@blueprint.post("/<uuid:offering>/waktu")
@allowed(_OFFER)
def save_terms(offering: uuid.UUID) -> BaseResponse:
    """Keep them, and show the whole."""
    found = _draft(offering)
    form = _terms_form(found)
    if form.validate() and _kept(form, offering, TERMS, form.answers(), form.valid_from):
        return redirect(url_for("offerings.one", offering=offering), code=303)
    return _terms_page(form, found, status=422)


@blueprint.get("/<uuid:offering>/hitung")
@allowed(_OFFER)
def counted(offering: uuid.UUID) -> BaseResponse:
    """How many families and members it would reach, by village; no names, no small counts."""
    found = offerings.one(current_user, offering)
    try:
        result = offerings.count(current_user, offering)
    except Faulty as fault:
        return _mend(offering, fault)
    return unkept_page(render("office/offering_counted.html", found=found, page=counted_page(result, speaker())))


@blueprint.post("/<uuid:offering>/ajukan")
@allowed(_OFFER)
def submit(offering: uuid.UUID) -> BaseResponse:
    """Hand it to the second officer."""
    said = _("Handed on. Another officer of the office looks at it and publishes it.")
    return _act(offering, lambda seen: offerings.submit(current_user, offering, seen), said)


@blueprint.post("/<uuid:offering>/kembalikan")
@allowed(_OFFER)
def give_back(offering: uuid.UUID) -> BaseResponse:
    """Back to writing."""
    said = _("It is a draft again and can be changed.")
    return _act(offering, lambda seen: offerings.give_back(current_user, offering, seen), said)


@blueprint.post("/<uuid:offering>/terbitkan")
@allowed(_OFFER)
@stepped_up
def publish(offering: uuid.UUID) -> BaseResponse:
    """Publish it, as the second officer."""
    said = _("Published. Families see it from the day that it is shown.")
    return _act(offering, lambda seen: offerings.publish(current_user, offering, seen), said)


@blueprint.post("/<uuid:offering>/ubah")
@allowed(_OFFER)
def change(offering: uuid.UUID) -> BaseResponse:
    """Begin a change of what is published."""
    said = _("You are writing a change. What is published stays until the change is published too.")
    return _act(offering, lambda _seen: offerings.change(current_user, offering), said)


@blueprint.post("/<uuid:offering>/tutup")
@allowed(_OFFER)
def close(offering: uuid.UUID) -> BaseResponse:
    """Nobody registers any more."""
    said = _("Closed. Families still see it, but nobody can register.")
    return _act(offering, lambda seen: offerings.end(current_user, offering, seen, offerings.CLOSED), said)


@blueprint.post("/<uuid:offering>/tarik")
@allowed(_OFFER)
@stepped_up
def withdraw(offering: uuid.UUID) -> BaseResponse:
    """Families see it no more."""
    said = _("Withdrawn. Families see it no more.")
    return _act(offering, lambda seen: offerings.end(current_user, offering, seen, offerings.WITHDRAWN), said)


def _draft(public_id: uuid.UUID) -> offerings.Known:
    """An offering whose newest version is being written; another one has no such page."""
    found = offerings.one(current_user, public_id)
    if found.newest.state != offerings.DRAFT or found.state == offerings.WITHDRAWN:
        raise NotFound
    return found


def _about_form(found: offerings.Known | None = None, **given: Any) -> AboutForm:
    form = AboutForm(**given)
    known = offerings.regencies(current_user) if found is None else [(found.regency_id, found.regency)]
    form.regency.choices = choices_of(known)
    return form


def _about(form: AboutForm) -> dict[str, Any]:
    return {name: field.data for name, field in form._fields.items() if name not in ("regency", "seen", "csrf_token")}


def _about_page(form: AboutForm, found: offerings.Known | None = None, status: int = 200) -> BaseResponse:
    return unkept_page(render("office/offering_about.html", form=form, found=found, status=status))


def _conditions_page(found: offerings.Known, form: Any, status: int = 200) -> BaseResponse:
    known, say = offerings.known_picks(), speaker().say
    if form is not None:
        form.seen.data = form.seen.data or str(found.newest.seen)
    page = render(
        "office/offering_conditions.html",
        found=found,
        form=form,
        rows=condition_words(found, known, speaker()),
        pick=known[form.pick.data] if form is not None else None,
        kinds=[(pick.key, say(pick.name), pick.about_member) for pick in known.values()],
        remove=RemoveForm(formdata=None, seen=str(found.newest.seen)),
        say=say,
        status=status,
    )
    return unkept_page(page)


def _terms_form(found: offerings.Known, **given: Any) -> TermsForm:
    form = TermsForm(**given)
    kecamatan, villages = offerings.places_below(current_user, found.regency_id)
    form.kecamatan.choices, form.villages.choices = choices_of(kecamatan), choices_of(villages)
    if given:
        levels = {"kecamatan": form.kecamatan, "villages": form.villages}
        for who, field in levels.items():
            field.data = field.data if form.who.data == who else []
    return form


def _terms_page(form: TermsForm, found: offerings.Known, status: int = 200) -> BaseResponse:
    return unkept_page(render("office/offering_terms.html", form=form, found=found, status=status))


def _kept(form: Any, public_id: uuid.UUID, step: str, answers: Mapping[str, Any], field: Any) -> bool:
    """Keep a step; what is refused is said at the field, or above the form."""
    try:
        offerings.save(current_user, public_id, _seen(form), step, answers)
    except Faulty as fault:
        field.errors = [_(fault.message)]
        return False
    except Conflict as refused:
        form.form_errors.append(_(refused.message))
        return False
    return True


def _seen(form: Any) -> int:
    typed = form.seen.data or ""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


def _act(public_id: uuid.UUID, act: Callable[[int], None], done: str, leads_to: str = "offerings.one") -> BaseResponse:
    form = SeenForm()
    form.validate()
    try:
        act(_seen(form))
    except Faulty as fault:
        return _mend(public_id, fault)
    except Conflict as refused:
        flash(_(refused.message), "stop")
    else:
        flash(done, "good")
    return redirect(url_for(leads_to, offering=public_id), code=303)


def _mend(public_id: uuid.UUID, fault: Faulty) -> BaseResponse:
    """To the step on which what is missing is written."""
    flash(_(fault.message), "stop")
    found = offerings.one(current_user, public_id)
    page = _PAGES[fault.step] if found.newest.state == offerings.DRAFT else "offerings.one"
    return redirect(url_for(page, offering=public_id), code=303)
