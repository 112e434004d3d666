"""The web server is killed with -9 while families send: what was acknowledged is there once, whole."""

from __future__ import annotations

import os
import random
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from benchmarks.sending import ANSWERS, Sender, photo_of
from portal.accounts.sessions import owner_mark, token_hash
from portal.cases.drafts import begin_draft, save_step
from portal.cases.kinds import KINDS, LATER, PAPERS_PAGE
from portal.config import Settings
from portal.core.ids import new_token
from portal.extensions import blobs, keys
from tests import factories as make
from tests.browser.server import running
from tests.browser.world import signed_cookie

AT_ONCE = 4
BEFORE_A_REST = 10  # kills, then a server lives until everybody has an answer


def _web_processes() -> list[int]:
    """The server, which is our child, and the web processes below it."""
    below: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = stat.read_text().rsplit(")", 1)[1].split()[1]
        except OSError:  # it has just ended
            continue
        below.setdefault(int(parent), []).append(int(stat.parent.name))
    servers = [pid for pid in below.get(os.getpid(), []) if b"portal.serving" in _command(pid)]
    return servers + [worker for pid in servers for worker in below.get(pid, [])]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


@pytest.fixture
def folder(app: object, settings: Settings, tmp_path: Path) -> Iterator[Path]:
    """The instance of the servers, whose uploads the test reads too."""
    blobs.bind(tmp_path / "uploads")
    yield tmp_path
    blobs.bind(settings.uploads)


def _sender(owner: Engine, address: str, secret: str) -> Sender:
    token = new_token()
    with owner.begin() as connection:
        family = make.make_family(connection)
        account = make.make_account(connection, family.head)
        make.insert(
            connection,
            "web_session",
            token_hash=token_hash(token),
            account_id=account,
            idle_ends_after=30,
            expires_at="2099-01-01",
        )
    head = make.family_actor(family.head, account)
    draft = begin_draft(head, KINDS["aid_missing"], {})
    for page, given in ANSWERS.items():
        save_step(head, draft, page, dict(given))
    save_step(head, draft, PAPERS_PAGE, {LATER: []})
    cookie = signed_cookie({"_user_id": token, "owner": owner_mark(f"family:{account}")}, secret)
    return Sender(address, cookie, str(draft))


@pytest.mark.parametrize("kills", [10, pytest.param(100, marks=pytest.mark.soak)])
def test_what_was_acknowledged_is_there_once_with_its_files(
    committed: Engine, committed_url: str, settings: Settings, folder: Path, kills: int
) -> None:
    photo, chance = photo_of(0.3), random.Random(9)
    senders: list[Sender] = []
    threads: list[threading.Thread] = []
    for kill in range(kills + 1):
        with running(settings, committed_url, folder) as address:
            for sender in senders:  # whoever got no answer goes on with the next server
                sender.address = address
            if kill % BEFORE_A_REST == 0:
                for thread in threads:
                    thread.join()
            if kill == kills:
                break
            now = [_sender(committed, address, settings.secret_key.get_secret_value()) for _one in range(AT_ONCE)]
            threads += [threading.Thread(target=sender.send, args=(photo,)) for sender in now]
            for thread in threads[-AT_ONCE:]:
                thread.start()
            threading.Event().wait(chance.uniform(0.05, 0.6))
            for process in _web_processes():
                os.kill(process, signal.SIGKILL)
            senders += now
    assert all(sender.reference for sender in senders), "everybody got an answer in the end"
    assert sum(sender.again for sender in senders) >= kills, "the kills were felt"
    found = text(
        "SELECT c.reference, c.draft_id, (SELECT count(*) FROM case_event e WHERE e.case_id = c.id), "
        "array(SELECT f.blob FROM case_file f WHERE f.case_id = c.id) FROM cases c"
    )
    with committed.begin() as connection:
        rows = connection.execute(found).all()
        left = connection.execute(text("SELECT count(*) FROM case_draft")).scalar_one()
    assert sorted(row.reference for row in rows) == sorted(str(sender.reference) for sender in senders)
    assert {row.draft_id for row in rows} == {UUID(sender.draft) for sender in senders}
    assert left == 0
    for row in rows:
        assert row[2] == 1 and row[3], "one beginning of the path, and the photo"
        assert all(blobs.get(keys.ring, blob).startswith(b"\xff\xd8\xff") for blob in row[3])
