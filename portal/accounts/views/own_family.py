"""A member whose NIK stands in several families is asked, once, which one is the own."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts import own_family as service
from portal.accounts.actor import FamilyActor
from portal.accounts.counter_forms import OwnFamilyForm
from portal.accounts.roles import Permission
from portal.accounts.sessions import find_actor
from portal.accounts.views.blueprint import blueprint, home_of, next_of
from portal.web.access import allowed
from portal.web.render import render, unkept_page

_UNKNOWN = "tidak-tahu"


@blueprint.get("/masuk/keluarga", endpoint="own_family")
@allowed(Permission.OWN_DATA)
def ask_own_family() -> BaseResponse:
    """The question; whoever has nothing to answer goes on at once."""
    form = _form()
    if not form.family.choices:
        return redirect(_onward(), code=303)
    return unkept_page(render("accounts/own_family.html", form=form))


@blueprint.post("/masuk/keluarga")
@allowed(Permission.OWN_DATA)
def answer_own_family() -> BaseResponse:
    """Keep the answer and go on."""
    form = _form()
    if not form.family.choices:
        return redirect(_onward(), code=303)
    if not form.validate():
        return unkept_page(render("accounts/own_family.html", form=form, status=422))
    known = form.family.data != _UNKNOWN
    service.choose(current_user, UUID(form.family.data) if known else None)
    flash(_("Thank you. Your NIK stands in two family cards, so an officer will have this put right."), "good")
    return redirect(_onward(), code=303)


def question_first(token: str, target: str) -> str:
    """Where a session that began without a NIK goes on: to the question, where there is one, else to ``target``."""
    actor = find_actor(token)
    if isinstance(actor, FamilyActor) and service.choices(actor):
        return url_for("accounts.own_family", next=target)
    return target


def _form() -> OwnFamilyForm:
    form = OwnFamilyForm()
    found = service.choices(current_user)
    words = _("KK %(kk)s, %(village)s, kecamatan %(kecamatan)s")
    form.family.choices = [
        (str(one.public_id), words % {"kk": one.kk, "village": one.village, "kecamatan": one.kecamatan})
        for one in found
    ]
    if found:
        form.family.choices += [(_UNKNOWN, _("I do not know"))]
    return form


def _onward() -> str:
    return next_of("family", request.args.get("next")) if request.args.get("next") else home_of("family")
