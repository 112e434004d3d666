"""Migrations are releases: one head, equal to the models, and taken back with data in the tables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from procrastinate.schema import SchemaManager
from sqlalchemy import create_engine, inspect, text

import portal.schema  # noqa: F401 - registers every table
from portal.config import Settings
from portal.core import migrate
from portal.core.db import Base
from portal.core.source import MIGRATIONS, newest_migration
from tests import factories as make


def test_there_is_one_head() -> None:
    script = ScriptDirectory(str(MIGRATIONS))
    assert len(script.get_heads()) == 1
    assert script.get_current_head() == newest_migration()


def test_the_models_are_what_the_migrations_make(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        difference = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    engine.dispose()
    assert difference == []


def test_down_and_up_again_with_data(make_database: Callable[..., str], settings: Settings) -> None:
    url = make_database()
    engine = create_engine(url)
    migrate.prepare(url, settings.secret_key.get_secret_value())
    with engine.begin() as connection:
        make.seed_areas(connection)
        family = make.make_family(connection)
        make.make_disbursement(connection, family.id)
    with engine.begin() as connection:
        migrate.downgrade(connection, "0001")
        assert connection.execute(text("SELECT count(*) FROM family")).scalar_one() == 1
    with engine.begin() as connection:
        assert migrate.current(connection) == "0001"
        migrate.upgrade(connection)
        assert connection.execute(text("SELECT count(*) FROM disbursement")).scalar_one() == 1
    with engine.begin() as connection:
        migrate.downgrade(connection, "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]
        assert "jobs" not in inspect(connection).get_schema_names()
    engine.dispose()
    migrate.prepare(url, settings.secret_key.get_secret_value())  # the roles are every database's on this server


def test_every_table_stands_under_row_level_security(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        open_tables = set(
            connection.execute(
                text(
                    "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
                    " AND NOT relrowsecurity"
                )
            ).scalars()
        )
        owned = set(
            connection.execute(
                text(
                    "SELECT relname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner "
                    "WHERE r.rolname LIKE 'portal\\_%' AND r.rolname <> current_user"
                )
            ).scalars()
        )
    engine.dispose()
    assert open_tables <= {"alembic_version"}
    assert owned == set()


@pytest.mark.parametrize("role", ["portal_family", "portal_staff", "portal_worker", "portal_anonymous", "portal_web"])
def test_no_role_of_the_web_passes_the_walls(database_url: str, role: str) -> None:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        powers = connection.execute(
            text("SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = :r"),
            {"r": role},
        ).one()
    engine.dispose()
    assert tuple(powers) == (False, False, False, False)


def test_the_schema_of_jobs_is_the_one_of_the_library(database_url: str) -> None:
    """A newer procrastinate adds steps to its schema: they want a migration of ours, and this test says so."""
    last_step = max(path.name for path in Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    frozen = ScriptDirectory(str(MIGRATIONS)).get_revision("0003")
    assert frozen is not None and last_step == frozen.module.LAST_STEP
    engine = create_engine(database_url)
    with engine.connect() as connection:
        named = connection.execute(text("SELECT obj_description('jobs'::regnamespace)")).scalar_one()
    engine.dispose()
    assert named == last_step


def test_nobody_but_the_worker_touches_the_tables_of_jobs(database_url: str) -> None:
    """They stand in a schema of their own; families and officers may leave work there, and see none."""
    roles = ("portal_family", "portal_staff", "portal_worker", "portal_anonymous", "portal_web", "public")
    tables = text(
        "SELECT r.name, has_schema_privilege(r.name, 'jobs', 'USAGE'),"
        " bool_or(has_table_privilege(r.name, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER'))"
        " FROM unnest(CAST(:roles AS text[])) r (name), pg_class c"
        " WHERE c.relnamespace = 'jobs'::regnamespace AND c.relkind IN ('r', 'v')"
        " GROUP BY 1"
    )
    functions = text(
        "SELECT r.name, p.proname FROM unnest(CAST(:roles AS text[])) r (name), pg_proc p"
        " WHERE p.pronamespace = 'jobs'::regnamespace AND has_function_privilege(r.name, p.oid, 'EXECUTE')"
        " AND r.name <> 'portal_worker'"
    )
    pinned = text(
        "SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'jobs'::regnamespace AND p.prosecdef"
        " AND 'search_path=jobs, pg_temp' = ANY (p.proconfig)"
    )
    definers = text("SELECT proname FROM pg_proc WHERE pronamespace = 'jobs'::regnamespace AND prosecdef")
    engine = create_engine(database_url)
    with engine.connect() as connection:
        may = {tuple(row) for row in connection.execute(tables, {"roles": list(roles)})}
        calls = {tuple(row) for row in connection.execute(functions, {"roles": list(roles)})}
        assert set(connection.execute(definers).scalars()) == set(connection.execute(pinned).scalars()) == {"defer"}
    engine.dispose()
    assert may == {
        ("portal_family", True, False),
        ("portal_staff", True, False),
        ("portal_worker", True, True),
        ("portal_anonymous", False, False),
        ("portal_web", False, False),
        ("public", False, False),
    }
    assert calls == {("portal_family", "defer"), ("portal_staff", "defer")}
