"""Brings the keyed hashes by which sealed numbers are found to a new index key, without stopping the portal.

Two steps, with a restart of the portal between them:

``prepare`` runs while every process still has the older key only. It writes the new hash of every NIK beside the old
one (a person may have several rows in ``nik_index``), so that both keys find the person from then on.
``finish`` runs when every process has both keys. It hashes No. KK, statements and phone numbers
anew, and takes the old rows away.

Codes (slips, recovery codes) are known to nobody: they are found by the older key as long as it stays among the keys.
Known devices and counted tries are forgotten. No extract is loaded between the steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, text

from portal.core.sealing import Keyring
from portal.inbox.contacts import rehash_contacts
from portal.registry.rehashing import rehash_families, rehash_statements

BATCH = 1000
Done = Callable[[int], None]
_MEMBERS = text(
    "SELECT family_id, id, person_id, nik_sealed FROM member WHERE (family_id, id) > (:family, :id)"
    " ORDER BY family_id, id LIMIT :most"
)
_ADD = text(
    "INSERT INTO nik_index (nik_hash, person_id, key_version) VALUES (:hash, :person, :version)"
    " ON CONFLICT (nik_hash) DO NOTHING"
)
_LOGINS = text("SELECT staff_id, login FROM staff_credential FOR UPDATE")
_SET_LOGIN = text("UPDATE staff_credential SET login_hash = :hash WHERE staff_id = :staff")
_REMOVE = text(
    "DELETE FROM nik_index WHERE nik_hash IN (SELECT o.nik_hash FROM nik_index o WHERE o.key_version <> :version"
    " AND EXISTS (SELECT FROM nik_index n WHERE n.person_id = o.person_id AND n.key_version = :version) LIMIT :most)"
)
_WAITING = text("SELECT count(*) FROM extract_load WHERE state IN ('running', 'awaiting_confirmation')")
_LEFT = text("""
    SELECT (SELECT count(*) FROM family WHERE kk_key_version <> :version) AS families,
        (SELECT count(*) FROM nik_index WHERE key_version <> :version) AS niks,
        (SELECT count(*) FROM slip WHERE used_at IS NULL) AS slips,
        (SELECT count(*) FROM staff_recovery_code WHERE used_at IS NULL) AS codes
""")


class NotNow(Exception):
    """The index key cannot be changed at this moment; the message says why."""


@dataclass(frozen=True, slots=True)
class Left:
    """What the older index key is still needed for."""

    families: int
    niks: int  # of persons who are in no family any more: their number is known to nobody
    slips: int  # unused; which key they belong to is not known
    codes: int


def prepare(engine: Engine, ring: Keyring, done: Done = lambda _rows: None) -> int:
    """Write the new hashes beside the old ones; gives how many were new. May be run again at any time."""
    _refuse_while_loading(engine)
    added = 0
    for rows in _pages(engine, done):
        new = [
            {"hash": ring.blind_index("nik", ring.unseal("nik", row.nik_sealed)), "person": row.person_id,
             "version": ring.index_version} for row in rows
        ]  # fmt: skip
        with engine.begin() as connection:
            before = _niks(connection, ring)
            connection.execute(_ADD, new)
            added += _niks(connection, ring) - before
    return added


def finish(engine: Engine, ring: Keyring, done: Done = lambda _rows: None) -> Left:
    """Hash the rest anew and take the old hashes away; gives what is left. May be run again at any time."""
    prepare(engine, ring, done)
    rehash_families(engine, ring, done)
    with engine.begin() as connection:
        rehash_statements(connection, ring)
        rehash_contacts(connection, ring)
        for row in connection.execute(_LOGINS).all():
            connection.execute(_SET_LOGIN, {"hash": ring.blind_index("staff-login", row.login), "staff": row.staff_id})
    while True:
        with engine.begin() as connection:
            gone = connection.execute(_REMOVE, {"version": ring.index_version, "most": BATCH})
        if gone.rowcount < BATCH:
            break
    with engine.connect() as connection:
        return Left(*connection.execute(_LEFT, {"version": ring.index_version}).one())


def members(engine: Engine) -> int:
    """How many members there are, for the progress bar."""
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM member")).scalar_one())


def _pages(engine: Engine, done: Done) -> Iterator[list[Any]]:
    family = number = 0
    while True:
        with engine.connect() as connection:
            rows = list(connection.execute(_MEMBERS, {"family": family, "id": number, "most": BATCH}))
        if rows:
            yield rows
            done(len(rows))
            family, number = rows[-1].family_id, rows[-1].id
        if len(rows) < BATCH:
            return


def _niks(connection: Connection, ring: Keyring) -> int:
    query = text("SELECT count(*) FROM nik_index WHERE key_version = :version")
    return int(connection.execute(query, {"version": ring.index_version}).scalar_one())


def _refuse_while_loading(engine: Engine) -> None:
    """What a load has staged is hashed with the older key."""
    with engine.connect() as connection:
        if connection.execute(_WAITING).scalar_one():
            raise NotNow("A load of an extract runs or waits for confirmation. Let it end, or cancel it, first.")
