"""Kiosks: devices of a village office that families use one after the other.

A browser becomes a kiosk by a cookie that holds the sealed id of its row; the row says whether it still is one. A
browser without the cookie is never asked about.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import g, has_request_context, request

from portal.core.sealing import SealBroken
from portal.extensions import db, keys

COOKIE = "kios"
_SECONDS = 400 * 24 * 3600  # the longest that browsers keep a cookie
_PURPOSE = "kiosk-device"
_FIND = "SELECT id, name, village_id, has_camera FROM kiosk_find(%s)"


@dataclass(frozen=True, slots=True)
class Kiosk:
    """The kiosk of a request."""

    id: int
    name: str
    village_id: int
    has_camera: bool
    device_hash: bytes  # by which its wrong tries are counted


def this_kiosk() -> Kiosk | None:
    """The kiosk that this request comes from; None on every other browser, also on one that was a kiosk once."""
    if not has_request_context() or COOKIE not in request.cookies:
        return None
    if "kiosk" not in g:
        g.kiosk = _find(request.cookies[COOKIE])
    found: Kiosk | None = g.kiosk
    return found


def device_hash(public_id: UUID) -> bytes:
    """By what the wrong tries on this kiosk are counted. No secret: nothing opens with it."""
    return hashlib.sha256(f"kiosk:{public_id}".encode()).digest()


def make_kiosk(response: Any, public_id: UUID, secure: bool) -> None:
    """Leave the cookie that makes this browser that kiosk."""
    sealed = base64.urlsafe_b64encode(keys.ring.seal(_PURPOSE, str(public_id))).decode()
    response.set_cookie(COOKIE, sealed, max_age=_SECONDS, httponly=True, samesite="Lax", secure=secure)


def _find(cookie: str) -> Kiosk | None:
    try:
        public_id = UUID(keys.ring.unseal(_PURPOSE, base64.urlsafe_b64decode(cookie)))
    except (SealBroken, ValueError):
        return None
    row = db.call(_FIND, (public_id,))
    if row is None:
        return None
    kiosk_id, name, village_id, has_camera = row
    return Kiosk(kiosk_id, name, village_id, has_camera, device_hash(public_id))
