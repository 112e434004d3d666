"""The addresses of a visit: its form, its photos, what was recorded, and whose value counts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.roles import Permission
from portal.cases.moves import NotPossible
from portal.cases.papers import TOO_LARGE, PaperRefused, read_paper
from portal.cases.path import PARTS
from portal.cases.views.uploads import chosen_file, read_body, takes_files
from portal.cases.visit_lines import Asked
from portal.cases.visit_words import found_rows
from portal.core.clock import zone
from portal.core.errors import Conflict, NotFound
from portal.desk import visits
from portal.desk.blueprint import blueprint
from portal.desk.visit_forms import (
    PhotoForm,
    VisitRecordForm,
    counts_form,
    first_answers,
    form_class,
    place_in,
    result_of,
    typed_in,
)
from portal.web.access import allowed
from portal.web.render import render, unkept_page


@blueprint.get("/petugas/kasus/<reference>/catat-kunjungan")
@blueprint.get("/petugas/kasus/<reference>/catat-kunjungan/simpan", alias=True)  # a POST's address, opened again
@allowed(Permission.WORK_CASES)
def visit_form(reference: str) -> BaseResponse:
    """The form, as far as it was typed; what was recorded, once it was."""
    try:
        opened = visits.open_visit(current_user, reference)
    except NotPossible as refused:
        return _not_now(reference, refused)
    whole = request.args.get("lengkap") == "1" or opened.typed.get("whole") == "1"
    asked = opened.asked(whole=whole)
    given = first_answers(asked, opened.typed) | {"visit": str(opened.visit.public_id), "whole": "1" if whole else ""}
    return _form_page(opened, asked, form_class(asked)(formdata=None, data=given))


@blueprint.post("/petugas/kasus/<reference>/catat-kunjungan/simpan")
@allowed(Permission.WORK_CASES)
def save_visit(reference: str) -> BaseResponse:
    """Keep what was typed so far, right or not; ``lengkap`` also asks for the whole form, ``foto`` for photos."""
    try:
        _opened, _asked, form = _sent_form(reference)
        more = {"whole": "1"} if "lengkap" in request.form else {}
        visits.save_typed(current_user, reference, form.visit.data or "", typed_in(form) | more)
    except NotPossible as refused:
        return _not_now(reference, refused)
    if "foto" in request.form:
        return redirect(url_for("desk.visit_photos", reference=reference), code=303)
    flash(_("Saved. You can go on later."), "good")
    return redirect(url_for("desk.visit_form", reference=reference), code=303)


@blueprint.post("/petugas/kasus/<reference>/catat-kunjungan")
@allowed(Permission.WORK_CASES)
def finish_visit(reference: str) -> BaseResponse:
    """Record the visit, once."""
    try:
        opened, asked, form = _sent_form(reference)
        if not form.validate():
            visits.save_typed(current_user, reference, form.visit.data or "", typed_in(form))
            return _form_page(opened, asked, form, status=422)
        visits.finish(
            current_user,
            reference,
            form.visit.data or "",
            typed_in(form),
            result_of(form, asked),
            place=place_in(form),
            paper_on=form.paper_on.data,
        )
    except visits.AlreadyRecorded as again:
        return _result_page(reference, status=409, message=again.message)
    except NotPossible as refused:
        return _not_now(reference, refused)
    return redirect(url_for("desk.visit_result", reference=reference), code=303)


@blueprint.get("/petugas/kasus/<reference>/catat-kunjungan/foto")
@allowed(Permission.WORK_CASES)
def visit_photos(reference: str) -> BaseResponse:
    """The photos of the visit so far."""
    return _photos_page(reference, PhotoForm(formdata=None))


@blueprint.post("/petugas/kasus/<reference>/catat-kunjungan/foto")
@allowed(Permission.WORK_CASES)
@takes_files
def add_visit_photo(reference: str) -> BaseResponse:
    """Add a photo."""
    if not read_body():
        return _photo_refused(reference, TOO_LARGE, 413)
    file = chosen_file("file")
    if file is None:
        return _photo_refused(reference, _("Choose a photo first."), 422)
    try:
        pages = read_paper(file.stream)
        visits.add_photos(current_user, reference, request.form.get("visit", ""), pages)
    except PaperRefused as refused:
        return _photo_refused(reference, refused.reason, refused.status)
    except Conflict as refused:
        return _photo_refused(reference, refused.message, 409)
    return redirect(url_for("desk.visit_photos", reference=reference), code=303)


@blueprint.post("/petugas/kasus/<reference>/catat-kunjungan/foto/<uuid:photo>/hapus")
@allowed(Permission.WORK_CASES)
def drop_visit_photo(reference: str, photo: UUID) -> BaseResponse:
    """Take a photo away."""
    try:
        visits.drop_photo(current_user, reference, request.form.get("visit", ""), photo)
    except NotPossible as refused:
        return _not_now(reference, refused)
    return redirect(url_for("desk.visit_photos", reference=reference), code=303)


@blueprint.get("/petugas/kasus/<reference>/hasil-kunjungan")
@allowed(Permission.WORK_CASES)
def visit_result(reference: str) -> BaseResponse:
    """What was recorded, beside record and family's words."""
    return _result_page(reference)


@blueprint.post("/petugas/kasus/<reference>/hasil-kunjungan")
@allowed(Permission.WORK_CASES)
def weigh_visit(reference: str) -> BaseResponse:
    """Keep whose value counts."""
    found = visits.recorded(current_user, reference)
    chosen = {one.name: found.visit.choice_of(one) for one in found.weighed}
    form = counts_form(found.weighed, chosen)()
    if not form.validate():
        return _result_page(reference, status=422)
    try:
        visits.weigh(current_user, reference, {one.name: form[one.name].data for one in found.weighed})
    except NotPossible as refused:
        return _result_page(reference, status=409, message=refused.message)
    flash(_("Kept. A decision states these values."), "good")
    return redirect(url_for("desk.case", reference=reference), code=303)


def _sent_form(reference: str) -> tuple[visits.OpenVisit, list[Asked], VisitRecordForm]:
    opened = visits.sent_visit(current_user, reference)
    asked = opened.asked(whole=request.form.get("whole") == "1")
    return opened, asked, form_class(asked)()


def _form_page(
    opened: visits.OpenVisit, asked: list[Asked], form: VisitRecordForm, *, status: int = 200
) -> BaseResponse:
    groups: dict[str, list[tuple[Asked, Any]]] = {}
    for one in asked:
        groups.setdefault(one.group, []).append((one, form[one.name]))
    page = render(
        "desk/visit.html",
        status=status,
        case=opened.case,
        visit=opened.visit,
        form=form,
        groups=groups,
        photos=opened.photos,
        part_words=PARTS[opened.visit.part],
        zone=zone(opened.case.zone),
    )
    return unkept_page(page)


def _not_now(reference: str, refused: NotPossible) -> BaseResponse:
    """What was recorded, where it was; else the case, with why not."""
    if _was_recorded(reference):
        return redirect(url_for("desk.visit_result", reference=reference), code=303)
    page = render("desk/visit_not.html", status=409, reference=reference, message=refused.message)
    return unkept_page(page)


def _was_recorded(reference: str) -> bool:
    try:
        visits.recorded(current_user, reference)
    except NotFound:
        return False
    return True


def _photos_page(reference: str, form: PhotoForm, *, status: int = 200) -> BaseResponse:
    try:
        opened = visits.open_visit(current_user, reference)
    except NotPossible as refused:
        return _not_now(reference, refused)
    return unkept_page(
        render(
            "desk/visit_photos.html",
            status=status,
            form=form,
            case=opened.case,
            visit=opened.visit,
            photos=opened.photos,
        )
    )


def _photo_refused(reference: str, reason: str, status: int) -> BaseResponse:
    form = PhotoForm(formdata=None)
    form.file.errors = (_(reason),)
    return _photos_page(reference, form, status=status)


def _result_page(reference: str, *, status: int = 200, message: str | None = None) -> BaseResponse:
    found = visits.recorded(current_user, reference)
    chosen = {one.name: found.visit.choice_of(one) for one in found.weighed}
    form = counts_form(found.weighed, chosen)(formdata=None) if found.weighed and found.may_weigh else None
    page = render(
        "desk/visit_result.html",
        status=status,
        message=message,
        case=found.case,
        kind=found.case.kind,
        visit=found.visit,
        rows=found_rows(found.case.kind, found.case.world, found.visit),
        weighed={one.name for one in found.weighed},
        form=form,
        zone=zone(found.case.zone),
    )
    return unkept_page(page)
