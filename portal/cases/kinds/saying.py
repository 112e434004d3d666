"""Kinds that ask for words, not for a change of the record: pages of choices and a story, as data.

Reading back follows from the questions. Nothing of the record is asked for, so there is nothing to compare or to state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l

from portal.cases.answers import Answers, shown
from portal.cases.kinds.base import Compared, Kind, Row, Shown, Step, World
from portal.core.messages import N_
from portal.core.wording import Message
from portal.web.forms import AtLeast, BaseForm, ChecksField, LongTextField, Needed, NeededIf, RadiosField, TextField

CHOOSE = N_("Choose an answer.")
STORY_MOST = 2000  # characters
OFFICER = "officer"  # the answer that names an officer by public id, or says who else
OFFICE, SOMEBODY, NOT_SAID = "office", "somebody", "not_said"
_NO_OFFICER = {
    SOMEBODY: N_("Somebody else: an agent, a neighbour, a member of the family"),
    OFFICE: N_("The office itself, or somebody of it whom I cannot name"),
    NOT_SAID: N_("I do not know, or I do not want to say"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A question with answers to choose from; ``several`` where more than one may be right."""

    name: str
    question: str
    options: Mapping[str, str]
    short: str  # the question in a word or two, where the answer is read back
    several: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """A question answered in own words."""

    name: str
    question: str
    short: str
    hint: str = ""
    limit: int = STORY_MOST
    needed: str = ""  # what is said where nothing was written; empty where nothing need be
    needed_where: tuple[str, str] | None = None  # only where another question was answered so
    one_line: bool = False


Question = Choice | Words


def asking(*questions: Question) -> type[BaseForm]:
    """The form of these questions."""
    return type("QuestionsForm", (BaseForm,), {one.name: _field(one) for one in questions})


def _field(one: Question) -> Any:
    hint = {"hint": _l(one.hint)} if one.hint else {}
    if isinstance(one, Choice):
        kind = ChecksField if one.several else RadiosField
        options = [(key, _l(words)) for key, words in one.options.items()]
        return kind(_l(one.question), [Needed(_l(CHOOSE))], choices=options, **hint)
    checks = [_needed(one), AtLeast(5)] if one.needed else []
    if one.one_line:
        return TextField(_l(one.question), checks, says_optional=not one.needed, **hint)
    return LongTextField(_l(one.question), checks, limit=one.limit, rows=6, says_optional=not one.needed, **hint)


def _needed(one: Words) -> Needed:
    if one.needed_where is None:
        return Needed(_l(one.needed))
    other, answer = one.needed_where
    return NeededIf(lambda form: form[other].data == answer, _l(one.needed))


class WhoForm(BaseForm):
    """Who it was, for what goes sealed to the office: an officer whom the family meets, or somebody else."""

    officer = RadiosField(_l("Who was it?"), [Needed(_l("Choose who it was."))])
    who = TextField(
        _l("Name or task"),
        hint=_l("If it was somebody else and you want to say it."),
        says_optional=True,
    )


def prepare_who(form: WhoForm, world: World) -> None:
    """The officers by name and office, then everybody else."""
    offered = list(world.officers(None))
    named = form.officer.data
    if named and _is_id(named) and not any(str(one.public_id) == named for one in offered):
        offered += world.officers(UUID(named))  # chosen before, and no longer an officer of the village
    form.officer.choices = [
        *((str(one.public_id), f"{one.name}, {one.title}") for one in offered),
        *((key, str(_l(words))) for key, words in _NO_OFFICER.items()),
    ]


WHO_STEP = Step(
    "siapa",
    N_("Who it was"),
    WhoForm,
    prepare=prepare_who,
    note=N_("The officer whom you choose never finds what you send: in no list, by no number, in no count."),
)


class Saying(Kind):
    """A kind made of questions. ``pages`` are the keys, titles and questions of its steps."""

    pages: tuple[tuple[str, str, tuple[Question, ...]], ...] = ()
    names_officer = False

    def __init__(self) -> None:
        asked = tuple(Step(key, title, asking(*questions)) for key, title, questions in self.pages)
        self.steps = asked + ((WHO_STEP,) if self.names_officer else ())

    def rows(self, answers: Answers, world: World) -> list[Row]:
        """Every answer that was given."""
        rows = [
            Row(one.short, _said(one, answers[one.name]), key)
            for key, _title, questions in self.pages
            for one in questions
            if answers.get(one.name)
        ]
        if answers.get(OFFICER):
            rows.append(Row(N_("Who it was"), _who(answers, world), WHO_STEP.key))
        return rows

    def compare(self, answers: Answers, world: World) -> list[Compared]:
        """Nothing of the record is asked for."""
        return []

    def about_officer(self, answers: Answers) -> UUID | None:
        """The officer who was chosen."""
        chosen = answers.get(OFFICER) or ""
        return UUID(chosen) if _is_id(chosen) else None


def _said(one: Question, value: Any) -> Shown:
    if isinstance(one, Words):
        return shown(value)
    if not one.several:
        return Message(one.options.get(value, value))
    return shown(", ".join(str(_l(one.options[key])) for key in value if key in one.options))


def _who(answers: Answers, world: World) -> Shown:
    chosen: str = answers[OFFICER]
    words: Shown = Message(_NO_OFFICER[chosen]) if chosen in _NO_OFFICER else shown(_named(chosen, world))
    return Message("%(who)s: %(name)s", {"who": words, "name": answers["who"]}) if answers.get("who") else words


def _named(chosen: str, world: World) -> str:
    found = world.officers(UUID(chosen)) if _is_id(chosen) else ()
    return f"{found[0].name}, {found[0].title}" if found else chosen


def _is_id(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True
