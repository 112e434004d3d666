"""Somebody at a browser: opens pages, writes, taps, and looks at every page as the house rules ask.

Looking means: axe finds nothing, nothing overflows sideways, what is to be tapped is large enough, nothing was asked of
another host, no script failed, and the policy for content was not broken.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, expect

from tests.browser.frames import Frames, faults_of

PHONE, KIOSK = (360, 740), (1280, 1024)
SESSION_COOKIE = "portal"
#: The smallest side of what is tapped, in CSS pixels (design: 48; WCAG 2.5.5: 44).
TAP = 44
SCREENSHOTS = Path("test-results") / "pages"
#: Set to keep a picture of every page that is looked at.
KEEP_PICTURES = bool(os.environ.get("PORTAL_TEST_PICTURES"))
#: How long a page may take where other tests share the machine.
_SHARED_LOOP_MS = 20_000
expect.set_options(timeout=_SHARED_LOOP_MS)
#: What a browser says by itself about an answer with an error status.
_STATUS_NOTE = "Failed to load resource: the server responded with a status of"

_LAYOUT = (Path(__file__).parent / "layout.js").read_text(encoding="utf-8")


@dataclass
class Person:
    """A browser of its own, in one size, with scripts or without."""

    page: Page
    base_url: str
    frames: Frames
    has_script: bool = True
    check: Page | None = None  # a page with scripts, opened for axe where this one has none
    pictures: str = ""
    faults: list[str] | None = None

    def __post_init__(self) -> None:
        self.faults = []
        context = self.page.context
        context.on("request", self._note_request)
        context.on("console", self._note_console)
        context.on("weberror", lambda error: self._note(f"a script failed: {error.error}"))
        context.set_default_timeout(_SHARED_LOOP_MS)

    def _note(self, fault: str) -> None:
        assert self.faults is not None
        self.faults.append(f"{self.page.url}: {fault}")

    def _note_request(self, request: Request) -> None:
        if urlsplit(request.url).hostname not in ("127.0.0.1", "localhost", None):
            self._note(f"asked another host: {request.url}")

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(_STATUS_NOTE):
            self._note(f"console: {message.text}")

    def open(self, path: str, status: int = 200, *, axe: bool = True) -> Person:
        """Go to a page of the portal and look at it."""
        answer = self.page.goto(self.base_url + path)
        assert answer is not None
        assert answer.status == status, f"{path}: {answer.status}"
        return self.look(axe=axe)

    def look(self, *, axe: bool = True) -> Person:
        """Look at the page as it is now; a page that breaks a rule fails the test."""
        faults = list(self.page.evaluate(_LAYOUT, TAP)) + (self._axe() if axe else [])
        picture(self)
        assert self.faults is not None
        found = [*self.faults, *(f"{self.path}: {fault}" for fault in faults)]
        self.faults.clear()
        assert not found, "\n".join(found)
        return self

    def _axe(self) -> list[str]:
        """What axe finds, where it has not read such a page before."""
        note = self.frames.note_of(self.page, "" if self.has_script else "plain")
        if self.frames.is_known(note):
            return []
        faults = faults_of(self.page if self.has_script else self._with_scripts())
        if not faults:
            note.touch()
        return faults

    def _with_scripts(self) -> Page:
        """The page as it is now in a browser with scripts, in which axe can run."""
        if self.check is None:
            browser = self.page.context.browser
            assert browser is not None
            self.check = browser.new_context(viewport=self.page.viewport_size, service_workers="block").new_page()
        check, url, html = self.check, self.page.url, self.page.content()
        check.route(url, lambda route: route.fulfill(body=html, content_type="text/html"))
        check.goto(url)
        check.unroute(url)
        return check

    def turn(self, size: tuple[int, int]) -> Person:
        """See the same page on a screen of this size."""
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        return self

    @property
    def path(self) -> str:
        """Where the browser is."""
        parts = urlsplit(self.page.url)
        return parts.path + (f"?{parts.query}" if parts.query else "")

    def write(self, **answers: str) -> Person:
        """Write into fields by their names."""
        for name, answer in answers.items():
            self.page.locator(f"main [name='{name}']").fill(answer)
        return self

    def choose(self, name: str, value: str) -> Person:
        """Tap a radio or a tick box by its name and value."""
        self.page.locator(f"main [name='{name}'][value='{value}']").check(force=True)
        return self

    def pick(self, name: str, value: str) -> Person:
        """Pick one from a list by the list's name and the answer's value."""
        self.page.locator(f"main [name='{name}']").select_option(value)
        return self

    def tap(self, words: str | re.Pattern[str], within: str = "main") -> Person:
        """Tap a button or link of these words, wait for the next page, and look at it."""
        with self.page.expect_navigation(wait_until="load"):
            self.named(words, within).click()
        return self.look()

    def named(self, words: str | re.Pattern[str], within: str = "main") -> Locator:
        """The button or link of these words."""
        inside = self.page.locator(within)
        exact = isinstance(words, str)
        found = inside.get_by_role("button", name=words, exact=exact).or_(
            inside.get_by_role("link", name=words, exact=exact)
        )
        return found.first

    def unfold(self, words: str) -> Person:
        """Open what is behind a tap."""
        self.page.locator("main summary", has_text=words).click()
        return self

    def reads(self, words: str | re.Pattern[str]) -> Person:
        """The words stand on the page, in sight."""
        expect(self.page.locator("main").get_by_text(words).first).to_be_visible()
        return self

    def reads_not(self, words: str) -> Person:
        """The words do not stand on the page."""
        expect(self.page.locator("main").get_by_text(words)).to_have_count(0)
        return self

    def value(self, name: str) -> str:
        """What stands in a field."""
        return self.page.locator(f"main [name='{name}']").input_value()

    def enter_as(self, cookie: str) -> Person:
        """Be signed in with this session."""
        self.page.context.add_cookies([{"name": SESSION_COOKIE, "value": cookie, "url": self.base_url}])
        return self

    def speak(self, language: str) -> Person:
        """Read in this language."""
        self.page.context.add_cookies([{"name": "bahasa", "value": language, "url": self.base_url}])
        return self

    def lose_session(self) -> Person:
        """As if the session had ended in this browser: the database knows its token no more."""
        self.page.context.clear_cookies(name=SESSION_COOKIE)
        return self

    def close(self) -> None:
        """Close the browser's windows."""
        self.page.context.close()
        if self.check is not None:
            self.check.context.close()


def sit_down(
    browser: Browser, base_url: str, frames: Frames, size: tuple[int, int] = PHONE, *, script: bool = True
) -> Person:
    """A new person at a browser of that size."""
    viewport: Any = {"width": size[0], "height": size[1]}
    context = browser.new_context(viewport=viewport, java_script_enabled=script, locale="id-ID")
    person = Person(context.new_page(), base_url, frames, has_script=script)
    person.pictures = f"{size[0]}{'' if script else '-plain'}"
    return person


def picture(person: Person) -> None:
    """Keep a picture of the page, where pictures are wanted."""
    if not KEEP_PICTURES or not person.pictures:
        return
    name = re.sub(r"[^a-z0-9]+", "-", urlsplit(person.page.url).path.lower()).strip("-") or "awal"
    name = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{20,}", "id", name)
    folder = SCREENSHOTS / person.pictures
    folder.mkdir(parents=True, exist_ok=True)
    language = person.page.locator("html").get_attribute("lang") or ""
    person.page.screenshot(path=folder / f"{name}.{language}.png", full_page=True)
    person.page.screenshot(path=folder / f"{name}.{language}.first-screen.png")


Sit = Callable[..., Person]
