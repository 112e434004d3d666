"""The address that fills a form of the case's page with a ready answer; nothing is done with the case."""

from __future__ import annotations

from flask import request
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.roles import Permission
from portal.core.errors import NotFound
from portal.desk.blueprint import blueprint
from portal.desk.forms import AskForm, DecideForm, VisitForm
from portal.desk.ready_answers import filled
from portal.desk.views import STEPS, case_page
from portal.web.access import allowed
from portal.web.languages import current_language


@blueprint.post("/petugas/kasus/<reference>/isi/<name>")
@allowed(Permission.WORK_CASES)
def fill_ready(reference: str, name: str) -> BaseResponse:
    """The page again with the words filled in, below what was typed."""
    key, language = request.form.get("ready", ""), current_language()
    if name == "tanya":
        asking = AskForm()
        asking.question.data = filled(asking.question.data, key, language)
        return case_page(reference, asking)
    if name == "putusan" and current_user.may(Permission.DECIDE_CASES):
        deciding = DecideForm()
        deciding.reason.data = filled(deciding.reason.data, key, language)
        return case_page(reference, deciding)
    if name == "kunjungan":
        planning = VisitForm()
        planning.words.data = filled(planning.words.data, key, language)
        return case_page(reference, planning)
    if name in STEPS:
        step = STEPS[name][1]()
        step.words.data = filled(step.words.data, key, language)
        return case_page(reference, step, step_name=name)
    raise NotFound
