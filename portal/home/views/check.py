"""Am I in the record? The place, then NIK and name. The answer is *recorded* or *not found yet*, and no more."""

from __future__ import annotations

from flask import current_app, request
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.kiosks import this_kiosk
from portal.accounts.sessions import DEVICE_COOKIE, remember_device, this_device
from portal.cases.proposals.places import place_of, steps_from
from portal.core.errors import NotFound
from portal.core.nik import parse_nik
from portal.home.check_forms import CheckForm
from portal.home.checking import Checked, check
from portal.home.views import blueprint
from portal.registry.queries import Place
from portal.web.access import public
from portal.web.render import render, unkept_page


@blueprint.get("/cek")
@public
def check_where() -> BaseResponse:
    """What can be asked, then the place: the own village on a kiosk, else the provinces."""
    kiosk = this_kiosk()
    return _where_page(None, place_of(kiosk.village_id) if kiosk is not None else None)


@blueprint.get("/cek/di/<int:area_id>")
@public
def check_in(area_id: int) -> BaseResponse:
    """Regency, kecamatan and village, one list after the other."""
    return _where_page(area_id)


@blueprint.get("/cek/isi/<int:village_id>")
@public
def check_who(village_id: int) -> BaseResponse:
    """NIK and name. The browser gets its mark here, by which it is counted."""
    response = _who_page(village_id, CheckForm(formdata=None))
    remember_device(response, this_device().token, bool(current_app.config["SESSION_COOKIE_SECURE"]))
    return response


@blueprint.post("/cek/isi/<int:village_id>")
@public
def checked(village_id: int) -> BaseResponse:
    """The answer, with the way on. Nothing of what was typed is shown again, or kept."""
    form, place = CheckForm(), place_of(village_id)
    if place is None:
        raise NotFound
    if not form.validate():
        return _who_page(village_id, form, 422)
    device = this_device()
    keeps_mark = this_kiosk() is not None or request.cookies.get(DEVICE_COOKIE) == device.token
    answer = check(parse_nik(form.nik.data), form.name.data, village_id, device.hash if keeps_mark else None)
    return _answer_page(answer, place)


def _where_page(area_id: int | None, here: Place | None = None) -> BaseResponse:
    step = steps_from(area_id)
    if step is None:
        raise NotFound
    return unkept_page(render("public/check_where.html", step=step, here=here, at_start=area_id is None))


def _who_page(village_id: int, form: CheckForm, status: int = 200) -> BaseResponse:
    place = place_of(village_id)
    if place is None:
        raise NotFound
    page = render("public/check_who.html", form=form, place=place, village_id=village_id, status=status)
    return unkept_page(page)


def _answer_page(answer: Checked, place: Place) -> BaseResponse:
    return unkept_page(render("public/checked.html", answer=answer, place=place, status=429 if answer.over else 200))
