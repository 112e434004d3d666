"""Where messages may go from this installation, and with which keys: bound once, from the settings.

On a loopback address (the demo, tests, somebody's own machine) nothing leaves the machine: only loopback hosts are
reached there, whatever a setting or a browser names.
"""

from __future__ import annotations

import base64
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

WEB_PUSH, WHATSAPP, SMS = "web_push", "whatsapp", "sms"
CHANNELS = (WEB_PUSH, WHATSAPP, SMS)
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Ways:
    """What is set up. ``gateways`` are addresses in apprise's form, by channel, with ``{phone}`` in them."""

    base_url: str = ""
    push_key: str = ""  # the private key, 32 bytes in base64url
    gateways: Mapping[str, str] = field(default_factory=dict)
    loopback_only: bool = True


class Outward:
    """The ways out of this process. Created empty, when there are none."""

    def __init__(self) -> None:
        self.bind(Ways())

    def bind(self, ways: Ways) -> None:
        """Use these from now on."""
        self.ways = ways
        self._rests: dict[str, datetime] = {}

    def rest(self, channel: str, until: datetime) -> None:
        """Leave the channel alone until then: it gives no answer, and each message to it would be lost."""
        self._rests[channel] = until

    def rests_until(self, channel: str, moment: datetime) -> datetime:
        """From when on the channel is to be used; ``moment`` itself where it does not rest."""
        return max(moment, self._rests.get(channel, moment))

    def offers(self, channel: str) -> bool:
        """Whether the installation is set up for the channel."""
        return bool(self.ways.push_key) if channel == WEB_PUSH else bool(self.ways.gateways.get(channel))

    @property
    def push_public_key(self) -> str:
        """What a browser needs to subscribe: the public key, uncompressed, in base64url."""
        number = int.from_bytes(unpadded(self.ways.push_key), "big")
        point = (
            ec.derive_private_key(number, ec.SECP256R1())
            .public_key()
            .public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        )
        return _text(point)


def make_push_key() -> str:
    """A new private key for web push."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return _text(number.to_bytes(_KEY_BYTES, "big"))


def check_push_key(key: str) -> None:
    """Raises ``ValueError``, without quoting it, where it is no such key."""
    try:
        raw = unpadded(key)
        ec.derive_private_key(int.from_bytes(raw, "big"), ec.SECP256R1())
    except ValueError:
        raise ValueError("is not a key for web push: `portal keys new` prints one") from None
    if len(raw) != _KEY_BYTES:
        raise ValueError("is not a key for web push: `portal keys new` prints one")


def check_gateway(url: str, *, loopback_only: bool) -> None:
    """Raises ``ValueError``, without quoting it, where a message could not or must not go there."""
    if "{phone}" not in url:
        raise ValueError("must have {phone} where the number goes")
    if loopback_only and not is_loopback(urlsplit(url).hostname):
        raise ValueError("names a host that is not this machine; on a loopback address nothing leaves it")


def is_loopback(host: str | None) -> bool:
    """Whether the host is this machine, by its name alone: nothing is looked up."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def unpadded(text: str) -> bytes:
    """The bytes of base64url without its padding, as browsers write it. Raises ``ValueError``."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
