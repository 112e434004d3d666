"""Answers of a form as plain values that can be sealed, and back into the form."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Any

from portal.core.wording import Message
from portal.web.forms import BaseForm, DayField, FileField

Answers = dict[str, Any]
_NOT_ANSWERS = ("csrf_token", "narrow")
# Marks that turn the direction of text, and others that are not seen: they could make words say something else.
_UNSEEN = frozenset("\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff")


def clean(text: str) -> str:
    """Typed text without control characters and direction marks; lines stay lines."""
    lined = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (ch for ch in lined if ch == "\n" or (ch not in _UNSEEN and unicodedata.category(ch) != "Cc"))
    return "".join(kept).strip()


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
