"""*Perbarui data saya*: the whole form looked through, a page per group, each line right or to be changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.cases.answers import Answers
from portal.cases.kinds.base import Compared, Effect, Row, Step, World
from portal.cases.kinds.change import Change, Page, step_of, tell_recorded
from portal.cases.kinds.effects import AID_GOES_ON, DESIL_LATER
from portal.cases.kinds.house import ASSET_LINES, HOUSE_LINES, HOUSING
from portal.cases.kinds.lines import Line, OneOf, Words
from portal.cases.kinds.members import Members
from portal.cases.workflow import Track
from portal.core.messages import N_
from portal.core.wording import Message
from portal.web.forms import BaseForm, Needed, RadiosField

RIGHT, CHANGE = "right", "change"
_CHOICES = {RIGHT: N_("Right"), CHANGE: N_("Change")}
_OK = "ok_"  # before the key of a line: whether it is right
_HALF = 6
GROUPS: tuple[tuple[str, str, tuple[Line, ...]], ...] = (
    ("rumah", N_("House"), HOUSE_LINES[:_HALF]),
    ("air-listrik", N_("Water, toilet, electricity"), HOUSE_LINES[_HALF:]),
    ("harta", N_("What the family owns"), tuple(line for line in ASSET_LINES if line.subject == HOUSING)),
)
_PEOPLE = Page(
    "anggota",
    N_("The members of your family"),
    (
        Line(
            "people",
            N_("Members"),
            N_("Are these the people of your family, and are their data right?"),
            OneOf({RIGHT: N_("Yes, all of it is right"), CHANGE: N_("No, something is wrong or missing")}),
        ),
        Line(
            "whose",
            N_("Wrong data of"),
            N_("Whose data are wrong?"),
            Members(lambda _one, _world: True),
            hint=N_("Is somebody missing in the list? Write it on the next page."),
            optional=True,
        ),
    ),
)
_TOLD = Page(
    "keterangan",
    N_("What is wrong or missing?"),
    (
        Line(
            "people_right",
            N_("Right is"),
            N_("Write for each person what is right."),
            Words(800, rows=5),
            hint=N_("Work, school, who joined or left. Do not write a whole NIK."),
            why=N_("Write what is right."),
        ),
    ),
    needed=lambda answers: answers.get("people") == CHANGE,
)


class Review(Change):
    """Every line of the record confirmed or corrected."""

    key, slug, icon = "review", "perbarui-data", "check"
    track = Track.LONG
    title = N_("Renew all my data")
    explanation = N_("Look through all data of your family. You say of each line: right, or change.")
    outcome = N_(
        "An officer looks at what you changed. Then village, kecamatan and regency check it, and it goes to "
        "the centre. Your desil is not changed here: BPS ranks the families."
    )
    picks = tuple(replace(line, optional=False) for _key, _title, lines in GROUPS for line in lines)
    pages = (_PEOPLE, _TOLD)

    def __init__(self) -> None:
        steps: list[Step] = []
        for key, title, lines in GROUPS:
            steps.append(_looked_through(key, title, lines))
            steps += [step_of(_changed_page(line)) for line in lines]
        self.steps = (*steps, *(step_of(page) for page in self.pages))

    def lines_asked(self, answers: Answers) -> list[tuple[str, Line]]:
        """The lines that are to be changed, and the page about the members."""
        asked = [(line.key, line) for line in self.picks if answers.get(_OK + line.key) == CHANGE]
        asked += [(page.key, line) for page in self.pages if page.needed(answers) for line in page.lines]
        return [(page, line) for page, line in asked if answers.get(line.key) not in (None, "", [])]

    def rows(self, answers: Answers, world: World) -> list[Row]:
        """How many lines are right in each group, then what is changed."""
        counted = []
        for key, title, lines in GROUPS:
            right = sum(answers.get(_OK + line.key) == RIGHT for line in lines)
            told = Message(N_("%(right)s of %(all)s lines are right"), {"right": right, "all": len(lines)})
            counted.append(Row(title, told, key))
        return counted + super().rows(answers, world)

    def compare(self, answers: Answers, world: World) -> list[Compared]:
        """What is changed first, then what the family confirmed."""
        right = [line for line in self.picks if answers.get(_OK + line.key) == RIGHT]
        confirmed = Message(_CHOICES[RIGHT])
        return super().compare(answers, world) + [
            Compared(line.label, line.recorded_words(world), confirmed, changed=False) for line in right
        ]

    def effects(self, answers: Answers, world: World) -> Sequence[Effect]:
        """It is what families are ranked by, later."""
        return [AID_GOES_ON, DESIL_LATER]


def _looked_through(key: str, title: str, lines: tuple[Line, ...]) -> Step:
    """The page of a group: each line with what the record says, right or to be changed."""

    def prepare(form: Any, world: World) -> None:
        for line in lines:
            tell_recorded(form[_OK + line.key], line, world, None)

    def field(line: Line) -> RadiosField:
        choices = [(value, _l(words)) for value, words in _CHOICES.items()]
        return RadiosField(
            _l(line.label), [Needed(_l("Say of each line: right, or change."))], choices=choices, inline=True
        )

    fields = {_OK + line.key: field(line) for line in lines}
    note = N_(
        "What is recorded stands under each line. If it is not recorded and you want to tell it, choose «Change»."
    )
    return Step(key, title, type("GroupForm", (BaseForm,), fields), note=note, prepare=prepare)


def _changed_page(line: Line) -> Page:
    return Page(
        line.key,
        line.label,
        (line,),
        needed=lambda answers: answers.get(_OK + line.key) == CHANGE,
        otherwise=True,
    )


REVIEW = Review()
