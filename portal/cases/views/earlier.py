"""Papers of earlier cases: a small picture of each, and taking one over into a draft with one tap."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.roles import Permission
from portal.cases.drafts import TooManyPapers, load_draft
from portal.cases.earlier import PICTURE, take_over
from portal.cases.following import read_own_paper
from portal.cases.small_picture import small_picture
from portal.cases.views import blueprint
from portal.cases.views.papers import paper_response, papers_page
from portal.core.errors import NotFound
from portal.web.access import allowed


@blueprint.post("/pengajuan/draf/<uuid:draft_id>/berkas/<label>/pakai/<uuid:public_id>")
@allowed(Permission.SEND_CASE)
def use_earlier(draft_id: UUID, label: str, public_id: UUID) -> BaseResponse:
    """Take over a paper that was sent before."""
    try:
        take_over(current_user, draft_id, label, public_id)
    except TooManyPapers as full:
        return papers_page(current_user, load_draft(current_user, draft_id), {label: full.message})
    flash(_("The paper is added."), "good")
    return redirect(url_for("cases.papers", draft_id=draft_id), code=303)


@blueprint.get("/pengajuan/berkas/<uuid:public_id>/kecil")
@allowed(Permission.SEND_CASE)
def small_paper(public_id: UUID) -> BaseResponse:
    """A paper that the member may see, small enough for a list."""
    content, media_type = read_own_paper(current_user, public_id)
    if media_type != PICTURE:
        raise NotFound
    return paper_response(small_picture(content), PICTURE)
