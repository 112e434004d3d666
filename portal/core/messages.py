"""Marks a string for translation without translating it, for modules that know no web framework."""

from __future__ import annotations


def N_(message: str) -> str:  # noqa: N802 - the conventional name that the extractor looks for
    """Return ``message`` unchanged; the page that shows it translates it."""
    return message
