"""The family's pages: home, aid, desil, opportunities. Each reads in one short transaction, then draws."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.actor import FamilyActor
from portal.accounts.kiosks import NO_FILES
from portal.accounts.roles import Permission
from portal.accounts.sessions import asked_along, asks, find_with
from portal.cases.places import OwnPlace, own_places
from portal.core.clock import now, today
from portal.core.errors import NotFound
from portal.extensions import db, keys
from portal.home import said_right
from portal.home.aid import aid_of
from portal.home.checked import with_statements
from portal.home.dashboard import home_of
from portal.home.desil import desil_page
from portal.home.expecting import dates_of
from portal.home.kept_home import KEPT
from portal.home.links import LINKS
from portal.home.near import near_days, near_file
from portal.home.offers import offer_page, offers_of
from portal.home.own_places import place_lines
from portal.home.reading import read_full, read_home, read_record
from portal.home.status_days import status_days
from portal.home.views import blueprint
from portal.home.views.explained import dates_answer
from portal.programs.offerings import catalog_for
from portal.registry import queries
from portal.registry.facts import FamilyFacts
from portal.web.access import allowed
from portal.web.errors import error_page
from portal.web.kept import kept_page
from portal.web.kiosk import on_kiosk
from portal.web.render import render
from portal.web.speaking import speaker


@blueprint.get("/beranda")
@asks(KEPT)
@allowed(Permission.SEE_OWN_RECORD)
@kept_page
def beranda() -> Response:
    """What is paid next, the desil, what is open to us, and what happens with what we sent."""
    actor: FamilyActor = current_user._get_current_object()  # asked once: this page is opened most
    day = today(actor.zone)
    read = read_home(actor, day, asked_along() or find_with(actor.token, KEPT)[1])
    if read is None:
        raise NotFound
    return render("home/beranda.html", page=home_of(read, actor, day, catalog_for(actor).on(day), speaker()))


@blueprint.get("/bantuan")
@allowed(Permission.SEE_OWN_RECORD)
@kept_page
def aid() -> Response:
    """What was paid, what comes next, and what ended; ``tahun`` opens the payments of an older year."""
    with db.begin(current_user.scope) as session:
        record = read_record(session, current_user)
        payments = queries.disbursements(session, current_user.family_id)
        since = status_days(session, current_user.family_id)
    if record is None:
        raise NotFound
    day = today(current_user.zone)
    catalog, year = catalog_for(current_user).on(day), request.args.get("tahun", type=int)
    page = aid_of(record.facts, payments, day, catalog, speaker(), year, since)
    dates = dates_of(record.facts.participations, day, catalog, speaker())
    return render("home/bantuan.html", page=page, dates=dates, on_kiosk=on_kiosk() is not None, **LINKS)


@blueprint.get("/desil")
@blueprint.get("/desil/<int:change>/<act>", alias=True)  # a POST's address, opened again
@allowed(Permission.SEE_OWN_RECORD)
@kept_page
def desil(change: int = 0, act: str = "") -> Response:
    """The rank, what differs at each ranking and what the family said of it, and the facts that are recorded."""
    with db.begin(current_user.scope) as session:
        read = read_full(session, keys.ring, current_user)
    if read is None:
        raise NotFound
    day = today(current_user.zone)
    page = desil_page(read, day, catalog_for(current_user).on(day), speaker(), current_user.person_id)
    return render("home/desil.html", page=page, **LINKS)


@blueprint.post("/desil/<int:change>/benar")
@allowed(Permission.OWN_DATA)  # not while an officer looks on
def say_right(change: int) -> BaseResponse:
    """The fact is right as it is recorded."""
    said_right.say_right(current_user, change)
    return _at_change(change)


@blueprint.post("/desil/<int:change>/batal")
@allowed(Permission.OWN_DATA)
def take_right_back(change: int) -> BaseResponse:
    """It was not meant so."""
    said_right.take_back(current_user, change)
    return _at_change(change)


def _at_change(change: int) -> BaseResponse:
    return redirect(url_for("home.desil", _anchor=f"perubahan-{change}"), code=303)


@blueprint.get("/peluang")
@allowed(Permission.SEE_OWN_RECORD)
@kept_page
def opportunities() -> Response:
    """Programmes and opportunities for the family and each member, in three answers."""
    facts, checked, own = _judged_on()
    day = today(current_user.zone)
    catalog = catalog_for(current_user).on(day)
    page = offers_of(facts, checked, day, catalog, speaker())
    near = near_days(page, own, catalog, day, speaker())
    lines = place_lines(own, catalog, speaker())
    return render("home/peluang.html", page=page, registered=lines, near=near, on_kiosk=on_kiosk() is not None)


@blueprint.get("/peluang/tanggal.ics")
@allowed(Permission.SEE_OWN_RECORD)
def near_dates_file() -> BaseResponse:
    """The days ahead of opportunities, to keep in the own calendar: neutral words."""
    if on_kiosk() is not None:
        return error_page(403, _(NO_FILES))
    facts, checked, own = _judged_on()
    day = today(current_user.zone)
    catalog = catalog_for(current_user).on(day)
    near = near_days(offers_of(facts, checked, day, catalog, speaker()), own, catalog, day, speaker())
    return dates_answer(near_file(near, speaker(), now()))


@blueprint.get("/peluang/<code>")
@allowed(Permission.SEE_OWN_RECORD)
@kept_page
def opportunity(code: str) -> Response:
    """One programme: every condition with its reason, papers, where and how, legal basis, how sure."""
    facts, checked, own = _judged_on()
    day = today(current_user.zone)
    catalog = catalog_for(current_user).on(day)
    page = offer_page(code, facts, checked, day, catalog, speaker())
    if page is None:
        raise NotFound
    registered = place_lines([one for one in own if one.code == code], catalog, speaker())
    return render("home/peluang_satu.html", page=page, registered=registered, **LINKS)


def _judged_on() -> tuple[FamilyFacts, FamilyFacts, Sequence[OwnPlace]]:
    """The official record, the same with what officers checked in it, and what the family registered for."""
    with db.begin(current_user.scope) as session:
        record = read_record(session, current_user)
        stated = queries.statements(session, current_user.family_id)
        own = own_places(session, current_user)
    if record is None:
        raise NotFound
    return record.facts, with_statements(record.facts, stated), own
