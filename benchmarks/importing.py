"""Loading an extract of 100,000 families against COPY of the same rows, already prepared."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import psycopg
from psycopg import sql

import portal.exchange.generator as generator
from benchmarks import place
from benchmarks.data import connect, databases, empty_database
from benchmarks.processes import Memory, NotMeasured, running
from portal.exchange.generator import households, write_extract

_FAMILIES, _AS_OF = 100_000, date(2026, 10, 1)
_VILLAGES = [3510_00_0000 + kecamatan * 10_000 + 2001 + n for kecamatan in range(1, 26) for n in range(10)]
_EXTRACT, _PREPARED = place.FOLDER / "extract", place.FOLDER / "prepared"
_LONGEST = 300  # seconds for one load
# What stood in the database before the load, or is not of the record.
_NOT_LOADED = ("area", "alembic_version", "audit_head", "audit_event", "audit_mark_key", "extract_load")

Owner = psycopg.Connection[tuple[object, ...]]


def measure() -> Iterator[tuple[str, float]]:
    """Rows a second, its time over that of COPY, and the most memory of the command with all its processes."""
    rows = _write_extract()
    with databases("10k") as urls:  # for its server
        with empty_database(urls["10k"], "import") as url:
            seconds, most_mb = _load(url)
            tables = _prepare(url)
        with empty_database(urls["10k"], "copy") as url:
            copied = _copy(url, tables)
    yield "import_rows", rows
    yield "import_s", seconds
    yield "copy_s", copied
    yield "import_rows_per_s", rows / seconds
    yield "import_vs_copy", seconds / copied
    yield "import_rss_mb", most_mb


def _write_extract() -> int:
    """Make the extract where it is missing or the generator has changed; gives its number of rows."""
    sources = sorted(Path(generator.__file__).parent.glob("*.py"))
    version = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    record = _EXTRACT / "version.json"
    if record.exists() and (kept := json.loads(record.read_text()))["version"] == version:
        return int(kept["rows"])
    shutil.rmtree(_EXTRACT, ignore_errors=True)
    count = write_extract(_EXTRACT, households(_FAMILIES, _VILLAGES, _AS_OF))
    record.write_text(json.dumps({"version": version, "rows": count.total()}))
    return count.total()


def _load(url: str) -> tuple[float, float]:
    """Seconds and memory (MB) of the command that loads the extract."""
    log = place.FOLDER / "import.log"
    command: list[str | Path] = [place.PORTAL, "registry", "import", _EXTRACT, "--as-of", str(_AS_OF)]
    began = time.monotonic()
    with running(command, place.environment(url), log) as process, Memory(process.pid, with_children=True) as memory:
        status = process.wait(_LONGEST)
    seconds = time.monotonic() - began
    if status != 0:
        raise NotMeasured(f"the load ended with {status}; {log} ends with:\n{log.read_text()[-2000:]}")
    with connect(url) as connection:
        families = connection.execute("SELECT count(*) FROM family").fetchone()
    if families != (_FAMILIES,):
        raise NotMeasured(f"the load left {families} families of {_FAMILIES}")
    return seconds, memory.most_mb


def _prepare(url: str) -> list[str]:
    """Write what was loaded to files as COPY reads it; gives the tables, what is referred to first."""
    shutil.rmtree(_PREPARED, ignore_errors=True)
    _PREPARED.mkdir()
    with connect(url) as connection:
        filled = [table for table in _tables(connection) if _is_filled(connection, table)]
        for table in filled:
            statement = sql.SQL("COPY {} TO STDOUT").format(_columns(connection, table))
            with connection.cursor().copy(statement) as copy, (_PREPARED / table).open("wb") as file:
                for block in copy:
                    file.write(block)
    return filled


def _copy(url: str, tables: list[str]) -> float:
    """Seconds of COPY of all prepared rows into the same tables, in one transaction."""
    with connect(url) as connection:
        statements = {table: sql.SQL("COPY {} FROM STDIN").format(_columns(connection, table)) for table in tables}
        connection.commit()
        began = time.monotonic()
        for table, statement in statements.items():
            with connection.cursor().copy(statement) as copy, (_PREPARED / table).open("rb") as file:
                while block := file.read(1 << 20):
                    copy.write(block)
        connection.commit()
        seconds = time.monotonic() - began
    shutil.rmtree(_PREPARED)
    return seconds


def _tables(connection: Owner) -> list[str]:
    """The tables in an order in which rows may be put into them."""
    links = connection.execute(
        "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint WHERE contype = 'f'"
    ).fetchall()
    names = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
    ).fetchall()
    waiting = [str(name) for (name,) in names]
    ordered: list[str] = []
    while waiting:
        needs = {table: {to for source, to in links if source == table and to != table} for table in waiting}
        ready = [table for table in waiting if needs[table] <= set(ordered)]
        ordered += ready
        waiting = [table for table in waiting if table not in ready]
    return [table for table in ordered if table not in _NOT_LOADED]


def _is_filled(connection: Owner, table: str) -> bool:
    found = connection.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(table))).fetchone()
    return found == (True,)


def _columns(connection: Owner, table: str) -> sql.Composed:
    """The table with the columns that COPY may fill."""
    names = connection.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position",
        (table,),
    ).fetchall()
    columns = sql.SQL(", ").join(sql.Identifier(str(name)) for (name,) in names)
    return sql.SQL("{} ({})").format(sql.Identifier(table), columns)
