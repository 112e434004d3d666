"""Asks the registry, on a connection of its own, what an extract leaves out: families and members by their hashes."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine

from portal.core.sealing import Keyring

_KEPT = 100_000


class Recorded:
    """Opens its connection at the first question: most extracts never ask."""

    def __init__(self, engine: Engine, ring: Keyring) -> None:
        self._engine, self._ring = engine, ring
        self._connection: Connection | None = None
        self._families: dict[str, bool] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._connection is not None:
            self._connection.close()

    def has_family(self, kk: str) -> bool:
        """Whether the registry has a family of that No. KK."""
        known = self._families.get(kk)
        if known is None:
            known = self._ask("SELECT EXISTS (SELECT FROM family WHERE kk_hash = %s)", self._ring.blind_index("kk", kk))
            if len(self._families) < _KEPT:
                self._families[kk] = known
        return known

    def has_member(self, kk: str, nik: str) -> bool:
        """Whether the registry has that NIK in the family of that No. KK."""
        return self._ask(
            "SELECT EXISTS (SELECT FROM member m JOIN family f ON f.id = m.family_id"
            " JOIN nik_index n ON n.person_id = m.person_id WHERE f.kk_hash = %s AND n.nik_hash = %s)",
            self._ring.blind_index("kk", kk),
            self._ring.blind_index("nik", nik),
        )

    def regency(self, recalled: list[tuple[int, str]]) -> int | None:
        """The regency of the families that an extract without ``keluarga`` refers to, by the first of them."""
        if not recalled:
            return None
        wanted = self._ring.blind_index("kk", recalled[0][1])
        query = "SELECT regency_id FROM family WHERE kk_hash = %s"
        found = self._open().exec_driver_sql(query, (wanted,)).scalar()
        return None if found is None else int(found)

    def _ask(self, query: str, *hashes: bytes) -> bool:
        return bool(self._open().exec_driver_sql(query, hashes).scalar())

    def _open(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        return self._connection
