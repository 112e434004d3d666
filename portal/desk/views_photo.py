"""The address of the officer's own photo."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.roles import Permission
from portal.cases.papers import TOO_LARGE, PaperRefused, read_paper
from portal.cases.views.papers import paper_response
from portal.cases.views.uploads import chosen_file, read_body, takes_files
from portal.desk import photo
from portal.desk.blueprint import blueprint
from portal.web.access import allowed
from portal.web.forms import BaseForm, FileField
from portal.web.render import render, unkept_page


class OwnPhotoForm(BaseForm):
    """A photo of the officer."""

    file = FileField(
        _l("Photo of your face"),
        hint=_l("JPEG or PNG, 10 MB at most. Only your face, in good light, nobody else in it."),
        accept="image/jpeg,image/png",
    )


@blueprint.get("/petugas/foto-saya")
@blueprint.get("/petugas/foto-saya/hapus", alias=True)  # a POST's address, opened again
@allowed(Permission.WORK_CASES)
def own_photo_page() -> BaseResponse:
    """The own photo, and the form for another one."""
    return _page(OwnPhotoForm(formdata=None))


@blueprint.get("/petugas/foto-saya/gambar")
@allowed(Permission.WORK_CASES)
def own_photo() -> BaseResponse:
    """The photo."""
    return paper_response(*photo.own_photo(current_user))


@blueprint.post("/petugas/foto-saya")
@allowed(Permission.WORK_CASES)
@takes_files
def put_own_photo() -> BaseResponse:
    """Put a photo there."""
    if not read_body():
        return _refused(TOO_LARGE, 413)
    file = chosen_file("file")
    if file is None:
        return _refused(_("Choose a photo first."), 422)
    try:
        pages = read_paper(file.stream)
    except PaperRefused as refused:
        return _refused(refused.reason, refused.status)
    photo.put_photo(current_user, pages[0])
    flash(_("Families that you visit see this photo now."), "good")
    return redirect(url_for("desk.own_photo_page"), code=303)


@blueprint.post("/petugas/foto-saya/hapus")
@allowed(Permission.WORK_CASES)
def drop_own_photo() -> BaseResponse:
    """Take it away."""
    photo.drop_photo(current_user)
    flash(_("Your photo is gone."), "info")
    return redirect(url_for("desk.own_photo_page"), code=303)


def _refused(reason: str, status: int) -> BaseResponse:
    form = OwnPhotoForm(formdata=None)
    form.file.errors = (_(reason),)
    return _page(form, status=status)


def _page(form: OwnPhotoForm, *, status: int = 200) -> BaseResponse:
    page = render("desk/visit_own_photo.html", status=status, form=form, there=photo.has_photo(current_user))
    return unkept_page(page)
