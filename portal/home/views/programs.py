"""The programmes, for everybody: the list, and a page for each. Nothing here depends on who asks."""

from __future__ import annotations

from flask import Response

from portal.core.clock import today
from portal.core.errors import NotFound
from portal.home.program_details import program_list, program_page
from portal.home.views import blueprint
from portal.programs.catalog import default
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
