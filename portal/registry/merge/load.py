"""One merge at work: its connection, date and tables, and the counts it gathers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection

from portal.registry.merge.tables import Stage


def _to_nobody(done: int, whole: int) -> None:
    """Nobody looks."""


@dataclass(slots=True)
class Load:
    """What every step of a merge needs.

    ``present`` names the record fields (``file.field``) that the extract has columns for; ``tell`` is
    told how many of the steps are done.
    """

    connection: Connection
    stage: Stage
    as_of: date
    regency_id: int
    full: frozenset[str]
    present: frozenset[str]
    tell: Callable[[int, int], None] = _to_nobody
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

    def fields(self, file: str, wanted: Iterable[str]) -> list[str]:
        """Those of ``wanted`` that the extract's file has columns for; the others are left as they are."""
        return [name for name in wanted if f"{file}.{name}" in self.present]


def differs(old: str, new: str, fields: list[str]) -> str:
    """The condition that any of ``fields`` differs between two row names."""
    if not fields:
        return "false"
    return (
        f"({', '.join(f'{old}.{name}' for name in fields)}) IS DISTINCT FROM "
        f"({', '.join(f'{new}.{name}' for name in fields)})"
    )


def assignments(new: str, fields: list[str]) -> str:
    """``SET`` items that take ``fields`` from the row name ``new``; each ends with a comma."""
    return "".join(f"{name} = {new}.{name}, " for name in fields)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Recorded rows (named ``o``) beside the staged ones (``s``) that tell of the same thing.

    ``source`` is their FROM; ``where`` further conditions. ``origin`` gives the extract's source and its date.
    """

    subject: str
    subject_id: str
    source: str
    where: str = "true"
    person_id: str = "NULL::bigint"
    origin: str = "NULL::text, NULL::date"


def history(load: Load, pairs: Pairs, fields: list[str]) -> None:
    """Keep the value before of every field that differs, and note which row changed."""
    if not fields:
        return
    values = ", ".join(f"('{name}', o.{name}::text, s.{name}::text)" for name in fields)
    load.run(
        "WITH made AS (INSERT INTO record_change (family_id, subject, subject_id, person_id, field, old, new,"
        f" source, source_date, as_of, extract_id) SELECT o.family_id, '{pairs.subject}', {pairs.subject_id},"
        f" {pairs.person_id}, c.field, c.old, c.new, {pairs.origin}, :as_of, :load {pairs.source}"
        f" CROSS JOIN LATERAL (VALUES {values}) AS c (field, old, new)"
        f" WHERE {pairs.where} AND c.old IS DISTINCT FROM c.new"
        " RETURNING family_id, subject, subject_id, field, old IS NULL AS was_unknown)"
        " INSERT INTO made_change SELECT * FROM made"
    )


def keep_closing(subject: str, field_name: str, old: str, new: str) -> str:
    """The end of a statement ``WITH gone AS (…)``: keep what closed in the history, note the families."""
    return (
        " INSERT INTO record_change (family_id, subject, subject_id, field, old, new, as_of, extract_id)"
        f" SELECT family_id, '{subject}', id, '{field_name}', {old}, {new}, :as_of, :load FROM gone)"
        " INSERT INTO touched SELECT family_id FROM gone"
    )
