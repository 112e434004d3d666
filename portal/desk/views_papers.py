"""The state of a paper: one small form beside each, on the page of its case."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.roles import Permission
from portal.desk.blueprint import blueprint
from portal.desk.papers import VERDICTS, mark_paper, reference_of
from portal.web.access import allowed


@blueprint.post("/petugas/berkas/<uuid:public_id>/keadaan")
@allowed(Permission.WORK_CASES)
def mark_paper_now(public_id: UUID) -> BaseResponse:
    """Say whether the paper can be read, and whether it will do."""
    verdict = request.form.get("verdict", "")
    if verdict in VERDICTS:
        reference = mark_paper(current_user, public_id, verdict)
        flash(_("Written down."), "good")
    else:
        reference = reference_of(current_user, public_id)
        flash(_("Choose how the paper is."), "stop")
    return redirect(url_for("desk.case", reference=reference, _anchor=f"berkas-{public_id}"), code=303)
