"""What was typed when the session had ended: kept sealed in the browser for an hour, for the same account only.

Drafts of cases stand on the server. This keeps the one post that arrived too late, whatever its form: after the
sign-in it is offered once more, and goes through the same checks as ever. Secrets and files are never kept.
"""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import dataclass

from flask import after_this_request, current_app, flash, request, session
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from portal.core.clock import now
from portal.core.sealing import SealBroken
from portal.extensions import keys
from portal.web.kiosk import on_kiosk

COOKIE = "titipan"
_PURPOSE = "kept-answers"
_SECONDS = 3600
_LONGEST_COOKIE = 3800
NEVER_KEPT = frozenset(
    {"csrf_token", "pin", "pin_again", "old_pin", "password", "code", "credential", "password_again", "step_up_code"}
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A post that came too late: its address, its answers, and whether files were among them."""

    path: str
    answers: tuple[tuple[str, str], ...]
    had_files: bool


def keep_answers() -> None:
    """Keep what this post says, and where its form stands. Called before the reader is sent to sign in."""
    if on_kiosk() is not None:
        return  # the next one to sign in is somebody else
    page = request.full_path.rstrip("?")
    session["return_to"] = page if _is_page(request.path) else None
    owner = session.get("owner")
    sealed = _sealed(page, owner) if owner else None
    if sealed is None or len(sealed) > _LONGEST_COOKIE:
        flash(_("You were signed out because nothing happened for a while. Sign in again to go on."), "wait")
        return
    flash(_("You were signed out because nothing happened for a while. What you wrote is kept: sign in again."), "wait")
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])

    @after_this_request
    def leave(response: Response) -> Response:
        response.set_cookie(COOKIE, sealed, max_age=_SECONDS, httponly=True, samesite="Lax", secure=secure)
        return response


def kept() -> Kept | None:
    """What was kept in this browser for the account that is signed in now."""
    opened = _opened(request.cookies.get(COOKIE, ""))
    if opened is None:
        return None
    path, owner, answers, had_files, until = opened
    if owner != session.get("owner") or until < now().timestamp():
        return None
    return Kept(path, tuple((name, value) for name, value in answers), had_files)


def forget_kept(response: Response) -> None:
    """Take the kept answers out of the browser."""
    response.delete_cookie(COOKIE, httponly=True, samesite="Lax")


def _sealed(page: str, owner: str) -> str:
    answers = [pair for pair in request.form.items(multi=True) if pair[0] not in NEVER_KEPT]
    had_files = any(file.filename for file in request.files.values())
    content = json.dumps([page, owner, answers, had_files, int(now().timestamp()) + _SECONDS])
    return base64.urlsafe_b64encode(keys.ring.seal_bytes(_PURPOSE, zlib.compress(content.encode()))).decode()


def _opened(cookie: str) -> tuple[str, str, list[tuple[str, str]], bool, int] | None:
    try:
        content = keys.ring.unseal_bytes(_PURPOSE, base64.urlsafe_b64decode(cookie))
    except (SealBroken, ValueError):
        return None
    path, owner, answers, had_files, until = json.loads(zlib.decompress(content))
    return path, owner, answers, had_files, until


def _is_page(path: str) -> bool:
    """Whether the address of the post can be opened as a page too."""
    try:
        current_app.url_map.bind("").match(path, method="GET")
    except HTTPException:
        return False
    return True
