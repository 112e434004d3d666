"""The sweeps remove what nobody needs, and nothing else."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from portal.accounts import housekeeping as signing
from portal.cases import housekeeping as papers
from portal.config import Settings
from portal.extensions import blobs, keys
from tests import factories as make


def left(connection: Connection, query: str) -> set[Any]:
    """A column as the owner sees it."""
    make.as_owner(connection)
    return {bytes(v) if isinstance(v, memoryview) else v for v in connection.execute(text(query)).scalars()}


def ago(days: float) -> str:
    """SQL for so many days ago, a negative number for days to come."""
    return f"now() - interval '{days} days'"


def test_sessions_go_thirty_days_after_their_end(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    staff = make.make_staff(connection, make.VILLAGE).staff_id
    sessions = {
        b"open": ("NULL", ago(-1)),
        b"just ended": (ago(29), ago(29)),
        b"just over": ("NULL", ago(29)),
        b"ended long ago": (ago(31), ago(-1)),
        b"over long ago": ("NULL", ago(31)),
        b"both": (ago(40), ago(31)),
    }
    for token, (ended, expires) in sessions.items():
        connection.execute(
            text(
                "INSERT INTO web_session (token_hash, staff_id, idle_ends_after, ended_at, expires_at)"
                f" VALUES (:t, :s, 30, {ended}, {expires})"
            ),
            {"t": token, "s": staff},
        )
    monkeypatch.setattr(signing, "BATCH", 2)  # several transactions
    assert signing.sweep_sessions() == 3
    assert left(connection, "SELECT token_hash FROM web_session") == {b"open", b"just ended", b"just over"}
    assert signing.sweep_sessions() == 0


def test_counters_go_once_they_count_and_lock_nothing(connection: Connection) -> None:
    make.as_owner(connection)
    for subject, failed, locked in [
        (b"new", ago(1), "NULL"),
        (b"old", ago(3), "NULL"),
        (b"old lock", ago(3), ago(2)),
        (b"locked", ago(3), ago(-1)),
    ]:
        connection.execute(
            text(f"INSERT INTO signin_guard VALUES (:s, 'unknown', 3, {failed}, {locked})"), {"s": subject}
        )
    assert signing.sweep_signin_counters() == 2
    assert left(connection, "SELECT subject_hash FROM signin_guard") == {b"new", b"locked"}
    make.as_owner(connection)
    for trial, at in [(b"new", ago(1)), (b"old", ago(2.1))]:
        connection.execute(text(f"INSERT INTO pin_trial VALUES (:t, 's', {at})"), {"t": trial})
    assert signing.sweep_pin_trials() == 1
    assert left(connection, "SELECT trial_hash FROM pin_trial") == {b"new"}


def test_unused_slips_stay(connection: Connection) -> None:
    make.insert(connection, "slip", serial="A-1", code_hash=b"c", expires_at="2020-01-01")
    for job in (signing.sweep_sessions, signing.sweep_signin_counters, signing.sweep_pin_trials):
        job()
    assert left(connection, "SELECT serial FROM slip") == {"A-1"}


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    """A folder of files of this test's own."""
    blobs.bind(tmp_path)
    yield tmp_path
    blobs.bind(settings.uploads)


def age(name: str, days: float) -> None:
    """Make a file look older."""
    then = time.time() - days * 86_400
    os.utime(blobs.folder / name[:2] / name, (then, then))


def names(folder: Path) -> set[str]:
    """The files that are there."""
    return {path.name for path in folder.glob("??/*")}


def add_paper(connection: Connection, family: make.TestFamily, draft: uuid.UUID, case: int | None = None) -> str:
    """A file and the row that names it."""
    name = blobs.put(keys.ring, b"paper")
    make.insert(
        connection,
        "case_file",
        family_id=family.id,
        draft_id=draft,
        case_id=case,
        person_id=family.head.person_id,
        label="x",
        blob=name,
        media_type="image/jpeg",
        size=5,
    )
    return name


def test_drafts_go_after_thirty_days_with_their_papers(
    connection: Connection, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    family = make.make_family(connection)
    kept = {}
    for days in (1, 29, 31, 45, 60):
        draft = make.insert(
            connection,
            "case_draft",
            "id",
            family_id=family.id,
            person_id=family.head.person_id,
            kind="moved",
            answers_sealed=b"x",
        )
        connection.execute(text(f"UPDATE case_draft SET updated_at = {ago(days)} WHERE id = :d"), {"d": draft})
        name = add_paper(connection, family, draft)
        if days < 30:
            kept[draft] = name
    sent = add_paper(connection, family, uuid.uuid4(), case=7)
    monkeypatch.setattr(papers, "BATCH", 2)
    assert papers.sweep_drafts() == 3
    assert left(connection, "SELECT id FROM case_draft") == set(kept)
    assert left(connection, "SELECT blob FROM case_file") == names(folder) == {*kept.values(), sent}
    assert papers.sweep_drafts() == 0


def test_files_that_no_row_names_go_after_a_day(connection: Connection, folder: Path) -> None:
    named = add_paper(connection, make.make_family(connection), uuid.uuid4(), case=7)
    young, old = (blobs.put(keys.ring, b"x") for _ in range(2))
    age(named, 400)
    age(young, 0.9)
    age(old, 1.1)
    assert papers.sweep_blobs() == 1
    assert names(folder) == {named, young}


def test_an_empty_database_empties_no_folder(connection: Connection, folder: Path) -> None:
    orphan = blobs.put(keys.ring, b"x")
    age(orphan, 400)
    assert papers.sweep_blobs() == 0
    assert names(folder) == {orphan}
