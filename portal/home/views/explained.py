"""What stands behind the aid page: the way through *saldo KKS kosong*, and the stages ahead as a calendar file."""

from __future__ import annotations

from flask import Response, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.kiosks import NO_FILES, this_kiosk
from portal.accounts.roles import Permission
from portal.core.clock import now, today
from portal.core.errors import NotFound
from portal.extensions import db
from portal.home.empty_card import known_of, page_of
from portal.home.expecting import FILE_NAME, calendar_file
from portal.home.reading import read_record
from portal.home.views import blueprint
from portal.programs.empty_card_start import About, abouts
from portal.programs.offerings import catalog_for
from portal.registry import queries
from portal.registry.facts import FamilyFacts
from portal.web.access import allowed
from portal.web.errors import error_page
from portal.web.kept import kept_page
from portal.web.render import private_page, render, unkept_page
from portal.web.speaking import speaker


@blueprint.get("/bantuan/saldo-kosong")
@allowed(Permission.SEE_OWN_RECORD)
def empty_card() -> BaseResponse:
    """Which aid is it about? With one alone, or one that is named (``tentang``, a payment), its first question."""
    found = _abouts()
    named = next((one for one in found if one.key == f"d-{request.args.get('tentang')}"), None)
    if named or len(found) == 1:
        return redirect(url_for("home.empty_card_step", about=(named or found[0]).key), code=303)
    day = today(current_user.zone)
    known = [known_of(one, day, catalog_for(current_user).on(day), speaker()) for one in found]
    return private_page(render("home/saldo_kosong.html", known=known))


@blueprint.get("/bantuan/saldo-kosong/<about>")
@blueprint.get("/bantuan/saldo-kosong/<about>/<path:way>")
@allowed(Permission.SEE_OWN_RECORD)
@kept_page
def empty_card_step(about: str, way: str = "") -> Response:
    """One question, or where the answers lead. The answers so far are the address, so that going back works."""
    found = _abouts()
    one = next((one for one in found if one.key == about), None)
    day = today(current_user.zone)
    answers = way.split("/") if way else []
    page = page_of(one, answers, day, catalog_for(current_user).on(day), speaker()) if one else None
    if page is None:
        raise NotFound
    return render("home/saldo_kosong_langkah.html", page=page, about=about, alone=len(found) == 1)


@blueprint.get("/bantuan/tanggal.ics")
@allowed(Permission.SEE_OWN_RECORD)
def dates_file() -> BaseResponse:
    """The first days of the stages ahead, to keep in the own calendar: neutral words, no amounts."""
    if this_kiosk() is not None:
        return error_page(403, _(NO_FILES))
    day = today(current_user.zone)
    return dates_answer(
        calendar_file(_facts().participations, day, catalog_for(current_user).on(day), speaker(), now())
    )


def dates_answer(content: bytes) -> BaseResponse:
    """A calendar file that is to be kept by its reader and nowhere on the way."""
    response = Response(content, mimetype="text/calendar")
    response.headers["Content-Disposition"] = f'attachment; filename="{FILE_NAME}"'
    return unkept_page(response)


def _facts() -> FamilyFacts:
    with db.begin(current_user.scope) as session:
        record = read_record(session, current_user)
    if record is None:
        raise NotFound
    return record.facts


def _abouts() -> tuple[About, ...]:
    """The aids that a card can be empty of, as the record knows them."""
    with db.begin(current_user.scope) as session:
        record = read_record(session, current_user)
        payments = queries.disbursements(session, current_user.family_id)
    if record is None:
        raise NotFound
    day = today(current_user.zone)
    return abouts(payments, record.facts.participations, day, catalog_for(current_user).on(day))
