"""The form of a visit: the lines that are asked, the place with consent, and the family's own word at the end."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from portal.cases.answers import Answers, collect
from portal.cases.kinds.lines import RECORDED_AS, OneOf, YesNo
from portal.cases.visit_lines import AS_SAID, THINGS, Asked, is_as_said, is_empty
from portal.cases.visit_records import BY_FAMILY, BY_RECORD, BY_VISIT, Found, Result
from portal.cases.voice import say
from portal.core.clock import today
from portal.core.messages import N_
from portal.core.wording import Message
from portal.web.forms import (
    BaseForm,
    Check,
    DayField,
    FileField,
    HiddenField,
    LongTextField,
    Needed,
    NeededIf,
    RadiosField,
    SelectField,
    TextField,
    TickField,
)

SAID_AS = N_("The family says: %(value)s.")
NOT_LOOKED = N_("Not looked at")
RIGHT, WRONG = "right", "wrong"
PLACE = ("latitude", "longitude", "accuracy")
_SOUTH, _NORTH, _WEST, _EAST = -11.5, 6.5, 94.5, 141.5  # of Indonesia, in degrees
_METRES = 100_000
_OLD = 90  # days: a form on paper is typed within them
_NUMBER = re.compile(r"-?[0-9]{1,6}(\.[0-9]{1,12})?")
_WHOLE = re.compile(r"[0-9](?:[ .\-]?[0-9]){15}")


def _no_whole_nik() -> Check:
    return Check(lambda text: not _WHOLE.search(text), _l("Do not write a whole NIK or No. KK here."))


def number_of(typed: str | None) -> float | None:
    """A coordinate as it was typed, with a comma or a point; None where it is none."""
    text = (typed or "").strip().replace(",", ".")
    return float(text) if _NUMBER.fullmatch(text) else None


def _within(low: float, high: float) -> Check:
    return Check(
        lambda text: (number := number_of(text)) is not None and low <= number <= high,
        _l("Write a number such as -8.219233, within Indonesia, or leave it empty."),
    )


class VisitRecordForm(BaseForm):
    """What every visit asks beside its lines. ``visit`` and ``whole`` say which form it is."""

    visit = HiddenField()
    whole = HiddenField()
    seen_more = LongTextField(
        _l("What else did you see?"),
        [_no_whole_nik()],
        hint=_l("What you saw, not what you suppose. The family reads it."),
        limit=1000,
        rows=3,
        says_optional=True,
    )
    place_ok = TickField(
        _l("The family agrees that the place of the house is kept"),
        hint=_l("Ask first. Without the place the visit counts just the same."),
    )
    latitude = TextField(_l("Latitude"), [_within(_SOUTH, _NORTH)], width=20, inputmode="text")
    longitude = TextField(_l("Longitude"), [_within(_WEST, _EAST)], width=20, inputmode="text")
    accuracy = TextField(_l("Accuracy in metres"), [_within(0, _METRES)], width=5, inputmode="decimal")
    paper_on = DayField(
        _l("Was it written on paper first? On which day?"),
        hint=_l("Leave it empty if you write it here at once."),
        says_optional=True,
    )
    present = TextField(
        _l("Who of the family was there?"),
        [
            Needed(_l("Write who was there.")),
            _no_whole_nik(),
            Check(lambda text: len(text) <= 120, _l("Write at most %(limit)s characters.", limit=120)),
        ],
        hint=_l("A name is enough, for example Siti Aminah (mother)."),
    )
    word = RadiosField(
        _l("What does the family say to what was written down?"),
        [Needed(_l("Read it aloud and ask the family."))],
        choices=[(RIGHT, _l("Right")), (WRONG, _l("Not right"))],
    )
    word_text = LongTextField(
        _l("If not right: what does the family say?"),
        [
            NeededIf(lambda form: form.word.data == WRONG, _l("Write what the family says.")),
            _no_whole_nik(),
        ],
        hint=_l("In the family's own words."),
        limit=600,
        rows=3,
    )

    def validate_place_ok(self, field: TickField) -> None:
        """No place without consent."""
        if any(self[name].data for name in PLACE) and not field.data:
            raise ValidationError(str(_l("Tick this only if the family agrees; else empty the place.")))

    def validate_longitude(self, field: TextField) -> None:
        """Half a place is none."""
        if bool(self.latitude.data) != bool(field.data):
            raise ValidationError(str(_l("Write latitude and longitude, or neither.")))

    def validate_paper_on(self, field: DayField) -> None:
        """A day that has been, not long ago."""
        if field.data and not 0 <= (today() - field.data).days <= _OLD:
            raise ValidationError(str(_l("Write the day on which the paper was filled in, at most 90 days ago.")))


class PhotoForm(BaseForm):
    """A photo of the visit."""

    file = FileField(
        _l("Photo"),
        hint=_l("JPEG, PNG or PDF, 10 MB at most. Only of this house and its papers, never of neighbours."),
    )


def field_of(asked: Asked) -> Any:
    """The field of a line: a list where there are several answers, so that the whole form stays short."""
    line = replace(asked.line, optional=True)
    hint = _hint(asked)
    if isinstance(line.ask, OneOf):
        choices = [("", _l(NOT_LOOKED)), *((key, _l(words)) for key, words in line.ask.choices.items())]
        if asked.recorded and asked.recorded not in line.ask.choices:
            choices.append((asked.recorded, asked.recorded))
        return SelectField(_l(line.question), choices=choices, hint=hint)
    unbound = line.ask.field(line)
    unbound.kwargs |= {"hint": hint, "says_optional": False}
    if isinstance(line.ask, YesNo) and line.question == line.label:
        unbound.kwargs["hint"] = f"{hint} {say(Message(AS_SAID))}"
    return unbound


def _hint(asked: Asked) -> str:
    parts = [say(Message(RECORDED_AS, {"value": asked.recorded_words}))] if asked.line.subject or asked.said else []
    if asked.said_words is not None:
        parts.append(say(Message(SAID_AS, {"value": asked.said_words})))
    return " ".join([*parts, say(Message(asked.line.hint)) if asked.line.hint and asked.name != THINGS else ""]).strip()


def form_class(asked: Sequence[Asked]) -> type[VisitRecordForm]:
    """The form of these lines."""
    return type("VisitLinesForm", (VisitRecordForm,), {one.name: field_of(one) for one in asked})


def first_answers(asked: Sequence[Asked], typed: Answers) -> Answers:
    """What stands in the form when it is opened: what was typed before, else what the record says."""
    answers = {one.name: one.recorded for one in asked if one.recorded is not None} | typed
    if answers.get("paper_on"):
        answers["paper_on"] = date.fromisoformat(answers["paper_on"])
    return answers


def typed_in(form: VisitRecordForm) -> Answers:
    """All that was typed; the place only with the family's consent."""
    typed = collect(form)
    if not form.place_ok.data:
        typed |= dict.fromkeys(PLACE, "")
    return {name: value for name, value in typed.items() if name != "visit"}


def place_in(form: VisitRecordForm) -> dict[str, str] | None:
    """The place, where the family agreed to it."""
    if not form.place_ok.data or number_of(form.latitude.data) is None:
        return None
    return {name: str(form[name].data or "").replace(",", ".") for name in PLACE}


def result_of(form: VisitRecordForm, asked: Sequence[Asked]) -> Result:
    """What is kept: every line that was looked at, beside what record and family say now."""
    answers = collect(form)
    lines = [_found(one, answers[one.name]) for one in asked if not is_empty(answers.get(one.name))]
    return Result(lines, answers["seen_more"] or "", answers["present"], answers["word"] == RIGHT, _word(answers))


def _found(one: Asked, answer: Any) -> Found:
    recorded, said = one.recorded, one.said
    if is_as_said(one.name):
        recorded, said = say(one.recorded_words), say(one.said_words)
    return Found(one.name, one.line.label, one.about, recorded, said, answer, one.states)


def _word(answers: Answers) -> str:
    return answers["word_text"] or "" if answers["word"] == WRONG else ""


def counts_form(found: Sequence[Found], chosen: Mapping[str, str]) -> type[BaseForm]:
    """Whose value counts, for each line on which they differ."""
    fields: dict[str, Any] = {}
    for one in found:
        other = BY_RECORD if one.said is None else BY_FAMILY
        words = {
            BY_VISIT: _l("What the visit found"),
            BY_FAMILY: _l("What the family says"),
            BY_RECORD: _l("The record stays"),
        }
        label = _l(one.label) if one.about is None else f"{one.about}: {say(Message(one.label))}"
        choices = [(key, words[key]) for key in (BY_VISIT, other)]
        fields[one.name] = RadiosField(label, [Needed()], choices=choices, default=chosen[one.name])
    return type("CountsForm", (BaseForm,), fields)
