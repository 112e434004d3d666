"""The page of a place: where one stands in the order, why, and the answer in one tap."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.roles import Permission
from portal.cases.places import PlaceView, answer_place, place_of
from portal.cases.views import blueprint
from portal.cases.voice import say
from portal.core.errors import Conflict, NotFound
from portal.extensions import db
from portal.inbox.service import mark_case_read
from portal.programs.place_order import ORDER_MEANS
from portal.web.access import allowed
from portal.web.render import private_page, render

_COMES, _GIVES_BACK = "datang", "lepas"


@blueprint.get("/pengajuan/<reference>/tempat")
@allowed(Permission.SEND_CASE)
def place(reference: str) -> BaseResponse:
    """The place, what it means, and how the order was made."""
    return _page(_found(reference))


@blueprint.post("/pengajuan/<reference>/tempat")
@allowed(Permission.SEND_CASE)
def answer_for_place(reference: str) -> BaseResponse:
    """Take the place, or give it back."""
    answer = request.form.get("jawab", "")
    if answer not in (_COMES, _GIVES_BACK):
        return _page(_found(reference), status=422)
    try:
        answer_place(current_user, reference, comes=answer == _COMES)
    except Conflict as refused:
        return _page(_found(reference), status=409, message=refused.message)
    flash(_("Your place is sure. See you there.") if answer == _COMES else _("You gave the place back."), "good")
    return redirect(url_for("cases.place", reference=reference), code=303)


def _found(reference: str) -> PlaceView:
    with db.begin(current_user.scope) as session:
        found = place_of(session, current_user, reference)
        if found is None:
            raise NotFound
        mark_case_read(session, current_user.person_id, reference)
    return found


def _page(found: PlaceView, *, status: int = 200, message: str | None = None) -> BaseResponse:
    page = render(
        "cases/place.html",
        status=status,
        message=message,
        place=found,
        title=say(found.title),
        meaning=say(found.meaning),
        orders=ORDER_MEANS,
    )
    return private_page(page)
