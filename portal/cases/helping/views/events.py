"""An event of life at the counter: the questions once, then each submission that follows is read back and sent."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.roles import Permission
from portal.cases.answers import collect
from portal.cases.drafts import open_world
from portal.cases.helping.mandates import speaking_helpers
from portal.cases.helping.recording import PLACES, Person, find_person, writer_for
from portal.cases.helping.views import blueprint
from portal.cases.life_events import BY_SLUG, LifeEvent, open_cases
from portal.cases.writing import Recording
from portal.core.errors import NotFound
from portal.web.access import allowed
from portal.web.forms import BaseForm
from portal.web.render import render, unkept_page

#: Who speaks, in the address: the person, or a helper by the public id of the mandate.
PERSON = "person"


@blueprint.get("/petugas/catat/<uuid:family>/<uuid:person>/peristiwa/<event>")
@allowed(Permission.RECORD_FOR_FAMILY)
def record_event(family: UUID, person: UUID, event: str) -> BaseResponse:
    """What to do elsewhere first, and the questions to ask."""
    found, asked = find_person(current_user, family, person), _event(event)
    writer, _place = _told(found)
    form = asked.step.form(formdata=None)
    asked.step.prepare(form, open_world(writer))
    return _page(found, asked, form)


@blueprint.post("/petugas/catat/<uuid:family>/<uuid:person>/peristiwa/<event>")
@allowed(Permission.RECORD_FOR_FAMILY)
def record_event_begin(family: UUID, person: UUID, event: str) -> BaseResponse:
    """Begin the submissions that follow, for the person."""
    found, asked = find_person(current_user, family, person), _event(event)
    writer, place = _told(found)
    world = open_world(writer)
    form = asked.step.form()
    asked.step.prepare(form, world)
    if not form.validate_on_submit():
        return _page(found, asked, form, 422)
    number = open_cases(writer, asked, collect(form), world, place)
    words = ngettext(
        "%(num)s submission follows from it. Read it aloud and send it.",
        "%(num)s submissions follow from it. Read each aloud and send it.",
        number,
    )
    flash(words, "good")
    return redirect(url_for("helping.record_start", family=family, person=person), code=303)


def _told(found: Person) -> tuple[Recording, str]:
    """The person as this officer writes, by whoever speaks, and where. Raises ``NotFound`` or ``Forbidden``."""
    spoken, place = request.args.get("oleh", PERSON), request.args.get("di", "")
    if place not in PLACES:
        raise NotFound
    helpers = {
        one.speaker.mandate: one.speaker for one in speaking_helpers(current_user, found.family_id, found.person_id)
    }
    if spoken != PERSON and spoken not in helpers:
        raise NotFound
    return writer_for(current_user, found, helpers.get(spoken)), place


def _event(slug: str) -> LifeEvent:
    if slug not in BY_SLUG:
        raise NotFound
    return BY_SLUG[slug]


def _page(person: Person, event: LifeEvent, form: BaseForm, status: int = 200) -> BaseResponse:
    page = render(
        "cases/life_event.html",
        event=event,
        form=form,
        status=status,
        frame="base_staff.html",
        person=person,
        sees_aid=current_user.may(Permission.WORK_CASES),
        action=request.full_path.rstrip("?"),
        back=url_for("helping.record_start", family=person.family_public, person=person.person_public),
    )
    return unkept_page(page)
