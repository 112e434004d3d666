"""Facts as data: one line is one fact, with its question, the ways to answer it and its place in the record.

A line that the record has no field for is kept in the answers and shown, and never stated.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from portal.cases.answers import shown
from portal.cases.kinds.base import NOT_RECORDED, Shown, World
from portal.core.clock import today
from portal.core.messages import N_
from portal.core.wording import Message
from portal.registry.facts import MemberFacts
from portal.web.forms import (
    BaseForm,
    Check,
    ChecksField,
    DayField,
    LongTextField,
    Needed,
    NumberField,
    RadiosField,
    TextField,
)

YES, NO = "yes", "no"
YES_NO_WORDS: Mapping[str, str] = {YES: N_("Yes"), NO: N_("No")}
RECORDED_AS = N_("In the record: %(value)s.")
_LONG_NUMBER = re.compile(r"[0-9](?:[ .\-]?[0-9]){15}")
_OLDEST_YEAR = 1900


class Ask(Protocol):
    """A way to answer: the field, and what a stored answer means. Answers are stored as text."""

    def field(self, line: Line) -> Any:
        """The field of a form, not bound yet."""

    def prepare(self, field: Any, world: World) -> None:
        """Fill in choices that stand on the family."""

    def words(self, value: Any, world: World) -> Shown:
        """The answer as it is read back."""

    def of_record(self, value: object) -> str:
        """What the record holds, as such an answer."""

    def stated(self, value: Any) -> str:
        """The answer as a value of the record."""


@dataclass(frozen=True, slots=True)
class Line:
    """One fact. ``subject`` says where the record has the field ``key``: housing or member; None: nowhere."""

    key: str
    label: str
    question: str
    ask: Ask
    subject: str | None = None
    hint: str = ""
    optional: bool = False
    news: bool = False  # always a difference, such as the name of somebody who is not recorded yet
    why: str = N_("Please answer this.")

    @property
    def checks(self) -> list[Any]:
        """The check that there is an answer, where one is needed."""
        return [] if self.optional else [Needed(_l(self.why))]

    def common(self) -> dict[str, Any]:
        """What every field takes."""
        return {"hint": _l(self.hint) if self.hint else "", "says_optional": self.optional}

    def recorded(self, world: World, member: MemberFacts | None = None) -> str | None:
        """What the record says, as an answer; None where it says nothing."""
        source: object | None = {"housing": world.facts.housing, "member": member}.get(self.subject or "")
        value = getattr(source, self.key, None)
        return None if value is None else self.ask.of_record(value)

    def recorded_words(self, world: World, member: MemberFacts | None = None) -> Shown:
        """The same as words."""
        value = self.recorded(world, member)
        return NOT_RECORDED if value is None else self.ask.words(value, world)


class Plain:
    """What most ways to answer have in common."""

    def prepare(self, field: Any, world: World) -> None:
        """Nothing stands on the family."""

    def words(self, value: Any, world: World) -> Shown:
        """As it was typed."""
        return shown(value)

    def of_record(self, value: object) -> str:
        """The value as text."""
        return str(value)

    def stated(self, value: Any) -> str:
        """The text without needless spaces."""
        return " ".join(str(value).split())


@dataclass(frozen=True, slots=True)
class OneOf(Plain):
    """One of a few answers, by stored key. Another value of the record is shown as it is."""

    choices: Mapping[str, str]

    def field(self, line: Line) -> Any:
        """Radios."""
        choices = [(key, _l(words)) for key, words in self.choices.items()]
        return RadiosField(_l(line.question), line.checks, choices=choices, **line.common())

    def words(self, value: Any, world: World) -> Shown:
        """The words of the answer."""
        return Message(self.choices[value]) if value in self.choices else shown(str(value))

    def of_record(self, value: object) -> str:
        """The key that is written so, whatever its case."""
        text = str(value)
        return next((key for key in self.choices if key.lower() == text.lower()), text)


def codes(words: Mapping[int, Message]) -> OneOf:
    """The codes of the record."""
    return OneOf({str(code): said.key for code, said in words.items()})


@dataclass(frozen=True, slots=True)
class YesNo(Plain):
    """Yes or no; the record keeps it as a boolean."""

    def field(self, line: Line) -> Any:
        """Two radios."""
        choices = [(key, _l(words)) for key, words in YES_NO_WORDS.items()]
        return RadiosField(_l(line.question), line.checks, choices=choices, inline=True, **line.common())

    def words(self, value: Any, world: World) -> Shown:
        """Yes or no."""
        return Message(YES_NO_WORDS[value])

    def of_record(self, value: object) -> str:
        """The answer of a boolean."""
        return YES if value else NO

    def stated(self, value: Any) -> str:
        """As the record writes a boolean."""
        return str(value == YES)


@dataclass(frozen=True, slots=True)
class Some(Plain):
    """Any of a few answers."""

    choices: Mapping[str, str]

    def field(self, line: Line) -> Any:
        """Boxes to tick."""
        choices = [(key, _l(words)) for key, words in self.choices.items()]
        return ChecksField(_l(line.question), line.checks, choices=choices, **line.common())

    def words(self, value: Any, world: World) -> Shown:
        """All that were ticked."""
        return listed([Message(self.choices[key]) for key in value if key in self.choices])


@dataclass(frozen=True, slots=True)
class Number(Plain):
    """A whole number, with its unit."""

    most: int
    unit: str = "%(number)s"

    def field(self, line: Line) -> Any:
        """Text with the keys of numbers."""
        fits = Check(self._fits, _l("Write a whole number of at most %(most)s.", most=self.most))
        return NumberField(_l(line.question), [*line.checks, fits], width=10, **line.common())

    def words(self, value: Any, world: World) -> Shown:
        """Number and unit."""
        return Message(self.unit, {"number": self.stated(value)})

    def of_record(self, value: object) -> str:
        """Without the decimals that are none."""
        return f"{value:g}" if isinstance(value, float) else str(value)

    def stated(self, value: Any) -> str:
        """The digits alone."""
        digits = re.sub(r"[ .]", "", str(value)) if not re.fullmatch(r"[0-9]+\.[0-9]", str(value)) else str(value)
        return digits.lstrip("0") or "0"

    def _fits(self, value: str) -> bool:
        digits = self.stated(value)
        return digits.isascii() and digits.isdigit() and int(digits) <= self.most


@dataclass(frozen=True, slots=True)
class Words(Plain):
    """What a person writes: one line, or several. A whole NIK or No. KK is not asked for and not taken."""

    limit: int = 120
    rows: int = 1

    def field(self, line: Line) -> Any:
        """A line or a box of text."""
        whole = Check(lambda text: not _LONG_NUMBER.search(text), _l("Do not write a whole NIK or No. KK here."))
        if self.rows > 1:
            checks = [*line.checks, whole]
            return LongTextField(_l(line.question), checks, limit=self.limit, rows=self.rows, **line.common())
        short = Check(lambda text: len(text) <= self.limit, _l("Write at most %(limit)s characters.", limit=self.limit))
        return TextField(_l(line.question), [*line.checks, whole, short], **line.common())


@dataclass(frozen=True, slots=True)
class Day(Plain):
    """A day that has been, or one to come."""

    ahead: bool = False

    def field(self, line: Line) -> Any:
        """Day, month, year."""
        checks = [*line.checks, _has_been if not self.ahead else _is_near]
        return DayField(_l(line.question), checks, **line.common())

    def words(self, value: Any, world: World) -> Shown:
        """The day."""
        return date.fromisoformat(value)


def _has_been(_form: Any, field: Any) -> None:
    if field.data and field.data > today():
        raise ValidationError(str(_l("The day lies in the future. Write the day on which it was.")))
    if field.data and field.data.year < _OLDEST_YEAR:
        raise ValidationError(str(_l("Check the year.")))


def _is_near(_form: Any, field: Any) -> None:
    if field.data and abs(field.data.year - today().year) > 1:
        raise ValidationError(str(_l("Check the year.")))


def form_of(name: str, lines: tuple[Line, ...]) -> type[BaseForm]:
    """A form that asks these lines."""
    return type(f"{name.title()}Form", (BaseForm,), {line.key: line.ask.field(line) for line in lines})


def listed(parts: list[Message]) -> Message:
    return Message("%(parts)s", {"parts": tuple(parts)}) if parts else Message(N_("none"))
