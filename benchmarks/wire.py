"""What a browser receives over the wire: a first visit (sign-in page, then home), and home again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import CDPSession, Page, sync_playwright

from benchmarks.data import LOGINS, databases
from benchmarks.processes import NotMeasured, portal_server
from benchmarks.signin import PIN, open_accounts
from benchmarks.visitors import HOME

_SIZE = {"width": 360, "height": 740}


@dataclass
class Traffic:
    """Bytes received, headers and redirects with them, and requests that left the browser."""

    received: int = 0
    sent: list[str] = field(default_factory=list)
    _from_cache: set[str] = field(default_factory=set)

    def watch(self, wire: CDPSession) -> None:
        """Count what the browser says about its network."""
        wire.on("Network.requestWillBeSent", self._on_request)
        wire.on("Network.requestServedFromCache", self._on_cache)
        wire.on("Network.loadingFinished", self._on_finished)
        wire.on("Network.responseReceived", self._on_response)
        wire.send("Network.enable")

    def take(self) -> tuple[int, list[str]]:
        """The bytes and the requests since the last call."""
        taken = self.received, self.sent
        self.received, self.sent = 0, []
        return taken

    def _on_request(self, event: dict[str, Any]) -> None:
        if "redirectResponse" in event:
            self.received += int(event["redirectResponse"]["encodedDataLength"])
        if not event["request"]["url"].startswith(("data:", "blob:")):
            self.sent.append(event["request"]["url"])

    def _on_cache(self, event: dict[str, Any]) -> None:
        self._from_cache.add(event["requestId"])

    def _on_response(self, event: dict[str, Any]) -> None:
        if event["response"].get("fromDiskCache"):
            self._from_cache.add(event["requestId"])
        if event["requestId"] in self._from_cache and event["response"]["url"] in self.sent:
            self.sent.remove(event["response"]["url"])

    def _on_finished(self, event: dict[str, Any]) -> None:
        if event["requestId"] not in self._from_cache:
            self.received += int(event["encodedDataLength"])


def measure() -> Iterator[tuple[str, float]]:
    """Bytes and requests of a first visit on a phone, and bytes of the second look at home."""
    with databases("100k") as urls:
        open_accounts(urls["100k"])
        with portal_server(urls["100k"], "wire") as server, _phone() as (page, traffic):
            _sign_in(page, server.url)
            cold, sent = traffic.take()
            _refuse_strangers(sent, server.url)
            page.goto(server.url + HOME, wait_until="networkidle")
            page.wait_for_timeout(500)
            warm, again = traffic.take()
            _refuse_strangers(again, server.url)
    yield "cold_bytes", cold
    yield "cold_requests", len(sent)
    yield "warm_bytes", warm
    yield "warm_requests", len(again)


@contextmanager
def _phone() -> Iterator[tuple[Page, Traffic]]:
    """A browser that has never been here, and what it receives."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        raise NotMeasured("Chromium is missing. Run: sudo apt-get install -y chromium")
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        try:
            page = browser.new_context(viewport=_SIZE).new_page()  # type: ignore[arg-type]
            traffic = Traffic()
            traffic.watch(page.context.new_cdp_session(page))
            yield page, traffic
        finally:
            browser.close()


def _sign_in(page: Page, url: str) -> None:
    page.goto(f"{url}/masuk", wait_until="networkidle")
    page.fill("[name=nik]", LOGINS[7].nik)
    page.fill("[name=pin]", PIN)
    page.press("[name=pin]", "Enter")
    page.wait_for_url(url + HOME, wait_until="networkidle")
    page.wait_for_timeout(500)


def _refuse_strangers(sent: list[str], url: str) -> None:
    strangers = [one for one in sent if urlsplit(one).netloc != urlsplit(url).netloc]
    if strangers:
        raise NotMeasured(f"requests to third parties: {strangers}")
