"""The address of a note on a case."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.roles import Permission
from portal.cases.answers import clean
from portal.cases.moves import MAX_WORDS
from portal.desk import notes
from portal.desk.blueprint import blueprint
from portal.web.access import allowed
from portal.web.forms import AtLeast, BaseForm, LongTextField, Needed, TickField
from portal.web.render import render, unkept_page


class NoteForm(BaseForm):
    """A note, and whether it would show who reported."""

    words = LongTextField(
        _l("Note"),
        [Needed(_l("Write the note.")), AtLeast(5)],
        hint=_l("The family reads it, unless you tick below. Write what was found, not what you suppose."),
        limit=MAX_WORDS,
        rows=4,
    )
    protects = TickField(
        _l("Hide it from the family, because it would show who reported"),
        hint=_l("Only for this reason. The officers of this submission see it, with a mark and your name."),
    )


@blueprint.get("/petugas/kasus/<reference>/catatan")
@allowed(Permission.WORK_CASES)
def note(reference: str) -> BaseResponse:
    """The form."""
    notes.may_note(current_user, reference)
    return _page(reference, NoteForm())


@blueprint.post("/petugas/kasus/<reference>/catatan")
@allowed(Permission.WORK_CASES)
def write_note(reference: str) -> BaseResponse:
    """Put the note on the path."""
    notes.may_note(current_user, reference)
    form = NoteForm()
    if not form.validate_on_submit():
        return _page(reference, form, status=422)
    hidden = bool(form.protects.data)
    notes.add_note(current_user, reference, clean(form.words.data), hidden=hidden)
    flash(
        _("Written down, hidden from the family.") if hidden else _("Written down. The family has been told."), "good"
    )
    return redirect(url_for("desk.case", reference=reference), code=303)


def _page(reference: str, form: NoteForm, status: int = 200) -> BaseResponse:
    return unkept_page(render("desk/note.html", form=form, reference=reference, status=status))
