"""The page of messages."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.roles import Permission
from portal.core.clock import zone
from portal.inbox.service import open_inbox
from portal.web.access import allowed
from portal.web.render import private_page, render
from portal.web.speaking import speaker

blueprint = Blueprint("inbox", __name__)


@blueprint.get("/pesan")
@allowed(Permission.SEE_OWN_RECORD)
def index() -> BaseResponse:
    """The messages of the person who is signed in, the newest first; from now on they count as read."""
    inbox = open_inbox(current_user, request.args.get("hal", 1, type=int))
    there, say = zone(current_user.zone), speaker().say
    return private_page(render("inbox/index.html", inbox=inbox, zone=there, url_of_page=_address, say=say))


def _address(page: int) -> str:
    return url_for("inbox.index", hal=page)
