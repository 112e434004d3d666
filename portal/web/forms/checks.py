"""Checks of answers. Every check carries its own sentence, which says what to do rather than what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import StopValidation, ValidationError

Message = Any  # a plain or a lazy string


class Needed:
    """An answer must be there; stops the checks after it."""

    def __init__(self, message: Message = None) -> None:
        self.message = message

    def __call__(self, form: Any, field: Any) -> None:
        """Refuse an empty answer."""
        data = field.data
        if data is None or data is False or (hasattr(data, "__len__") and not len(data)):
            field.errors = []
            raise StopValidation(self.sentence(field))

    def sentence(self, field: Any) -> str:
        """The check's own sentence, or one that names the question."""
        return str(self.message or _("Please answer: %(question)s", question=field.label.text))


class NeededIf(Needed):
    """An answer must be there when ``condition(form)`` holds; otherwise an empty one is fine and stops the checks."""

    def __init__(self, condition: Callable[[Any], bool], message: Message = None) -> None:
        super().__init__(message)
        self.condition = condition

    def __call__(self, form: Any, field: Any) -> None:
        """Refuse an empty answer where it is needed."""
        if self.condition(form):
            super().__call__(form, field)
        elif not field.data:
            field.errors = []
            raise StopValidation


class AtMost:
    """A text of at most so many characters."""

    def __init__(self, limit: int, message: Message = None) -> None:
        self.limit = limit
        self.message = message or _l("Write at most %(limit)s characters.", limit=limit)

    def __call__(self, form: Any, field: Any) -> None:
        """Refuse a longer text."""
        if field.data and len(field.data) > self.limit:
            raise ValidationError(str(self.message))


class AtLeast:
    """A text of at least so many characters."""

    def __init__(self, limit: int, message: Message = None) -> None:
        self.limit = limit
        self.message = message or _l("Write at least %(limit)s characters.", limit=limit)

    def __call__(self, form: Any, field: Any) -> None:
        """Refuse a shorter text."""
        if len(field.data or "") < self.limit:
            raise ValidationError(str(self.message))


class Check:
    """Any rule: ``Check(lambda value: ..., _l("..."))``; the rule says whether the answer is fine."""

    def __init__(self, rule: Callable[[Any], bool], message: Message) -> None:
        self.rule = rule
        self.message = message

    def __call__(self, form: Any, field: Any) -> None:
        """Refuse what the rule refuses; an empty answer is the business of ``Needed``."""
        if field.data not in (None, "") and not self.rule(field.data):
            raise ValidationError(str(self.message))
