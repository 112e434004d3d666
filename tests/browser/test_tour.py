"""Every page without arguments, for every kind of reader, in both languages, on a phone and at a kiosk.

The frame of a page is the same in both languages, so that axe looks at one of them on each size; what may grow with the
words, the layout, is looked at in both.
"""

from __future__ import annotations

import pytest
from flask import Flask

from tests.browser.reader import KIOSK, PHONE, Sit
from tests.browser.world import World

#: Who walks: an account of the world, or nobody, and how that reader's pages begin.
READERS = {"visitor": "", "family": "desil_4_to_6", "elder": "elder_alone", "worker": "wahyu", "supervisor": "lestari",
           "office": "dinsos"}
#: No pages: health, files.
NOT_PAGES = {"home.healthz", "home.readyz", "home.robots"}


def paths(app: Flask) -> list[tuple[str, str]]:
    """Endpoint and path of every page that needs no arguments."""
    return sorted(
        (rule.rule, rule.endpoint)
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments and rule.endpoint not in NOT_PAGES
    )


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("size", [PHONE, KIOSK], ids=["phone", "kiosk"])
def test_every_page_can_be_read(
    app: Flask, sit: Sit, world: World, secret: str, reader: str, size: tuple[int, int]
) -> None:
    person = sit(size)
    axe_reads = "id" if size == PHONE else "en"
    if READERS[reader]:
        person.enter_as(world.session_of(world.account(READERS[reader]), secret))
    faults: list[str] = []
    for language in ("id", "en"):
        person.speak(language)
        seen: set[str] = set()
        for path, _endpoint in paths(app):
            answer = person.page.goto(person.base_url + path)
            assert answer is not None
            assert answer.status in (200, 403), f"{path}: {answer.status}"
            if person.path in seen or (answer.status == 403 and "403" in seen):
                continue
            seen |= {person.path, str(answer.status)}
            try:
                person.look(axe=language == axe_reads)
            except AssertionError as fault:
                faults.append(str(fault))
    assert not faults, "\n".join(faults)


def test_the_page_of_components(sit: Sit) -> None:
    for size in (PHONE, KIOSK):
        sit(size).open("/_komponen")


def test_an_unknown_address(sit: Sit) -> None:
    sit().open("/tidak-ada", status=404)
