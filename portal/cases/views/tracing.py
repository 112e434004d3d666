"""Tracing without a login, the picture on the slip that leads there, and the proof as pages draw it."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Any

import segno
from flask import current_app, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.sessions import remember_device, this_device
from portal.accounts.signin import Refused
from portal.accounts.views.blueprint import refused_page
from portal.cases.forms import TraceForm
from portal.cases.loading import CaseView
from portal.cases.path import LEVELS
from portal.cases.proof import DONE, NEVER, Link, chain, mark_words, read_marks
from portal.cases.tracing import looks_like_reference, trace
from portal.cases.views import blueprint
from portal.cases.voice import say
from portal.core.clock import now, zone
from portal.core.ids import tidy_reference
from portal.core.wording import Message
from portal.web.access import public
from portal.web.formats import day_time, local, short_day
from portal.web.render import render, unkept_page


@blueprint.get("/lacak", endpoint="trace")
@public
def show_trace() -> BaseResponse:
    """Reference and year of birth; the reference is there already where the picture of a slip led here."""
    given = request.args.get("nomor", "")[:20]
    form = TraceForm(formdata=None, data={"reference": tidy_reference(given) if looks_like_reference(given) else ""})
    return unkept_page(render("cases/trace.html", form=form))


@blueprint.post("/lacak")
@public
def trace_now() -> BaseResponse:
    """The state alone, or one and the same sentence whatever was wrong."""
    form = TraceForm()
    if not form.validate():
        return unkept_page(render("cases/trace.html", form=form, status=422))
    device = this_device()
    found = trace(form.reference.data, int(form.born.data), device.hash)
    if isinstance(found, Refused):
        response = refused_page(
            "cases/trace.html",
            form,
            found,
            _(
                "Nothing can be shown for this number and this year of birth. Check both and try again. Some"
                " submissions are never shown here; their sender sees them after signing in."
            ),
        )
    else:
        next_words = say(Message(found.info.next, {"day": found.promised_on}))
        page = render(
            "cases/traced.html",
            found=found,
            info=found.info,
            next_words=next_words,
            level_words=LEVELS[found.level],
            reference=tidy_reference(form.reference.data),
        )
        response = unkept_page(page)
    remember_device(response, device.token, bool(current_app.config["SESSION_COOKIE_SECURE"]))
    return response


def proof_parts(view: CaseView) -> dict[str, Any]:
    """What the pages of a sent case and its slip draw of the proof: the chain, and the picture that leads to tracing.

    No picture for a case that nobody can trace.
    """
    links = chain(view.events, view.state, named=view.officer is not None)
    there = zone(view.zone)
    parts: dict[str, Any] = {"proof": [_drawn(link, there) for link in links], "picture": None, "trace_address": None}
    if view.traceable:
        base = str(current_app.config["SETTINGS"].base_url).rstrip("/")
        code = segno.make(base + url_for("cases.trace", nomor=view.reference), error="m")
        parts["picture"] = Markup(code.svg_inline(border=2, omitsize=True))  # noqa: S704 - segno draws it
        parts["trace_address"] = base.partition("://")[2] + url_for("cases.trace")
    return parts


def _drawn(link: Link, there: tzinfo) -> dict[str, str]:
    """A link as the template draws it: the time in short lines."""
    icon = {DONE: "check", NEVER: "close"}.get(link.state, link.icon)
    drawn = {"word": link.word, "state": link.state, "icon": icon}
    return drawn | (_short(link.at, there) if link.at else {"day": ""})


def _short(at: datetime, there: tzinfo) -> dict[str, str]:
    """A moment in the village's zone: ``3 Nov``, ``2026``, ``10.20 WIB``."""
    day, _space, year = short_day(local(at, there)).rpartition(" ")
    return {"day": day, "year": year, "time": day_time(at, there).rpartition(", ")[2]}


def with_marks(path: list[dict[str, str]], view: CaseView) -> list[dict[str, str]]:
    """The path with a mark on the newest words of each side: read by the other, and when, or not yet."""
    there = zone(view.zone)
    for place, (reader, mark) in read_marks(view.events, view.reads).items():
        when = _when_read(mark.at, there) if mark else None
        path[place] |= {"tag": say(mark_words(reader, when)), "tag_kind": "good" if mark else "wait"}
    return path


def _when_read(at: datetime, there: tzinfo) -> str:
    """``3 Nov 10.20``, with the year where it is not this one; the zone stands at the step itself."""
    parts = _short(at, there)
    year = "" if parts["year"] == str(local(now(), there).year) else f" {parts['year']}"
    return f"{parts['day']}{year} {parts['time'].partition(' ')[0]}"
