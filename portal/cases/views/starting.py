"""The list of submissions, the choice of a kind, and the beginning of a draft."""

from __future__ import annotations

from flask import Response, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.roles import Permission
from portal.cases.answers import Answers
from portal.cases.drafts import Draft, begin_draft, begun_draft
from portal.cases.following import submissions
from portal.cases.forms import EmptyForm
from portal.cases.kinds import BY_SLUG, KINDS, Kind
from portal.cases.kinds.base import Shown
from portal.cases.promises import promised_days, promised_hours
from portal.cases.views import blueprint
from portal.cases.voice import say
from portal.core.clock import zone
from portal.core.errors import NotFound
from portal.web.access import allowed
from portal.web.kept import kept_page
from portal.web.render import private_page, render

_HINTS = ("penyaluran", "program", "penglihatan", "kasus")


@blueprint.get("/pengajuan")
@allowed(Permission.SEND_CASE)
def index() -> BaseResponse:
    """What the member began and what the family sent."""
    found = submissions(current_user, request.args.get("hal", 1, type=int))
    there = zone(current_user.zone)
    page = render("cases/index.html", page=found, zone=there, url_of_page=_page_address, say=say)
    return private_page(page)


@blueprint.get("/pengajuan/baru")
@allowed(Permission.SEND_CASE)
@kept_page
def choose() -> Response:
    """What is it about?"""
    return render("cases/choose.html", kinds=[kind for kind in KINDS.values() if kind.listed])


@blueprint.get("/pengajuan/baru/<slug>")
@allowed(Permission.SEND_CASE)
def begin(slug: str) -> BaseResponse:
    """What the kind is for, what is needed, and how long it takes; and what was begun before, if anything."""
    kind, hints = _kind(slug), _hints()
    if kind.begun_from and kind.begun_from not in hints:
        return redirect(url_for("cases.index"), code=303)
    begun = begun_draft(current_user, kind)
    page = render(
        "cases/begin.html",
        kind=kind,
        hours=promised_hours(kind.key),
        days=None if promised_hours(kind.key) else promised_days(kind.key, "sent"),
        hints=hints,
        begun=begun,
        before=kind.subject(begun.answers, begun.world) if begun else None,
        now=_other_subject(begun, kind.begin(hints)) if begun else None,
        say=say,
        form=EmptyForm(),
    )
    return private_page(page)


@blueprint.post("/pengajuan/baru/<slug>")
@allowed(Permission.SEND_CASE)
def begin_now(slug: str) -> BaseResponse:
    """Make the draft, or go on with the one that was begun before: about what it was, or about what led here now."""
    kind = _kind(slug)
    if request.form.get("as_begun"):
        return redirect(url_for("cases.check", draft_id=begin_draft(current_user, kind, {})), code=303)
    hints = _hints()
    draft_id = begin_draft(current_user, kind, hints)
    first = kind.steps_for(kind.begin(hints))[0]
    return redirect(url_for("cases.step", draft_id=draft_id, page=first.key), code=303)


def _other_subject(begun: Draft, known: Answers) -> Shown | None:
    """What led here, where the draft that was begun is about something else; None where they agree."""
    if all(begun.answers.get(name) in (None, "", value) for name, value in known.items()):
        return None
    return begun.kind.subject(begun.answers | known, begun.world)


def _page_address(page: int) -> str:
    return url_for("cases.index", hal=page)


def _kind(slug: str) -> Kind:
    if slug not in BY_SLUG:
        raise NotFound
    return BY_SLUG[slug]


def _hints() -> dict[str, str]:
    """What the page that led here knew: a payment, a programme or a look."""
    return {name: request.values[name] for name in _HINTS if request.values.get(name)}
