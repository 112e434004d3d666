"""The voice of a page: rules speak in message keys, this says them in the reader's language."""

from __future__ import annotations

from portal.core.wording import Speaker
from portal.web.formats import day, rupiah
from portal.web.languages import current_language, phrases


def speaker() -> Speaker:
    """One speaker for this request. It takes the translations once: a page says dozens of sentences."""
    return Speaker(current_language(), phrases().translate, rupiah, day)
