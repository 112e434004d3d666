"""Who looked: every look of an officer at the family, with office, time and reason."""

from __future__ import annotations

from flask import request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.roles import Permission
from portal.audit.looks import count_looks, looks_at, reason_words
from portal.core.clock import zone
from portal.extensions import db
from portal.privacy.views import blueprint
from portal.web.access import allowed
from portal.web.render import private_page, render
from portal.web.speaking import speaker

PER_PAGE = 20


@blueprint.get("/siapa-melihat")
@allowed(Permission.OWN_DATA)
def who_looked() -> BaseResponse:
    """The looks, the newest first, twenty on a page."""
    with db.begin(current_user.scope) as session:
        total = count_looks(session, current_user.family_id)
        last = max(1, -(-total // PER_PAGE))
        number = min(max(request.args.get("hal", 1, type=int), 1), last)
        looks = looks_at(session, current_user.family_id, limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
    say = speaker().say
    page = render(
        "privacy/who_looked.html",
        looks=[(look, say(reason_words(look.reason))) for look in looks],
        total=total,
        number=number,
        last=last,
        zone=zone(current_user.zone),
        url_of_page=_address,
    )
    return private_page(page)


def _address(page: int) -> str:
    return url_for("privacy.who_looked", hal=page)
