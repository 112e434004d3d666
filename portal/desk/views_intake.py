"""The address of the counter's list of today."""

from __future__ import annotations

from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.roles import Permission
from portal.core.clock import today, zone
from portal.desk.blueprint import blueprint
from portal.desk.intake import recorded_today
from portal.web.access import allowed
from portal.web.render import render, unkept_page


@blueprint.get("/petugas/loket/hari-ini")
@allowed(Permission.RECORD_FOR_FAMILY)
def counter_today() -> BaseResponse:
    """What was written down today, with where it stands."""
    found = recorded_today(current_user)
    there = zone(current_user.zone)
    return unkept_page(render("desk/intake.html", found=found, day=today(current_user.zone), zone=there))
