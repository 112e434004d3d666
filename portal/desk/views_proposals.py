"""The addresses of the proposals that came without a login."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.roles import Permission
from portal.cases.answers import clean
from portal.cases.moves import NotPossible, StaleCase
from portal.cases.path import LEVELS, path_steps
from portal.cases.views.papers import paper_response
from portal.cases.voice import spoken_path
from portal.cases.workflow import CLOSED, Move
from portal.core.clock import today, zone, zone_of_area
from portal.core.errors import NotFound
from portal.core.nik import mask
from portal.desk import proposals as service
from portal.desk.blueprint import blueprint
from portal.desk.forms import DECISIONS, DeskForm
from portal.desk.movers import said_beside
from portal.desk.proposal_forms import STEPS, NikForm
from portal.web.access import allowed
from portal.web.render import render, unkept_page


@blueprint.get("/petugas/usulan")
@allowed(Permission.SEE_PROPOSALS)
def proposals() -> BaseResponse:
    """The proposals of the officer's villages."""
    closed = request.args.get("status") == "selesai"
    found = service.proposals_of_area(current_user, closed=closed)
    day, there = today(current_user.zone), zone(current_user.zone)
    return unkept_page(render("desk/proposals.html", found=found, closed=closed, day=day, zone=there))


@blueprint.get("/petugas/usulan/<reference>")
@allowed(Permission.SEE_PROPOSALS)
def proposal(reference: str) -> BaseResponse:
    """What was said, what can be done, and the path."""
    return _page(reference)


@blueprint.get("/petugas/usulan/foto/<uuid:public_id>")
@allowed(Permission.SEE_PROPOSALS)
def proposal_photo(public_id: UUID) -> BaseResponse:
    """A photo that came with a proposal."""
    return paper_response(*service.read_photo(current_user, public_id))


@blueprint.post("/petugas/usulan/<reference>/langkah/<name>")
@allowed(Permission.WORK_CASES)
def move_proposal(reference: str, name: str) -> BaseResponse:
    """One move of the long way."""
    if name not in STEPS:
        raise NotFound
    moves, form_class, _word = STEPS[name]
    form = form_class()
    if "fields" in form:
        form["fields"].choices = []

    def made(seen: int) -> None:
        move = Move(form["decision"].data) if "decision" in form else next(iter(moves))
        service.move_proposal(current_user, reference, seen, move, _words(form), said_beside(form))

    return _done(reference, form, name, made, _("Written down."))


@blueprint.post("/petugas/usulan/<reference>/nik-ada")
@allowed(Permission.WORK_CASES)
def proposal_nik_came(reference: str) -> BaseResponse:
    """The person has a NIK now."""
    form = NikForm()
    came: Callable[[int], None] = lambda seen: service.nik_came(current_user, reference, seen, form.nik.data or "")  # noqa: E731
    return _done(reference, form, "nik", came, _("The NIK is written down."))


@blueprint.post("/petugas/usulan/<reference>/hubungkan")
@allowed(Permission.SEE_PROPOSALS)
def link_proposal(reference: str) -> BaseResponse:
    """Look whether the record has the family now."""
    if service.link_proposal(current_user, reference):
        flash(_("It is joined with the family in the record."), "good")
    else:
        flash(_("The record of your villages does not have this family now."), "info")
    return redirect(url_for("desk.proposal", reference=reference), code=303)


@blueprint.post("/petugas/usulan/<reference>/nik")
@allowed(Permission.REVEAL_NUMBER)
def show_proposal_nik(reference: str) -> BaseResponse:
    """The whole NIK, which is traced."""
    return _page(reference, nik=service.shown_nik(current_user, reference))


def _done(reference: str, form: DeskForm, name: str, made: Callable[[int], None], said: str) -> BaseResponse:
    if not form.validate_on_submit():
        return _page(reference, form, name, status=422)
    try:
        made(form.seen.data)
    except (StaleCase, NotPossible) as refused:
        return _page(reference, form, name, status=409, message=refused.message)
    flash(said, "good")
    return redirect(url_for("desk.proposal", reference=reference), code=303)


def _words(form: DeskForm) -> str:
    name = next((one for one in ("words", "question", "reason") if one in form), None)
    return clean(form[name].data or "") if name else ""


def _page(
    reference: str,
    sent: DeskForm | None = None,
    sent_name: str = "",
    *,
    status: int = 200,
    message: str | None = None,
    nik: str | None = None,
) -> BaseResponse:
    view = service.open_proposal(current_user, reference)
    there = zone(zone_of_area(view.place.village_id))
    path = [replace(step, actor_name=step.actor_name or _("the proposer")) for step in view.path]
    works = current_user.may(Permission.WORK_CASES) and not (view.is_kin or view.is_recorder)
    page = render(
        "desk/proposal.html",
        status=status,
        message=message,
        view=view,
        info=view.info,
        nik=nik or (mask(view.answers["nik"]) if view.answers["nik"] else None),
        nik_is_whole=nik is not None,
        may_show_nik=current_user.may(Permission.REVEAL_NUMBER),
        steps=_steps(view, sent, sent_name, works),
        nik_form=sent if isinstance(sent, NikForm) else NikForm(formdata=None),
        may_write_nik=works and view.state not in CLOSED and not view.answers["nik"],
        path=spoken_path(path_steps(path, view.state, view.promised_on), there),
        level_words=LEVELS[view.level],
        days_left=(view.promised_on - today(zone_of_area(view.place.village_id))).days,
        zone=there,
    )
    return unkept_page(page)


def _steps(view: service.ProposalView, sent: DeskForm | None, sent_name: str, works: bool) -> list[dict[str, Any]]:
    """The moves that are open now, each with its form: the one that came back as it is, the others fresh."""
    open_now = set(view.moves) | ({Move.ANSWER} if view.state == "needs_more" and works else set())
    found: list[dict[str, Any]] = []
    for name, (moves, form_class, word) in STEPS.items():
        if moves.isdisjoint(open_now):
            continue
        back = sent is not None and name == sent_name
        form = sent if back and sent is not None else form_class(formdata=None)
        if "decision" in form:
            form["decision"].choices = [(move.value, said) for move, said in DECISIONS.items() if move in open_now]
            form["fields"].choices = []
        fields = [field for field in form if field.name not in ("csrf_token", "seen", "fields")]
        found.append({"name": name, "word": word, "fields": fields, "open": back})
    return found
