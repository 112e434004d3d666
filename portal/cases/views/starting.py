"""The list of submissions, the choice of a kind, and the beginning of a draft."""

from __future__ import annotations

from flask import Response, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.roles import Permission
from portal.cases.answers import Answers
from portal.cases.drafts import Draft, NotAlone, begin_draft, begun_draft
from portal.cases.emergency import numbers_of
from portal.cases.following import submissions
from portal.cases.forms import EmptyForm
from portal.cases.groups import GROUPS, has_kinds, kinds_of
from portal.cases.kinds import BY_SLUG, Kind
from portal.cases.kinds.base import Group, Shown
from portal.cases.life_events import bundled
from portal.cases.pace_counting import own_pace
from portal.cases.promises import promised_days, promised_hours
from portal.cases.proposals.of_family import proposals_about
from portal.cases.views import blueprint
from portal.cases.voice import say
from portal.core.clock import zone
from portal.core.errors import NotFound
from portal.web.access import allowed
from portal.web.kept import kept_page
from portal.web.nav import page_url
from portal.web.render import private_page, render

_CALL_FIRST = ("112", "110", "119", "129")
_HINTS = ("penyaluran", "program", "penglihatan", "kasus", "peluang", "bidang", "anggota")


@blueprint.get("/pengajuan")
@allowed(Permission.SEND_CASE)
def index() -> BaseResponse:
    """What the member began and what the family sent."""
    found = submissions(current_user, request.args.get("hal", 1, type=int))
    there = zone(current_user.zone)
    page = render(
        "cases/index.html",
        page=found,
        bundles=bundled(found.drafts, found.cases),
        proposals=proposals_about(current_user),
        zone=there,
        url_of_page=_page_address,
        pace=own_pace(current_user),
        say=say,
    )
    return private_page(page)


@blueprint.get("/pengajuan/baru")
@allowed(Permission.SEND_CASE)
@kept_page
def choose() -> Response:
    """What is it about? Six plain choices."""
    choices = [(group, GROUPS[group], _way_into(group)) for group in has_kinds(GROUPS)]
    return render("cases/choose.html", choices=choices)


@blueprint.get("/pengajuan/baru/tentang/<group>")
@allowed(Permission.SEND_CASE)
@kept_page
def choose_kind(group: str) -> Response:
    """The kinds behind one of the choices."""
    if group not in set(Group):
        raise NotFound
    chosen = Group(group)
    first, others = kinds_of(chosen)
    return render(
        "cases/choose_kind.html",
        info=GROUPS[chosen],
        first=first,
        others=others,
        numbers=numbers_of(_CALL_FIRST) if chosen is Group.HELP else (),
        life_events=page_url("cases.life_events") if chosen is Group.CHANGED else None,
    )


def _way_into(group: Group) -> str:
    """The kinds of the choice, or the only one that it has."""
    first, _others = kinds_of(group)
    if len(first) == 1:
        return url_for("cases.begin", slug=first[0].slug)
    return url_for("cases.choose_kind", group=group.value)


@blueprint.get("/pengajuan/baru/<slug>")
@allowed(Permission.SEND_CASE)
def begin(slug: str) -> BaseResponse:
    """What the kind is for, what is needed, and how long it takes; and what was begun before, if anything."""
    kind, hints = _kind(slug), _hints()
    if kind.begun_from and kind.begun_from not in hints:
        return redirect(url_for("cases.index"), code=303)
    if _wants_alone(kind):
        return private_page(render("cases/alone.html", kind=kind, status=403))
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
        pace=own_pace(current_user),
        form=EmptyForm(),
        numbers=numbers_of(kind.numbers),
        group=kind.group.value if any(kinds_of(kind.group)) else None,
    )
    return private_page(page)


@blueprint.post("/pengajuan/baru/<slug>")
@allowed(Permission.SEND_CASE)
def begin_now(slug: str) -> BaseResponse:
    """Make the draft, or go on with the one that was begun before: about what it was, or about what led here now."""
    kind = _kind(slug)
    if _wants_alone(kind):
        raise NotAlone
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


def _wants_alone(kind: Kind) -> bool:
    """Whether an officer sits beside the member who wants to send what only two officers of the office open."""
    return current_user.helper is not None and kind.is_alone({})


def _page_address(page: int) -> str:
    return url_for("cases.index", hal=page)


def _kind(slug: str) -> Kind:
    if slug not in BY_SLUG or BY_SLUG[slug].from_office:
        raise NotFound
    return BY_SLUG[slug]


def _hints() -> dict[str, str]:
    """What the page that led here knew: a payment, a programme, a look, or a fact of the record and its member."""
    return {name: request.values[name] for name in _HINTS if request.values.get(name)}
