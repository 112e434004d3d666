"""The forms of an office's own offering: what it is, one condition, where and when."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import ValidationError

from portal.core.wording import Speaker
from portal.office.offering_content import DAYS, lines_of
from portal.office.offering_picks import AUDIENCES, Number, One, Pick, Several
from portal.programs.catalog import default, fold
from portal.programs.place_order import ORDER_WORDS, Order
from portal.web.forms import (
    BaseForm,
    Check,
    ChecksField,
    DayField,
    HiddenField,
    LongTextField,
    Needed,
    NeededIf,
    NumberField,
    RadiosField,
    SelectField,
    TextField,
)

KINDS = {
    "training": _l("Course or training"),
    "business": _l("Help for a business"),
    "school": _l("School"),
    "housing": _l("House or its repair"),
    "energy": _l("Electricity or gas"),
    "cash": _l("Money"),
    "food": _l("Food"),
    "insurance": _l("Health insurance"),
}
PER = {"once": _l("once"), "day": _l("each day"), "month": _l("each month"), "year": _l("each year")}
_BOTH = _l("Write it in Indonesian and in English: both are needed.")
WHO = {"all": _l("The whole regency"), "kecamatan": _l("Some kecamatan"), "villages": _l("Some villages")}
_NUMBER = re.compile(r"[0-9]{1,8}(\.[0-9]{1,2})?")
_CODE = re.compile(r"(?=.{1,40}$)[A-Z0-9]+(-[A-Z0-9]+)*")
_MOST_PLACES, _MOST_RUPIAH = 1_000_000, 1_000_000_000


def _whole(typed: str | None) -> int | None:
    """A whole number as it may be typed, or None."""
    digits = (typed or "").replace(".", "").replace(" ", "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 12 else None


def _text(label: Any, limit: int = 120, **given: Any) -> TextField:
    return TextField(label, [Needed(_BOTH), Check(lambda typed: len(typed) <= limit, _l("This is too long."))], **given)


def _paragraph(label: Any, **given: Any) -> LongTextField:
    return LongTextField(label, [Needed(_BOTH)], limit=600, rows=3, **given)


class AboutForm(BaseForm):
    """What is offered, by whom, for whom."""

    regency = SelectField(_l("Regency"), [Needed(_l("Choose the regency."))], choices=[])
    kind = SelectField(_l("What is it?"), [Needed(_l("Choose one."))], choices=list(KINDS.items()))
    audience = RadiosField(
        _l("For whom?"), [Needed(_l("Choose one."))], choices=[(key, _l(word)) for key, word in AUDIENCES.items()]
    )
    code = TextField(
        _l("Short name"), [Needed(_l("Write a short name."))], width=20,
        hint=_l("It stands in the address of the page: letters, digits and dashes, for example JAHIT-2027."),
    )  # fmt: skip
    name_id = _text(_l("Name, in Indonesian"))
    name_en = _text(_l("Name, in English"), hint=_BOTH)
    summary_id = _paragraph(_l("What it is, in Indonesian"), hint=_l("One or two plain sentences."))
    summary_en = _paragraph(_l("What it is, in English"))
    organiser_id = _text(_l("Who organises it, in Indonesian"))
    organiser_en = _text(_l("Who organises it, in English"))
    seen = HiddenField()

    def validate_code(self, field: Any) -> None:
        """Written as the catalogue writes it, and no programme of the portal's own catalogue."""
        field.data = fold(field.data)
        if not _CODE.fullmatch(field.data):
            raise ValidationError(_("Use only letters, digits and dashes, at most 40."))
        if field.data in default().on(date.min).labels:
            raise ValidationError(_("This is the name of a national programme. Choose another."))


class TermsForm(BaseForm):
    """Where, when, how many places, whom it asks, what to bring."""

    quota = NumberField(_l("How many places?"), [Needed(_l("Write how many places there are."))], width=5)
    valid_from = DayField(_l("Shown to families from"), [Needed(_l("Write the day."))])
    registration_from = DayField(_l("Registration from"), [Needed(_l("Write the day."))])
    registration_until = DayField(_l("Registration until"), [Needed(_l("Write the day."))])
    starts_on = DayField(_l("It begins on"), says_optional=True)
    ends_on = DayField(_l("It ends on"), says_optional=True)
    where_id = _text(_l("Where, in Indonesian"), 300)
    where_en = _text(_l("Where, in English"), 300)
    how_id = _paragraph(_l("How to register, in Indonesian"), hint=_l("One step on each line."))
    how_en = _paragraph(_l("How to register, in English"), hint=_l("As many lines as in Indonesian."))
    papers_id = LongTextField(
        _l("Papers to bring, in Indonesian"), limit=600, rows=3, says_optional=True, hint=_l("One on each line.")
    )
    papers_en = LongTextField(
        _l("Papers to bring, in English"), limit=600, rows=3, says_optional=True,
        hint=_l("As many lines as in Indonesian."),
    )  # fmt: skip
    place_order = RadiosField(
        _l("In which order are places given?"), [Needed(_l("Choose one."))],
        choices=[(order.value, _l(words)) for order, words in ORDER_WORDS.items()], default=Order.DESIL.value,
        hint=_l("Families read it before they register. Once it is published it stays."),
    )  # fmt: skip
    rupiah = NumberField(_l("Money or worth in rupiah"), width=10, says_optional=True)
    per = SelectField(_l("How often?"), choices=list(PER.items()))
    amount_id = TextField(
        _l("What the money is for, in Indonesian"), [NeededIf(lambda form: form.rupiah.data, _BOTH)], says_optional=True
    )
    amount_en = TextField(
        _l("What the money is for, in English"), [NeededIf(lambda form: form.rupiah.data, _BOTH)], says_optional=True
    )
    who = RadiosField(
        _l("Who is asked?"), [Needed(_l("Choose one."))],
        choices=list(WHO.items()),
    )  # fmt: skip
    kecamatan = ChecksField(
        _l("Which kecamatan?"), [NeededIf(lambda form: form.who.data == "kecamatan", _l("Tick at least one."))],
        choices=[], hint=_l("Only where you ask some kecamatan."),
    )  # fmt: skip
    villages = ChecksField(
        _l("Which villages?"), [NeededIf(lambda form: form.who.data == "villages", _l("Tick at least one."))],
        choices=[], hint=_l("Only where you ask some villages."),
    )  # fmt: skip
    seen = HiddenField()

    def validate_quota(self, field: Any) -> None:
        """One at least."""
        if not 1 <= (_whole(field.data) or 0) <= _MOST_PLACES:
            raise ValidationError(_("Write a whole number, 1 or more."))

    def validate_rupiah(self, field: Any) -> None:
        """Whole and not below one, where given."""
        if field.data and not 1 <= (_whole(field.data) or 0) <= _MOST_RUPIAH:
            raise ValidationError(_("Write a whole number, 1 or more."))

    def validate_registration_until(self, field: Any) -> None:
        """Not before it begins, nor before the page is shown."""
        _not_before(field, self.registration_from)
        _not_before(field, self.valid_from)

    def validate_starts_on(self, field: Any) -> None:
        """Not before registration begins."""
        _not_before(field, self.registration_from)

    def validate_ends_on(self, field: Any) -> None:
        """Not before it begins."""
        _not_before(field, self.starts_on)
        if field.data and not self.starts_on.data:
            raise ValidationError(_("Write the day on which it begins as well."))

    def validate_how_en(self, field: Any) -> None:
        """Line by line the same."""
        _same_lines(field, self.how_id)

    def validate_papers_en(self, field: Any) -> None:
        """Line by line the same."""
        _same_lines(field, self.papers_id)

    def answers(self) -> dict[str, Any]:
        """What is kept of it."""
        days = {key: self[key].data for key in DAYS}
        areas = {"kecamatan": self.kecamatan.data, "villages": self.villages.data}.get(self.who.data) or []
        return {
            **{key: self[key].data for key in _TEXTS},
            **{key: day.isoformat() if day else None for key, day in days.items()},
            "quota": _whole(self.quota.data),
            "rupiah": _whole(self.rupiah.data),
            "asked": [int(area) for area in areas],
        }


_IN_TWO = ("where", "how", "papers", "amount")
_TEXTS = (*(f"{key}_{language}" for key in _IN_TWO for language in ("id", "en")), "per", "who", "place_order")


def _not_before(field: Any, other: Any) -> None:
    if field.data and other.data and field.data < other.data:
        raise ValidationError(_("This is before «%(other)s».", other=other.label.text))


def _same_lines(field: Any, other: Any) -> None:
    if len(lines_of(field.data)) != len(lines_of(other.data)):
        raise ValidationError(_("Write as many lines as in Indonesian: both are needed."))


def terms_data(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The kept answers as the form takes them."""
    days = {key: date.fromisoformat(answers[key]) for key in DAYS if answers.get(key)}
    numbers = {key: str(answers[key]) for key in ("quota", "rupiah") if answers.get(key)}
    asked = [str(area) for area in answers.get("asked", [])]
    order = answers.get("place_order") or Order.DESIL.value
    return {
        **{key: answers.get(key) for key in _TEXTS},
        "place_order": order,
        **days,
        **numbers,
        "kecamatan": asked,
        "villages": asked,
    }


class SeenForm(BaseForm):
    """An act on an offering as it was seen."""

    seen = HiddenField()


class RemoveForm(SeenForm):
    """One condition goes."""

    place = HiddenField()


def condition_form(pick: Pick, speaker: Speaker) -> BaseForm:
    """The form of one kind of condition, as its fields say."""
    fields: dict[str, Any] = {"seen": HiddenField(), "pick": HiddenField(default=pick.key)}
    for field in pick.fields:
        fields[field.key] = _field(field, speaker)
    if {"lowest", "highest"} <= fields.keys():
        fields["validate_highest"] = _check_order
    form: BaseForm = type("ConditionForm", (BaseForm,), fields)()
    return form


def _field(field: Number | Several | One, speaker: Speaker) -> Any:
    label = speaker.say(field.label)
    if isinstance(field, Number):
        validators: list[Any] = [Needed(_l("Write a number."))] if field.needed else []
        words = _("Write a number from %(lowest)s to %(highest)s.", lowest=field.lowest, highest=field.highest)
        validators.append(Check(lambda typed: not typed or number_of(field, typed) is not None, words))
        return NumberField(label, validators, width=5, says_optional=not field.needed)
    choices = [(key, speaker.say(words)) for key, words in field.choices]
    if isinstance(field, Several):
        return ChecksField(label, [Needed(_l("Tick at least one."))], choices=choices)
    return SelectField(label, [Needed(_l("Choose one."))], choices=choices)


def number_of(field: Number, typed: str) -> float | int | None:
    """The number that was typed, where it is one between the bounds."""
    plain = typed.replace(" ", "").replace(",", ".") if field.fraction else typed.replace(".", "").replace(" ", "")
    if not _NUMBER.fullmatch(plain):
        return None
    number = float(plain) if field.fraction else int(plain)
    return number if field.lowest <= number <= field.highest else None


def _check_order(form: Any, field: Any) -> None:
    """The upper bound is not below the lower."""
    lowest, highest = _whole(form.lowest.data), _whole(field.data)
    if lowest is not None and highest is not None and highest < lowest:
        raise ValidationError(_("This is smaller than the first one."))


def picked(pick: Pick, form: BaseForm) -> dict[str, Any]:
    """What is kept of a condition that was picked."""
    said: dict[str, Any] = {"pick": pick.key}
    for field in pick.fields:
        data = form[field.key].data
        said[field.key] = (number_of(field, data) if data else None) if isinstance(field, Number) else data
    return said


def choices_of(areas: Iterable[tuple[int, str]]) -> list[tuple[str, str]]:
    """Areas as answers."""
    return [(str(area), name) for area, name in areas]
