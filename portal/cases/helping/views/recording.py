"""The page of a person at the counter: what to write down, what was begun, and what officers wrote down before."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.roles import Permission
from portal.cases.groups import GROUPS
from portal.cases.helping.forms import RecordForm
from portal.cases.helping.mandates import speaking_helpers
from portal.cases.helping.recording import (
    MANDATE_OVER,
    MAY_NOT,
    Person,
    address_of,
    begin,
    desk_of,
    find_person,
    open_recorded,
    writer_of,
)
from portal.cases.helping.views import blueprint
from portal.cases.helping.views.events import PERSON
from portal.cases.kinds import BY_SLUG, KINDS
from portal.cases.life_events import EVENTS, title_of
from portal.cases.path import LEVELS
from portal.cases.views.tracing import proof_parts
from portal.cases.writing import Speaker
from portal.core.clock import zone
from portal.core.messages import N_
from portal.web.access import allowed
from portal.web.formats import day as written_day
from portal.web.render import render, unkept_page

#: What a kind is about where its private questions are left to the person alone.
WITHOUT_PRIVATE = N_("Aid did not come, stopped, or was less. Not: who keeps the card, or who took a part.")
#: Who speaks, beside the helpers by the public id of their mandate.
NOBODY = "nobody"
EVENT = "peristiwa/"  # before the slug of an event of life among the kinds
TOLD_ONCE = N_("Told once, with everything that follows from it")
NO_MANDATE = N_(
    "Without a signed mandate nobody speaks for another. Record it first, with the person: «Helpers of this family»."
)


@blueprint.get("/petugas/catat/<uuid:family>/<uuid:person>")
@allowed(Permission.RECORD_FOR_FAMILY)
def record_start(family: UUID, person: UUID) -> BaseResponse:
    """Who is before the officer, and what it is about."""
    found = find_person(current_user, family, person)
    form, _speakers = _form(found)
    return _start_page(found, form)


@blueprint.post("/petugas/catat/<uuid:family>/<uuid:person>")
@allowed(Permission.RECORD_FOR_FAMILY)
def record_begin(family: UUID, person: UUID) -> BaseResponse:
    """Begin to write down, or go on with what this officer began."""
    found = find_person(current_user, family, person)
    form, speakers = _form(found)
    if not form.validate_on_submit():
        return _start_page(found, form, 422)
    if form.speaker.data == NOBODY:
        form.speaker.errors = [_(NO_MANDATE)]
        return _start_page(found, form, 422)
    event = form.kind.data.removeprefix(EVENT)
    if event != form.kind.data:
        told = {"oleh": form.speaker.data, "di": form.place.data}
        address = url_for("helping.record_event", family=family, person=person, event=event, **told)
        return redirect(address, code=303)
    kind = BY_SLUG[form.kind.data]
    draft_id = begin(current_user, found, kind, form.place.data, speakers.get(form.speaker.data))
    return redirect(url_for("helping.step", draft_id=draft_id, page=kind.steps[0].key), code=303)


@blueprint.get("/petugas/catat/draf/<uuid:draft_id>")
@allowed(Permission.RECORD_FOR_FAMILY)
def person_of_draft(draft_id: UUID) -> BaseResponse:
    """Back to the page of the person."""
    writer = writer_of(current_user, draft_id)
    family, person = address_of(current_user, writer.family_id, writer.person_id)
    return redirect(url_for("helping.record_start", family=family, person=person), code=303)


@blueprint.get("/petugas/catat/<reference>/terkirim")
@allowed(Permission.RECORD_FOR_FAMILY)
def recorded(reference: str) -> BaseResponse:
    """It is sent: the number to hand over, and the slip to print."""
    view = open_recorded(current_user, reference)
    family, person = address_of(current_user, view.family_id, view.person_id)
    back = url_for("helping.record_start", family=family, person=person)
    page = render(
        "helping/recorded.html",
        case=view,
        kind=view.kind,
        zone=zone(view.zone),
        level_words=LEVELS[view.level],
        back=back,
    )
    return unkept_page(page)


@blueprint.get("/petugas/catat/<reference>/cetak")
@allowed(Permission.RECORD_FOR_FAMILY)
def slip(reference: str) -> BaseResponse:
    """The proof on a slip of paper, for the person."""
    view = open_recorded(current_user, reference)
    page = render(
        "cases/slip.html",
        case=view,
        kind=view.kind,
        zone=zone(view.zone),
        level_words=LEVELS[view.level],
        frame="base_staff.html",
        back=url_for("helping.recorded", reference=reference),
        **proof_parts(view),
    )
    return unkept_page(page)


def _offer_kinds(form: RecordForm) -> None:
    """The kinds that may be written down, under the six choices; the hint says what is left to the person alone."""
    form.kind.choices = [("", "-"), *((f"{EVENT}{event.slug}", _(event.title)) for event in EVENTS)]
    form.kind.headings |= {f"{EVENT}{EVENTS[0].slug}": f"{_(TOLD_ONCE)}:"}
    for group, info in GROUPS.items():
        found = [kind for kind in KINDS.values() if kind.group is group and kind.may_be_recorded]
        form.kind.choices += [(kind.slug, _(kind.title)) for kind in found]
        form.kind.headings |= {kind.slug: f"{_(info.title)}:" for kind in found[:1]}
    partly = [kind for kind in KINDS.values() if kind.may_be_recorded and any(step.alone for step in kind.steps)]
    form.kind.description = " ".join(f"{_(kind.title)}: {_(WITHOUT_PRIVATE)}" for kind in partly)


def _form(person: Person) -> tuple[RecordForm, dict[str, Speaker]]:
    """The form, and the helpers who may speak by the value of their answer."""
    form = RecordForm()
    helpers = speaking_helpers(current_user, person.family_id, person.person_id)
    form.speaker.choices = [
        (PERSON, person.name),
        *((one.speaker.mandate, _("%(helper)s, with a mandate", helper=one.speaker.name)) for one in helpers),
        (NOBODY, _("Somebody else")),
    ]
    form.speaker.item_hints = {
        one.speaker.mandate: _(
            "%(relation)s. Until %(day)s. Look at the KTP: it bears this name.",
            relation=_(one.relation),
            day=written_day(one.until),
        )
        for one in helpers
    }
    _offer_kinds(form)
    return form, {one.speaker.mandate: one.speaker for one in helpers}


def _start_page(person: Person, form: RecordForm, status: int = 200) -> BaseResponse:
    page = render(
        "helping/start.html",
        status=status,
        person=person,
        form=form,
        desk=desk_of(current_user, person),
        zone=zone(current_user.zone),
        not_here=[kind for kind in KINDS.values() if not (kind.may_be_recorded or kind.from_office)],
        may_not=MAY_NOT,
        title_of=title_of,
        mandate_over=MANDATE_OVER,
        helped=bool(form.speaker.item_hints),
    )
    return unkept_page(page)
