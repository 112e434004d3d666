"""Names of people and of work as they are written; the record keeps them in capitals."""

from __future__ import annotations

import re

_SHORT_FORMS = frozenset({"ASN", "TNI", "POLRI", "PNS", "PPPK", "BUMN", "BUMD", "TKI", "PMI", "PRT"})


def written_name(recorded: str) -> str:
    """``Siti Aminah`` for ``SITI AMINAH``; a name that is not all in capitals stays as it is."""
    if not recorded.isupper():
        return " ".join(recorded.split())
    return " ".join("-".join(part.capitalize() for part in word.split("-")) for word in recorded.split())


def written_work(recorded: str) -> str:
    """``buruh`` for ``BURUH``; short forms such as ASN keep their capitals, other writing stays as it is."""
    if not recorded.isupper():
        return recorded
    return re.sub(r"[A-Z]+", lambda word: word[0] if word[0] in _SHORT_FORMS else word[0].lower(), recorded)
