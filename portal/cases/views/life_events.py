"""Events of life: which one, a few questions, then the submissions that follow stand in the list, under one heading."""

from __future__ import annotations

from flask import Response, flash, redirect, url_for
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.roles import Permission
from portal.cases.answers import collect
from portal.cases.drafts import open_world
from portal.cases.life_events import BY_SLUG, EVENTS, LifeEvent, open_cases
from portal.cases.views import blueprint
from portal.core.errors import NotFound
from portal.web.access import allowed
from portal.web.forms import BaseForm
from portal.web.kept import kept_page
from portal.web.render import private_page, render


@blueprint.get("/pengajuan/peristiwa")
@allowed(Permission.SEND_CASE)
@kept_page
def life_events() -> Response:
    """What happened?"""
    return render("cases/life_events.html", events=EVENTS)


@blueprint.get("/pengajuan/peristiwa/<event>")
@allowed(Permission.SEND_CASE)
def life_event(event: str) -> BaseResponse:
    """What to do elsewhere first, and a few questions."""
    found = _event(event)
    form = found.step.form(formdata=None)
    found.step.prepare(form, open_world(current_user))
    return _page(found, form)


@blueprint.post("/pengajuan/peristiwa/<event>")
@allowed(Permission.SEND_CASE)
def begin_life_event(event: str) -> BaseResponse:
    """Begin the submissions that follow."""
    found, world = _event(event), open_world(current_user)
    form = found.step.form()
    found.step.prepare(form, world)
    if not form.validate_on_submit():
        return _page(found, form, status=422)
    number = open_cases(current_user, found, collect(form), world)
    words = ngettext(
        "%(num)s submission follows from it. Look at it and send it.",
        "%(num)s submissions follow from it. Look at each and send it.",
        number,
    )
    flash(words, "good")
    return redirect(url_for("cases.index"), code=303)


def _event(slug: str) -> LifeEvent:
    if slug not in BY_SLUG:
        raise NotFound
    return BY_SLUG[slug]


def _page(event: LifeEvent, form: BaseForm, *, status: int = 200) -> BaseResponse:
    frame, back = "base.html", url_for("cases.life_events")
    action = url_for("cases.begin_life_event", event=event.slug)
    page = render("cases/life_event.html", event=event, form=form, status=status, frame=frame, back=back, action=action)
    return private_page(page)
