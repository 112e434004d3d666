"""Pages of the regency office."""

from __future__ import annotations

import uuid

from flask import Blueprint
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.roles import Permission
from portal.office import loads
from portal.office.words import count_words
from portal.web.access import allowed
from portal.web.render import private_page, render
from portal.web.speaking import speaker

blueprint = Blueprint("office", __name__, url_prefix="/kantor")


@blueprint.get("/muatan")
@allowed(Permission.SEE_LOADS)
def loads_page() -> BaseResponse:
    """The newest loads."""
    return private_page(render("office/loads.html", loads=loads.newest(current_user)))


@blueprint.get("/muatan/<uuid:load>")
@allowed(Permission.SEE_LOADS)
def load_page(load: uuid.UUID) -> BaseResponse:
    """What one load read and did."""
    say = speaker().say
    found = loads.one(current_user, load)
    return private_page(render("office/load.html", load=found, words=lambda key: say(count_words(key))))
