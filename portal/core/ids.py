"""Random public ids and references that people can read aloud."""

from __future__ import annotations

import secrets

# No vowels (no words by accident) and no look-alikes: 0/O, 1/I/L, 2/Z, 5/S, 8/B, U/V.
ALPHABET = "34679CDFGHJKMNPQRTWXY"
_REFERENCE_LENGTH = 8


def new_reference() -> str:
    """A case reference such as ``7KQ4-MX9T``; 21 to the power 8 is 38 thousand million of them."""
    text = "".join(secrets.choice(ALPHABET) for _ in range(_REFERENCE_LENGTH))
    return f"{text[:4]}-{text[4:]}"


def tidy_reference(text: str) -> str:
    """A reference as a person may type it (small letters, spaces, no dash), in its written form."""
    bare = "".join(ch for ch in text.upper() if ch.isalnum())
    return f"{bare[:4]}-{bare[4:]}"


def new_code(length: int) -> str:
    """A secret code of that many letters of the alphabet."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def new_token() -> str:
    """A secret of 256 bits, safe in a URL or a cookie."""
    return secrets.token_urlsafe(32)
