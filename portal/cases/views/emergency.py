"""Emergency numbers, for everybody."""

from __future__ import annotations

from flask import Response

from portal.cases.emergency import NUMBERS
from portal.cases.views import blueprint
from portal.web.access import public
from portal.web.render import render


@blueprint.get("/darurat")
@public
def emergency() -> Response:
    """Whom to call now; it asks nothing and needs no sign-in."""
    return render("cases/emergency.html", numbers=NUMBERS)
