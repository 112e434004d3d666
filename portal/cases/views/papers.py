"""The page of papers: a step of its own, so that a file too large costs nothing but the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.roles import Permission
from portal.cases.drafts import Draft, TooManyPapers, add_paper, load_draft, remove_paper, save_step
from portal.cases.earlier import earlier_papers
from portal.cases.following import read_own_paper
from portal.cases.forms import CameraForm, LaterForm, PaperForm, VoiceForm
from portal.cases.kinds import LATER, PAPERS_PAGE, Kind, Paper
from portal.cases.papers import TOO_LARGE, PaperRefused, read_paper
from portal.cases.views import blueprint
from portal.cases.views.drafting import address_of, to_page, way
from portal.cases.views.uploads import chosen_file, once_key, read_body, takes_files
from portal.cases.voice_notes import read_voice
from portal.cases.writing import Writer
from portal.core.errors import NotFound
from portal.core.messages import N_
from portal.web.access import allowed
from portal.web.forms import BaseForm
from portal.web.render import private_page, render, unkept_page

_ENDINGS = {
    "image/jpeg": "jpg",
    "audio/webm": "webm",
    "audio/ogg": "ogg",
    "audio/mp4": "m4a",
    "audio/3gpp": "3gp",
}
NOTHING_CHOSEN = N_("Choose a photo or a file first.")


@dataclass(frozen=True, slots=True)
class FormsOfPage:
    """The forms of one page, as the error summary reads them."""

    forms: tuple[BaseForm, ...]

    @property
    def errors(self) -> bool:
        """Whether one of them came back with an error."""
        return any(form.errors for form in self.forms)

    def error_list(self) -> list[tuple[str, str]]:
        """What is wrong, and where to jump to."""
        return [error for form in self.forms for error in form.error_list()]


@blueprint.get("/pengajuan/draf/<uuid:draft_id>/berkas")
@blueprint.get("/pengajuan/draf/<uuid:draft_id>/berkas/<label>", alias=True)  # a POST's address, opened again
@allowed(Permission.SEND_CASE)
def papers(draft_id: UUID) -> BaseResponse:
    """The papers that help, and those added so far."""
    return papers_page(current_user, load_draft(current_user, draft_id))


@blueprint.post("/pengajuan/draf/<uuid:draft_id>/berkas")
@allowed(Permission.SEND_CASE)
@takes_files
def papers_done(draft_id: UUID) -> BaseResponse:
    """Add what was chosen and go on; a paper that is asked for must be there or be said to come later."""
    return keep_papers(current_user, load_draft(current_user, draft_id))


def keep_papers(writer: Writer, draft: Draft) -> BaseResponse:
    """Add what was chosen, and go on where nothing that is asked for is missing."""
    if not read_body():
        return papers_page(writer, draft, {paper.key: TOO_LARGE for paper in draft.kind.papers[:1]})
    refused = _add_chosen(writer, draft)
    draft, form = load_draft(writer, draft.id), LaterForm()
    if refused:
        return papers_page(writer, draft, refused, later=form)
    missing = _missing(draft)
    if missing and not form.later.data:
        form.later.errors = (_("Add the paper, or tick that you do not have it yet."),)
        return papers_page(writer, draft, later=form, status=422)
    later = [paper.key for paper in missing]
    return to_page(draft := save_step(writer, draft.id, PAPERS_PAGE, {LATER: later}), draft.first_open_step())


@blueprint.post("/pengajuan/draf/<uuid:draft_id>/berkas/<label>")
@allowed(Permission.SEND_CASE)
@takes_files
def upload(draft_id: UUID, label: str) -> BaseResponse:
    """Add this paper (and any other that was chosen) and stay on the page. Whatever is wrong, the answers stay."""
    return keep_paper(current_user, load_draft(current_user, draft_id), label)


def keep_paper(writer: Writer, draft: Draft, label: str) -> BaseResponse:
    """Add this paper and any other that was chosen."""
    _paper(draft.kind, label)
    if not read_body():
        return papers_page(writer, draft, {label: TOO_LARGE})
    refused = _add_chosen(writer, draft, label)
    if chosen_file(field_of(label)) is None:
        refused[label] = NOTHING_CHOSEN
    if refused:
        return papers_page(writer, load_draft(writer, draft.id), refused, later=LaterForm())
    flash(_("The paper is added."), "good")
    return redirect(address_of(draft, PAPERS_PAGE), code=303)


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
    ending = _ENDINGS.get(media_type, "bin")
    shown = "inline" if media_type == "image/jpeg" else "attachment"  # sound is kept as it came: to be saved, not shown
    response.headers["Content-Disposition"] = f'{shown}; filename="berkas.{ending}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return unkept_page(response)


def papers_page(
    writer: Writer,
    draft: Draft,
    refused: Mapping[str, str] | None = None,
    *,
    later: LaterForm | None = None,
    status: int = 200,
) -> BaseResponse:
    """The page of papers. ``refused`` says by paper why a file could not be taken."""
    refused = refused or {}
    photo = PaperForm if draft.place is None else CameraForm
    uploads = {
        paper.key: (VoiceForm if paper.is_voice else photo)(formdata=None, prefix=paper.key)
        for paper in draft.kind.papers
    }
    for label, reason in refused.items():
        uploads[label].file.errors = (_(reason),)
    later = later or LaterForm(formdata=None, data={"later": bool(draft.answers.get(LATER))})
    page = render(
        "cases/papers.html",
        status=max((PaperRefused(reason).status for reason in refused.values()), default=status),
        draft=draft,
        kind=draft.kind,
        form=FormsOfPage((*uploads.values(), later)),
        uploads=uploads,
        later=later,
        missing=_missing(draft),
        earlier=earlier_papers(writer, draft),
        **way(draft, PAPERS_PAGE),
    )
    return private_page(page)


def field_of(label: str) -> str:
    """The name of a paper's field, as ``PaperForm`` writes it."""
    return f"{label}-file"


def _add_chosen(writer: Writer, draft: Draft, label: str | None = None) -> dict[str, str]:
    """Add every file that was chosen; gives why the others could not be taken, by paper.

    Where the form is for one paper, it may carry the sender's own key of that file.
    """
    refused = {}
    for paper in draft.kind.papers:
        file = chosen_file(field_of(paper.key))
        if file is None:
            continue
        try:
            pages = (read_voice if paper.is_voice else read_paper)(file.stream)
            add_paper(writer, draft.id, paper.key, pages, once_key() if paper.key == label else None)
        except PaperRefused as unread:
            refused[paper.key] = unread.reason
        except TooManyPapers as full:
            refused[paper.key] = full.message
    return refused


def _missing(draft: Draft) -> list[Paper]:
    """Papers that are asked for and not there."""
    asked = draft.kind.asks_for(draft.answers)
    wanted = (paper for paper in draft.kind.papers if paper.required or paper.key in asked)
    return [paper for paper in wanted if not draft.papers_of(paper.key)]


def _paper(kind: Kind, label: str) -> Paper:
    found = next((paper for paper in kind.papers if paper.key == label), None)
    if found is None:
        raise NotFound
    return found
