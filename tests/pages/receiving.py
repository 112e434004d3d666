"""Machines that messages go to, on the loopback: a push service with a browser's keys, and a gateway."""

from __future__ import annotations

import base64
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec


def text_of(raw: bytes) -> str:
    """As browsers write bytes."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


class Phone:
    """A browser that subscribed: it alone opens what is sealed for it."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = os.urandom(16)

    def form(self, endpoint: str) -> dict[str, str]:
        """What its script sends."""
        point = self._key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        return {"endpoint": endpoint, "p256dh": text_of(point), "auth": text_of(self._auth)}

    def sealed(self, endpoint: str) -> str:
        """As the portal keeps it, before it is sealed."""
        return json.dumps(self.form(endpoint))

    def open(self, body: bytes) -> Any:
        """What was sealed for it."""
        return json.loads(http_ece.decrypt(body, private_key=self._key, auth_secret=self._auth, version="aes128gcm"))


@dataclass
class Received:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes
    answer: int


@dataclass
class Receiver:
    """What came in, and what is answered: ``answers`` one after the other, then 201 for ever."""

    address: str = ""
    got: list[Received] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    slow_s: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def taken(self) -> list[Received]:
        """What it said yes to."""
        return [one for one in self.got if one.answer < 300]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver that listens on a free port of the loopback until the end of the block."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with receiver.lock:
                answer = receiver.answers.pop(0) if receiver.answers else 201
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.got.append(Received(self.path, headers, body, answer))
            threading.Event().wait(receiver.slow_s)
            try:
                self.send_response(answer)
                self.send_header("Content-Length", "0")
                self.end_headers()
            except OSError:
                pass  # who asked was killed meanwhile

        def log_message(self, *_what: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.address = f"127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
