"""Seals everything anew with the key in force, a batch at a time, while the portal reads and writes.

A sealed value says by its first byte which key sealed it: what is left to do is always in the rows themselves, so a
run that was killed goes on where it stopped. Rows that somebody holds at this moment are passed over and come in the
next pass. Reading works with every key meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Engine, Table, and_, bindparam, func, or_, select, tuple_

from portal.core.blobs import BlobStore
from portal.core.db import Base
from portal.core.sealing import Keyring, SealBroken
from portal.rotation.sealed import TABLES, Sealed, columns_of

BATCH = 500  # rows of one transaction
PASSES = 5
Done = Callable[[int], None]


@dataclass(slots=True)
class Outcome:
    """What became of one table, or of the files (``blobs``)."""

    what: str
    resealed: int = 0
    broken: int = 0  # cannot be opened with any key that there is
    left: int = 0  # held by others at every pass

    @property
    def is_whole(self) -> bool:
        """Whether the older keys are needed no more for it."""
        return not self.broken and not self.left


def count_old(engine: Engine, ring: Keyring) -> int:
    """How many rows have something that an older key sealed."""
    with engine.connect() as connection:
        return sum(connection.execute(_old_rows(name, ring, func.count())).scalar_one() for name in TABLES)


def kiosks_left(engine: Engine, ring: Keyring) -> int:
    """How many kiosks were not opened since the key is in force: their cookies are still sealed with an older one."""
    kiosk = Base.metadata.tables["kiosk"]
    old = and_(kiosk.c.revoked_at.is_(None), kiosk.c.sealed_with.is_distinct_from(ring.current))
    with engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(kiosk).where(old)).scalar_one())


def reseal_tables(engine: Engine, ring: Keyring, done: Done = lambda _rows: None) -> Iterator[Outcome]:
    """Every table of the list, one after the other."""
    for name in TABLES:
        outcome = Outcome(name)
        for _ in range(PASSES):
            outcome.broken = 0
            _walk(engine, ring, outcome, done)
            with engine.connect() as connection:
                old = int(connection.execute(_old_rows(name, ring, func.count())).scalar_one())
            outcome.left = max(0, old - outcome.broken)
            if not outcome.left:
                break
        yield outcome


def reseal_blobs(store: BlobStore, ring: Keyring) -> Outcome:
    """Every file of the store."""
    outcome = Outcome("blobs")
    for name in store.names():
        try:
            outcome.resealed += store.reseal(ring, name)
        except SealBroken:
            outcome.broken += 1
    return outcome


def _old(one: Sealed, ring: Keyring) -> ColumnElement[bool]:
    column = one.of.c[one.column]
    return and_(column.is_not(None), func.substring(column, 1, 1) != bytes((ring.current,)))


def _old_rows(table: str, ring: Keyring, *wanted: Any) -> Any:
    columns = columns_of(table)
    return select(*wanted).select_from(columns[0].of).where(or_(*(_old(one, ring) for one in columns)))


def _walk(engine: Engine, ring: Keyring, outcome: Outcome, done: Done) -> None:
    """One pass over the table in the order of its primary key."""
    columns = columns_of(outcome.what)
    table = columns[0].of
    key = list(table.primary_key.columns)
    last: Sequence[Any] | None = None
    while True:
        query = _old_rows(outcome.what, ring, *key, *(table.c[one.column] for one in columns),
                          *(one.purpose_of_row.label(f"purpose_{at}") for at, one in enumerate(columns)))  # fmt: skip
        if last is not None:
            query = query.where(tuple_(*key) > tuple_(*last))
        query = query.order_by(*key).limit(BATCH).with_for_update(skip_locked=True, of=table)
        with engine.begin() as connection:
            rows = connection.execute(query).all()
            anew = [values for row in rows if (values := _anew(row, table, columns, ring)) is not None]
            if anew:
                connection.execute(_update(table, columns), anew)
        outcome.resealed += len(anew)
        outcome.broken += len(rows) - len(anew)
        done(len(rows))
        if len(rows) < BATCH:
            return
        last = rows[-1][: len(key)]


def _anew(row: Any, table: Table, columns: list[Sealed], ring: Keyring) -> dict[str, Any] | None:
    """The row's key and sealed columns under the key in force; None where one of them does not open."""
    values: dict[str, Any] = {f"key_{column.name}": row._mapping[column] for column in table.primary_key.columns}
    for at, one in enumerate(columns):
        sealed, purpose = row._mapping[table.c[one.column]], row._mapping[f"purpose_{at}"]
        try:
            values[one.column] = (
                None if sealed is None else ring.seal_bytes(purpose, ring.unseal_bytes(purpose, sealed))
            )
        except SealBroken:
            return None
    return values


def _update(table: Table, columns: list[Sealed]) -> Any:
    where = [column == bindparam(f"key_{column.name}") for column in table.primary_key.columns]
    return table.update().where(*where).values({one.column: bindparam(one.column) for one in columns})
