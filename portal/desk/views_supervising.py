"""The addresses of whoever oversees an area: who has how much, and giving cases to somebody else."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.roles import Permission
from portal.cases.answers import clean
from portal.cases.moves import MAX_WORDS
from portal.core.clock import today
from portal.core.errors import NotFound
from portal.desk import supervising
from portal.desk.blueprint import blueprint
from portal.desk.lanes import Place
from portal.desk.queue import Filters, lines_of_officer
from portal.desk.supervising import Given, Load
from portal.desk.turning import place_asked, turns
from portal.web.access import allowed
from portal.web.forms import AtLeast, BaseForm, LongTextField, Needed, SelectField
from portal.web.render import render, unkept_page

NOBODY = "tanpa-petugas"
_CHOSEN = re.compile(r"([0-9A-Z-]{1,20}):(\d{1,9})")


class GiveForm(BaseForm):
    """To whom, and why."""

    to = SelectField(_l("Give them to"), [Needed(_l("Choose an officer."))])
    reason = LongTextField(
        _l("Reason"),
        [Needed(_l("Write the reason.")), AtLeast(10)],
        hint=_l("The families read it. For example: Pak Wahyu is on leave until the 30th."),
        limit=MAX_WORDS,
        rows=2,
    )


@blueprint.get("/petugas/beban")
@allowed(Permission.OVERSEE_CASES)
def load() -> BaseResponse:
    """Who has how much, who is late, who is away."""
    loads = supervising.load_of_area(current_user)
    return unkept_page(render("desk/load.html", loads=loads, nobody=NOBODY, today=today(current_user.zone)))


@blueprint.get("/petugas/beban/<officer>")
@allowed(Permission.OVERSEE_CASES)
def load_of(officer: str) -> BaseResponse:
    """The open cases of one officer, to be given to another."""
    return _page(_officer(officer), _form(officer))


@blueprint.post("/petugas/beban/<officer>")
@allowed(Permission.OVERSEE_CASES)
def give(officer: str) -> BaseResponse:
    """Give the ticked cases to another officer."""
    holder, form, chosen = _officer(officer), _form(officer), chosen_cases()
    if not form.validate_on_submit() or not chosen:
        if not chosen:
            form.form_errors.append(_("Tick at least one submission."))
        return _page(holder, form, status=422)
    given = supervising.give(current_user, chosen, UUID(form.to.data), clean(form.reason.data))
    if given.done:
        words = ngettext("%(num)s submission given. The family has been told.",
                         "%(num)s submissions given. The families have been told.", given.done)  # fmt: skip
        flash(words, "good")
    if given.left:
        return _page(_officer(officer), form, status=409, given=given)
    return redirect(url_for("desk.load"), code=303)


def chosen_cases() -> list[tuple[str, int]]:
    """The ticked cases, each with the version that the page showed."""
    found = (_CHOSEN.fullmatch(one) for one in request.form.getlist("case"))
    return [(one[1], int(one[2])) for one in found if one]


def _officer(word: str) -> Load:
    if word == NOBODY:
        return Load(None, None, _("Nobody"), "")
    try:
        wanted = UUID(word)
    except ValueError:
        raise NotFound from None
    return supervising.officer_of(current_user, wanted)


def _form(officer: str) -> GiveForm:
    form = GiveForm()
    holder = None if officer == NOBODY else officer
    others: Sequence[supervising.Taker] = supervising.takers(current_user, None)
    named = [(str(one.public_id), f"{one.name}, {one.title}") for one in others if str(one.public_id) != holder]
    form.to.choices = [("", _("Choose")), *named]
    return form


def _page(holder: Load, form: GiveForm, status: int = 200, given: Given | None = None) -> BaseResponse:
    place = place_asked()
    found = lines_of_officer(current_user, holder.staff_id, place)
    word = NOBODY if holder.public_id is None else str(holder.public_id)
    address: Callable[..., str] = partial(url_for, "desk.load_of", officer=word)
    # What stayed as it was is looked at again before it is ticked again.
    ticked = set() if given else {reference for reference, _seen in chosen_cases()}
    shown = render(
        "desk/load_of.html",
        status=status,
        holder=holder,
        lines=found.lines,
        ticked=ticked,
        all_ticked=request.args.get("semua") == "1",
        tick_all=address(**_at(place), semua=1),
        form=form if found.lines else GiveForm(formdata=None),  # else it is not on the page
        left=given.left if given else (),
        action=address(**_at(place)),
        turns=turns(found.before, found.after, lambda there: address(**_at(there))),
    )
    return unkept_page(shown)


def _at(place: Place | None) -> dict[str, str]:
    return Filters(place=place).arguments
