"""Brings the keyed hashes of families and statements to a new index key (``portal keys rotate``)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine, text

from portal.core.sealing import Keyring
from portal.registry.changes import statement_hash

BATCH = 1000  # families of one transaction
_FAMILIES = text(
    "SELECT id, kk_sealed, address_sealed, fingerprint FROM family WHERE id > :last AND kk_key_version <> :version"
    " ORDER BY id LIMIT :most FOR UPDATE SKIP LOCKED"
)
_SET_FAMILY = text(
    "UPDATE family SET kk_hash = :hash, kk_key_version = :version, fingerprint = :fingerprint WHERE id = :id"
)
_STATEMENTS = text("SELECT family_id, id, field, value_sealed FROM statement WHERE value_hash IS NOT NULL"
                   " AND value_sealed IS NOT NULL FOR UPDATE")  # fmt: skip
_SET_STATEMENT = text("UPDATE statement SET value_hash = :hash WHERE family_id = :family AND id = :id")


def rehash_families(engine: Engine, ring: Keyring, done: Callable[[int], None]) -> None:
    """Every family that is found by an older key; one that somebody holds is left for the next run."""
    last = 0
    while True:
        with engine.begin() as connection:
            wanted = {"last": last, "version": ring.index_version, "most": BATCH}
            rows = connection.execute(_FAMILIES, wanted).all()
            if rows:
                connection.execute(_SET_FAMILY, [_family(row, ring) for row in rows])
        done(len(rows))
        if len(rows) < BATCH:
            return
        last = rows[-1].id


def _family(row: Any, ring: Keyring) -> dict[str, Any]:
    """The family's hashes anew. The fingerprint says key version, row, address: its last part tells the importer
    whether the address changed, so that it is hashed anew; the middle differs, and the row is compared field by field.
    """
    address = row.address_sealed and ring.unseal("address", row.address_sealed)
    fingerprint = row.fingerprint
    if fingerprint is not None:
        hashed = statement_hash(ring, "address", address) if address else bytes(len(fingerprint) - 17)
        fingerprint = bytes((ring.index_version,)) + bytes(fingerprint)[1:17] + hashed
    return {
        "id": row.id,
        "hash": ring.blind_index("kk", ring.unseal("kk", row.kk_sealed)),
        "version": ring.index_version,
        "fingerprint": fingerprint,
    }


def rehash_statements(connection: Connection, ring: Keyring) -> None:
    """The hashes by which an extract is compared with sealed statements."""
    for row in connection.execute(_STATEMENTS).all():
        value = ring.unseal(row.field, row.value_sealed)
        values = {"hash": statement_hash(ring, row.field, value), "family": row.family_id, "id": row.id}
        connection.execute(_SET_STATEMENT, values)
