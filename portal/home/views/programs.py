"""The programmes, for everybody: the list, and a page for each. Nothing here depends on who asks."""

from __future__ import annotations

from flask import Response

from portal.core.clock import today
from portal.core.errors import NotFound
from portal.home.program_details import program_list, program_page
from portal.home.views import blueprint
from portal.programs.catalog import Catalog, default
from portal.programs.offerings import published_in
from portal.web.access import public
from portal.web.render import render
from portal.web.speaking import speaker


@blueprint.get("/program")
@public
def programs() -> Response:
    """Every programme by field of life: in force, announced, ended."""
    return render("public/programs.html", page=program_list(default(), today(), speaker()))


@blueprint.get("/program/<code>")
@public
def program(code: str) -> Response:
    """Who, what, how and with which papers; how sure each rule is."""
    page = program_page(default(), code.upper(), today(), speaker())
    if page is None:
        raise NotFound
    return render("public/program.html", page=page)


@blueprint.get("/program/daerah/<int:regency>")
@public
def regency_programs(regency: int) -> Response:
    """What the office of a regency offers by itself."""
    page = program_list(_offered_in(regency), today(), speaker())
    return render("public/regency_programs.html", page=page, regency=regency)


@blueprint.get("/program/daerah/<int:regency>/<code>")
@public
def regency_program(regency: int, code: str) -> Response:
    """One of them, as everybody reads it."""
    page = program_page(_offered_in(regency), code.upper(), today(), speaker())
    if page is None:
        raise NotFound
    return render("public/program.html", page=page)


def _offered_in(regency: int) -> Catalog:
    """What is published there, and nothing else. Codes of regencies have four digits."""
    if not 1000 <= regency <= 9999:
        raise NotFound
    revision, offerings = published_in(regency)
    return Catalog(offerings, (), str(revision))
