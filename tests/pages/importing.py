"""Loads extracts into a database of the test's own and looks at what became of the record."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from portal.core.sealing import Keyring
from portal.exchange.importing import Order, import_extract
from portal.exchange.report import Report
from tests.extracts import AS_OF, rows, write

RECORD = (
    "family",
    "housing",
    "desil",
    "person",
    "nik_index",
    "member",
    "member_health",
    "participation",
    "disbursement",
    "record_change",
    "statement",
    "finding",
)


@dataclass
class Registry:
    """A database to load into. ``folder`` is where extracts are written."""

    engine: Engine
    ring: Keyring
    folder: Path
    said: list[Report] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.engine.url.render_as_string(hide_password=False)

    def load(self, folder: Path | None = None, as_of: date = AS_OF, **order: Any) -> Report:
        """Load the files in ``folder`` (what ``write`` wrote last)."""
        report = import_extract(self.url, self.ring, Order(folder or self.folder, as_of, **order))
        self.said.append(report)
        return report

    def write(self, **files: list[dict[str, str]] | str) -> None:
        """Write an extract from lists of rows; files not named are empty but for their header."""
        whole = {name: rows(name) for name in ("keluarga", "anggota", "kepesertaan", "penyaluran")}
        whole |= {name: rows(name, *part) if isinstance(part, list) else part for name, part in files.items()}
        write(self.folder, **whole)

    def rows(self, query: str, **values: Any) -> list[Any]:
        """All rows of a query, as the owner."""
        with self.engine.connect() as connection:
            return list(connection.execute(text(query), values))

    def one(self, query: str, **values: Any) -> Any:
        """The first column of the only row."""
        (row,) = self.rows(query, **values)
        return row[0]

    def execute(self, statement: str, **values: Any) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(statement), values)

    def record(self) -> dict[str, list[str]]:
        """The whole record as text, table by table, to compare before and after."""
        return {table: [row[0] for row in self.rows(f"SELECT t::text FROM {table} t ORDER BY 1")] for table in RECORD}

    def stages(self) -> int:
        """How many staging tables there are."""
        return int(self.one("SELECT count(*) FROM pg_tables WHERE schemaname = 'extract_stage'"))
