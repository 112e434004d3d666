"""Named helpers: granted at the counter on paper, listed for the family, ended by it in one tap."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.roles import Permission
from portal.cases.answers import clean
from portal.cases.forms import EmptyForm
from portal.cases.helping.forms import MandateForm
from portal.cases.helping.mandates import Grant, end, grant, helpers_of, own_helpers, read_mandate_paper
from portal.cases.helping.recording import MAY_NOT, Person, find_person, writer_for
from portal.cases.helping.views import blueprint
from portal.cases.papers import TOO_LARGE, PaperPage, PaperRefused, read_paper
from portal.cases.views.papers import paper_response
from portal.cases.views.uploads import chosen_file, read_body, takes_files
from portal.core.clock import zone
from portal.core.errors import Forbidden
from portal.web.access import allowed
from portal.web.render import private_page, render, unkept_page


@blueprint.get("/pendamping-saya")
@allowed(Permission.OWN_DATA)
def my_helpers() -> BaseResponse:
    """Who may help the family, with what, until when."""
    page = render(
        "helping/my_helpers.html", helpers=own_helpers(current_user), form=EmptyForm(), zone=zone(current_user.zone)
    )
    return private_page(page)


@blueprint.post("/pendamping-saya/<uuid:mandate>/akhiri")
@allowed(Permission.OWN_DATA)
def end_own(mandate: UUID) -> BaseResponse:
    """End it now."""
    end(current_user, mandate)
    flash(_("It has ended. This person is no longer your helper."), "good")
    return redirect(url_for("helping.my_helpers"), code=303)


@blueprint.get("/petugas/pendamping/berkas/<uuid:public_id>")
@allowed(Permission.GRANT_MANDATE)
def mandate_paper(public_id: UUID) -> BaseResponse:
    """A page of the signed paper; the trail keeps who opened it."""
    return paper_response(*read_mandate_paper(current_user, public_id))


@blueprint.get("/petugas/pendamping/<uuid:family>/<uuid:person>")
@allowed(Permission.GRANT_MANDATE)
def mandates(family: UUID, person: UUID) -> BaseResponse:
    """The helpers of the family, and a new one."""
    return _page(find_person(current_user, family, person), MandateForm(formdata=None))


@blueprint.post("/petugas/pendamping/<uuid:family>/<uuid:person>")
@allowed(Permission.GRANT_MANDATE)
@takes_files
def grant_mandate(family: UUID, person: UUID) -> BaseResponse:
    """Record what was signed."""
    found = find_person(current_user, family, person)
    if not read_body():
        form = MandateForm(formdata=None)
        form.file.errors = (_(TOO_LARGE),)
        return _page(found, form, 413)
    form = MandateForm()
    if not found.may_record:
        raise Forbidden(MAY_NOT)
    if not form.validate_on_submit() or form.until.data is None:
        return _page(found, form, 422)
    try:
        paper = _paper()
    except PaperRefused as refused:
        form.file.errors = (_(refused.reason),)
        return _page(found, form, 422)
    what = Grant(clean(form.helper.data), form.relation.data, form.topic.data, form.until.data)
    grant(writer_for(current_user, found), what, paper)
    flash(_("The helper is recorded. The family sees it and can end it at any time."), "good")
    return redirect(url_for("helping.mandates", family=family, person=person), code=303)


@blueprint.post("/petugas/pendamping/<uuid:family>/<uuid:person>/<uuid:mandate>/akhiri")
@allowed(Permission.GRANT_MANDATE)
def end_at_counter(family: UUID, person: UUID, mandate: UUID) -> BaseResponse:
    """End it, as the family says at the counter."""
    find_person(current_user, family, person)
    end(current_user, mandate)
    flash(_("It has ended."), "good")
    return redirect(url_for("helping.mandates", family=family, person=person), code=303)


def _paper() -> tuple[PaperPage, ...]:
    file = chosen_file("file")
    return read_paper(file.stream) if file else ()


def _page(person: Person, form: MandateForm, status: int = 200) -> BaseResponse:
    page = render(
        "helping/mandates.html",
        status=status,
        person=person,
        form=form,
        helpers=helpers_of(current_user, person.family_id),
        zone=zone(current_user.zone),
        may_not=MAY_NOT,
    )
    return unkept_page(page)
