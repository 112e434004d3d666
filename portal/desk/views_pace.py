"""The address of how long the officer's villages take."""

from __future__ import annotations

from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.roles import Permission
from portal.cases.pace import ENOUGH, PERIOD_DAYS
from portal.cases.pace_counting import paces
from portal.desk.blueprint import blueprint
from portal.desk.queue import villages_of
from portal.extensions import db
from portal.web.access import allowed
from portal.web.render import render, unkept_page


@blueprint.get("/petugas/lama-jawaban")
@allowed(Permission.WORK_CASES)
def pace() -> BaseResponse:
    """The working days to first word and decision, by village, as the families read them."""
    with db.begin(current_user.scope) as session:
        villages = villages_of(session)
        counted = paces(session, [area for area, _name in villages])
    lines = [(name, counted.get(area)) for area, name in villages]
    return unkept_page(render("desk/pace.html", lines=lines, days=PERIOD_DAYS, enough=ENOUGH))
