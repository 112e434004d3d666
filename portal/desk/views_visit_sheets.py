"""The addresses of what is taken along or copied: visits of a day, the form on paper, values for SIKS-NG."""

from __future__ import annotations

from datetime import date, timedelta

from flask import request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.roles import Permission
from portal.cases.kinds.lines import YES_NO_WORDS, OneOf, YesNo
from portal.cases.moves import NotPossible
from portal.cases.path import PARTS
from portal.cases.visit_lines import Asked, is_empty, words_of
from portal.cases.voice import say
from portal.core.clock import today
from portal.core.names import written_name
from portal.core.wording import Message
from portal.desk import visit_sheets
from portal.desk.blueprint import blueprint
from portal.web.access import allowed
from portal.web.render import render, unkept_page

_AHEAD = 60  # days


@blueprint.get("/petugas/kunjungan")
@allowed(Permission.WORK_CASES)
def visits_today() -> BaseResponse:
    """The officer's visits of a day (today, unless ``hari`` says another), to be printed."""
    day = _day(request.args.get("hari", ""))
    lines, missed = visit_sheets.visits_on(current_user, day)
    page = render(
        "desk/visits.html",
        day=day,
        is_today=day == today(),
        lines=lines,
        missed=missed,
        before=url_for("desk.visits_today", hari=(day - timedelta(days=1)).isoformat()),
        after=url_for("desk.visits_today", hari=(day + timedelta(days=1)).isoformat()),
        parts=PARTS,
    )
    return unkept_page(page)


@blueprint.get("/petugas/kasus/<reference>/cetak-kunjungan")
@allowed(Permission.WORK_CASES)
def visit_paper(reference: str) -> BaseResponse:
    """The form on paper: what is in doubt, or with ``lengkap`` all of it."""
    whole = request.args.get("lengkap") == "1"
    try:
        sheet = visit_sheets.paper_form(current_user, reference, whole=whole)
    except NotPossible as refused:
        return _refused(reference, refused)
    groups: dict[str, list[Asked]] = {}
    for one in sheet.asked:
        groups.setdefault(one.group, []).append(one)
    page = render(
        "desk/visit_paper.html",
        case=sheet.case,
        groups=groups,
        whole=whole,
        boxes=_boxes,
        part_words=PARTS.get(sheet.case.visit_part or "", ""),
        head=next((written_name(one.name) for one in sheet.case.world.facts.members), ""),
        say=say,
    )
    return unkept_page(page)


@blueprint.get("/petugas/kasus/<reference>/salin")
@allowed(Permission.WORK_CASES)
def siks_copy(reference: str) -> BaseResponse:
    """The values in the order of the form of SIKS-NG."""
    try:
        view, copied = visit_sheets.copy_lines(current_user, reference)
    except NotPossible as refused:
        return _refused(reference, refused)
    rows = [
        {
            "number": one.number,
            "label": _label(one.asked),
            "code": _code(one.asked, one.value),
            "words": say(words_of(one.asked.line, one.value, view.world)),
            "by_visit": one.by_visit,
        }
        for one in copied
    ]
    text = "\n".join(
        " ".join(filter(None, (str(row["number"]), f"{row['label']}:", str(row["code"]), str(row["words"]))))
        for row in rows
    )
    return unkept_page(render("desk/siks_copy.html", case=view, rows=rows, text=text))


def _label(one: Asked) -> str:
    label = say(Message(one.line.label))
    return f"{one.about}: {label}" if one.about else label


def _code(one: Asked, value: object) -> str:
    """The number of the answer in the form of the centre, where the answer is one of a few."""
    return str(value) if not is_empty(value) and str(value).isdigit() and isinstance(one.line.ask, OneOf) else ""


def _boxes(one: Asked) -> list[str]:
    """The answers to tick on paper; none where a number or words are written."""
    if isinstance(one.line.ask, YesNo):
        return [say(Message(words)) for words in YES_NO_WORDS.values()]
    choices = getattr(one.line.ask, "choices", {})
    return [say(Message(words)) for words in choices.values()]


def _refused(reference: str, refused: NotPossible) -> BaseResponse:
    page = render("desk/visit_not.html", status=409, reference=reference, message=refused.message)
    return unkept_page(page)


def _day(given: str) -> date:
    try:
        day = date.fromisoformat(given)
    except ValueError:
        return today()
    return day if abs((day - today()).days) <= _AHEAD else today()
