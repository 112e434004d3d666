"""The fields with given answers: one picked from a list or from radios, any number ticked, one box."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import wtforms
from wtforms.fields.choices import SelectChoice

from portal.web.forms.widgets import ChecksWidget, RadiosWidget, SelectWidget, TickWidget

Text = Any  # a plain or a lazy string
Validators = Sequence[Any]


def as_choices(answers: Any) -> Any:
    """Answers as WTForms wants them: pairs of value and words become its own objects, all else passes."""
    if not isinstance(answers, list | tuple):
        return answers
    return [SelectChoice(*answer) if isinstance(answer, tuple) else answer for answer in answers]


class PairsAsChoices:
    """Mixed into the fields with answers: ``choices`` may be pairs, given at once or set later."""

    def __init__(self, label: Text, validators: Validators = (), *, choices: Any = None, **kwargs: Any) -> None:
        super().__init__(label, list(validators), choices=as_choices(choices), **kwargs)  # type: ignore[call-arg]

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, as_choices(value) if name == "choices" else value)


class OnePick(PairsAsChoices):
    """Mixed into the fields of which one answer is picked."""

    data: Any

    def pre_validate(self, form: Any) -> None:
        """Leave a missing answer to ``Needed``, whose sentence is clearer."""
        if self.data not in (None, ""):
            super().pre_validate(form)  # type: ignore[misc]


class SelectField(OnePick, wtforms.SelectField):  # type: ignore[misc]
    """A list to pick one from; for up to about five answers take ``RadiosField``. ``headings`` maps a value to what
    stands above it, where the list is long."""

    widget = SelectWidget()

    def __init__(
        self,
        label: Text,
        validators: Validators = (),
        *,
        hint: Text = "",
        says_optional: bool = False,
        attributes: Mapping[str, str] | None = None,
        headings: Mapping[str, Text] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, list(validators), description=hint, **kwargs)
        self.headings = dict(headings or {})
        self.says_optional = says_optional
        self.attributes = dict(attributes or {})


class RadiosField(OnePick, wtforms.RadioField):  # type: ignore[misc]
    """A few answers of which one is picked. ``item_hints`` maps a value to the hint of that answer."""

    widget = RadiosWidget()

    def __init__(
        self,
        label: Text,
        validators: Validators = (),
        *,
        hint: Text = "",
        item_hints: Mapping[str, Text] | None = None,
        inline: bool = False,
        says_optional: bool = False,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("validate_choice", True)
        super().__init__(label, list(validators), description=hint, **kwargs)
        self.item_hints = dict(item_hints or {})
        self.extra = {"classes": "govuk-radios--inline"} if inline else {}
        self.says_optional = says_optional


class ChecksField(PairsAsChoices, wtforms.SelectMultipleField):  # type: ignore[misc]
    """Answers of which any number is picked."""

    widget = ChecksWidget()
    option_widget = wtforms.widgets.CheckboxInput()

    def __init__(
        self,
        label: Text,
        validators: Validators = (),
        *,
        hint: Text = "",
        item_hints: Mapping[str, Text] | None = None,
        says_optional: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, list(validators), description=hint, **kwargs)
        self.item_hints = dict(item_hints or {})
        self.says_optional = says_optional


class TickField(wtforms.BooleanField):  # type: ignore[misc]
    """One box to tick."""

    widget = TickWidget()

    def __init__(self, label: Text, validators: Validators = (), *, hint: Text = "", **kwargs: Any) -> None:
        super().__init__(label, list(validators), description=hint, **kwargs)
