"""The addresses of the desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from flask import Response, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.roles import Permission
from portal.cases.answers import clean
from portal.cases.kinds import KINDS
from portal.cases.kinds.told import Told
from portal.cases.life_events import title_of
from portal.cases.loading import CaseView
from portal.cases.moves import NotPossible, StaleCase
from portal.cases.owners import tasks_of
from portal.cases.paper_states import ADVICE, STATE_WORDS
from portal.cases.path import LEVELS, PARTS, path_steps
from portal.cases.sending import RECORDED
from portal.cases.views.papers import paper_response
from portal.cases.views.tracing import with_marks
from portal.cases.visit_words import found_rows
from portal.cases.visits import OBJECTED
from portal.cases.voice import say, spoken_path
from portal.cases.workflow import OPEN, STATES, Move
from portal.core.clock import now, today, zone
from portal.core.errors import NotFound
from portal.core.messages import N_
from portal.core.names import written_name
from portal.desk import service
from portal.desk.blueprint import blueprint
from portal.desk.forms import (
    DECISIONS,
    AskForm,
    CentreForm,
    ClearUpForm,
    ConfirmForm,
    DecideForm,
    DeskForm,
    LookedForm,
    MeetingForm,
    RecommendForm,
    StepForm,
    VisitForm,
)
from portal.desk.movers import said_beside
from portal.desk.notes import NOTE
from portal.desk.papers import LOOKED, may_mark
from portal.desk.queue import CLOSED, DUE, Count, Filters, Queue, read_queue
from portal.desk.queue import OPEN as STATE_OPEN
from portal.desk.ready_answers import answers_for
from portal.desk.turning import place_asked, turns
from portal.desk.urgent import COUNT_ID, hours_left, sealed_urgent
from portal.inbox.contacts import CHANNELS, OWNERS
from portal.registry.codes import RELATION, field_name
from portal.web.access import allowed
from portal.web.forms import LongTextField
from portal.web.htmx import wants_block
from portal.web.render import render, unkept_page

_END_OF_AREAS = 10**10  # no code has more digits
_POLL_FOR_S = 20 * 60  # then the officer refreshes: an unattended desk must not keep its session alive
#: The moves of which one shows a form on the page of the case.
_SHOWN_BY: dict[type[DeskForm], frozenset[Move]] = {
    DeskForm: frozenset({Move.TAKE, Move.TAKE_OVER}),
    AskForm: frozenset({Move.ASK}),
    VisitForm: frozenset({Move.SET_VISIT}),
    DecideForm: frozenset(DECISIONS),
    ClearUpForm: frozenset({Move.CLEAR_UP}),
}
STEP_WORDS: dict[Move, str] = {
    Move.RECOMMEND: N_("Finish looking into it, and recommend"),
    Move.MEETING: N_("Write down the village meeting"),
    Move.VERIFY: N_("Verify for the kecamatan"),
    Move.SEND_BACK: N_("Send it back to the village"),
    Move.CONFIRM: N_("Confirm for the regency"),
    Move.SEND_ON: N_("It was sent to the centre"),
    Move.CENTRE_SAID: N_("Write down what SIKS-NG says"),
    Move.OUTCOME: N_("Write down what the centre did, and finish"),
}
#: About a household some of them mean something else.
_OF_CLAIM: dict[Move, str] = {
    Move.VERIFY: N_("It is so: write down what was found"),
    Move.CONFIRM: N_("Confirm what was found: it was sent to the centre"),
}
#: The later steps: the word of each in its address, its form, and what is said when it is done.
STEPS: dict[str, tuple[Move, type[StepForm], str]] = {
    "rekomendasi": (Move.RECOMMEND, RecommendForm, N_("Written down. It waits for the village meeting now.")),
    "musdes": (Move.MEETING, MeetingForm, N_("Written down. It is with the kecamatan now.")),
    "verifikasi": (Move.VERIFY, LookedForm, N_("Verified. It is with the regency office now.")),
    "konfirmasi": (Move.CONFIRM, ConfirmForm, N_("Confirmed. It goes to the centre next.")),
    "kembalikan": (Move.SEND_BACK, LookedForm, N_("Sent back to the village.")),
    "kirim-pusat": (Move.SEND_ON, StepForm, N_("Written down: it was sent to the centre.")),
    "hasil-pusat": (Move.OUTCOME, CentreForm, N_("Written down. The family has been told.")),
    "kata-pusat": (Move.CENTRE_SAID, CentreForm, N_("Written down. The family has been told.")),
}
#: Steps of the path that leave the version as it is.
_NO_MOVES = frozenset({"sent", RECORDED, service.OPENED, NOTE, OBJECTED, *LOOKED})
NEWS_UNKNOWN = N_("The page was old. Look at the case again.")


@blueprint.get("/petugas/antrean")
@allowed(Permission.WORK_CASES)
def queue() -> BaseResponse:
    """The cases of the officer's areas. Polled by the page; nothing is sent where nothing changed."""
    return _queue_page(_filters())


@blueprint.get("/petugas/mendesak")
@allowed(Permission.OVERSEE_CASES)
def urgent() -> BaseResponse:
    """All open urgent cases of the area, whoever has them: the same page, and what waits sealed."""
    return _queue_page(replace(_filters(), urgent=True))


def _queue_page(filters: Filters) -> BaseResponse:
    found = read_queue(current_user, filters)
    g.urgent_open = found.urgent  # for the menu
    if wants_block() and request.args.get("tanda") == found.mark:
        return Response(status=204)
    moment = int(now().timestamp())
    since = request.args.get("sejak", moment, type=int) if wants_block() else moment
    address = _address(found.filters)
    polled = _address(found.filters, tanda=found.mark, sejak=since)
    page = render(
        "desk/queue.html",
        block="queue",
        queue=found,
        sealed=sealed_urgent(current_user) if filters.urgent else [],
        urgent_count=(COUNT_ID, found.urgent) if wants_block() and found.urgent is not None else None,
        chosen=found.filters,
        address=address,
        polled=polled if moment - since < _POLL_FOR_S else None,
        due_ways=_due_ways(found),
        narrowed=replace(filters, place=None, urgent=False, due=None) != Filters(),
        soon_days=(found.soon - today(current_user.zone)).days,
        turns=turns(found.before, found.after, lambda place: _address(replace(found.filters, place=place))),
        kinds=KINDS.values(),
        open_states=[(state.value, STATES[state].desk_word) for state in STATES if state in OPEN],
    )
    return unkept_page(page)


@blueprint.get("/petugas/kasus/<reference>")
@blueprint.get("/petugas/kasus/<reference>/<move>", alias=True)  # a POST's address, opened again
@allowed(Permission.WORK_CASES)
def case(reference: str) -> BaseResponse:
    """The record beside what is asked, and what can be done."""
    return case_page(reference)


@blueprint.post("/petugas/kasus/<reference>/ambil")
@allowed(Permission.WORK_CASES)
def take(reference: str) -> BaseResponse:
    """Begin to work on it."""
    form, done = DeskForm(), _("You have this case now.")
    return _moved(reference, form, lambda seen: service.take(current_user, reference, seen), done)


@blueprint.post("/petugas/kasus/<reference>/ambil-alih")
@allowed(Permission.WORK_CASES)
def take_over(reference: str) -> BaseResponse:
    """Go on with a case of another officer."""
    form, done = DeskForm(), _("You have this case now.")
    return _moved(reference, form, lambda seen: service.take_over(current_user, reference, seen), done)


@blueprint.post("/petugas/kasus/<reference>/tanya")
@allowed(Permission.WORK_CASES)
def ask(reference: str) -> BaseResponse:
    """Ask the family for something."""
    form = AskForm()
    return _moved(
        reference,
        form,
        lambda seen: service.ask(current_user, reference, seen, clean(form.question.data)),
        _("The family has been asked."),
    )


@blueprint.post("/petugas/kasus/<reference>/kunjungan")
@allowed(Permission.WORK_CASES)
def set_visit(reference: str) -> BaseResponse:
    """Plan a visit."""
    form = VisitForm()

    def planned(seen: int) -> None:
        if form.day.data is not None:
            words = clean(form.words.data or "")
            service.set_visit(current_user, reference, seen, form.day.data, form.part.data, words)

    return _moved(reference, form, planned, _("The visit is planned, and the family has been told."))


@blueprint.post("/petugas/kasus/<reference>/putusan")
@allowed(Permission.DECIDE_CASES)
def decide(reference: str) -> BaseResponse:
    """Decide, with the reason that the family reads."""
    form = DecideForm()
    form.fields.choices = _finding_choices(service.open_case(current_user, reference, noted=False))

    def decided(seen: int) -> None:
        move, reason = Move(form.decision.data), clean(form.reason.data)
        service.decide(current_user, reference, seen, move, reason, form.fields.data or ())

    return _moved(reference, form, decided, _("Decided. The family has been told."))


@blueprint.post("/petugas/kasus/<reference>/bukan-ucapan")
@allowed(Permission.DECIDE_CASES)
def clear_up(reference: str) -> BaseResponse:
    """Cancel a case that the person disowned."""
    form = ClearUpForm()
    return _moved(
        reference,
        form,
        lambda seen: service.clear_up(current_user, reference, seen, clean(form.found.data)),
        _("Cancelled. The family has been told."),
    )


@blueprint.post("/petugas/kasus/<reference>/langkah/<name>")
@allowed(Permission.WORK_CASES)
def make_step(reference: str, name: str) -> BaseResponse:
    """One of the later steps, from the recommendation to what SIKS-NG says."""
    if name not in STEPS:
        raise NotFound
    move, form_class, done = STEPS[name]
    form = form_class()
    fields = getattr(form, "fields", None)
    if fields is not None:
        fields.choices = _finding_choices(service.open_case(current_user, reference, noted=False))

    def made(seen: int) -> None:
        service.step(
            current_user,
            reference,
            seen,
            move,
            clean(form.words.data or ""),
            data=said_beside(form),
            fields=None if fields is None else fields.data or (),
        )

    return _moved(reference, form, made, _(done), step_name=name)


@blueprint.get("/petugas/berkas/<uuid:public_id>")
@allowed(Permission.WORK_CASES)
def paper(public_id: UUID) -> BaseResponse:
    """A paper of a case; the trail keeps who opened it."""
    return paper_response(*service.read_paper(current_user, public_id))


def _address(filters: Filters, **more: str | int) -> str:
    """Of the queue; the urgent ones are a place of their own in the menu of whoever oversees."""
    values: dict[str, Any] = {**filters.arguments, **more}
    if filters.urgent and current_user.may(Permission.OVERSEE_CASES):
        del values["mendesak"]
        return url_for("desk.urgent", **values)
    return url_for("desk.queue", **values)


def _due_ways(found: Queue) -> list[tuple[str, str, Count, str]]:
    """The counts of what is late or due soon, each with the address that shows only those, or all again."""
    whole = replace(found.filters, place=None, due=None)
    chosen = found.filters.due
    return [
        (due, _address(whole if due == chosen else replace(whole, due=due)), count, "true" if due == chosen else "")
        for due, count in found.due.items()
    ]


def _filters() -> Filters:
    """What the address asks for; what nobody can have meant is left out."""
    given = request.args
    village, kind = given.get("desa", type=int), given.get("jenis")
    return Filters(
        state=given.get("status") or STATE_OPEN,
        village=village if village and 0 < village < _END_OF_AREAS else None,
        kind=kind if kind in KINDS else None,
        mine=given.get("saya") == "1",
        urgent=given.get("mendesak") == "1",
        due=given.get("janji") if given.get("janji") in DUE else None,
        place=place_asked(closed=given.get("status") == CLOSED),
    )


def _moved(
    reference: str, form: DeskForm, move: Callable[[int], None], done: str, *, step_name: str | None = None
) -> BaseResponse:
    """Make a move; whatever stands against it comes back on the case's page with everything that was typed."""
    if not form.validate_on_submit():
        return case_page(reference, form, status=422, step_name=step_name)
    try:
        move(form.seen.data)
    except StaleCase as stale:
        return case_page(reference, form, status=409, message=stale.message, seen=stale.seen, step_name=step_name)
    except NotPossible as refused:
        return case_page(reference, form, status=409, message=refused.message, step_name=step_name)
    flash(done, "good")
    return redirect(url_for("desk.case", reference=reference), code=303)


def case_page(
    reference: str,
    form: DeskForm | None = None,
    *,
    status: int = 200,
    message: str | None = None,
    seen: int | None = None,
    step_name: str | None = None,
) -> BaseResponse:
    opened = service.open_case(current_user, reference)
    unsent: list[str] = []
    if form is not None and not _is_shown(form, step_name, opened):
        unsent = [field.data for field in form if isinstance(field, LongTextField) and field.data]
        form, status, message = None, 409, message or StaleCase.message  # its fields are no longer on the page
    view, there = opened.view, zone(opened.view.zone)
    page = render(
        "desk/case.html",
        status=status,
        message=message,
        unsent=unsent,
        news=_news(opened, seen, there) if seen is not None else [],
        **_ready(view.kind.key),
        form=form,
        forms=_forms(opened, form),
        steps=_steps(opened, form, step_name),
        opened=opened,
        moves={move.name for move in opened.moves},
        case=view,
        kind=view.kind,
        **_told(view),
        members=_members(opened),
        may_mark=may_mark(current_user, opened),
        tasks=tasks_of(view),
        paper_words=STATE_WORDS,
        paper_advice=ADVICE,
        field_name=lambda field: say(field_name(field)),
        zone=there,
        say=say,
    )
    return unkept_page(page)


def _told(view: CaseView) -> dict[str, Any]:
    """What was said and found, the way of the case, and where it stands."""
    return {
        "info": view.info,
        "may_sort": isinstance(view.kind, Told),
        "rows": view.kind.rows(view.answers, view.world),
        "channels": CHANNELS,
        "phone_owners": OWNERS,
        "compared": view.kind.compare(view.answers, view.world),
        "found": found_rows(view.kind, view.world, view.visited) if view.visited else [],
        "path": with_marks(spoken_path(path_steps(view.events, view.state, view.promised_on), zone(view.zone)), view),
        "event_title": title_of(view) if view.heading else None,
        "days_left": (view.promised_on - today(view.zone)).days,
        "hours_left": hours_left(view.kind.key, view.state, view.counts_from),
        "level_words": LEVELS[view.level],
        "part_words": PARTS.get(view.visit_part or "", ""),
        "place": view.world.places[view.world.facts.village_id],
    }


def _is_shown(form: DeskForm, step_name: str | None, opened: service.DeskCase) -> bool:
    """Whether the fields of the form are still on the page, since a move that it is for can be made."""
    by = frozenset({STEPS[step_name][0]}) if step_name else _SHOWN_BY[type(form)]
    return not by.isdisjoint(opened.moves)


def _ready(kind: str) -> dict[str, Any]:
    """The ready answers of the kind by move, and the words of the decisions."""
    return {
        "ready": partial(answers_for, kind),
        "decision_words": {move.value: word for move, word in DECISIONS.items()},
    }


def _forms(opened: service.DeskCase, sent: DeskForm | None) -> dict[str, DeskForm]:
    """The forms of the page: the one that came back as it is, the others fresh."""
    fresh: dict[str, DeskForm] = {
        "ask": AskForm(formdata=None),
        "visit": VisitForm(formdata=None),
        "decide": DecideForm(formdata=None),
        "clear_up": ClearUpForm(formdata=None),
    }
    forms = {name: sent if sent is not None and type(sent) is type(form) else form for name, form in fresh.items()}
    decide = forms["decide"]
    decide.fields.choices = _finding_choices(opened)
    decide.decision.choices = [(move.value, word) for move, word in DECISIONS.items() if move in opened.moves]
    return forms


def _steps(opened: service.DeskCase, sent: DeskForm | None, sent_name: str | None) -> list[dict[str, Any]]:
    """The later steps that are open now, each with its form: the one that came back as it is, the others fresh."""
    found: list[dict[str, Any]] = []
    for name, (move, form_class, _done) in STEPS.items():
        if move not in opened.moves:
            continue
        came_back = name == sent_name and sent is not None
        form = sent if came_back and sent is not None else form_class(formdata=None)
        for field in form:  # two of them may stand on one page
            field.id = field.label.field_id = f"{name}-{field.id}"
        if isinstance(form, ConfirmForm):
            form.fields.choices = _finding_choices(opened)
            if not came_back:
                form.fields.data = [value for value, _word in _finding_choices(opened)]
        ready = answers_for(opened.view.kind.key, move)
        words = STEP_WORDS | (_OF_CLAIM if opened.view.kind.from_office else {})
        found.append({"name": name, "word": words[move], "form": form, "open": came_back, "ready": ready})
    return found


def _finding_choices(opened: service.DeskCase) -> list[tuple[str, str]]:
    return [(finding.field, say(field_name(finding.field))) for finding in opened.findings]


def _news(opened: service.DeskCase, seen: int, there: Any) -> list[dict[str, str]]:
    """What happened since the version that the officer saw: every move raises the version by one."""
    view = opened.view
    moves = [event for event in view.events if event.event not in _NO_MOVES]
    count = view.version - seen
    new = moves[-count:] if 0 < count <= len(moves) else []
    if not new:
        return [{"word": _(NEWS_UNKNOWN), "when": "", "state": "stop", "note": ""}]
    return spoken_path(path_steps(new, view.state, view.promised_on)[: len(new)], there)


def _members(opened: service.DeskCase) -> list[dict[str, Any]]:
    """The family as recorded: name, place in the family, age. Health facts are no part of these kinds."""
    world = opened.view.world
    return [
        {
            "name": written_name(member.name),
            "relation": say(RELATION[member.relation]) if member.relation in RELATION else "",
            "age": member.age_on(world.today),
            "dead": member.alive is False,
            "number": opened.numbers.get(member.person_id),
        }
        for member in world.facts.members
    ]
