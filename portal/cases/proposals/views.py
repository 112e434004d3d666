"""The public pages of a proposal: where, who and why, the slip, and following it."""

from __future__ import annotations

from typing import Any

import segno
from flask import current_app, url_for
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.kiosks import this_kiosk
from portal.accounts.sessions import remember_device, this_device
from portal.accounts.signin import Refused
from portal.accounts.views.blueprint import refused_page, wait_words
from portal.cases.answers import clean
from portal.cases.path import LEVELS
from portal.cases.proposals.forms import ProposalForm, SlipAnswerForm, SlipForm
from portal.cases.proposals.places import Step, place_of, steps_from
from portal.cases.proposals.sending import Followed, SentOtherwise, answer, follow, send_proposal
from portal.cases.tracing import looks_like_reference
from portal.cases.views import blueprint
from portal.cases.voice import say
from portal.cases.workflow import LONG, Move
from portal.core.db import ANONYMOUS, Scope
from portal.core.errors import NotFound
from portal.core.ids import tidy_reference
from portal.core.nik import parse_nik
from portal.core.wording import Message
from portal.registry.queries import Place
from portal.web.access import public
from portal.web.render import render, unkept_page


@blueprint.get("/usul")
@public
def propose() -> BaseResponse:
    """What a proposal is, then the place: the own village on a kiosk, else the provinces."""
    kiosk = this_kiosk()
    return _where_page(None, place_of(kiosk.village_id) if kiosk is not None else None)


@blueprint.get("/usul/di/<int:area_id>")
@public
def propose_in(area_id: int) -> BaseResponse:
    """Regency, kecamatan and village, one list after the other."""
    return _where_page(area_id)


@blueprint.get("/usul/isi/<int:village_id>")
@public
def propose_who(village_id: int) -> BaseResponse:
    """Who and why."""
    return _who_page(village_id, ProposalForm(formdata=None))


@blueprint.post("/usul/isi/<int:village_id>")
@public
def propose_send(village_id: int) -> BaseResponse:
    """Store it and show the slip. The same form again shows the same slip; the answer is one and the same for every
    NIK."""
    form = ProposalForm()
    if not form.validate() or not form.once_key.data:
        return _who_page(village_id, form, 422)
    device = this_device()
    try:
        slip = send_proposal(_scope(), village_id, _answers(form), form.once_key.data, device.hash)
    except SentOtherwise as other:
        return _who_page(village_id, form, 409, message=other.message)
    if isinstance(slip, Refused):
        form.form_errors.append(wait_words(slip.wait))
        response = _who_page(village_id, form, 429)
        response.headers["Retry-After"] = str(slip.wait)
    else:
        place, no_nik = place_of(village_id), form.no_nik.data
        page = render(
            "proposals/slip.html", slip=slip, place=place, no_nik=no_nik, frame=_frame(), **_picture(slip.reference)
        )
        response = unkept_page(page)
    remember_device(response, device.token, bool(current_app.config["SESSION_COOKIE_SECURE"]))
    return response


@blueprint.get("/usul/lihat")
@public
def follow_proposal() -> BaseResponse:
    """The number and the code of the slip."""
    return unkept_page(render("proposals/follow.html", form=SlipForm(formdata=None)))


@blueprint.get("/usul/<reference>")
@public
def follow_proposal_of(reference: str) -> BaseResponse:
    """The same, with the number there already: the picture on the slip leads here."""
    if not looks_like_reference(reference):
        raise NotFound
    form = SlipForm(formdata=None, data={"reference": tidy_reference(reference)})
    return unkept_page(render("proposals/follow.html", form=form))


@blueprint.post("/usul/lihat")
@public
def followed_proposal() -> BaseResponse:
    """The state alone and what was asked, or one and the same sentence whatever was wrong."""
    form = SlipForm()
    if not form.validate():
        return unkept_page(render("proposals/follow.html", form=form, status=422))
    device = this_device()
    found = follow(form.reference.data, form.code.data, device.hash)
    if isinstance(found, Refused):
        wrong = _("Nothing can be shown for this number and this code. Read both again on your slip.")
        response = refused_page("proposals/follow.html", form, found, wrong)
    else:
        slip = {"reference": form.reference.data, "code": form.code.data, "seen": found.version}
        response = followed_page(found, SlipAnswerForm(formdata=None, data=slip))
    remember_device(response, device.token, bool(current_app.config["SESSION_COOKIE_SECURE"]))
    return response


@blueprint.post("/usul/jawab")
@public
def answer_proposal() -> BaseResponse:
    """Answer what the officer asked; the slip is shown again."""
    form, device = SlipAnswerForm(), this_device()
    valid = form.validate()
    done = ""
    if valid:
        words = clean(form.words.data)
        done = answer(form.reference.data, form.code.data, device.hash, form.seen.data, words)
    found = follow(form.reference.data or "", form.code.data or "", device.hash)
    if isinstance(found, Refused):
        wrong = _("Nothing can be shown for this number and this code. Read both again on your slip.")
        return refused_page("proposals/follow.html", SlipForm(), found, wrong)
    if done == "done":
        return followed_page(found, form, message=_("Your answer has been sent to the officer."))
    return followed_page(found, form, status=422 if not valid else 409)


def _where_page(area_id: int | None, here: Place | None = None) -> BaseResponse:
    step: Step | None = steps_from(area_id)
    if step is None:
        raise NotFound
    page = render("proposals/where.html", step=step, here=here, at_start=area_id is None, frame=_frame())
    return unkept_page(page)


def _who_page(village_id: int, form: ProposalForm, status: int = 200, message: str | None = None) -> BaseResponse:
    place = place_of(village_id)
    if place is None:
        raise NotFound
    page = render(
        "proposals/who.html",
        form=form,
        place=place,
        village_id=village_id,
        message=message,
        status=status,
        frame=_frame(),
    )
    return unkept_page(page)


def followed_page(
    found: Followed, form: SlipAnswerForm, message: str | None = None, status: int = 200, tone: str = "good"
) -> BaseResponse:
    """Where it stands, with what its holder can do."""
    page = render(
        "proposals/followed.html",
        found=found,
        info=found.info,
        form=form,
        message=message,
        reference=tidy_reference(form.reference.data),
        next_words=say(Message(found.info.next, {"day": found.promised_on})),
        level_words=LEVELS[found.level],
        tone=tone,
        may_withdraw=found.state in LONG[Move.WITHDRAW].start,
        status=status,
    )
    return unkept_page(page)


def _picture(reference: str) -> dict[str, Any]:
    """The picture that leads to where the proposal is followed; it does not hold the code."""
    base = str(current_app.config["SETTINGS"].base_url).rstrip("/")
    code = segno.make(base + url_for("cases.follow_proposal_of", reference=reference), error="m")
    drawn = Markup(code.svg_inline(border=2, omitsize=True))  # noqa: S704 - segno draws it
    return {"picture": drawn, "address": base.partition("://")[2] + url_for("cases.follow_proposal")}


def _answers(form: ProposalForm) -> dict[str, str]:
    typed = {name: clean(form[name].data or "") for name in ("whom", "name", "address", "why", "contact")}
    return typed | {"nik": parse_nik(form.nik.data).clear if form.nik.data else ""}


def _scope() -> Scope:
    """An officer who writes it down says so; everybody else, signed in or not, is nobody here."""
    return current_user.scope if current_user.kind == "staff" else ANONYMOUS


def _frame() -> str:
    return "base_staff.html" if current_user.kind == "staff" else "base.html"
