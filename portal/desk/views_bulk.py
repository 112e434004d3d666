"""The address of one answer for several cases."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.roles import Permission
from portal.cases.answers import clean
from portal.cases.kinds import KINDS
from portal.cases.moves import MAX_WORDS
from portal.cases.voice import say
from portal.cases.workflow import Move
from portal.core.clock import today
from portal.core.errors import NotFound
from portal.desk import bulk as bundling
from portal.desk.blueprint import blueprint
from portal.desk.bulk import Answered, Cause
from portal.desk.ready_answers import answers_for, filled
from portal.desk.views_supervising import chosen_cases
from portal.programs.catalog import catalog_on
from portal.web.access import allowed
from portal.web.forms import AtLeast, BaseForm, LongTextField, Needed, RadiosField
from portal.web.languages import current_language
from portal.web.render import render, unkept_page

_MOVE_WORDS = {
    Move.ASK.value: _l("Ask the families for something"),
    Move.ACCEPT.value: _l("Accept"),
    Move.REFUSE.value: _l("Do not accept"),
}


class AnswerAllForm(BaseForm):
    """What is done with all of them, and the words that every family reads."""

    move = RadiosField(
        _l("What do you answer?"), [Needed(_l("Choose what you answer."))], choices=list(_MOVE_WORDS.items())
    )
    words = LongTextField(
        _l("Words to every family"),
        [Needed(_l("Write the words.")), AtLeast(10)],
        hint=_l("They must be right for each of them. Name nobody."),
        limit=MAX_WORDS,
        rows=5,
    )


@blueprint.get("/petugas/sekaligus")
@allowed(Permission.DECIDE_CASES)
def bulk() -> BaseResponse:
    """The causes that cases share; then the cases of one cause."""
    if "jenis" not in request.args:
        found = bundling.bundles(current_user)
        page = render("desk/bulk.html", bundles=found, cause=None, word_of=_word, say=say)
        return unkept_page(page)
    return _page(_cause(), AnswerAllForm())


@blueprint.post("/petugas/sekaligus")
@allowed(Permission.DECIDE_CASES)
def answer_all() -> BaseResponse:
    """Answer the ticked cases; or only fill in a ready answer."""
    cause, form, chosen = _cause(), AnswerAllForm(), chosen_cases()
    if request.form.get("fill"):
        form.words.data = filled(form.words.data, request.form.get("ready", ""), current_language())
        return _page(cause, form)
    if not form.validate_on_submit() or not chosen:
        if not chosen:
            form.form_errors.append(_("Tick at least one submission."))
        return _page(cause, form, status=422)
    done = bundling.answer_all(current_user, cause, chosen, Move(form.move.data), clean(form.words.data))
    if done.done:
        flash(ngettext("%(num)s family answered.", "%(num)s families answered.", done.done), "good")
    if done.left:
        return _page(cause, form, status=409, answered=done)
    return redirect(url_for("desk.bulk", **cause.arguments), code=303)


def _cause() -> Cause:
    given = request.args
    kind, program, day = given.get("jenis", ""), given.get("program", ""), given.get("per")
    if kind not in KINDS or not program:
        raise NotFound
    if day is None:
        return Cause(kind, program, given.get("tahun", 0, type=int), given.get("tahap", 0, type=int))
    try:
        return Cause(kind, program, ended_as_of=date.fromisoformat(day))
    except ValueError:
        raise NotFound from None


def _word(cause: Cause) -> str:
    """The programme with its stage, or with the extract that ended it."""
    name = say(catalog_on(today(current_user.zone)).name_of(cause.program))
    words: str = (
        _("%(program)s, stage %(stage)s of %(year)s", program=name, stage=cause.stage, year=cause.year)
        if cause.ended_as_of is None
        else _("%(program)s, ended by the data of %(day)s", program=name, day=say(cause.ended_as_of))
    )
    return words


def _page(cause: Cause, form: AnswerAllForm, status: int = 200, answered: Answered | None = None) -> BaseResponse:
    lines = bundling.lines(current_user, cause)
    page = render(
        "desk/bulk.html",
        status=status,
        cause=cause,
        kind=KINDS[cause.kind],
        word=_word(cause),
        lines=lines,
        ticked=set() if answered else {reference for reference, _seen in chosen_cases()},
        all_ticked=request.args.get("semua") == "1",
        tick_all=url_for("desk.bulk", semua=1, **cause.arguments),
        action=url_for("desk.bulk", **cause.arguments),
        form=form if lines else AnswerAllForm(formdata=None),  # else it is not on the page
        ready=answers_for(cause.kind, *bundling.MOVES),
        groups=_MOVE_WORDS,
        left=answered.left if answered else (),
        say=say,
    )
    return unkept_page(page)
