"""The large data: databases of 10,000, 100,000 and 1,000,000 families, and of open cases for the queue, made in SQL and
kept between runs.

A database is made anew when the migrations, its script or the keys have changed. Its indexes and
constraints are put aside while it is filled and made again afterwards from their own definitions.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from benchmarks import place
from portal.core import migrate
from portal.core.embedded import EmbeddedPostgres
from portal.core.source import MIGRATIONS

_SCRIPT = Path(__file__).with_name("families.sql")
_QUEUE_SCRIPT = Path(__file__).with_name("queue.sql")
FAMILIES = {"10k": 10_000, "100k": 100_000, "1m": 1_000_000}
ACCOUNTS = 4_000  # in each, spread evenly over all families
# While data are made, which a crash may lose; the measured server runs as the portal's own does.
_MAKING = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "max_wal_size": "16GB",
    "checkpoint_timeout": "1h",
    "shared_buffers": "1GB",
    "maintenance_work_mem": "1GB",
    "work_mem": "256MB",
}


@dataclass(frozen=True)
class Login:
    """A family that can sign in: its number (from 1) gives its token and its NIK."""

    number: int

    @property
    def token(self) -> str:
        """What the browser keeps; the database keeps its hash."""
        digest = hashlib.sha256(f"bench-{self.number}".encode()).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    @property
    def nik(self) -> str:
        """An invented NIK with a serial of 9xxx; a thousand of one day."""
        day = self.number // 1000
        return f"351014{day % 28 + 1:02}{day // 28 % 12 + 1:02}869{self.number % 1000:03}"


LOGINS = tuple(Login(number) for number in range(1, ACCOUNTS + 1))
OFFICER = Login(0)  # whose queue is measured: the token alone
_QUEUES: dict[str, int] = {}  # by name, how many cases


def queue_of(cases: int) -> str:
    """The name of the database with so many open cases, 20,000 of them the officer's."""
    name = f"queue_{cases}"
    _QUEUES[name] = cases
    return name


@contextmanager
def databases(*names: str) -> Iterator[dict[str, str]]:
    """The owner's URLs of the databases of those names, made where they are missing or old."""
    _make_missing(names)
    with EmbeddedPostgres(place.POSTGRES) as server:
        urls = {name: _url(server.url, name) for name in names}
        for url in urls.values():
            with connect(url) as connection:  # every family was here a moment ago
                connection.execute("UPDATE web_session SET last_seen_at = now()")
                connection.execute("TRUNCATE kept_home")  # and nothing of its page was kept
        os.sync()  # what was made is on the disk before anything is measured, and not written meanwhile
        yield urls


@contextmanager
def empty_database(server_url: str, name: str) -> Iterator[str]:
    """A migrated database with the areas and nothing else, dropped afterwards."""
    with _admin(server_url) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(_named(name)))
        admin.execute(sql.SQL("CREATE DATABASE {}").format(_named(name)))
    url = _url(server_url, name)
    migrate.prepare(url, place.settings().secret_key.get_secret_value())
    with connect(url) as connection:
        script = _SCRIPT.read_text()
        start = script.index("INSERT INTO area")
        connection.execute(script[start : script.index(";", start)].encode())
    try:
        yield url
    finally:
        with _admin(server_url) as admin:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(_named(name)))


def connect(url: str, *, autocommit: bool = False) -> psycopg.Connection[tuple[object, ...]]:
    """A connection of the owner."""
    return psycopg.connect(url.replace("+psycopg", "", 1), autocommit=autocommit)


def _url(server_url: str, name: str) -> str:
    return make_url(server_url).set(database=f"bench_{name}").render_as_string(hide_password=False)


def _named(name: str) -> sql.Identifier:
    return sql.Identifier(f"bench_{name}")


def _admin(server_url: str) -> psycopg.Connection[tuple[object, ...]]:
    return connect(server_url, autocommit=True)


def _version() -> str:
    """What the data stand on; another version makes them anew."""
    said = hashlib.sha256(json.dumps([ACCOUNTS, sorted(place.secrets().items())]).encode())
    for path in [_SCRIPT, _QUEUE_SCRIPT, *sorted((MIGRATIONS).glob("*/*.[ps][yq]*"))]:
        said.update(path.read_bytes())
    return said.hexdigest()


def _versions(server_url: str) -> dict[str, str]:
    with _admin(server_url) as admin:
        found = admin.execute(
            "SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database WHERE datname LIKE 'bench%'"
        ).fetchall()
        return {str(name).removeprefix("bench_"): str(version) for name, version in found}


def _make_missing(names: tuple[str, ...]) -> None:
    version = _version()
    with EmbeddedPostgres(place.POSTGRES) as server:
        there = _versions(server.url)
        missing = [name for name in names if there.get(name) != version]
    if not missing:
        return
    with EmbeddedPostgres(place.POSTGRES, _MAKING) as server:
        for name in missing:
            _make(server.url, name, version)


def _make(server_url: str, name: str, version: str) -> None:
    began = time.monotonic()
    with _admin(server_url) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(_named(name)))
        admin.execute(sql.SQL("CREATE DATABASE {}").format(_named(name)))
    url = _url(server_url, name)
    migrate.prepare(url, place.settings().secret_key.get_secret_value())
    with connect(url) as connection:
        if name in _QUEUES:
            _fill_queue(connection, _QUEUES[name])
        else:
            _fill(connection, FAMILIES[name])
    with connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (FREEZE, ANALYZE)")
        connection.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(_named(name), version))
    made = f"{_QUEUES[name]} cases" if name in _QUEUES else f"{FAMILIES[name]} families"
    print(f"made {made} in {time.monotonic() - began:.0f} s", flush=True)


def _fill(connection: psycopg.Connection[tuple[object, ...]], families: int) -> None:
    ring = place.settings().keyring
    told = {
        "families": str(families),
        "accounts": str(ACCOUNTS),
        "nik": _bytea(ring.seal("nik", LOGINS[0].nik)),
        "kk": _bytea(ring.seal("kk", "3510140101209001")),
        "address": _bytea(ring.seal("address", "Dusun Krajan No. 1")),
        "answers": _bytea(ring.seal("case_answers", "{}")),
    }
    for setting, value in told.items():
        connection.execute("SELECT set_config('bench.' || %s, %s, true)", (setting, value))
    connection.execute("CREATE TEMP TABLE bench_login (number bigint, nik_hash bytea)")
    with connection.cursor().copy("COPY bench_login FROM STDIN") as copy:
        for login in LOGINS:
            copy.write_row((login.number, ring.blind_index("nik", login.nik)))
    again = _put_aside(connection)
    connection.execute(_SCRIPT.read_bytes())
    for statement in again:
        connection.execute(statement.encode())


def _fill_queue(connection: psycopg.Connection[tuple[object, ...]], cases: int) -> None:
    for setting, value in (("cases", str(cases)), ("token", OFFICER.token)):
        connection.execute("SELECT set_config('bench.' || %s, %s, true)", (setting, value))
    again = _put_aside(connection)
    connection.execute(_QUEUE_SCRIPT.read_bytes())
    for statement in again:
        connection.execute(statement.encode())


def _bytea(content: bytes) -> str:
    return rf"\x{content.hex()}"


def _put_aside(connection: psycopg.Connection[tuple[object, ...]]) -> list[str]:
    """Drop indexes, constraints and triggers; gives the statements that make them again, in order."""
    found = connection.execute(
        """
        SELECT format('ALTER TABLE %1$s DROP CONSTRAINT %2$I', conrelid::regclass, conname),
            format('ALTER TABLE %1$s ADD CONSTRAINT %2$I %3$s', conrelid::regclass, conname, pg_get_constraintdef(oid)),
            array_position('{p,u,f}', contype::text)
        FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'u', 'f')
        UNION ALL
        SELECT format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid), 0
        FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
        WHERE relnamespace = 'public'::regnamespace
            AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
        UNION ALL
        SELECT format('ALTER TABLE %s DISABLE TRIGGER USER', t), format('ALTER TABLE %s ENABLE TRIGGER USER', t), 4
        FROM (SELECT DISTINCT tgrelid::regclass AS t FROM pg_trigger WHERE NOT tgisinternal)
        ORDER BY 3
        """
    ).fetchall()
    for drop, _, _ in reversed(found):
        connection.execute(str(drop).encode())
    return [str(again) for _, again, _ in found]
