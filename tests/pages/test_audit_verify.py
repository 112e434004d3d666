"""Whoever changes one row of the trail is found, with the shard, the number and what it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from portal.audit import verifying
from portal.audit.cli import audit
from portal.audit.models import AuditEvent
from portal.audit.publishing import publish_audit_head
from portal.audit.trail import Event, record
from portal.core.db import Scope, set_scope
from portal.extensions import db
from tests import factories as make

LENGTH = 5  # events in each of the two chains that are tampered with
SHARD, OTHER = 3, 4  # the families 3 and 4 of every 256
EMPTY = 200  # a chain in which nothing was written
#: Another value for every column, as SQL; the test below holds this list whole.
OTHER_VALUE = {
    "shard": "shard + 100",
    "seq": "seq + 100",
    "at": "at + interval '1 microsecond'",
    "event": "event || 'x'",
    "actor_kind": "'owner2'",
    "actor_id": "coalesce(actor_id, 0) + 1",
    "family_id": "coalesce(family_id, 0) + 256",
    "data": "data || '{\"number\": 99}'",
    "previous": "sha256(previous)",
    "hash": "sha256(hash)",
}
NOTHING = {"actor_id": "NULL", "family_id": "NULL", "data": "'{}'"}
HEAD_VALUE = {"shard": "shard + 300", "seq": "seq + 1", "hash": "sha256(hash)"}
FORGED = (
    "INSERT INTO audit_event SELECT shard, {seq}, at, event, actor_kind, actor_id, family_id, data, {previous},"
    " audit_digest({previous}, shard, ({seq})::bigint, at, event, actor_kind, actor_id, family_id, data)"
    " FROM audit_event WHERE shard = 3 AND seq = {of}"
)


@pytest.fixture
def chains(connection: Connection) -> Connection:
    """Two chains of five events, written as the portal writes them."""
    with Session(connection, join_transaction_mode="create_savepoint") as session, session.begin():
        set_scope(session, Scope("family", person_id=7, family_id=SHARD))
        for number in range(LENGTH):
            for family in (SHARD, OTHER):
                record(session, Event.CASE_SENT, family_id=family, number=number)
    make.as_owner(connection)
    assert find(connection) == []
    return connection


def find(connection: Connection) -> list[verifying.Finding]:
    """Everything that a whole verification finds."""
    return list(verifying.verify_shards(connection, verifying.shards_of(connection)))


@contextmanager
def tampered(connection: Connection, *statements: str) -> Iterator[list[verifying.Finding]]:
    """What is found after these statements, which are undone again."""
    with connection.begin_nested() as savepoint:
        for statement in statements:
            assert connection.execute(text(statement)).rowcount == 1, statement
        yield list(verifying.verify_shards(connection, concerned(connection)))
        savepoint.rollback()


def concerned(connection: Connection) -> list[int]:
    """The chains that hold events or were meddled with, and an empty one: a whole verification looks at 256."""
    filled = connection.execute(text("SELECT DISTINCT shard FROM audit_event")).scalars()
    unknown = (shard for shard in verifying.shards_of(connection) if shard >= verifying.SHARDS)
    return sorted({0, SHARD, OTHER, EMPTY, *filled, *unknown})


def test_every_column_is_covered() -> None:
    assert set(OTHER_VALUE) == set(AuditEvent.__table__.columns.keys())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(column=st.sampled_from([*OTHER_VALUE.items(), *NOTHING.items()]), seq=st.integers(1, LENGTH))
def test_a_change_of_any_column_of_any_event(chains: Connection, column: tuple[str, str], seq: int) -> None:
    name, value = column
    with tampered(chains, f"UPDATE audit_event SET {name} = {value} WHERE shard = {SHARD} AND seq = {seq}") as found:
        assert found, f"{name} = {value} at {seq}"
        assert SHARD in {one.shard for one in found}
        if name not in ("shard", "seq"):
            assert found[0].seq == seq and "changed" in found[0].what


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(seq=st.integers(1, LENGTH))
def test_an_event_that_was_removed(chains: Connection, seq: int) -> None:
    with tampered(chains, f"DELETE FROM audit_event WHERE shard = {SHARD} AND seq = {seq}") as found:
        assert (found[0].shard, "missing" in found[0].what) == (SHARD, True)
        assert found[0].seq == (seq if seq == LENGTH else seq + 1)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(pair=st.lists(st.integers(1, LENGTH), min_size=2, max_size=2, unique=True))
def test_two_events_that_changed_places(chains: Connection, pair: list[int]) -> None:
    one, two = pair
    move = "UPDATE audit_event SET seq = {} WHERE shard = 3 AND seq = {}"
    with tampered(chains, move.format(99, one), move.format(one, two), move.format(two, 99)) as found:
        assert {f.seq for f in found} >= {one, two}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(of=st.integers(1, LENGTH))
def test_a_forged_event_at_the_end_and_in_between(chains: Connection, of: int) -> None:
    last = f"(SELECT hash FROM audit_event WHERE shard = 3 AND seq = {LENGTH})"
    with tampered(chains, FORGED.format(seq=LENGTH + 1, previous=last, of=of)) as found:
        assert [(f.shard, f.seq) for f in found] == [(SHARD, LENGTH + 1)] and "behind the head" in found[0].what


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(seq=st.integers(1, LENGTH), column=st.sampled_from(["event", "at", "data", "actor_id", "family_id"]))
def test_an_event_that_was_changed_with_its_own_hash_made_anew(chains: Connection, seq: int, column: str) -> None:
    """The forger knows how a hash is made; the next event or the head tells."""
    whole = "previous, shard, seq, at, event, actor_kind, actor_id, family_id, data"
    changed = f"UPDATE audit_event SET {column} = {OTHER_VALUE[column]} WHERE shard = 3 AND seq = {seq}"
    rehashed = f"UPDATE audit_event SET hash = audit_digest({whole}) WHERE shard = 3 AND seq = {seq}"
    with tampered(chains, changed, rehashed) as found:
        assert found and found[0].seq == min(seq + 1, LENGTH)


@pytest.mark.parametrize("shard", [SHARD, EMPTY])
@pytest.mark.parametrize("column", HEAD_VALUE)
def test_a_head_that_was_changed(chains: Connection, shard: int, column: str) -> None:
    with tampered(chains, f"UPDATE audit_head SET {column} = {HEAD_VALUE[column]} WHERE shard = {shard}") as found:
        assert shard in {f.shard for f in found}
    with tampered(chains, f"DELETE FROM audit_head WHERE shard = {shard}") as found:
        assert [f.shard for f in found] == [shard]
    with tampered(chains, f"UPDATE audit_head SET seq = seq - 1 WHERE shard = {shard}") as found:
        assert [f.shard for f in found] == [shard]


def test_a_chain_that_was_rewritten_whole_no_longer_fits_what_was_published(chains: Connection, tmp_path: Path) -> None:
    published = verifying.current_head(chains, date(2026, 11, 1))
    file = tmp_path / "head.json"
    file.write_text(published.to_json())
    assert verifying.Head.from_json(file.read_text()) == published
    assert verifying.verify_since(chains, published) == []
    gone = f"DELETE FROM audit_event WHERE shard = {SHARD} AND seq = {LENGTH}"
    before = "(SELECT hash FROM audit_event e WHERE e.shard = 3 AND e.seq = 4)"
    moved = f"UPDATE audit_head SET seq = seq - 1, hash = {before} WHERE shard = {SHARD}"
    with tampered(chains, gone, moved) as found:
        assert found == []  # whole in itself: only what was published tells
        assert [(f.shard, f.seq) for f in verifying.verify_since(chains, published)] == [(SHARD, LENGTH)]
    for wrong in (replace(published, mark=b"x" * 32), replace(published, seqs=(1, *published.seqs[1:]))):
        with pytest.raises(ValueError, match="does not fit"):
            verifying.Head.from_json(wrong.to_json())
    with pytest.raises(ValueError, match="not a published head"):
        verifying.Head.from_json("[]")


def test_the_digest_here_is_the_one_of_the_database(chains: Connection) -> None:
    arguments = "previous, shard, seq, at, event, actor_kind, actor_id, family_id, data"
    query = f"SELECT count(*) FROM audit_event WHERE audit_digest({arguments}) <> {verifying._DIGEST}"
    assert chains.execute(text(query)).scalar_one() == 0


def test_the_worker_keeps_one_head_a_day(as_worker: Engine) -> None:
    assert [publish_audit_head(), publish_audit_head()] == [1, 0]
    with as_worker.begin() as owner:
        assert verifying.verify_kept(owner) == []
        kept = owner.execute(text("SELECT day, head FROM audit_published_head")).one()
        assert verifying.current_head(owner, kept.day).mark == bytes(kept.head)
        owner.execute(text("UPDATE audit_published_head SET seqs[10] = 4"))
        assert {f.what.split()[-1] for f in verifying.verify_kept(owner)} == {"changed", "gone"}


def test_the_command_says_where_and_fails(committed: Engine, tmp_path: Path) -> None:
    @contextmanager
    def owner() -> Iterator[Session]:
        with Session(committed) as session, session.begin():
            yield session

    def run(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(audit, list(words), obj=owner)
        return result.exit_code, result.output

    for _ in range(3):
        with db.begin(Scope("family", person_id=7, family_id=SHARD)) as session:
            record(session, Event.CASE_SENT, family_id=SHARD)
    out = str(tmp_path / "head.json")
    assert run("head", "--out", out)[0] == 0
    assert run("verify", "--since-head", out)[0] == 0
    assert run("verify", "--shard", "7")[0] == 0
    with committed.begin() as connection:
        connection.execute(text("UPDATE audit_event SET event = 'x' WHERE shard = 3 AND seq = 2"))
    code, said = run("verify")
    assert code == 1 and "shard 3, event 2: was changed" in said
    assert run("verify", "--shard", "7")[0] == 0
