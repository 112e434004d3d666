"""One message to one number, through the gateway that the installation named, in the form of its apprise plugin."""

from __future__ import annotations

import logging
import re
from urllib.parse import quote
from uuid import UUID

from apprise import Apprise, AppriseAsset

from portal.core.outward import check_gateway
from portal.core.wording import Localised
from portal.delivery.outcomes import Outcome
from portal.delivery.pushing import was_not_reached
from portal.extensions import outward

_TIMEOUT_S = 20
_STATUS = re.compile(r"error=(\d{3})")
#: The number is no more, or cannot be. Not 400 or 404: these are what a gateway says that is set up wrong.
_GONE = frozenset({410, 422})
_ASSET = AppriseAsset(app_id="Portal Keluarga", async_mode=False, secure_logging=True, http_redirects=False)
# What a plugin logs may hold the number; what we need of it comes with the result.
logging.getLogger("apprise").propagate = False


def send(channel: str, phone: str, words: Localised, language: str, key: UUID) -> Outcome:
    """Send the words to the number (``+62...``). ``{id}`` in the gateway's address is the message's own key."""
    template = outward.ways.gateways[channel]
    check_gateway(template, loopback_only=outward.ways.loopback_only)
    gateway = Apprise(asset=_ASSET)
    if not gateway.add(template.replace("{phone}", quote(phone, safe="")).replace("{id}", key.hex)):
        return Outcome.LATER  # the plugin takes neither the address nor the number; nothing went out
    result = gateway.notify(body=words.text(language), log_level=logging.DEBUG, timeout=_TIMEOUT_S)
    if result:
        return Outcome.SENT
    return _why_not("\n".join(str(entry.message) for entry in result.logs()))


def _why_not(said: str) -> Outcome:
    """From what the plugin noted: the status that the gateway answered, or that it was not reached."""
    status = _STATUS.search(said)
    if status is not None:
        return Outcome.GONE if int(status[1]) in _GONE else Outcome.LATER
    return Outcome.LATER if was_not_reached(said) else Outcome.UNSURE
