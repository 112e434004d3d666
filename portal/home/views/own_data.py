"""All that is held about the family: to read, to print, to take along."""

from __future__ import annotations

import json

from flask import Response
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.kiosks import NO_FILES, this_kiosk
from portal.accounts.roles import Permission
from portal.audit.trail import Event, record
from portal.core.clock import now, zone
from portal.core.errors import NotFound
from portal.extensions import db, keys
from portal.home.held.page import held_of
from portal.home.held.reading import read_everything
from portal.home.held.shape import Held, as_json
from portal.home.held.written import SHOWN
from portal.home.views import blueprint
from portal.privacy.texts import law
from portal.web.access import allowed
from portal.web.errors import error_page
from portal.web.languages import current_language
from portal.web.render import render, unkept_page
from portal.web.speaking import speaker

FILE_NAME = "data-saya.json"  # says nothing about whose it is


@blueprint.get("/data-saya")
@allowed(Permission.OWN_DATA)
def own_data() -> BaseResponse:
    """Every group, folded, with what the law gives."""
    return _page("home/own_data.html", _held(), shown=SHOWN)


@blueprint.get("/data-saya/cetak")
@allowed(Permission.OWN_DATA)
def own_data_to_print() -> BaseResponse:
    """The same, open and whole, for paper."""
    if this_kiosk() is not None:
        return error_page(403, _(NO_FILES))
    return _page("home/own_data_print.html", _held(taken="paper"), shown=None)


@blueprint.get("/data-saya/unduh")
@allowed(Permission.OWN_DATA)
def own_data_file() -> BaseResponse:
    """The same as JSON; its shape is told in ``portal.home.held.shape``."""
    if this_kiosk() is not None:
        return error_page(403, _(NO_FILES))
    content = as_json(
        _held(taken="file"),
        reader=current_user.name,
        language=current_language(),
        made_at=now().astimezone(zone(current_user.zone)).isoformat(timespec="seconds"),
    )
    response = Response(json.dumps(content, ensure_ascii=False, indent=1), mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{FILE_NAME}"'
    return unkept_page(response)


def _held(taken: str | None = None) -> Held:
    """Everything, in the reader's words; the trail keeps that it was taken along, and how."""
    with db.begin(current_user.scope) as session:
        everything = read_everything(session, keys.ring, current_user)
        if taken is not None:
            record(session, Event.DATA_TAKEN, family_id=current_user.family_id, how=taken)
    if everything is None:
        raise NotFound
    return held_of(everything, speaker())


def _page(template: str, held: Held, *, shown: int | None) -> BaseResponse:
    page = render(
        template,
        held=held,
        shown=shown,
        law=law(),
        made_at=now(),
        zone=zone(current_user.zone),
        on_kiosk=this_kiosk() is not None,
        say=speaker().say,
    )
    return unkept_page(page)
