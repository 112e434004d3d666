"""How long data are kept: the register, for everybody to read."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response as BaseResponse

from portal.core.db import ANONYMOUS
from portal.extensions import db
from portal.privacy.retention import given_periods, register
from portal.privacy.texts import SURE
from portal.web.access import public
from portal.web.languages import current_language
from portal.web.render import render

blueprint = Blueprint("retention", __name__)


@blueprint.get("/privasi/masa-simpan")
@public
def periods() -> BaseResponse:
    """What is kept, why, by which rule, how long, and what happens then."""
    with db.begin(ANONYMOUS) as session:
        given = given_periods(session)
    return render("privacy/retention.html", kinds=register(), given=given, sure=SURE, language=current_language())
