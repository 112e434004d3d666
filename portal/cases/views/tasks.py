"""What the family does at another office for its case: asked on which day, then written on the path."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse
from wtforms import IntegerField
from wtforms.validators import InputRequired, ValidationError
from wtforms.widgets import HiddenInput

from portal.accounts.roles import Permission
from portal.cases.following import open_case
from portal.cases.loading import CaseView
from portal.cases.moves import NotPossible, StaleCase
from portal.cases.owners import Task, finish_task, may_finish, tasks_of
from portal.cases.views import blueprint
from portal.core.clock import today
from portal.core.errors import NotFound
from portal.web.access import allowed
from portal.web.forms import BaseForm, DayField, Needed
from portal.web.render import private_page, render


class TaskDoneForm(BaseForm):
    """The day on which it was done."""

    seen = IntegerField(validators=[InputRequired()], widget=HiddenInput())
    on = DayField(_l("When was it done?"), [Needed(_l("Write the day."))])

    def validate_on(self, field: DayField) -> None:
        """A day that has been."""
        if field.data and (field.data > today() or field.data.year < today().year - 1):
            raise ValidationError(_("Write a day of this year or the last, not one to come."))


@blueprint.get("/pengajuan/<reference>/tugas/<task>")
@allowed(Permission.SEND_CASE)
def ask_task(reference: str, task: str) -> BaseResponse:
    """Done? On which day?"""
    view, found = _found(reference, task)
    form = TaskDoneForm(formdata=None, data={"seen": view.version, "on": today(view.zone)})
    return _page(view, found, form)


@blueprint.post("/pengajuan/<reference>/tugas/<task>")
@allowed(Permission.SEND_CASE)
def task_done(reference: str, task: str) -> BaseResponse:
    """Write it down."""
    view, found = _found(reference, task)
    form = TaskDoneForm()
    if not form.validate_on_submit() or form.on.data is None:
        return _page(view, found, form, status=422)
    try:
        finish_task(current_user, reference, form.seen.data, task, form.on.data)
    except (StaleCase, NotPossible) as conflict:
        view, found = _found(reference, task)
        form.seen.data = view.version
        return _page(view, found, form, status=409, message=conflict.message)
    flash(_("Written down. The officer sees it and goes on."), "good")
    return redirect(url_for("cases.detail", reference=reference), code=303)


def _found(reference: str, key: str) -> tuple[CaseView, Task]:
    view = open_case(current_user, reference)
    found = next((task for task in tasks_of(view) if task.what.key == key), None)
    if found is None:
        raise NotFound
    return view, found


def _page(
    view: CaseView, task: Task, form: TaskDoneForm, *, status: int = 200, message: str | None = None
) -> BaseResponse:
    page = render(
        "cases/task.html",
        status=status,
        message=message,
        case=view,
        kind=view.kind,
        task=task,
        possible=may_finish(view) and task.done_on is None,
        form=form,
    )
    return private_page(page)
