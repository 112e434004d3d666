"""The address of the search. What is searched for is posted: a number never stands in an address."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.roles import Permission
from portal.core.clock import zone
from portal.core.nik import strip_separators
from portal.desk import search
from portal.desk.blueprint import blueprint
from portal.desk.search_words import By, NothingToFind, wanted
from portal.web.access import allowed
from portal.web.forms import AtMost, BaseForm, Needed, SelectField, TextField
from portal.web.render import render, unkept_page

_LONGEST = 100


class SearchForm(BaseForm):
    """One line for everything, and where to look for a name."""

    words = TextField(
        _l("Reference, name, NIK, No. KK or NKKS"),
        [Needed(_l("Write what you look for.")), AtMost(_LONGEST)],
        hint=_l("Only in your own villages. What you look for is kept, and the family can read that you looked."),
        autocomplete="off",
    )
    village = SelectField(_l("Kecamatan or village, for a name"), coerce=int)


@blueprint.get("/petugas/cari", endpoint="search")
@allowed(Permission.WORK_CASES)
def ask() -> BaseResponse:
    """The form."""
    return _page(_form(search.own_places(current_user)))


@blueprint.post("/petugas/cari")
@allowed(Permission.WORK_CASES)
def find() -> BaseResponse:
    """What was found."""
    places = search.own_places(current_user)
    form = _form(places)
    if not form.validate_on_submit():
        return _page(form, status=422)
    try:
        sought = wanted(form.words.data or "")
    except NothingToFind as nothing:
        form.words.errors = [_(str(nothing))]
        return _page(form, status=422)
    if sought.by is By.NAME and not form.village.data and len(places.villages) > search.VILLAGES_AT_ONCE:
        form.village.errors = [
            _("Your area is large. Choose the kecamatan or the village in which to look for a name.")
        ]
        return _page(form, status=422)
    return _page(form, found=search.search(current_user, sought, form.village.data or None))


def _form(places: search.Places) -> SearchForm:
    form = SearchForm(formdata=request.form if request.method == "POST" else None)
    whole = [
        (area, _("Kecamatan %(name)s, all %(number)s villages", name=name, number=number))
        for area, name, number in places.kecamatan
    ]
    form.village.choices = [(0, _("All my villages")), *whole, *places.villages]
    return form


def _page(form: SearchForm, found: search.Found | None = None, status: int = 200) -> BaseResponse:
    if strip_separators(form.words.data or "").isdigit():
        form.words.data = ""  # a number is not drawn again: it stays in nobody's cache or view
    page = render(
        "desk/search.html", form=form, found=found, zone=zone(current_user.zone), most=search.MOST, status=status
    )
    return unkept_page(page)
