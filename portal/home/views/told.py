"""What words mean, and myths with what we know: for everybody."""

from __future__ import annotations

from flask import Response

from portal.home.told import glossary_page, labels_page, myths_page
from portal.home.views import blueprint
from portal.web.access import public
from portal.web.render import render
from portal.web.speaking import speaker


@blueprint.get("/istilah")
@public
def glossary() -> Response:
    """The words of aid, and the ministry's labels of payments."""
    return render("public/glossary.html", words=glossary_page(speaker()), labels=labels_page(speaker()))


@blueprint.get("/mitos")
@public
def myths() -> Response:
    """What people say and what we know."""
    return render("public/myths.html", myths=myths_page(speaker()))
