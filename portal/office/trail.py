"""The auditor's page of the trail: what was done, by time, without the data of families."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.roles import Permission
from portal.audit.reading import ACTOR_KINDS, Filter, Place, read
from portal.core.clock import today, zone
from portal.extensions import db
from portal.office.trail_names import named, names_in
from portal.office.trail_words import ACTOR_WORDS, EVENT_WORDS, event_words, facts_of
from portal.web.access import allowed
from portal.web.render import render, unkept_page

blueprint = Blueprint("trail", __name__, url_prefix="/petugas")
DAYS = 7  # shown at first
_FILTERS = ("sejak", "sampai", "apa", "siapa", "nama", "tanda", "alarm")
_LONGEST = 80  # of a name that is searched for


@blueprint.get("/jejak")
@allowed(Permission.READ_TRAIL)
def index() -> BaseResponse:
    """A page of the trail, newest first."""
    since, until = _days(request.args)
    wanted = _filter(request.args, since, until)
    with db.begin(current_user.scope) as session:
        lines, following = read(session, wanted, Place.parse(request.args.get("dari", "")))
        names = names_in(session, lines)
    kept: dict[str, Any] = {name: request.args[name] for name in _FILTERS if request.args.get(name)}
    kinds = sorted(((key, _(word)) for key, word in EVENT_WORDS.items()), key=lambda pair: pair[1])
    page = render(
        "office/trail.html",
        lines=lines,
        wanted=wanted,
        since=since,
        until=until,
        first=url_for("trail.index", **kept) if "dari" in request.args else None,
        older=url_for("trail.index", **kept, dari=str(following)) if following else None,
        kinds=kinds,
        actors=ACTOR_WORDS,
        event_words=event_words,
        facts_of=lambda line: facts_of(named(line, names), _),
    )
    return unkept_page(page)


def _days(given: Mapping[str, str]) -> tuple[date, date]:
    """First and last day as asked for; the last week where nothing (or nothing that is a date) was."""
    last = _day(given.get("sampai")) or today(current_user.zone)
    return _day(given.get("sejak")) or last - timedelta(days=DAYS - 1), last


def _filter(given: Mapping[str, str], since: date, until: date) -> Filter:
    actor_kind, event = given.get("siapa"), given.get("apa")
    mark = given.get("tanda", "").strip().lower()[:_LONGEST]
    return Filter(
        since=_midnight(since),
        until=_midnight(until + timedelta(days=1)),
        event=event if event in EVENT_WORDS else None,
        actor_kind=actor_kind if actor_kind in ACTOR_KINDS else None,
        staff=given.get("nama", "").strip()[:_LONGEST].replace("\0", "") or None,
        mark=mark.replace("\0", "") or None,
        alarms_only=given.get("alarm") == "1",
    )


def _day(written: str | None) -> date | None:
    try:
        found = date.fromisoformat(written or "")
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2200 else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), zone(current_user.zone))
