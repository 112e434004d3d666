"""One merge at work: its connection, date and tables, and the counts it gathers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection

from portal.registry.merge.tables import Stage


@dataclass(slots=True)
class Load:
    """What every step of a merge needs. ``present`` names the record fields the extract has columns for."""

    connection: Connection
    stage: Stage
    as_of: date
    regency_id: int
    full: frozenset[str]
    present: frozenset[str]
    counts: Counter[str] = field(default_factory=Counter)

    def run(self, sql: str) -> int:
        """Execute one statement; ``:as_of``, ``:load`` and ``:regency`` stand for this load's values."""
        return self.connection.exec_driver_sql(self.fill(sql)).rowcount

    def number(self, sql: str) -> int:
        """The single number a query gives."""
        return int(self.connection.exec_driver_sql(self.fill(sql)).scalar() or 0)

    def fill(self, sql: str) -> str:
        """``sql`` with the names of staging tables (``{family}``) and the load's own plain values put in."""
        for table in ("family", "member", "participation", "disbursement", "uncertain"):
            sql = sql.replace(f"{{{table}}}", self.stage.name(table))
        return (
            sql.replace(":as_of", f"DATE '{self.as_of.isoformat()}'")
            .replace(":load", str(int(self.stage.load_id)))
            .replace(":regency", str(int(self.regency_id)))
            .replace("%", "%%")
        )

    def fields(self, wanted: Iterable[str]) -> list[str]:
        """Those of ``wanted`` that the extract has columns for; the others are left as they are."""
        return [name for name in wanted if name in self.present]


def differs(old: str, new: str, fields: list[str]) -> str:
    """The condition that any of ``fields`` differs between two row names."""
    if not fields:
        return "false"
    return (f"({', '.join(f'{old}.{name}' for name in fields)}) IS DISTINCT FROM "
            f"({', '.join(f'{new}.{name}' for name in fields)})")


def assignments(new: str, fields: list[str]) -> str:
    """``SET`` items that take ``fields`` from the row name ``new``; each ends with a comma."""
    return "".join(f"{name} = {new}.{name}, " for name in fields)


def history(load: Load, subject: str, source: str, fields: list[str], *, old: str, new: str, subject_id: str,
            person_id: str = "NULL", origin: str = "NULL, NULL") -> None:
    """Keep the value before of every field of ``source`` that differs, and note who changed.

    ``source`` is the FROM and WHERE of the pairs; ``origin`` the extract's source and its date.
    """
    if not fields:
        return
    values = ", ".join(f"('{name}', {old}.{name}::text, {new}.{name}::text)" for name in fields)
    load.run(
        "WITH made AS (INSERT INTO record_change (family_id, subject, subject_id, person_id, field, old, new,"
        " source, source_date, as_of, extract_id)"
        f" SELECT {old}.family_id, '{subject}', {subject_id}, {person_id}, c.field, c.old, c.new, {origin}, :as_of, :load"
        f" {source.replace('/*LATERAL*/', f'CROSS JOIN LATERAL (VALUES {values}) AS c (field, old, new)')}"
        " AND c.old IS DISTINCT FROM c.new"
        " RETURNING family_id, subject, subject_id, field, old IS NULL AS was_unknown)"
        " INSERT INTO made_change SELECT * FROM made"
    )
