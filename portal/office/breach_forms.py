"""The forms of the register of breaches."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import ValidationError

from portal.core.clock import now, zone
from portal.office.breach_rules import KINDS
from portal.web.forms import (
    BaseForm,
    ChecksField,
    DayField,
    HiddenField,
    LongTextField,
    Needed,
    NumberField,
    SelectField,
    TextField,
    TickField,
)

_TIME = re.compile(r"([01]?\d|2[0-3])[.:]([0-5]\d)")
_MOST_PEOPLE = 300_000_000  # more people than live in Indonesia


class FactsForm(BaseForm):
    """What is known of a breach; it may be little at first and is written anew as more is known."""

    happened_on = DayField(_l("Since which day did it happen?"), hint=_l("Leave it empty if you do not know yet."))
    happened_time = TextField(_l("At what time?"), width=5, hint=_l("For example 14.30"), says_optional=True)
    what = LongTextField(
        _l("What happened, and how?"), [Needed(_l("Write what happened."))], limit=4000,
        hint=_l("In plain words: these stand in the letters. No names, no NIK."),
    )  # fmt: skip
    who = LongTextField(
        _l("Whose data?"), [Needed(_l("Write whose data it is, as far as you know."))], limit=2000,
        hint=_l("For example: the families of two villages. No names, no NIK."),
    )  # fmt: skip
    people = NumberField(_l("How many people, about?"), [Needed(_l("Write a number; 0 if you do not know."))], width=10)
    kinds = ChecksField(_l("Which data?"), [Needed(_l("Tick at least one."))], choices=[])
    measures = LongTextField(
        _l("What is done about it?"), [Needed(_l("Write what is done so that it stops and does no more harm."))],
        limit=4000,
    )  # fmt: skip
    public_notice = TickField(
        _l("It must be told to the public too"),
        hint=_l("When it disturbs public service or has a serious effect on many people."),
    )
    version = HiddenField()

    def __init__(self, zone_name: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone_name = zone_name
        self.kinds.choices = [(key, _(word)) for key, word in KINDS.items()]

    def validate_people(self, field: Any) -> None:
        """Whole, and not more than there are."""
        digits = field.data.replace(".", "").replace(" ", "")
        if not (digits.isascii() and digits.isdigit() and int(digits) <= _MOST_PEOPLE):
            raise ValidationError(_("Write a whole number."))

    def validate_happened_time(self, field: Any) -> None:
        """A time of day, and a day with it."""
        if field.data and not _TIME.fullmatch(field.data):
            raise ValidationError(_("Write a time such as 14.30."))
        if field.data and self.happened_on.data is None:
            raise ValidationError(_("Write the day as well."))

    def validate_happened_on(self, field: Any) -> None:
        """Not in the future."""
        if self.happened_at and self.happened_at > now():
            raise ValidationError(_("This is in the future."))

    @property
    def number_of_people(self) -> int:
        """How many people, as a number."""
        return int(self.people.data.replace(".", "").replace(" ", ""))

    @property
    def happened_at(self) -> datetime | None:
        """Day and time in one; midnight where no time is known."""
        return _moment(self.happened_on.data, self.happened_time.data, self.zone_name)


class NewForm(FactsForm):
    """A breach that is written down for the first time."""

    regency = SelectField(_l("Regency"), [Needed(_l("Choose the regency."))], choices=[])
    known_on = DayField(_l("On which day did you get to know of it?"), [Needed(_l("Write the day."))],
                        hint=_l("The 72 hours count from here."))  # fmt: skip
    known_time = TextField(_l("At what time?"), [Needed(_l("Write the time."))], width=5, hint=_l("For example 14.30"))

    def validate_known_time(self, field: Any) -> None:
        """A time of day that is not in the future."""
        if not _TIME.fullmatch(field.data):
            raise ValidationError(_("Write a time such as 14.30."))
        if self.known_at and self.known_at > now():
            raise ValidationError(_("This is in the future."))

    @property
    def known_at(self) -> datetime | None:
        """When the clock began."""
        return _moment(self.known_on.data, self.known_time.data, self.zone_name)


class VersionForm(BaseForm):
    """An act on a breach as it was seen."""

    version = HiddenField()


def _moment(day: date | None, typed: str | None, zone_name: str) -> datetime | None:
    if day is None:
        return None
    found = _TIME.fullmatch(typed or "")
    at = time(int(found[1]), int(found[2])) if found else time()
    return datetime.combine(day, at, zone(zone_name))
