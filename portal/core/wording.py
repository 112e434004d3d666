"""Sentences that rules say and pages translate: a message key with its values, in no language yet.

A rule module returns a :class:`Message`; the page that shows it builds one :class:`Speaker` for the
reader's language and calls :meth:`Speaker.say`. Values that need words of their own (money, a day, a
name from the catalogue, another message) stay values until then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

DEFAULT_LANGUAGE = "id"
NO_PARAMS: Mapping[str, object] = MappingProxyType({})


class Money(int):
    """An amount in whole rupiah."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Localised:
    """One text in the languages of the portal; ``id`` and ``en`` always exist."""

    id: str
    en: str
    jv: str | None = None
    su: str | None = None

    def text(self, language: str) -> str:
        """The text in ``language``, else in Indonesian."""
        found = {"id": self.id, "en": self.en, "jv": self.jv, "su": self.su}.get(language)
        return found or self.id


class Message(NamedTuple):
    """An English source string with ``%(name)s`` places, and the values for them."""

    key: str
    params: Mapping[str, object] = NO_PARAMS


Said = Message | Localised


@dataclass(frozen=True, slots=True)
class Speaker:
    """Turns messages into words of one language; the page supplies translation and formats."""

    language: str
    translate: Callable[[str], str]
    money: Callable[[int], str]
    day: Callable[[date], str]

    def say(self, said: Said | str | None) -> str:
        """The words of ``said``; nothing for None; a bare string is a key without values."""
        if said is None:
            return ""
        if isinstance(said, str):
            return self.translate(said)
        if isinstance(said, Localised):
            return said.text(self.language)
        words = self.translate(said.key)
        if not said.params:
            return words
        return words % {name: self._value(value) for name, value in said.params.items()}

    def _value(self, value: object) -> str:
        if isinstance(value, Message | Localised):
            return self.say(value)
        if isinstance(value, Money):
            return self.money(value)
        if isinstance(value, date):
            return self.day(value)
        if isinstance(value, float):
            digits = f"{value:.1f}".removesuffix(".0")
            return digits if self.language == "en" else digits.replace(".", ",")
        if isinstance(value, tuple):
            return ", ".join(self._value(part) for part in value)
        return str(value)
