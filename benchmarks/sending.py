"""Families that send a case with a photo of 2 MB: how many a second, from the photo to the acknowledgement."""

from __future__ import annotations

import http.client
import io
import re
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from statistics import median
from urllib.parse import urlencode, urlsplit

from PIL import Image

from benchmarks.data import LOGINS, connect, databases
from benchmarks.processes import NotMeasured, portal_server
from benchmarks.visitors import cookie_of

ANSWERS: Mapping[str, Mapping[str, str]] = {
    "bantuan": {"about": "p:PKH"},
    "kejadian": {"happened": "stopped", "since": "unknown"},
    "kartu": {"card_elsewhere": "no", "cut_taken": "no"},
}
COOKIE = "portal"
_BEGIN = "/pengajuan/baru/bantuan-tidak-diterima"
_AT_ONCE, _EACH, _ROUNDS = 4, 8, 3  # families at once, cases of each, rounds
_PHOTO_MB = 2.0
_FORM = "application/x-www-form-urlencoded"
_DRAFT = re.compile(r"/pengajuan/draf/([0-9a-f-]{36})/")
_SENT = re.compile(r"/pengajuan/([A-Z0-9]{4}-[A-Z0-9]{4})/terkirim")
_TOKEN = r'name="csrf_token"[^>]*value="([^"]+)"'
_GIVES_UP_AFTER = 180.0  # seconds that one family tries
_BOUNDARY = "familys-photo"


@dataclass
class Sender:
    """A family that sends one case with one photo, and taps again when no answer comes."""

    address: str
    cookie: str
    draft: str = ""
    reference: str | None = None
    again: int = 0
    given: dict[str, str] = field(default_factory=dict)  # with the case: what was read back

    def begin(self) -> None:
        """Begin a case about aid that stopped, and answer its questions."""
        self.reference = None
        self.draft = self._found(_DRAFT.pattern, self._fill(_BEGIN, {}))
        for page, answers in ANSWERS.items():
            self._fill(f"/pengajuan/draf/{self.draft}/{page}", answers)

    def _fill(self, page: str, answers: Mapping[str, str]) -> str:
        """Send the form of the page; gives where it leads."""
        token = self._found(_TOKEN, self._ask("GET", page)[1])
        status, _page, to = self._ask("POST", page, urlencode({"csrf_token": token, **answers}).encode(), _FORM)
        if status != http.client.SEE_OTHER:
            raise LookupError(page, status)
        return to

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
        token = self._found(_TOKEN, self._ask("GET", page)[1])
        parts = (
            f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
            f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="proof-file"; filename="a.jpg"\r\n'
            "Content-Type: image/jpeg\r\n\r\n"
        )
        body = parts.encode() + photo + f"\r\n--{_BOUNDARY}--\r\n".encode()
        status, _page, _to = self._ask("POST", f"{page}/proof", body, f"multipart/form-data; boundary={_BOUNDARY}")
        if status != http.client.SEE_OTHER:
            raise LookupError(status)
        self._fill(page, {})

    def _send_case(self) -> None:
        at = f"/pengajuan/draf/{self.draft}"
        read_back = self._ask("GET", f"{at}/periksa")[1]
        if read_back:  # a draft that was sent has no page any more: the same is sent once more
            names = ("csrf_token", "seen")
            self.given = {name: self._found(rf'name="{name}"[^>]*value="([^"]+)"', read_back) for name in names}
        status, _page, to = self._ask("POST", f"{at}/kirim", urlencode(self.given).encode(), _FORM)
        found = _SENT.search(to)
        if status != http.client.SEE_OTHER or found is None:
            raise LookupError(status)
        self.reference = found[1]

    def _ask(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> tuple[int, str, str]:
        """Status, page and where it leads; a draft that was sent has no page any more."""
        link = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=10)
        headers = {"Cookie": f"{COOKIE}={self.cookie}", "Content-Type": kind, "Sec-Fetch-Site": "same-origin"}
        try:
            link.request(method, path, body, headers if kind else {"Cookie": headers["Cookie"]})
            answer = link.getresponse()
            kept = re.search(rf"^{COOKIE}=([^;]+)", answer.getheader("Set-Cookie", ""))
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


def measure() -> Iterator[tuple[str, float]]:
    """Cases a second, each with its photo, sent by several families at the same time."""
    photo = photo_of(_PHOTO_MB)
    with databases("10k") as urls, portal_server(urls["10k"], "sending") as server:
        senders = [Sender(server.url, cookie_of(login).partition("=")[2]) for login in LOGINS[: _AT_ONCE * _EACH]]
        try:
            rates = [_round(senders, photo) for _ in range(_ROUNDS)]
        finally:
            _forget(urls["10k"])
    yield "send_photo_mb", len(photo) / 1024 / 1024
    yield "send_rps", median(rates)


def _round(senders: list[Sender], photo: bytes) -> float:
    """Let everybody begin, then measure photo and sending."""
    for sender in senders:
        sender.begin()
    lines = [senders[number::_AT_ONCE] for number in range(_AT_ONCE)]
    threads = [threading.Thread(target=lambda line=line: [one.send(photo) for one in line]) for line in lines]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.monotonic() - began
    if not all(sender.reference and not sender.again for sender in senders):
        raise NotMeasured("not every case was taken at the first try")
    return len(senders) / took


def photo_of(size_mb: float) -> bytes:
    """A photo of about so many MB, as a phone makes it: large, with noise."""
    width = 1600
    while True:
        file = io.BytesIO()
        Image.effect_noise((width, width * 3 // 4), 60).convert("RGB").save(file, "JPEG", quality=90)
        if file.tell() >= size_mb * 1024 * 1024:
            return file.getvalue()
        width += 100


def _forget(url: str) -> None:
    """Remove what was sent, so that each run begins alike."""
    with connect(url) as connection:
        connection.execute("TRUNCATE case_file, case_event, case_draft, notice, cases CASCADE")
        connection.execute("TRUNCATE kept_home")
