"""The programmes, for everybody: the list, what each regency offers itself, and a page for each."""

from __future__ import annotations

from flask import Response
from flask_login import current_user

from portal.accounts.actor import FamilyActor
from portal.core.clock import today
from portal.core.errors import NotFound
from portal.home.program_details import program_list, program_page
from portal.home.regency_offers import Regency, provinces_offering, regency_of
from portal.home.rounds import registering
from portal.home.views import blueprint
from portal.programs.catalog import default
from portal.programs.offerings import catalog_for
from portal.web.access import public
from portal.web.render import render
from portal.web.speaking import speaker


@blueprint.get("/program")
@public
def programs() -> Response:
    """Every programme by field of life: in force, announced, ended; and the regencies that offer something."""
    day = today()
    page = program_list(default(), day, speaker())
    return render("public/programs.html", page=page, provinces=provinces_offering(day))


@blueprint.get("/program/<code>")
@public
def program(code: str) -> Response:
    """Who, what, how and with which papers; how sure each rule is."""
    page = program_page(default(), code.upper(), today(), speaker())
    if page is None:
        raise NotFound
    own = current_user.kind == "family" and not page.announced
    return render("public/program.html", page=page, regency=None, asked="", own_answer=own)


@blueprint.get("/program/daerah/<int:regency>")
@public
def regency_programs(regency: int) -> Response:
    """What the office of a regency offers by itself, until when one registers, and whom it asks."""
    found, day, voice = _regency(regency), today(), speaker()
    notes = {one.code: (voice.say(registering(one, day)), voice.say(found.asked(one))) for one in found.on(day)}
    page = program_list(found.catalog, day, voice)
    return render("public/regency_programs.html", page=page, regency=found, notes=notes)


@blueprint.get("/program/daerah/<int:regency>/<code>")
@public
def regency_program(regency: int, code: str) -> Response:
    """One of them, as everybody reads it."""
    found, day, voice = _regency(regency), today(), speaker()
    page = program_page(found.catalog, code.upper(), day, voice)
    if page is None:
        raise NotFound
    asked = next((voice.say(found.asked(one)) for one in found.on(day) if one.code == page.code), "")
    own = _is_for_own_family(found, page.code)
    return render("public/program.html", page=page, regency=found, asked=asked, own_answer=own)


def _regency(code: int) -> Regency:
    found = regency_of(code)
    if found is None:
        raise NotFound
    return found


def _is_for_own_family(regency: Regency, code: str) -> bool:
    """Whether the reader is of a family that the programme asks, and so finds its own answer."""
    actor = current_user._get_current_object()
    if not isinstance(actor, FamilyActor) or actor.village_id // 1_000_000 != regency.id:
        return False
    return code in catalog_for(actor).on(today()).by_code
