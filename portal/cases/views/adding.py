"""The page on which a family adds a paper to a case that it sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.roles import Permission
from portal.cases.adding import CaseIsFull, add_to_case, paper_named, papers_to_add
from portal.cases.following import open_case
from portal.cases.forms import PaperForm
from portal.cases.loading import CaseView
from portal.cases.moves import NotPossible
from portal.cases.paper_states import ADVICE, STATE_WORDS, to_send_again
from portal.cases.papers import TOO_LARGE, PaperRefused, read_paper
from portal.cases.views import blueprint
from portal.cases.views.papers import NOTHING_CHOSEN, FormsOfPage, field_of
from portal.cases.views.uploads import chosen_file, once_key, read_body, takes_files
from portal.cases.workflow import CLOSED
from portal.core.errors import NotFound
from portal.web.access import allowed
from portal.web.render import private_page, render


@blueprint.get("/pengajuan/<reference>/berkas")
@blueprint.get("/pengajuan/<reference>/berkas/<label>", alias=True)  # a POST's address, opened again
@allowed(Permission.SEND_CASE)
def more_papers(reference: str) -> BaseResponse:
    """What may be added, and what should be sent again."""
    view = open_case(current_user, reference)
    if view.state in CLOSED:
        return redirect(url_for("cases.detail", reference=reference), code=303)
    return _page(view)


@blueprint.post("/pengajuan/<reference>/berkas/<label>")
@allowed(Permission.SEND_CASE)
@takes_files
def add_paper_now(reference: str, label: str) -> BaseResponse:
    """Add one paper and stay on the page."""
    view = open_case(current_user, reference)
    if paper_named(view.kind, label) is None:
        raise NotFound
    if not read_body():
        return _page(view, {label: TOO_LARGE}, status=413)
    file = chosen_file(field_of(label))
    if file is None:
        return _page(view, {label: NOTHING_CHOSEN}, status=422)
    try:
        add_to_case(current_user, reference, label, read_paper(file.stream), once_key())
    except PaperRefused as refused:
        return _page(view, {label: refused.reason}, status=refused.status)
    except CaseIsFull as full:
        return _page(view, {label: full.message}, status=full.status)
    except NotPossible as closed:
        flash(_(closed.message), "stop")
        return redirect(url_for("cases.detail", reference=reference), code=303)
    flash(_("The paper is added. The officer sees it."), "good")
    return redirect(url_for("cases.more_papers", reference=reference), code=303)


def paper_parts(view: CaseView) -> dict[str, Any]:
    """What the family's pages of a case draw of its papers: their states, what to send again, whether to add."""
    again = to_send_again(view.papers)
    return {
        "paper_words": STATE_WORDS,
        "paper_advice": ADVICE,
        "papers_again": [paper for paper in view.papers if paper.public_id in again],
        "may_add": view.state not in CLOSED,
    }


def _page(view: CaseView, refused: Mapping[str, str] | None = None, *, status: int = 200) -> BaseResponse:
    papers = papers_to_add(view)
    uploads = {paper.key: PaperForm(formdata=None, prefix=paper.key) for paper in papers}
    for label, reason in (refused or {}).items():
        uploads[label].file.errors = (_(reason),)
    page = render(
        "cases/more_papers.html",
        status=status,
        case=view,
        kind=view.kind,
        papers=papers,
        uploads=uploads,
        form=FormsOfPage(tuple(uploads.values())),
        **paper_parts(view),
    )
    return private_page(page)
