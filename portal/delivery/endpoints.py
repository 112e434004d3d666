"""To which addresses of browsers messages are sent, and to no others."""

from __future__ import annotations

from urllib.parse import urlsplit

from portal.core.outward import is_loopback
from portal.delivery.rules import rules
from portal.extensions import outward


class NotAllowed(RuntimeError):
    """The address is none that this installation sends to."""


def check_endpoint(endpoint: str) -> None:
    """Raises ``NotAllowed`` unless it is a known push service, or this machine where nothing may leave it.

    A browser names the address, and we call it: without this, anybody signed in could have us call what they like.
    """
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise NotAllowed("no address") from None
    if parts.username or parts.password:
        raise NotAllowed("with a name")
    if outward.ways.loopback_only:
        if not is_loopback(host):
            raise NotAllowed("not this machine")
    elif parts.scheme != "https" or port not in (None, 443) or not rules().is_push_host(host):
        raise NotAllowed("no push service")
