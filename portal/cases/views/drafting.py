"""The pages of a draft: one group of questions each, then the answers read back, then sending."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.own_sessions import WRONG_PIN, prove_pin
from portal.accounts.roles import Permission
from portal.accounts.views.blueprint import wait_words
from portal.cases.answers import collect, initial
from portal.cases.drafts import Draft, NotAlone, discard, load_draft, save_step
from portal.cases.forms import EmptyForm, OwnPinForm, SendForm
from portal.cases.kinds import PAPERS_PAGE, Step
from portal.cases.outdated import CHOOSE_AGAIN, outdated_step
from portal.cases.owners import overlaps
from portal.cases.sending import DraftChanged, NotComplete, SentOtherwise, answered_by, send
from portal.cases.views import blueprint
from portal.cases.voice import say
from portal.cases.writing import Writer
from portal.core.errors import NotFound
from portal.programs.terms import SURENESS_WORDS
from portal.web.access import allowed
from portal.web.forms import BaseForm
from portal.web.render import private_page, render

NARROW = "narrow"  # a list was chosen from: draw the lists below it anew, keep nothing


@blueprint.get("/pengajuan/draf/<uuid:draft_id>/<page>")
@allowed(Permission.SEND_CASE)
def step(draft_id: UUID, page: str) -> BaseResponse:
    """One page of questions."""
    return show_step(load_draft(current_user, draft_id), page)


def show_step(draft: Draft, page: str) -> BaseResponse:
    """The page of questions of that key."""
    asked = _asked(draft, page)
    form = asked.form(data=initial(asked.form, draft.answers))
    asked.prepare(form, draft.world)
    asked.adapt(form, draft.world, draft.answers)
    return _step_page(draft, asked, form)


@blueprint.post("/pengajuan/draf/<uuid:draft_id>/<page>")
@allowed(Permission.SEND_CASE)
def save(draft_id: UUID, page: str) -> BaseResponse:
    """Keep the answers of a page and go on; wrong ones come back with everything that was typed."""
    return keep_step(current_user, load_draft(current_user, draft_id), page)


def keep_step(writer: Writer, draft: Draft, page: str) -> BaseResponse:
    """Keep what was answered on the page of that key."""
    asked = _asked(draft, page)
    form = asked.form()
    asked.prepare(form, draft.world)
    asked.adapt(form, draft.world, draft.answers)
    if NARROW in request.form:
        return _step_page(draft, asked, form)
    if not form.validate_on_submit():
        return _step_page(draft, asked, form, status=422)
    draft = save_step(writer, draft.id, page, collect(form))
    if draft.alone and writer.helper is not None:
        flash(_(NotAlone.message), "stop")
        return redirect(url_for("cases.index"), code=303)
    return to_page(draft, draft.first_open_step())


@blueprint.get("/pengajuan/draf/<uuid:draft_id>/periksa")
@blueprint.get("/pengajuan/draf/<uuid:draft_id>/kirim", alias=True)  # a POST's address, opened again
@allowed(Permission.SEND_CASE)
def check(draft_id: UUID) -> BaseResponse:
    """The answers read back, before sending."""
    draft = load_draft(current_user, draft_id)
    missing = page_to_answer(draft)
    if missing is not None:
        return to_page(draft, missing)
    return check_page(draft)


def page_to_answer(draft: Draft) -> str | None:
    """The page to be answered before it can be sent, also once more; what is otherwise now is said."""
    missing = draft.first_open_step()
    outdated = outdated_step(draft) if missing is None else None
    if outdated is not None:
        flash(_(CHOOSE_AGAIN), "stop")
    return missing or outdated


@blueprint.post("/pengajuan/draf/<uuid:draft_id>/kirim")
@allowed(Permission.SEND_CASE)
def send_now(draft_id: UUID) -> BaseResponse:
    """Send. A second post of the same answers with the first one's reference; other answers are refused."""
    refused = _not_yet(draft_id)
    if refused is not None:
        return refused
    try:
        sent = send(current_user, draft_id, request.form.get("seen", ""))
    except SentOtherwise as other:
        page = render("cases/sent_otherwise.html", reference=other.reference, message=other.message, status=409)
        return private_page(page)
    except DraftChanged as changed:
        draft = load_draft(current_user, draft_id)
        missing = draft.first_open_step()
        return to_page(draft, missing) if missing else check_page(draft, status=409, message=changed.message)
    except NotComplete as incomplete:
        return to_page(load_draft(current_user, draft_id), incomplete.step)
    return redirect(url_for("cases.sent", reference=sent.reference), code=303)


def _not_yet(draft_id: UUID) -> BaseResponse | None:
    """The page to answer once more, or that asks for the own PIN; None where it can be sent."""
    try:
        draft = load_draft(current_user, draft_id)
    except NotFound:  # sent before: ``send`` says so
        return None
    missing = page_to_answer(draft)
    return to_page(draft, missing) if missing else _ask_pin(draft)


def _ask_pin(draft: Draft) -> BaseResponse | None:
    """None where no own PIN is asked for or it was right; else the answers read back, with what was wrong."""
    if not draft.kind.own_pin:
        return None
    if current_user.helper is not None:
        raise NotAlone
    form = OwnPinForm()
    if not form.validate():
        return check_page(draft, status=422, form=form)
    refused = prove_pin(current_user, form.pin.data)
    if refused is None:
        return None
    form.pin.errors = (wait_words(refused.wait) if refused.wait else _(WRONG_PIN),)
    response = check_page(draft, status=429 if refused.wait else 422, form=form)
    if refused.wait:
        response.headers["Retry-After"] = str(refused.wait)
    return response


@blueprint.get("/pengajuan/draf/<uuid:draft_id>/hapus")
@allowed(Permission.SEND_CASE)
def ask_discard(draft_id: UUID) -> BaseResponse:
    """Throw it away? Asked once, since it cannot be undone."""
    draft, back = load_draft(current_user, draft_id), url_for("cases.index")
    return private_page(render("cases/discard.html", draft=draft, form=EmptyForm(), frame="base.html", back=back))


@blueprint.post("/pengajuan/draf/<uuid:draft_id>/hapus")
@allowed(Permission.SEND_CASE)
def discard_now(draft_id: UUID) -> BaseResponse:
    """Throw the draft away."""
    discard(current_user, draft_id)
    return redirect(url_for("cases.index"), code=303)


def to_page(draft: Draft, page: str | None) -> BaseResponse:
    """Go to a page of the draft, or to the answers read back where none is missing."""
    if page is None:
        return redirect(url_for(f"{_at(draft)}.check", draft_id=draft.id), code=303)
    return redirect(address_of(draft, page), code=303)


def check_page(
    draft: Draft, status: int = 200, message: str | None = None, form: SendForm | None = None
) -> BaseResponse:
    """The page of the answers read back; ``form`` is one that came back."""
    fresh = OwnPinForm if draft.kind.own_pin else SendForm
    restricted = draft.kind.is_restricted(draft.answers)
    page = render(
        "cases/check.html",
        status=status,
        message=message or draft.kind.not_now(draft.answers, draft.world),
        draft=draft,
        kind=draft.kind,
        rows=draft.kind.rows(draft.answers, draft.world),
        restricted=restricted,
        effects=draft.kind.effects(draft.answers, draft.world),
        tasks=draft.kind.elsewhere(draft.answers, draft.world),
        overlaps=overlaps(current_user, draft),
        sureness=SURENESS_WORDS,
        due=answered_by(draft, restricted=restricted),
        form=form or fresh(formdata=None, data={"seen": draft.seen}),
        change_address=lambda page: address_of(draft, page),
        say=say,
        **way(draft, "periksa"),
    )
    return private_page(page)


def way(draft: Draft, page: str) -> dict[str, Any]:
    """Where the page stands: its number, how many there are, the one before, and whose pages they are."""
    keys = [*draft.pages, "periksa"]
    number = keys.index(page) + 1 if page in keys else 1
    before = _beginning(draft) if number == 1 else address_of(draft, keys[number - 2])
    frame = "base.html" if draft.place is None else "base_staff.html"
    return {"number": number, "count_of_pages": len(keys), "before": before, "at": _at(draft), "frame": frame}


def address_of(draft: Draft, page: str) -> str:
    """The address of a page of the draft."""
    if page == PAPERS_PAGE:
        return url_for(f"{_at(draft)}.papers", draft_id=draft.id)
    return url_for(f"{_at(draft)}.step", draft_id=draft.id, page=page)


def _at(draft: Draft) -> str:
    """The blueprint whose pages ask: the member's, or those of the officer who writes down. Both name them alike."""
    return "cases" if draft.place is None else "helping"


def _beginning(draft: Draft) -> str:
    if draft.place is None:
        return url_for("cases.begin", slug=draft.kind.slug)
    return url_for("helping.person_of_draft", draft_id=draft.id)


def _asked(draft: Draft, page: str) -> Step:
    asked = draft.kind.step(page)
    if asked is None or (asked.alone and draft.place is not None):
        raise NotFound
    return asked


def _step_page(draft: Draft, asked: Step, form: BaseForm, status: int = 200) -> BaseResponse:
    return private_page(
        render(
            asked.template,
            block="questions",
            status=status,
            draft=draft,
            kind=draft.kind,
            step=asked,
            form=form,
            **way(draft, asked.key),
        )
    )
