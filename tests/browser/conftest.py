"""One portal, one database and one Chromium for all browser tests of a run."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import NullPool, create_engine

from portal.config import Settings
from tests.browser.frames import Frames
from tests.browser.reader import PHONE, Person, Sit, sit_down
from tests.browser.server import running
from tests.browser.world import World, make_world

_NAMES = ("chromium", "chromium-browser", "google-chrome")
#: Only the loopback is found, so that nothing can leave the machine; the rest keeps the browser quiet.
_ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


def _chromium() -> str:
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        pytest.fail("The browser tests need Chromium. Run: sudo apt-get install -y chromium", pytrace=False)
    return found


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the running portal keeps on disk."""
    return tmp_path_factory.mktemp("portal")


@pytest.fixture(scope="session")
def world(app: Flask, settings: Settings, database_url: str, make_database, instance: Path) -> World:  # type: ignore[no-untyped-def]
    """A database of its own with the people of the demo. ``app`` binds keys and hashes."""
    url: str = make_database(database_url)
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    return make_world(engine, url, settings, instance / "uploads")


@pytest.fixture(scope="session")
def portal(settings: Settings, world: World, instance: Path) -> Iterator[str]:
    """The address of the running portal."""
    with running(settings, world.url, instance) as base_url:
        yield base_url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium."""
    arguments = [*_ARGUMENTS, "--no-sandbox"] if os.geteuid() == 0 else _ARGUMENTS
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=_chromium(), args=arguments)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def frames(tmp_path_factory: pytest.TempPathFactory) -> Frames:
    """What axe has read in this run; the workers of a run share the folder above their own."""
    own = tmp_path_factory.getbasetemp()
    return Frames((own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "frames")


@pytest.fixture
def sit(browser: Browser, portal: str, frames: Frames) -> Iterator[Sit]:
    """Lets somebody sit down at a browser: ``sit(size, script=False)``; all of them leave at the end."""
    there: list[Person] = []

    def sit_here(size: tuple[int, int] = PHONE, *, script: bool = True) -> Person:
        person = sit_down(browser, portal, frames, size, script=script)
        there.append(person)
        return person

    yield sit_here
    for person in there:
        person.close()


@pytest.fixture
def secret(settings: Settings) -> str:
    """What signs the cookies."""
    return settings.secret_key.get_secret_value()
