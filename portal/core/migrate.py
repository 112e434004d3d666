"""Migrations: brought up, taken down, and asked whether they are where the code needs them."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, make_url, text

ROOT = Path(__file__).resolve().parents[2]
_FOLDER = ROOT / "migrations"
WEB_ROLE = "portal_web"
WORKER_ROLE = "portal_worker"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    return config


def head() -> str | None:
    """The revision that the code needs."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def current(connection: Connection) -> str | None:
    """The revision the database is at."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Bring the database up to ``revision`` on an open connection of the owner."""
    command.upgrade(_config(connection), revision)


def downgrade(connection: Connection, revision: str) -> None:
    """Take the database down to ``revision``."""
    command.downgrade(_config(connection), revision)


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


def prepare(owner_url: str, secret: str) -> None:
    """Bring the database up and let the roles of web and worker sign in with their derived passwords."""
    engine = create_engine(owner_url, hide_parameters=True)
    try:
        with engine.begin() as connection:
            # One migration at a time, however many processes start together.
            connection.execute(text("SELECT pg_advisory_xact_lock(7163)"))
            upgrade(connection)
            for role in (WEB_ROLE, WORKER_ROLE):
                # A role cannot be altered with a bound parameter; the password is hexadecimal.
                connection.execute(text(f"ALTER ROLE {role} LOGIN PASSWORD '{role_password(secret, role)}'"))
    finally:
        engine.dispose()
