"""The page of papers: a step of its own, so that a file too large costs nothing but the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.roles import Permission
from portal.cases.drafts import Draft, TooManyPapers, add_paper, load_draft, remove_paper, save_step
from portal.cases.following import read_own_paper
from portal.cases.forms import LaterForm, PaperForm
from portal.cases.kinds import LATER, PAPERS_PAGE, Kind, Paper
from portal.cases.papers import TOO_LARGE, PaperRefused, read_paper
from portal.cases.views import blueprint
from portal.cases.views.drafting import to_page, way
from portal.core.errors import NotFound
from portal.web.access import allowed
from portal.web.render import private_page, render, unkept_page
from portal.web.security import csrf

_DRAIN_AT_MOST = 64 * 1024 * 1024
_CHUNK = 64 * 1024
View = TypeVar("View", bound=Callable[..., Any])


def token_checked_late(view: View) -> View:
    """The view itself asks ``csrf.protect()``: before it, a body that is too large would end on an error page."""
    csrf.exempt(view)
    return view


@blueprint.get("/pengajuan/draf/<uuid:draft_id>/berkas")
@blueprint.get("/pengajuan/draf/<uuid:draft_id>/berkas/<label>", alias=True)  # a POST's address, opened again
@allowed(Permission.SEND_CASE)
def papers(draft_id: UUID) -> BaseResponse:
    """The papers that help, and those added so far."""
    return papers_page(load_draft(current_user, draft_id))


@blueprint.post("/pengajuan/draf/<uuid:draft_id>/berkas")
@allowed(Permission.SEND_CASE)
def papers_done(draft_id: UUID) -> BaseResponse:
    """Go on; a paper that is asked for must be there or be said to come later."""
    draft = load_draft(current_user, draft_id)
    form = LaterForm()
    missing = _missing(draft)
    if missing and not form.later.data:
        form.later.errors = (_("Add the paper, or tick that you do not have it yet."),)
        return papers_page(draft, later=form, status=422)
    later = [paper.key for paper in missing]
    return to_page(draft := save_step(current_user, draft_id, PAPERS_PAGE, {LATER: later}), draft.first_open_step())


@blueprint.post("/pengajuan/draf/<uuid:draft_id>/berkas/<label>")
@allowed(Permission.SEND_CASE)
@token_checked_late
def upload(draft_id: UUID, label: str) -> BaseResponse:
    """Take one file. Whatever is wrong with it, the answers stay."""
    draft = load_draft(current_user, draft_id)
    _paper(draft.kind, label)
    try:
        csrf.protect()
        form = PaperForm()
    except RequestEntityTooLarge:
        drain()
        return _refused(draft, label, TOO_LARGE)
    if not form.validate_on_submit():
        return papers_page(draft, upload=form, label=label, status=422)
    try:
        add_paper(current_user, draft_id, label, read_paper(form.file.data.read()))
    except PaperRefused as refused:
        return _refused(draft, label, refused.reason)
    except TooManyPapers as refused:
        return _refused(draft, label, refused.message)
    flash(_("The paper is added."), "good")
    return redirect(url_for("cases.papers", draft_id=draft_id), code=303)


@blueprint.post("/pengajuan/draf/<uuid:draft_id>/berkas/<uuid:public_id>/hapus")
@allowed(Permission.SEND_CASE)
def drop_paper(draft_id: UUID, public_id: UUID) -> BaseResponse:
    """Take a page out again."""
    remove_paper(current_user, draft_id, public_id)
    return redirect(url_for("cases.papers", draft_id=draft_id), code=303)


@blueprint.get("/pengajuan/berkas/<uuid:public_id>")
@allowed(Permission.SEND_CASE)
def paper(public_id: UUID) -> BaseResponse:
    """A paper of the family, for those of it who may see it."""
    return paper_response(*read_own_paper(current_user, public_id))


def paper_response(content: bytes, media_type: str) -> BaseResponse:
    """A stored paper: shown by the browser, kept by nobody."""
    response = Response(content, mimetype=media_type)
    ending = "jpg" if media_type == "image/jpeg" else "bin"
    response.headers["Content-Disposition"] = f'inline; filename="berkas.{ending}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return unkept_page(response)


def papers_page(
    draft: Draft,
    *,
    upload: PaperForm | None = None,
    later: LaterForm | None = None,
    label: str | None = None,
    status: int = 200,
) -> BaseResponse:
    """The page of papers. Of its two forms, the one that came back with an error heads the summary."""
    plain_later = LaterForm(formdata=None, data={"later": bool(draft.answers.get(LATER))})
    page = render(
        "cases/papers.html",
        status=status,
        draft=draft,
        kind=draft.kind,
        form=upload or later,
        upload=upload,
        upload_label=label,
        new_upload=lambda: PaperForm(formdata=None),
        later=later or plain_later,
        missing=_missing(draft),
        **way(draft, PAPERS_PAGE),
    )
    return private_page(page)


def drain() -> None:
    """Read the rest of a body that nobody wants, so that the browser shows our answer and not a broken line."""
    stream = request.environ["wsgi.input"]
    left = min(request.content_length or 0, _DRAIN_AT_MOST)
    while left > 0:
        chunk = stream.read(min(_CHUNK, left))
        if not chunk:
            return
        left -= len(chunk)


def _refused(draft: Draft, label: str, reason: str) -> BaseResponse:
    form = PaperForm(formdata=None)
    form.file.errors = (_(reason),)
    return papers_page(draft, upload=form, label=label, status=413 if reason == TOO_LARGE else 422)


def _missing(draft: Draft) -> list[Paper]:
    """Papers that are asked for and not there."""
    return [paper for paper in draft.kind.papers if paper.required and not draft.papers_of(paper.key)]


def _paper(kind: Kind, label: str) -> Paper:
    found = next((paper for paper in kind.papers if paper.key == label), None)
    if found is None:
        raise NotFound
    return found
