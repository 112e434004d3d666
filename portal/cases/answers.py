"""Answers of a form as plain values that can be sealed, and back into the form."""

from __future__ import annotations

from datetime import date
from typing import Any

from portal.core.typed import clean
from portal.core.wording import Message
from portal.web.forms import BaseForm, DayField, FileField

__all__ = ["Answers", "clean", "collect", "initial", "shown"]
Answers = dict[str, Any]
_NOT_ANSWERS = ("csrf_token", "narrow")


def collect(form: BaseForm) -> Answers:
    """What was answered, by the name of the field: text, numbers, yes and no; a date as ``2026-11-24``."""
    answers: Answers = {}
    for field in form:
        if field.name in _NOT_ANSWERS or isinstance(field, FileField):
            continue
        value = field.data
        if isinstance(value, date):
            value = value.isoformat()
        elif isinstance(value, str):
            value = clean(value)
        answers[field.name] = value
    return answers


def initial(form_class: type[BaseForm], answers: Answers) -> Answers:
    """The answers as the form wants them, where some were given before."""
    days = {name for name in dir(form_class) if _is_day(getattr(form_class, name))}
    return {name: _day(value) if name in days and value else value for name, value in answers.items()}


def _is_day(unbound: Any) -> bool:
    return getattr(unbound, "field_class", None) is DayField


def _day(value: str) -> date:
    return date.fromisoformat(value)


def shown(text: str | None) -> Message:
    """Words that a person typed, for a place where messages are translated: they are shown as they are."""
    return Message("%(text)s", {"text": text or ""})
