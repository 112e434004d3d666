"""How long data are kept: the register, for everybody to read."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response as BaseResponse

from portal.privacy.retention import register
from portal.privacy.texts import SURE
from portal.web.access import public
from portal.web.languages import current_language
from portal.web.render import render

blueprint = Blueprint("retention", __name__)


@blueprint.get("/privasi/masa-simpan")
@public
def periods() -> BaseResponse:
    """What is kept, why, by which rule, how long, and what happens then."""
    return render("privacy/retention.html", kinds=register(), sure=SURE, language=current_language())
