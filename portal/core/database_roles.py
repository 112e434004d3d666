"""The roles as which web and worker sign in to the database: they own nothing, and neither may be the other."""

from __future__ import annotations

import hashlib
import hmac

from sqlalchemy import make_url

WEB_ROLE = "portal_web"
WORKER_ROLE = "portal_worker"


def role_password(secret: str, role: str) -> str:
    """The password of the web's or the worker's role, derived from the portal's secret: none more is to be kept."""
    use = {WEB_ROLE: b"database web role", WORKER_ROLE: b"database worker role"}[role]
    return hmac.digest(secret.encode(), use, hashlib.sha256).hex()


def web_url(owner_url: str, secret: str) -> str:
    """The URL the web uses: the same database, as the role that owns nothing and may not be the worker."""
    return _url_of(WEB_ROLE, owner_url, secret)


def worker_url(owner_url: str, secret: str) -> str:
    """The URL the worker uses: as its own role, which is nobody else."""
    return _url_of(WORKER_ROLE, owner_url, secret)


def _url_of(role: str, owner_url: str, secret: str) -> str:
    url = make_url(owner_url).set(username=role, password=role_password(secret, role))
    return url.render_as_string(hide_password=False)
