"""The ``portal`` command."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from portal.accounts.cli import groups as account_groups
from portal.accounts.hashing import hasher
from portal.config import Settings, SettingsError, fresh_environment, load_settings
from portal.exchange.cli import areas, registry
from portal.extensions import db, keys
from portal.serving import database, serve


def _settings() -> Settings:
    try:
        return load_settings()
    except SettingsError as wrong:
        sys.exit(str(wrong))


@contextmanager
def owner_session() -> Iterator[Session]:
    """A transaction of the database's owner, with keys and hashes bound: what the groups find in ``context.obj``."""
    settings = _settings()
    keys.bind(settings.keyring)
    hasher.bind(settings.pin_pepper.get_secret_value(), settings.hash_memory_kib)
    with database(settings) as url:
        engine = create_engine(url, hide_parameters=True)
        try:
            with Session(engine) as session, session.begin():
                yield session
        finally:
            engine.dispose()


@click.group()
@click.pass_context
def main(context: click.Context) -> None:
    """Portal Keluarga: social aid explained to the family, and an answer by a promised day."""
    context.obj = owner_session


@main.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--processes", type=int, help="Web processes; one per core when not said.")
def serve_command(host: str, port: int, processes: int | None) -> None:
    """Serve the portal; without DATABASE_URL the embedded database runs with it."""
    with database(_settings()):
        serve(host, port, processes)


@main.command("migrate")
def migrate_command() -> None:
    """Bring the database up to what this version needs."""
    with database(_settings()):
        click.echo("The database is up to date.")


@main.group("keys")
def keys_group() -> None:
    """Secrets of the portal."""


@keys_group.command("new")
def keys_new() -> None:
    """Print fresh secrets as lines for an environment file."""
    for name, value in fresh_environment().items():
        click.echo(f"{name}={value}")
