"""The page of an offering's registrations and places: who is in the order, giving the places, noting who came."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.roles import Permission
from portal.core.errors import Conflict, Forbidden, NotFound
from portal.office import places
from portal.programs.place_order import ORDER_MEANS
from portal.programs.place_states import PLACES
from portal.web.access import allowed
from portal.web.render import render, unkept_page

blueprint = Blueprint("places", __name__, url_prefix="/petugas/program")
_OFFER = Permission.OFFER_PROGRAMS


@blueprint.get("/<uuid:offering>/tempat")
@allowed(_OFFER)
def book(offering: uuid.UUID) -> BaseResponse:
    """Who registered, in the published order; once the places are given, how each of them stands."""
    found = places.book(current_user, offering, request.args.get("hal", 1, type=int))
    page = render(
        "office/places.html",
        book=found,
        url_of_page=lambda number: url_for("places.book", offering=offering, hal=number),
        orders=ORDER_MEANS,
        states=PLACES,
        notes=places.NOTE_WORDS,
    )
    return unkept_page(page)


@blueprint.post("/<uuid:offering>/tempat")
@allowed(_OFFER)
def give(offering: uuid.UUID) -> BaseResponse:
    """Give the places as the page showed them."""
    try:
        people = places.give(current_user, offering, request.form.get("seen", ""))
    except Conflict as refused:
        flash(_(refused.message), "stop")
    else:
        flash(_("The places have been given. %(count)s people are being told.", count=people), "good")
    return redirect(url_for("places.book", offering=offering), code=303)


@blueprint.post("/<uuid:offering>/tempat/<int:number>")
@allowed(_OFFER)
def note(offering: uuid.UUID, number: int) -> BaseResponse:
    """Note what somebody told the office, that they came, or that they got the certificate."""
    try:
        what = places.Note(request.form.get("what", ""))
    except ValueError:
        raise NotFound from None
    try:
        places.note(current_user, offering, number, what)
    except (Conflict, Forbidden) as refused:
        flash(_(refused.message), "stop")
    else:
        flash(_("Noted."), "good")
    return redirect(url_for("places.book", offering=offering, hal=places.page_of(number)), code=303)
