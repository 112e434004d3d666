"""Migrations: brought up, taken down, and asked whether they are where the code needs them."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine, text

from portal.core.database_roles import WEB_ROLE, WORKER_ROLE, role_password
from portal.core.source import MIGRATIONS


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def current(connection: Connection) -> str | None:
    """The revision the database is at."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Bring the database up to ``revision`` on an open connection of the owner."""
    command.upgrade(_config(connection), revision)


def downgrade(connection: Connection, revision: str) -> None:
    """Take the database down to ``revision``."""
    command.downgrade(_config(connection), revision)


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
