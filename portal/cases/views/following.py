"""The pages of a case that was sent: confirmation, path, answer, taking back, slip."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.roles import Permission
from portal.cases.answers import clean
from portal.cases.following import answer, mover_of, open_case, resume, withdraw
from portal.cases.forms import AnswerForm, SeenForm
from portal.cases.life_events import title_of
from portal.cases.loading import CaseView
from portal.cases.moves import NotPossible, StaleCase
from portal.cases.owners import may_finish, tasks_of
from portal.cases.papers import TOO_LARGE, PaperRefused, read_paper
from portal.cases.path import LEVELS, PARTS, path_steps
from portal.cases.places import place_of
from portal.cases.views import blueprint
from portal.cases.views.adding import paper_parts
from portal.cases.views.tracing import proof_parts, with_marks
from portal.cases.views.uploads import chosen_file, read_body, takes_files
from portal.cases.visit_words import found_rows
from portal.cases.voice import say, spoken_path
from portal.cases.workflow import Move, State, Track, can_move
from portal.core.clock import zone
from portal.core.ids import tidy_reference
from portal.core.wording import Message
from portal.extensions import db
from portal.web.access import allowed
from portal.web.forms import BaseForm
from portal.web.render import private_page, render


@blueprint.get("/pengajuan/<reference>")
@blueprint.get("/pengajuan/<reference>/jawab", alias=True)  # a POST's address, opened again
@allowed(Permission.SEND_CASE)
def detail(reference: str) -> BaseResponse:
    """Where the case stands, what the family can do, its path, and what was sent."""
    tidy = tidy_reference(reference)
    if tidy != reference:
        return redirect(url_for("cases.detail", reference=tidy), code=301)
    view = open_case(current_user, reference, reads=True)
    return _detail_page(view, AnswerForm(formdata=None, data={"seen": view.version}))


@blueprint.get("/pengajuan/<reference>/terkirim")
@allowed(Permission.SEND_CASE)
def sent(reference: str) -> BaseResponse:
    """The confirmation: the reference, what happens next, who answers and by when."""
    view = open_case(current_user, reference, reads=True)
    return private_page(render("cases/sent.html", **_context(view)))


@blueprint.get("/pengajuan/<reference>/cetak")
@allowed(Permission.SEND_CASE)
def slip(reference: str) -> BaseResponse:
    """The proof on a slip of paper."""
    context = _context(open_case(current_user, reference))
    back = url_for("cases.detail", reference=reference)
    return private_page(render("cases/slip.html", frame="base.html", back=back, **context))


@blueprint.post("/pengajuan/<reference>/jawab")
@allowed(Permission.SEND_CASE)
@takes_files
def answer_now(reference: str) -> BaseResponse:
    """Answer the officer's question."""
    view = open_case(current_user, reference)
    if not read_body():
        form = AnswerForm(formdata=None, data={"seen": view.version})
        form.file.errors = (_(TOO_LARGE), _("Write your answer again, and choose a smaller photo."))
        return _detail_page(view, form, status=413)
    form = AnswerForm()
    if not form.validate_on_submit():
        return _detail_page(view, form, status=422)
    file = chosen_file("file")
    try:
        pages = read_paper(file.stream) if file else ()
    except PaperRefused as refused:
        form.file.errors = (_(refused.reason),)
        return _detail_page(view, form, status=refused.status)
    try:
        answer(current_user, reference, form.seen.data, clean(form.words.data), pages)
    except (StaleCase, NotPossible) as conflict:
        return _detail_page(open_case(current_user, reference), form, status=409, message=conflict.message)
    flash(_("Your answer has been sent to the officer."), "good")
    return redirect(url_for("cases.detail", reference=reference), code=303)


@blueprint.post("/pengajuan/<reference>/lanjut")
@allowed(Permission.SEND_CASE)
def resume_now(reference: str) -> BaseResponse:
    """Go on without an answer to the question; wakes a case that rests."""
    try:
        resume(current_user, reference, request.form.get("seen", 0, type=int))
    except (StaleCase, NotPossible) as conflict:
        view = open_case(current_user, reference)
        form = AnswerForm(formdata=None, data={"seen": view.version})
        return _detail_page(view, form, status=409, message=conflict.message)
    flash(_("The officer goes on with it."), "good")
    return redirect(url_for("cases.detail", reference=reference), code=303)


@blueprint.get("/pengajuan/<reference>/batalkan")
@allowed(Permission.SEND_CASE)
def ask_withdraw(reference: str) -> BaseResponse:
    """Take it back? Asked once."""
    view = open_case(current_user, reference)
    if not can_move(Move.WITHDRAW, view.state, mover_of(current_user, view)):
        return redirect(url_for("cases.detail", reference=reference), code=303)
    form = SeenForm(formdata=None, data={"seen": view.version})
    return private_page(render("cases/withdraw.html", form=form, **_context(view)))


@blueprint.post("/pengajuan/<reference>/batalkan")
@allowed(Permission.SEND_CASE)
def withdraw_now(reference: str) -> BaseResponse:
    """Take the case back."""
    seen = request.form.get("seen", 0, type=int)
    try:
        withdraw(current_user, reference, seen)
    except (StaleCase, NotPossible) as conflict:
        view = open_case(current_user, reference)
        form = AnswerForm(formdata=None, data={"seen": view.version})
        return _detail_page(view, form, status=409, message=conflict.message)
    flash(_("You took this submission back."), "info")
    return redirect(url_for("cases.detail", reference=reference), code=303)


def _context(view: CaseView) -> dict[str, Any]:
    there = zone(view.zone)
    then = view.kind.once_accepted if view.state is State.ACCEPTED else None
    return {
        "case": view,
        "kind": view.kind,
        "event_title": title_of(view) if view.heading else None,
        "info": view.info,
        "next_words": say(Message(then or view.info.next, {"day": view.promised_on})),
        "zone": there,
        "path": with_marks(spoken_path(path_steps(view.events, view.state, view.promised_on, view.level), there), view),
        "level_words": LEVELS[view.level],
        "part_words": PARTS.get(view.visit_part or "", ""),
        "tasks": tasks_of(view),
        "may_finish": may_finish(view),
        "say": say,
        "found": found_rows(view.kind, view.world, view.visited) if view.visited else [],
        **proof_parts(view),
    }


def _detail_page(view: CaseView, form: BaseForm, *, status: int = 200, message: str | None = None) -> BaseResponse:
    mover = mover_of(current_user, view)
    may_answer = can_move(Move.ANSWER, view.state, mover)
    if not may_answer and form.errors:
        form, status, message = AnswerForm(formdata=None), 409, message or StaleCase.message  # it is not on the page
    page = render(
        "cases/detail.html",
        status=status,
        **_place_parts(view),
        message=message,
        form=form,
        rows=view.kind.rows(view.answers, view.world),
        may_answer=may_answer,
        may_disown=can_move(Move.DISOWN, view.state, mover),
        may_withdraw=can_move(Move.WITHDRAW, view.state, mover),
        may_resume=can_move(Move.RESUME, view.state, mover),
        may_appeal=_may_appeal(view),
        question=view.last_words(Move.ASK.value),
        decision=view.last_words(view.state.value),
        was_found=view.last_words(Move.VERIFY.value) if view.kind.track is Track.CLAIM else None,
        **paper_parts(view),
        **_context(view),
    )
    return private_page(page)


def _place_parts(view: CaseView) -> dict[str, Any]:
    """The place of a registration, once the places are given."""
    if view.state is not State.LISTED:
        return {"place": None}
    with db.begin(current_user.scope) as session:
        found = place_of(session, current_user, view.reference)
    return {"place": found, "place_means": say(found.meaning) if found else ""}


def _may_appeal(view: CaseView) -> bool:
    """Whether another officer may be asked: after a no, and once two confirmed what was found of the family."""
    about_us = view.kind.track is Track.CLAIM and view.state in (State.CENTRE, State.OUTCOME)
    return (about_us or view.state in (State.PARTLY, State.REFUSED)) and view.person_id == current_user.person_id
