"""Whether a request comes from a kiosk, a device that families use one after the other.

``portal.accounts.kiosks`` finds it before the request; what draws and answers pages asks here.
"""

from __future__ import annotations

from typing import Protocol

from flask import g, has_request_context


class SharedDevice(Protocol):
    """What the pages need to know of a kiosk."""

    @property
    def name(self) -> str: ...

    @property
    def has_camera(self) -> bool: ...


def on_kiosk() -> SharedDevice | None:
    """The kiosk of this request, or None on a browser of somebody's own."""
    found: SharedDevice | None = g.get("kiosk") if has_request_context() else None
    return found
