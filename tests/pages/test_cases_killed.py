"""The web server is killed with -9 while families send: what was acknowledged is there once, whole."""

from __future__ import annotations

import http.client
import io
import os
import random
import re
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from uuid import UUID

import pytest
from PIL import Image
from sqlalchemy import Engine, text

from portal.accounts.sessions import owner_mark, token_hash
from portal.cases.drafts import begin_draft, save_step
from portal.cases.kinds import KINDS, LATER, PAPERS_PAGE
from portal.config import Settings
from portal.core.ids import new_token
from portal.extensions import blobs, keys
from tests import factories as make
from tests.browser.reader import SESSION_COOKIE
from tests.browser.server import running
from tests.browser.world import signed_cookie

ANSWERS = {
    "bantuan": {"about": "p:PKH"},
    "kejadian": {"happened": "stopped", "since": "unknown", "story": ""},
    "kartu": {"card_elsewhere": "no", "cut_taken": "no", "who": ""},
}
AT_ONCE = 4
_SENT = re.compile(r"/pengajuan/([A-Z0-9]{4}-[A-Z0-9]{4})/terkirim")
_GIVES_UP_AFTER = 60.0  # seconds that one family tries
_BOUNDARY = "familys-photo"


def _photo() -> bytes:
    file = io.BytesIO()
    Image.effect_noise((900, 700), 60).save(file, "JPEG")
    return file.getvalue()


@dataclass
class Sender:
    """A family that sends one case with one photo, and taps again when no answer comes."""

    address: str
    cookie: str
    draft: UUID
    reference: str | None = None
    again: int = 0
    given: dict[str, str] = field(default_factory=dict)  # with the case: what was read back

    def send(self, photo: bytes) -> None:
        """Send the photo, then the case, until each is acknowledged."""
        ends = time.monotonic() + _GIVES_UP_AFTER
        steps = [lambda: self._send_photo(photo), self._send_case]
        while steps and time.monotonic() < ends:
            try:
                steps[0]()
            except (OSError, http.client.HTTPException, LookupError):
                self.again += 1
                threading.Event().wait(0.1)  # a person waits before tapping again
            else:
                steps.pop(0)

    def _send_photo(self, photo: bytes) -> None:
        page = f"/pengajuan/draf/{self.draft}/berkas"
        token = self._found(r'name="csrf_token"[^>]*value="([^"]+)"', self._ask("GET", page)[1])
        parts = (
            f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
            f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="proof-file"; filename="a.jpg"\r\n'
            "Content-Type: image/jpeg\r\n\r\n"
        )
        body = parts.encode() + photo + f"\r\n--{_BOUNDARY}--\r\n".encode()
        status, _page, _to = self._ask("POST", f"{page}/proof", body, f"multipart/form-data; boundary={_BOUNDARY}")
        if status != http.client.SEE_OTHER:
            raise LookupError(status)

    def _send_case(self) -> None:
        at = f"/pengajuan/draf/{self.draft}"
        read_back = self._ask("GET", f"{at}/periksa")[1]
        if read_back:  # a draft that was sent has no page any more: the same is sent once more
            names = ("csrf_token", "seen")
            self.given = {name: self._found(rf'name="{name}"[^>]*value="([^"]+)"', read_back) for name in names}
        status, _page, to = self._ask(
            "POST", f"{at}/kirim", urlencode(self.given).encode(), "application/x-www-form-urlencoded"
        )
        found = _SENT.search(to)
        if status != http.client.SEE_OTHER or found is None:
            raise LookupError(status)
        self.reference = found[1]

    def _ask(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> tuple[int, str, str]:
        """Status, page and where it leads; a draft that was sent has no page any more."""
        link = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=10)
        headers = {"Cookie": f"{SESSION_COOKIE}={self.cookie}", "Content-Type": kind, "Sec-Fetch-Site": "same-origin"}
        try:
            link.request(method, path, body, headers if kind else {"Cookie": headers["Cookie"]})
            answer = link.getresponse()
            kept = re.search(rf"^{SESSION_COOKIE}=([^;]+)", answer.getheader("Set-Cookie", ""))
            self.cookie = kept[1] if kept else self.cookie
            page = answer.read().decode("utf-8", "replace") if answer.status == http.client.OK else ""
            if answer.status >= http.client.INTERNAL_SERVER_ERROR:
                raise LookupError(answer.status)
            return answer.status, page, answer.getheader("Location", "")
        finally:
            link.close()

    @staticmethod
    def _found(pattern: str, page: str) -> str:
        found = re.search(pattern, page)
        if found is None:
            raise LookupError(pattern)
        return found[1]


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
    return Sender(address, cookie, draft)


@pytest.mark.parametrize("kills", [10, pytest.param(100, marks=pytest.mark.soak)])
def test_what_was_acknowledged_is_there_once_with_its_files(
    committed: Engine, committed_url: str, settings: Settings, folder: Path, kills: int
) -> None:
    photo, chance = _photo(), random.Random(9)
    senders: list[Sender] = []
    threads: list[threading.Thread] = []
    for kill in range(kills + 1):
        with running(settings, committed_url, folder) as address:
            for sender in senders:  # whoever got no answer goes on with the next server
                sender.address = address
            if kill == kills:
                for thread in threads:
                    thread.join()
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
    assert {row.draft_id for row in rows} == {sender.draft for sender in senders}
    assert left == 0
    for row in rows:
        assert row[2] == 1 and row[3], "one beginning of the path, and the photo"
        assert all(blobs.get(keys.ring, blob).startswith(b"\xff\xd8\xff") for blob in row[3])
