"""What every tier shares: one PostgreSQL for the run, one database per worker, one application."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, NullPool, create_engine, make_url, text

from portal.app import create_app
from portal.config import Settings, fresh_environment, load_settings
from portal.core import migrate
from portal.core.database_roles import web_url, worker_url
from portal.core.embedded import temporary_postgres
from portal.extensions import db, keys
from tests.factories import seed_areas
from tests.pages.clients import PortalClient, client_for

# The machine is shared with browsers and databases: how long one example takes says nothing.
hypothesis.settings.register_profile("suite", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("suite")


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a test run: fresh secrets, a folder of its own."""
    secrets_ = {name.removeprefix("PORTAL_").lower(): value for name, value in fresh_environment().items()}
    folder = tmp_path_factory.mktemp("instance")
    return load_settings(instance=folder, secure_cookies=False, database_url=None, hash_memory_kib=64, **secrets_)


@pytest.fixture(scope="session", autouse=True)
def bound_keys(settings: Settings) -> None:
    """The keys of the run, for factories and services that need no application."""
    keys.bind(settings.keyring)


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """A PostgreSQL as an owner that may create databases: ``DATABASE_URL``, or one of our own."""
    given = os.environ.get("DATABASE_URL")
    if given:
        yield make_url(given).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
        return
    with temporary_postgres() as url:
        yield url


def _admin(server_url: str) -> Engine:
    return create_engine(server_url, isolation_level="AUTOCOMMIT")


@pytest.fixture(scope="session")
def make_database(server_url: str) -> Iterator[object]:
    """Makes databases, empty or as a copy of another, and drops them at the end."""
    made: list[str] = []

    def make(template: str | None = None) -> str:
        name = f"portal_test_{secrets.token_hex(6)}"
        # Copying files is several times quicker than writing every page through the log.
        copy = f" TEMPLATE {make_url(template).database} STRATEGY FILE_COPY" if template else ""
        admin = _admin(server_url)
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}{copy}"))
        admin.dispose()
        made.append(name)
        return make_url(server_url).set(database=name).render_as_string(hide_password=False)

    yield make
    admin = _admin(server_url)
    with admin.connect() as connection:
        for name in made:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(scope="session")
def database_url(make_database, settings: Settings) -> str:  # type: ignore[no-untyped-def]
    """A migrated database with a few areas, for tests that undo everything they do."""
    url: str = make_database()
    migrate.prepare(url, settings.secret_key.get_secret_value())
    engine = create_engine(url)
    with engine.begin() as connection:
        seed_areas(connection)
    engine.dispose()
    return url


@pytest.fixture
def committed_url(database_url: str, make_database) -> str:  # type: ignore[no-untyped-def]
    """A database of this test's own, for what must really commit: concurrency, access, kills."""
    url: str = make_database(database_url)
    return url


@pytest.fixture(scope="session")
def app(settings: Settings) -> Flask:
    """The application; each test binds the database it uses."""
    application = create_app(settings)
    application.config["TESTING"] = True
    return application


@pytest.fixture(scope="session")
def engine(database_url: str) -> Iterator[Engine]:
    """Connections as the owner of the test database."""
    made = create_engine(database_url, poolclass=NullPool)  # a database with open connections cannot be copied
    yield made
    made.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """One connection in one transaction that is undone. The application works in savepoints of it."""
    with engine.connect() as opened:
        transaction = opened.begin()
        db.bind(opened)
        yield opened
        if transaction.is_active:
            transaction.rollback()


@pytest.fixture
def committed(committed_url: str, settings: Settings) -> Iterator[Engine]:
    """The application on a database of this test's own, through the web's role; yields the owner's engine."""
    owner = create_engine(committed_url)
    db.connect(web_url(committed_url, settings.secret_key.get_secret_value()), pool_size=8)
    yield owner
    db.close()
    owner.dispose()


@pytest.fixture
def as_worker(committed: Engine, settings: Settings) -> Iterator[Engine]:
    """``committed`` as the worker process works on it: through the worker's own role."""
    with worker_of(committed, settings):
        yield committed


@contextmanager
def worker_of(owner: Engine, settings: Settings) -> Iterator[None]:
    """The application in the place of the worker process for a while, then again in the web's."""
    url, secret = owner.url.render_as_string(hide_password=False), settings.secret_key.get_secret_value()
    db.close()
    db.connect(worker_url(url, secret))
    yield
    db.close()
    db.connect(web_url(url, secret), pool_size=8)


@pytest.fixture
def client(app: Flask, request: pytest.FixtureRequest) -> PortalClient:
    """A browser on the test's database: ``committed`` where the test asks for it, else ``connection``.

    ``client.as_(actor)`` is another browser in which somebody is signed in; ``send`` posts with a CSRF token.
    """
    if "committed" in request.fixturenames:
        engine: Engine = request.getfixturevalue("committed")
        return client_for(app, engine.begin)
    connection: Connection = request.getfixturevalue("connection")

    @contextmanager
    def owner() -> Iterator[Connection]:
        yield connection

    return client_for(app, owner)


ROOT = Path(__file__).resolve().parents[1]
