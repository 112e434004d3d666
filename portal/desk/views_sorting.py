"""The address where free words are sorted."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse
from wtforms import IntegerField
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from portal.accounts.roles import Permission
from portal.cases.groups import GROUPS
from portal.cases.kinds.told import Told
from portal.cases.moves import NotPossible, StaleCase
from portal.core.errors import NotFound
from portal.desk import service
from portal.desk.blueprint import blueprint
from portal.desk.sorting import kinds_for, sort_case
from portal.web.access import allowed
from portal.web.forms import BaseForm, Needed, SelectField
from portal.web.render import render, unkept_page


class SortForm(BaseForm):
    """What the words are about."""

    seen = IntegerField(validators=[InputRequired()], widget=HiddenInput())
    kind = SelectField(
        _l("What is it about?"),
        [Needed(_l("Choose what it is about."))],
        hint=_l("The family reads what you choose, and the promise of that kind begins today."),
    )


@blueprint.get("/petugas/kasus/<reference>/jenis")
@allowed(Permission.WORK_CASES)
def sorting(reference: str) -> BaseResponse:
    """The words, and what they may be."""
    return _page(reference)


@blueprint.post("/petugas/kasus/<reference>/jenis")
@allowed(Permission.WORK_CASES)
def sort(reference: str) -> BaseResponse:
    """Say what they are."""
    form = SortForm()
    opened = service.open_case(current_user, reference, noted=False)
    form.kind.choices = _choices(opened)
    if not form.validate_on_submit():
        return _page(reference, form, 422)
    try:
        sort_case(current_user, reference, form.seen.data, form.kind.data)
    except (StaleCase, NotPossible) as refused:
        flash(_(refused.message), "stop")
    else:
        flash(_("Sorted. The family has been told."), "good")
    return redirect(url_for("desk.case", reference=reference), code=303)


def _page(reference: str, form: SortForm | None = None, status: int = 200) -> BaseResponse:
    opened = service.open_case(current_user, reference)
    if not isinstance(opened.view.kind, Told):
        raise NotFound
    if form is None:
        form = SortForm(formdata=None, data={"seen": opened.view.version})
        form.kind.choices = _choices(opened)
    words = opened.view.answers.get("words", "")
    return unkept_page(render("desk/sorting.html", case=opened.view, words=words, form=form, status=status))


def _choices(opened: service.DeskCase) -> list[tuple[str, str]]:
    """The kinds in the order of the first screen, each after the choice that it stands behind."""
    offered = kinds_for(needs_two=opened.view.needs_two)
    order = list(GROUPS)
    ordered = sorted(offered, key=lambda kind: order.index(kind.group))
    return [("", _("Choose")), *((one.key, f"{_(GROUPS[one.group].title)}: {_(one.title)}") for one in ordered)]
