"""Names of people as they are written; the record keeps them in capitals."""

from __future__ import annotations


def written_name(recorded: str) -> str:
    """``Siti Aminah`` for ``SITI AMINAH``; a name that is not all in capitals stays as it is."""
    if not recorded.isupper():
        return " ".join(recorded.split())
    return " ".join("-".join(part.capitalize() for part in word.split("-")) for word in recorded.split())
