"""The same pages of questions as the family's, answered by an officer as the person says it, read back, and sent."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.roles import Permission
from portal.cases.drafts import discard, load_draft, remove_paper
from portal.cases.forms import EmptyForm
from portal.cases.helping.forms import SendRecordedForm
from portal.cases.helping.recording import address_of, read_draft_paper, writer_of
from portal.cases.helping.views import blueprint
from portal.cases.sending import DraftChanged, NotComplete, SentOtherwise, answered_by, send
from portal.cases.views.drafting import address_of as page_of
from portal.cases.views.drafting import keep_step, page_to_answer, show_step, to_page, way
from portal.cases.views.papers import keep_paper, keep_papers, paper_response, papers_page
from portal.cases.views.uploads import takes_files
from portal.cases.voice import say
from portal.cases.writing import Recording
from portal.core.errors import NotFound
from portal.programs.terms import SURENESS_WORDS
from portal.web.access import allowed
from portal.web.render import render, unkept_page


@blueprint.get("/petugas/catat/draf/<uuid:draft_id>/<page>")
@allowed(Permission.RECORD_FOR_FAMILY)
def step(draft_id: UUID, page: str) -> BaseResponse:
    """One page of questions."""
    return unkept_page(show_step(load_draft(writer_of(current_user, draft_id), draft_id), page))


@blueprint.post("/petugas/catat/draf/<uuid:draft_id>/<page>")
@allowed(Permission.RECORD_FOR_FAMILY)
def save(draft_id: UUID, page: str) -> BaseResponse:
    """Keep the answers of a page and go on."""
    writer = writer_of(current_user, draft_id)
    return unkept_page(keep_step(writer, load_draft(writer, draft_id), page))


@blueprint.get("/petugas/catat/draf/<uuid:draft_id>/berkas")
@blueprint.get("/petugas/catat/draf/<uuid:draft_id>/berkas/<label>", alias=True)  # a POST's address, opened again
@allowed(Permission.RECORD_FOR_FAMILY)
def papers(draft_id: UUID) -> BaseResponse:
    """The papers that help, and those added so far."""
    writer = writer_of(current_user, draft_id)
    return unkept_page(papers_page(writer, load_draft(writer, draft_id)))


@blueprint.post("/petugas/catat/draf/<uuid:draft_id>/berkas")
@allowed(Permission.RECORD_FOR_FAMILY)
@takes_files
def papers_done(draft_id: UUID) -> BaseResponse:
    """Add what was chosen and go on."""
    writer = writer_of(current_user, draft_id)
    return unkept_page(keep_papers(writer, load_draft(writer, draft_id)))


@blueprint.post("/petugas/catat/draf/<uuid:draft_id>/berkas/<label>")
@allowed(Permission.RECORD_FOR_FAMILY)
@takes_files
def upload(draft_id: UUID, label: str) -> BaseResponse:
    """Add this paper and stay on the page."""
    writer = writer_of(current_user, draft_id)
    return unkept_page(keep_paper(writer, load_draft(writer, draft_id), label))


@blueprint.post("/petugas/catat/draf/<uuid:draft_id>/berkas/<uuid:public_id>/hapus")
@allowed(Permission.RECORD_FOR_FAMILY)
def drop_paper(draft_id: UUID, public_id: UUID) -> BaseResponse:
    """Take a page out again."""
    remove_paper(writer_of(current_user, draft_id), draft_id, public_id)
    return redirect(url_for("helping.papers", draft_id=draft_id), code=303)


@blueprint.get("/petugas/catat/berkas/<uuid:public_id>")
@allowed(Permission.RECORD_FOR_FAMILY)
def paper(public_id: UUID) -> BaseResponse:
    """A paper of a draft of this officer."""
    return paper_response(*read_draft_paper(current_user, public_id))


@blueprint.get("/petugas/catat/draf/<uuid:draft_id>/bacakan")
@blueprint.get("/petugas/catat/draf/<uuid:draft_id>/kirim", alias=True)  # a POST's address, opened again
@allowed(Permission.RECORD_FOR_FAMILY)
def check(draft_id: UUID) -> BaseResponse:
    """Everything that was written down, to be read aloud."""
    return _read_back(writer_of(current_user, draft_id), draft_id)


@blueprint.post("/petugas/catat/draf/<uuid:draft_id>/kirim")
@allowed(Permission.RECORD_FOR_FAMILY)
def send_now(draft_id: UUID) -> BaseResponse:
    """Send what the person said yes to. Sent before: its number again."""
    form = SendRecordedForm()
    if not form.validate_on_submit():
        return _read_back(writer_of(current_user, draft_id), draft_id, form)
    writer = _sender(draft_id)
    missing = _missing(writer, draft_id)
    if missing is not None:
        return missing
    try:
        sent = send(writer, draft_id, form.seen.data)
    except SentOtherwise as other:
        return redirect(url_for("helping.recorded", reference=other.reference), code=303)
    except DraftChanged as changed:
        return _read_back(writer_of(current_user, draft_id), draft_id, message=changed.message)
    except NotComplete as incomplete:
        return to_page(load_draft(writer_of(current_user, draft_id), draft_id), incomplete.step)
    return redirect(url_for("helping.recorded", reference=sent.reference), code=303)


@blueprint.get("/petugas/catat/draf/<uuid:draft_id>/hapus")
@allowed(Permission.RECORD_FOR_FAMILY)
def ask_discard(draft_id: UUID) -> BaseResponse:
    """Throw it away? Asked once."""
    writer = writer_of(current_user, draft_id, or_over=True)
    draft = load_draft(writer, draft_id)
    page = render(
        "cases/discard.html",
        draft=draft,
        form=EmptyForm(),
        frame="base_staff.html",
        back=url_for("helping.person_of_draft", draft_id=draft_id),
    )
    return unkept_page(page)


@blueprint.post("/petugas/catat/draf/<uuid:draft_id>/hapus")
@allowed(Permission.RECORD_FOR_FAMILY)
def discard_now(draft_id: UUID) -> BaseResponse:
    """Throw the draft away."""
    writer = writer_of(current_user, draft_id, or_over=True)
    family, person = address_of(current_user, writer.family_id, writer.person_id)
    discard(writer, draft_id)
    return redirect(url_for("helping.record_start", family=family, person=person), code=303)


def _sender(draft_id: UUID) -> Recording:
    """Whom the draft is for; after a double tap, whom the case is for that it made."""
    return writer_of(current_user, draft_id, or_case=True)


def _missing(writer: Recording, draft_id: UUID) -> BaseResponse | None:
    """The page to be answered before it can be sent; None where there is none, or it was sent."""
    try:
        draft = load_draft(writer, draft_id)
    except NotFound:
        return None
    page = page_to_answer(draft)
    return to_page(draft, page) if page else None


def _read_back(
    writer: Recording, draft_id: UUID, form: SendRecordedForm | None = None, *, message: str | None = None
) -> BaseResponse:
    draft = load_draft(writer, draft_id)
    missing = page_to_answer(draft)
    if missing is not None:
        return to_page(draft, missing)
    wrong = 409 if message else 200
    if form is None or message:
        form = SendRecordedForm(formdata=None, data={"seen": draft.seen})
    page = render(
        "helping/read_back.html",
        status=422 if form.errors else wrong,
        message=message or draft.kind.not_now(draft.answers, draft.world),
        draft=draft,
        kind=draft.kind,
        person=writer,
        rows=draft.kind.rows(draft.answers, draft.world),
        effects=draft.kind.effects(draft.answers, draft.world),
        tasks=draft.kind.elsewhere(draft.answers, draft.world),
        sureness=SURENESS_WORDS,
        skipped=[step for step in draft.kind.steps if step.alone],
        due=answered_by(draft),
        form=form,
        change_address=lambda key: page_of(draft, key),
        say=say,
        **way(draft, "periksa"),
    )
    return unkept_page(page)
