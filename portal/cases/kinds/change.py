"""A change of data as data: pages of lines. Reading back, comparing and stating follow from the lines.

Only what is changed is asked: a kind with ``picks`` first asks which of its lines are otherwise than recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from portal.cases.answers import Answers, shown
from portal.cases.kinds.base import NOT_RECORDED, Compared, Kind, Row, Shown, Step, World
from portal.cases.kinds.lines import RECORDED_AS, Line, form_of, listed
from portal.cases.kinds.members import member_of
from portal.core.messages import N_
from portal.core.names import written_name
from portal.core.wording import Message
from portal.registry.changes import Finding
from portal.registry.codes import YES_NO, field_name
from portal.registry.facts import MemberFacts
from portal.web.forms import BaseForm, ChecksField, Needed
from portal.web.speaking import speaker

CHANGED, WHICH = "changed", "apa"  # the answer that lists the picked lines, and its page
WHO = "who"  # the answer that names the member whom a case is about
ALREADY_RECORDED = N_(
    "This is already recorded, so nothing would change. If it is right, go back and take «%(line)s» out of what "
    "changes."
)
ONCE_CHECKED = N_(
    "What was checked stands in your record here now. The centre takes it over with its next data. Look whether it is "
    "right."
)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of questions about some lines."""

    key: str  # in the address
    title: str
    lines: tuple[Line, ...]
    note: str = ""
    needed: Callable[[Answers], bool] = lambda _answers: True
    otherwise: bool = False  # asked because it is otherwise now: the answer that is recorded already is not taken


class Change(Kind):
    """A kind whose questions are lines."""

    may_be_recorded = True
    once_accepted: str | None = ONCE_CHECKED
    pages: tuple[Page, ...] = ()
    picks: tuple[Line, ...] = ()  # each on a page of its own, once it was picked
    pick_title = N_("What is otherwise now?")
    pick_question = N_("Choose everything that is not as it is recorded.")
    sets: tuple[
        tuple[str, bool], ...
    ] = ()  # facts of the member that follow from the report itself, such as having died
    steps: tuple[Step, ...] = ()

    def __init__(self) -> None:
        if self.steps:
            return
        pages = [*(_picked_page(line) for line in self.picks), *self.pages]
        first = [_which(self.picks, self.pick_title, self.pick_question)] if self.picks else []
        self.steps = (*first, *(step_of(page) for page in pages))

    def begin(self, hints: Mapping[str, str]) -> Answers:
        """The fact that the page that led here said is wrong, and the member whom it is about."""
        fact, member = hints.get("bidang", ""), hints.get("anggota", "")
        known: Answers = {CHANGED: [fact]} if any(line.key == fact for line in self.picks) else {}
        asks_who = any(line.key == WHO for page in self.pages for line in page.lines)
        return known | ({WHO: member} if asks_who and member.isascii() and member.isdigit() else {})

    def subject(self, answers: Answers, world: World) -> Shown | None:
        """The facts that are otherwise, or the member."""
        picked = answers.get(CHANGED) or ()
        if picked:
            return listed([Message(line.label) for line in self.picks if line.key in picked])
        member = self.member(answers, world)
        return shown(written_name(member.name)) if member else None

    def lines_asked(self, answers: Answers) -> list[tuple[str, Line]]:
        """The lines that were answered, each with the page that asks it."""
        picked = answers.get(CHANGED) or ()
        asked = [(line.key, line) for line in self.picks if line.key in picked]
        asked += [(page.key, line) for page in self.pages if page.needed(answers) for line in page.lines]
        return [(page, line) for page, line in asked if answers.get(line.key) not in (None, "", [])]

    def member(self, answers: Answers, world: World) -> MemberFacts | None:
        """The member whom it is about."""
        return member_of(world, answers[WHO]) if answers.get(WHO) else None

    def about_person(self, answers: Answers, world: World) -> int | None:
        """The person of that member."""
        member = self.member(answers, world)
        return member.person_id if member else None

    def rows(self, answers: Answers, world: World) -> list[Row]:
        """Every answer."""
        return [
            Row(line.label, line.ask.words(answers[line.key], world), page) for page, line in self.lines_asked(answers)
        ]

    def compare(self, answers: Answers, world: World) -> list[Compared]:
        """Every answer beside the record; what the record has no field for stands beside *not recorded*."""
        member = self.member(answers, world)
        follows = [_set_line(name, value, member) for name, value in self.sets]
        return follows + [
            Compared(
                line.label,
                line.recorded_words(world, member) if line.subject else NOT_RECORDED,
                line.ask.words(answers[line.key], world),
                line.news or _differs(line, answers, world, member),
            )
            for _page, line in self.lines_asked(answers)
        ]

    def findings(self, answers: Answers, world: World) -> list[Finding]:
        """The fields of the record that are otherwise than recorded."""
        member = self.member(answers, world)
        follows = [
            Finding("member", name, str(value), member.id)
            for name, value in self.sets
            if member is not None and getattr(member, name) is not value
        ]
        return follows + [
            Finding(line.subject or "", line.key, line.ask.stated(answers[line.key]), _id_of(line, member))
            for _page, line in self.lines_asked(answers)
            if _differs(line, answers, world, member)
        ]

    def touches(self, answers: Answers, world: World) -> frozenset[str]:
        """Every line that was answered, by its place in the record, else by this kind and the member."""
        member = self.member(answers, world)
        asked = [(line.subject or self.key, line.key) for _page, line in self.lines_asked(answers) if line.key != WHO]
        asked += [("member", name) for name, _value in self.sets]
        return frozenset(_touched(subject, name, member) for subject, name in asked)


def step_of(page: Page) -> Step:
    """The page of questions, with what the record says beside each."""

    def prepare(form: Any, world: World) -> None:
        for line in page.lines:
            line.ask.prepare(form[line.key], world)

    def adapt(form: Any, world: World, answers: Answers) -> None:
        member = member_of(world, answers[WHO]) if answers.get(WHO) else None
        for line in page.lines:
            if line.subject is not None:
                tell_recorded(form[line.key], line, world, member)
                if page.otherwise:
                    _refuse_equal(form[line.key], line, line.recorded(world, member))

    form = form_of(page.key, page.lines)
    return Step(page.key, page.title, form, note=page.note, prepare=prepare, adapt=adapt, needed=page.needed)


def tell_recorded(field: Any, line: Line, world: World, member: MemberFacts | None) -> None:
    """Write what the record says into the hint of a question."""
    said = speaker().say(Message(RECORDED_AS, {"value": line.recorded_words(world, member)}))
    field.description = f"{said} {field.description}".strip()


def _refuse_equal(field: Any, line: Line, recorded: str | None) -> None:
    """What is recorded already changes nothing, and an officer would be sent for it."""

    def check(_form: Any, field: Any) -> None:
        if recorded is not None and field.data not in (None, "") and _same(line, recorded, field.data):
            raise ValidationError(str(_l(ALREADY_RECORDED, line=str(_l(line.label)))))

    field.validators = [*field.validators, check]


def _picked_page(line: Line) -> Page:
    return Page(
        line.key,
        line.label,
        (line,),
        needed=lambda answers: line.key in (answers.get(CHANGED) or ()),
        otherwise=True,
    )


def _which(picks: Iterable[Line], title: str, question: str) -> Step:
    """The page that asks which lines are otherwise, each with what the record says."""
    lines = tuple(picks)

    def prepare(form: Any, world: World) -> None:
        say = speaker().say
        form.changed.item_hints = {
            line.key: say(Message(RECORDED_AS, {"value": line.recorded_words(world)})) for line in lines if line.subject
        }

    choices = [(line.key, _l(line.label)) for line in lines]
    picked = ChecksField(_l(question), [Needed(_l("Choose at least one."))], choices=choices)
    return Step(WHICH, title, type("WhichForm", (BaseForm,), {CHANGED: picked}), prepare=prepare)


def _set_line(name: str, value: bool, member: MemberFacts | None) -> Compared:
    words = {True: Message(N_("living")), False: Message(N_("died"))} if name == "alive" else YES_NO
    recorded = getattr(member, name, None)
    label = field_name(name).key
    return Compared(label, NOT_RECORDED if recorded is None else words[recorded], words[value], recorded is not value)


def _differs(line: Line, answers: Answers, world: World, member: MemberFacts | None) -> bool:
    """Whether the record has the field, and otherwise."""
    if line.subject is None or (line.subject == "member" and member is None):
        return False
    recorded = line.recorded(world, member)
    return recorded is None or not _same(line, recorded, answers[line.key])


def _same(line: Line, recorded: str, answer: Any) -> bool:
    return line.ask.stated(recorded).lower() == line.ask.stated(answer).lower()


def _id_of(line: Line, member: MemberFacts | None) -> int | None:
    return member.id if member is not None and line.subject == "member" else None


def _touched(subject: str, name: str, member: MemberFacts | None) -> str:
    own = member is not None and subject != "housing"
    return f"{subject}.{member.id}.{name}" if own and member else f"{subject}.{name}"
