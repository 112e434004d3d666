"""The words of the pages, so that a test names a button by its source string and finds it in Indonesian."""

from __future__ import annotations

from babel.support import Translations

_catalogue = Translations.load("translations", ["id"])


def say(words: str, **values: object) -> str:
    """The sentence as the Indonesian page says it."""
    return _catalogue.gettext(words) % values if values else _catalogue.gettext(words)
