"""What may fit my family? Three short pages of questions, then three answers for every programme.

Everything that was answered travels in the reader's own form and is kept nowhere: not in the database, not in a
cookie, not in an address, not in a log.
"""

from __future__ import annotations

import re

from flask import request
from werkzeug.wrappers import Response as BaseResponse

from portal.core.clock import today
from portal.core.messages import N_
from portal.home.offers import offers_of
from portal.home.regency_offers import provinces_offering, regency_of
from portal.home.screener import MOST_PEOPLE, NotAges, ages_of, facts_of, regency_in
from portal.home.screener_forms import FamilyForm, house_form, people_form, person_words
from portal.home.views import blueprint
from portal.programs.catalog import default
from portal.web.access import public
from portal.web.forms import BaseForm
from portal.web.render import render, unkept_page
from portal.web.speaking import speaker

_FAMILY, _PEOPLE, _HOUSE, _ANSWER = 1, 2, 3, 4
#: The names that an answer may have; nothing else is carried along.
_NAMES = re.compile(
    "ages|desil|aid|regency|(?:school|work)_[0-9]{1,2}|pregnant|pregnancy_no|severe|mild|orphans|tenure|land_proof|floor|wall"
    "|roof|toilet|area|power|once"
)
_LONGEST = 80
Answers = dict[str, list[str]]


@blueprint.get("/cocok")
@public
def screener() -> BaseResponse:
    """The first page, empty."""
    return _page(_FAMILY, FamilyForm(formdata=None), {})


@blueprint.post("/cocok")
@public
def screened() -> BaseResponse:
    """The next page or the one before, with everything that was answered; after the last page the answer."""
    answers = _answers()
    step = request.form.get("step", type=int)
    step = step if step in (_FAMILY, _PEOPLE, _HOUSE, _ANSWER) else _FAMILY
    try:
        ages = ages_of(answers.get("ages", [""])[0])
    except NotAges:
        ages, step = (), _FAMILY
    forward = request.form.get("go") != "back"
    for at in range(_FAMILY, min(step, _HOUSE) + 1) if forward else ():
        form = _form(at, ages)
        if not form.validate():
            return _page(at, form, answers, ages, status=422)
    wanted = min(step + 1, _ANSWER) if forward else max(step - 1, _FAMILY)
    if wanted == _ANSWER:
        return _answer_page(answers)
    return _page(wanted, _form(wanted, ages), answers, ages)


def _form(step: int, ages: tuple[int, ...]) -> BaseForm:
    made: type[BaseForm] = FamilyForm if step == _FAMILY else people_form(ages) if step == _PEOPLE else house_form()
    return made()


def _answers() -> Answers:
    """What was answered up to here; a name that is none of ours, or a text far too long, is dropped."""
    found: Answers = {}
    for name, values in request.form.lists():
        short = [value for value in values if len(value) <= _LONGEST]
        if _NAMES.fullmatch(name) and short:
            found[name] = short[: MOST_PEOPLE + 1]
    return found


def _page(step: int, form: BaseForm, answers: Answers, ages: tuple[int, ...] = (), status: int = 200) -> BaseResponse:
    if isinstance(form, FamilyForm):
        form.offer(provinces_offering(today()))
    carried = [(name, value) for name, values in answers.items() if name not in form for value in values]
    people = [(place, person_words(place, age)) for place, age in enumerate(ages)]
    page = render("public/screener.html", step=step, form=form, carried=carried, people=people, status=status)
    return unkept_page(page)


def _answer_page(answers: Answers) -> BaseResponse:
    day, voice = today(), speaker()
    facts = facts_of(answers, day, voice.say(N_("Person %(number)s")))
    picked = regency_in(answers)
    regency = regency_of(picked) if picked is not None else None
    catalog = default() if regency is None else regency.screened
    page = offers_of(facts, facts, day, catalog.on(day), voice)
    own = 0 if regency is None else len(regency.on(day))
    carried = [(name, value) for name, values in answers.items() for value in values]
    return unkept_page(render("public/screened.html", page=page, regency=regency, own=own, carried=carried))
