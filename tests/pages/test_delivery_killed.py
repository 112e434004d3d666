"""The worker is killed with -9 while it sends: every message goes out once at most, and none is lost from the inbox."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text

from portal.config import Settings
from portal.core.source import ROOT
from portal.delivery.models import ENDPOINT
from portal.extensions import keys
from portal.inbox.contacts import PURPOSE
from tests import factories as make
from tests.environments import variables_of
from tests.pages.receiving import Phone, Receiver, receiving

WAIT_S = 60.0
PEOPLE, CHANNELS = 5, 3
OPEN = text("SELECT count(*) FROM delivery WHERE state IN ('waiting', 'sending')")


def until(so: Callable[[], bool]) -> None:
    """Wait until it is so."""
    end, pause = time.monotonic() + WAIT_S, threading.Event()
    while not so():
        assert time.monotonic() < end, "it did not happen in time"
        pause.wait(0.02)


#: Makes workers, one after the other, from one process that has read the program: reading it takes the longest.
NURSERY = """
import os, sys
from apprise import Apprise
from portal.config import load_settings
from portal.working import work
settings = load_settings()
Apprise().add("json://127.0.0.1")  # reads the plugins
while sys.stdin.readline():
    child = os.fork()
    if not child:
        work(settings)
        os._exit(0)
    print(child, flush=True)
    os.waitpid(child, 0)
"""


class Nursery:
    """Where the workers come from."""

    def __init__(self, told: Mapping[str, str], log: Path) -> None:
        with log.open("ab") as output:
            command = [sys.executable, "-c", NURSERY]
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
            self._process = subprocess.Popen(command, env=told, cwd=ROOT, stderr=output, **pipes)  # type: ignore[call-overload]

    @contextmanager
    def worker(self) -> Iterator[None]:
        """A worker process, which is killed with -9 at the end of the block."""
        self._process.stdin.write("one\n")
        self._process.stdin.flush()
        child = int(self._process.stdout.readline())
        try:
            yield
        finally:
            os.kill(child, signal.SIGKILL)

    def close(self) -> None:
        """No more of them."""
        self._process.communicate(timeout=WAIT_S)


def environment(settings: Settings, url: str, folder: Path, receiver: Receiver) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    gateway = f"json://{receiver.address}/x?:to={{phone}}&+Idempotency-Key={{id}}"
    ways = {"PORTAL_SMS_URL": gateway, "PORTAL_WHATSAPP_URL": gateway}
    return plain | variables_of(settings) | ways | {"DATABASE_URL": url, "PORTAL_INSTANCE": str(folder)}


def people(owner: Connection, receiver: Receiver, each: int) -> None:
    """People who are reached on every channel, with messages that are urgent, so that the hour does not matter."""
    for number in range(PEOPLE):
        head = make.make_family(owner).head
        who = {"family_id": head.family_id, "person_id": head.person_id}
        for purpose in ("web_push", "whatsapp", "sms"):
            make.insert(owner, "consent", **who, purpose=purpose, given=True, version=1, language="id", by_name="x")
        sealed = keys.ring.seal(PURPOSE, f"+62812345678{number:02}")
        reached = {"channel": "sms", "whose": "own", "case_reference": "7KQ4-MX9T", "phone_hash": b"x"}
        make.insert(owner, "contact", person_id=head.person_id, phone_sealed=sealed, **reached)
        said = Phone().sealed(f"http://{receiver.address}/{number}")
        device = {"device": "android/Chrome", "endpoint_hash": b"x", "endpoint_sealed": keys.ring.seal(ENDPOINT, said)}
        make.insert(owner, "push_subscription", **who, **device)
        for _each in range(each):
            make.insert(owner, "notice", **who, key="pin_changed")


LONG_AGO = "UPDATE delivery SET due_at = now() - interval '1 hour' WHERE state = 'waiting'"
GIVEN_UP = "UPDATE delivery SET changed_at = now() - interval '1 hour' WHERE state = 'sending'"
ASK = (
    "SELECT jobs.defer('deliver', jsonb_build_object('person', x.person_id), NULL)"
    " FROM (SELECT DISTINCT person_id FROM delivery WHERE state = 'waiting') x"
)
ASK_ALL = "SELECT jobs.defer('deliver_due', '{}', NULL)"


def hurry(owner: Engine, *more: str) -> None:
    """The hours between two tries have passed, and the jobs that come round have asked for each person again."""
    with owner.begin() as connection:
        for statement in (LONG_AGO, *more, ASK):
            connection.execute(text(statement))


@pytest.mark.parametrize("kills", [5, pytest.param(100, marks=pytest.mark.soak)])
def test_each_message_goes_out_once_at_most_and_none_is_lost(
    committed: Engine, settings: Settings, tmp_path: Path, kills: int
) -> None:
    chance, each = random.Random(5), 4 + kills // 3

    def number(query: object) -> int:
        with committed.connect() as connection:
            return int(connection.execute(query).scalar_one())  # type: ignore[call-overload]

    with receiving() as receiver:
        receiver.slow_s = 0.08
        receiver.answers = [chance.choice([201, 201, 500]) for _ in range(40 * kills)]
        told = environment(settings, committed.url.render_as_string(hide_password=False), tmp_path, receiver)
        log, felt = tmp_path / "worker.log", 0
        with committed.begin() as connection:
            people(connection, receiver, each)
        nursery = Nursery(told, log)
        for _kill in range(kills):
            hurry(committed)
            enough = len(receiver.got) + chance.randint(1, 6)
            with nursery.worker():
                until(lambda enough=enough: len(receiver.got) >= enough or not number(OPEN))  # type: ignore[misc]
                threading.Event().wait(chance.uniform(0, 0.1))
                felt += bool(number(OPEN))
        receiver.answers = []
        hurry(committed, GIVEN_UP, ASK_ALL)
        with nursery.worker():
            until(lambda: not number(OPEN))
        nursery.close()
        with committed.connect() as connection:
            rows = connection.execute(text("SELECT state, message_key FROM delivery")).all()
            kept = connection.execute(text("SELECT count(*) FROM notice WHERE key = 'pin_changed'")).scalar_one()
        taken = Counter(one.headers.get("idempotency-key") or one.headers["topic"] for one in receiver.taken)
    assert kept == PEOPLE * each and len(rows) == PEOPLE * each * CHANNELS
    assert felt >= min(kills, 3) and log.read_text().count("Traceback") == 0
    assert set(taken.values()) == {1}, "nothing went out twice"
    sent = {row.message_key.hex for row in rows if row.state == "sent"}
    unsure = [row.message_key.hex for row in rows if row.state == "unsure"]
    assert len(sent) + len(unsure) == len(rows) and 0 < len(unsure) <= kills
    assert sent <= set(taken) <= sent | set(unsure), "what is said to be sent was taken"
