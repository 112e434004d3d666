"""The fields. Each draws itself whole with ``{{ form.name }}`` and carries what phones need to help typing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_wtf.file import FileField as WtfFileField
from wtforms import Field, HiddenField

from portal.web.forms.checks import AtMost
from portal.web.forms.widgets import (
    DayWidget,
    FileWidget,
    LongTextWidget,
    SecretWidget,
    TextWidget,
)

__all__ = [
    "CodeField",
    "DayField",
    "FileField",
    "HiddenField",
    "LongTextField",
    "NumberField",
    "PasswordField",
    "PinField",
    "TextField",
]
Text = Any  # a plain or a lazy string
Validators = Sequence[Any]
#: What a phone's camera or gallery gives, and the letters of an office.
PHOTO_TYPES = "image/jpeg,image/png,application/pdf"


class TextField(wtforms.StringField):  # type: ignore[misc]
    """One line of text. ``width`` is the number of characters it is drawn for (2, 3, 4, 5, 10, 20, 30)."""

    widget = TextWidget()
    strips = True
    most: int | None = 250  # characters, where the form itself sets no limit

    def __init__(
        self,
        label: Text,
        validators: Validators = (),
        *,
        hint: Text = "",
        width: int | None = None,
        autocomplete: str = "off",
        inputmode: str | None = None,
        says_optional: bool = False,
        **kwargs: Any,
    ) -> None:
        limited = self.most is None or any(isinstance(check, AtMost) for check in validators)
        limits = [] if limited else [AtMost(self.most or 0)]
        super().__init__(label, [*validators, *limits], description=hint, **kwargs)
        self.extra: dict[str, Any] = {"autocomplete": autocomplete}
        if width is not None:
            self.extra["classes"] = f"govuk-input--width-{width}"
        if inputmode is not None:
            self.extra["inputmode"] = inputmode
        self.says_optional = says_optional


class NumberField(TextField):
    """A number that is a name rather than a quantity (NIK, No. KK, phone, serial): text with a numeric keyboard.

    Spaces and dots are left as typed; the feature's own parser decides what they mean.
    """

    def __init__(self, label: Text, validators: Validators = (), **kwargs: Any) -> None:
        kwargs.setdefault("inputmode", "numeric")
        super().__init__(label, validators, **kwargs)
        self.extra["spellcheck"] = False
        self.extra["classes"] = f"{self.extra.get('classes', '')} input-number".strip()


class CodeField(NumberField):
    """A one-time code that the phone may fill in by itself."""

    def __init__(self, label: Text, validators: Validators = (), **kwargs: Any) -> None:
        kwargs.setdefault("autocomplete", "one-time-code")
        kwargs.setdefault("width", 10)
        super().__init__(label, validators, **kwargs)


class PasswordField(TextField):
    """A password: hidden, never stripped, never sent back."""

    widget = SecretWidget()
    strips = False
    most = None

    def __init__(self, label: Text, validators: Validators = (), **kwargs: Any) -> None:
        kwargs.setdefault("autocomplete", "current-password")
        super().__init__(label, validators, **kwargs)
        self.attributes = {"data-secret": ""}
        self.extra["spellcheck"] = False


class PinField(PasswordField):
    """A PIN: hidden digits with a numeric keyboard. ``autocomplete="new-password"`` where one is chosen."""

    def __init__(self, label: Text, validators: Validators = (), *, digits: int = 6, **kwargs: Any) -> None:
        kwargs.setdefault("inputmode", "numeric")
        kwargs.setdefault("width", 10)
        super().__init__(label, validators, **kwargs)
        self.extra["classes"] = f"{self.extra.get('classes', '')} input-number".strip()
        self.attributes["maxlength"] = str(digits)


class LongTextField(wtforms.TextAreaField):  # type: ignore[misc]
    """Several lines of text with a limit, which is said in the hint and checked."""

    widget = LongTextWidget()
    strips = True

    def __init__(
        self,
        label: Text,
        validators: Validators = (),
        *,
        hint: Text = "",
        limit: int = 1000,
        rows: int = 5,
        says_optional: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, [*validators, AtMost(limit)], description=hint, **kwargs)
        self.extra = {"rows": rows}
        self.attributes = {"maxlength": str(limit), "data-count": str(limit)}
        self.says_optional = says_optional


class DayField(Field):  # type: ignore[misc]
    """A date as three numbers of one name: day, month, year. A month may be typed; a wrong date keeps its parts."""

    widget = DayWidget()
    data: date | None = None

    def __init__(
        self,
        label: Text,
        validators: Validators = (),
        *,
        hint: Text = "",
        is_birthday: bool = False,
        says_optional: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, list(validators), description=hint, **kwargs)
        self.is_birthday = is_birthday
        self.says_optional = says_optional

    @property
    def first_id(self) -> str:
        """Where the error summary jumps to."""
        return f"{self.id}-day"

    def _value(self) -> str:
        return ""

    def parts(self) -> tuple[str, str, str]:
        """Day, month and year as they are drawn: what was typed, else the value."""
        if self.raw_data:
            typed = [str(part).strip() for part in self.raw_data[:3]]
            return tuple([*typed, "", "", ""][:3])  # type: ignore[return-value]
        if self.data:
            return str(self.data.day), str(self.data.month), str(self.data.year)
        return "", "", ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Make a date of the three parts, or say that they are none."""
        self.data = None
        typed = [value.strip() for value in valuelist]
        if not any(typed):
            return
        try:
            day, month, year = (int(value) for value in typed)
            if year < 1000:
                raise ValueError
            self.data = date(year, month, day)
        except ValueError:
            raise ValueError(_("Write a day, a month and a year, such as 24 11 2026.")) from None


class FileField(WtfFileField):  # type: ignore[misc]
    """A file or a photo. ``camera=True`` opens the camera at once on phones (and hides the gallery on some)."""

    widget = FileWidget()

    def __init__(
        self,
        label: Text,
        validators: Validators = (),
        *,
        hint: Text = "",
        accept: str = PHOTO_TYPES,
        camera: bool = False,
        says_optional: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, list(validators), description=hint, **kwargs)
        self.attributes = {"accept": accept}
        if camera:
            self.attributes["capture"] = "environment"
        self.says_optional = says_optional
