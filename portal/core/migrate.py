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


def web_password(secret: str) -> str:
    """The password of the web role, derived from the portal's secret so that none more is to be kept."""
    return hmac.digest(secret.encode(), b"database web role", hashlib.sha256).hex()


def web_url(owner_url: str, secret: str) -> str:
    """The URL the web uses: the same database, as the role that owns nothing."""
    url = make_url(owner_url).set(username=WEB_ROLE, password=web_password(secret))
    return url.render_as_string(hide_password=False)


def prepare(owner_url: str, secret: str) -> None:
    """Bring the database up and let the web role sign in with its derived password."""
    engine = create_engine(owner_url, hide_parameters=True)
    try:
        with engine.begin() as connection:
            # One migration at a time, however many processes start together.
            connection.execute(text("SELECT pg_advisory_xact_lock(7163)"))
            upgrade(connection)
            # A role cannot be altered with a bound parameter; the password is hexadecimal.
            connection.execute(text(f"ALTER ROLE {WEB_ROLE} LOGIN PASSWORD '{web_password(secret)}'"))
    finally:
        engine.dispose()
