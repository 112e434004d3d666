"""Every page without arguments, for every kind of reader, in both languages, on a phone and at a kiosk.

The frame of a page is the same in both languages, so that axe looks at one of them on each size; what may grow with the
words, the layout, is looked at in both.
"""

from __future__ import annotations

from collections import Counter
from urllib.parse import urlsplit

import pytest
from flask import Flask

from portal.web.access import Access, access_of
from tests.browser.reader import KIOSK, PHONE, Sit
from tests.browser.world import World

#: Who walks: an account of the world, or nobody, and how that reader's pages begin.
READERS = {
    "visitor": "",
    "family": "desil_4_to_6",
    "elder": "elder_alone",
    "worker": "wahyu",
    "supervisor": "lestari",
    "office": "dinsos",
}
#: Who looks at the public pages: somebody who is not signed in, and somebody who is.
SEE_PUBLIC = ("visitor", "family")
#: Who follows links: families whose cases stand in different states, officers who have cases.
WALKERS = {
    "visitor": "/",
    "stuck_at_si": "/beranda",
    "moved_away": "/beranda",
    "fits_a_training": "/beranda",
    "elder_alone": "/beranda",
    "wahyu": "/petugas/antrean",
    "made": "/petugas/antrean",
    "dinsos": "/petugas/antrean",
}
#: The size on which axe reads the pages of a language.
AXE_READS = {"id": PHONE, "en": KIOSK}
#: Addresses of one endpoint that are looked at; more of them are the same page with other words.
MOST_OF_A_KIND = 2
#: No pages: health, files, the tap that keeps a session open.
NOT_PAGES = {
    "home.healthz", "home.readyz", "home.robots", "home.own_data_file", "home.dates_file", "home.near_dates_file",
    "accounts.still_here", "delivery.worker",
}  # fmt: skip
#: Where a family types its PIN: beside an officer who is signed in there is no such page, and it says so.
TYPES_A_PIN = {"accounts.sign_in", "accounts.activate", "accounts.new_pin", "accounts.choose_pin"}
#: A page, or why there is none for this reader (who may see what, the table of access says).
ANSWERS = {200, 403, 404, 409}
OFFICERS = {"worker", "supervisor", "office", "wahyu", "made", "dinsos"}
#: Links to follow: not to a place on the same page, not to a paper (a picture).
LINKS = "a[href^='/']:not([href*='/berkas/']):not([href$='/unduh']):not([href$='.ics'])"


def paths(app: Flask, reader: str) -> list[str]:
    """The path of every page that needs no arguments; what is open to everybody is the same for most readers."""
    return sorted(
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and not rule.arguments
        and rule.endpoint not in NOT_PAGES
        and (reader in SEE_PUBLIC or access_of(app.view_functions[rule.endpoint]) != Access(None))
    )


@pytest.mark.parametrize("language", AXE_READS)
@pytest.mark.parametrize("reader", READERS)
def test_every_page_can_be_read(app: Flask, sit: Sit, world: World, secret: str, reader: str, language: str) -> None:
    sizes = [PHONE, KIOSK]
    person = sit(sizes[0]).speak(language)
    if READERS[reader]:
        person.enter_as(world.session_of(world.account(READERS[reader]), secret))
    faults: list[str] = []
    seen: set[str] = set()
    for path in paths(app, reader):
        answer = person.page.goto(person.base_url + path)
        assert answer is not None
        assert answer.status in ANSWERS, f"{path}: {answer.status}"
        if person.path in seen or (answer.status != 200 and str(answer.status) in seen):
            continue
        seen |= {person.path, str(answer.status)}
        for size in sizes:
            person.pictures = f"{reader}-{size[0]}" if answer.status == 200 else ""
            try:
                person.turn(size).look(axe=size == AXE_READS[language])
            except AssertionError as fault:
                faults.append(str(fault))
        sizes.reverse()  # the next page opens on the screen as it is
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("walker", WALKERS)
def test_every_link_leads_to_a_good_page(app: Flask, sit: Sit, world: World, secret: str, walker: str) -> None:
    person = sit()
    if walker != "visitor":
        person.enter_as(world.session_of(world.account(walker), secret))
    person.pictures = f"{walker}-links"
    endpoint_of = app.url_map.bind("127.0.0.1").match
    kinds: Counter[str] = Counter()
    ahead, known = [WALKERS[walker]], {WALKERS[walker]}
    while ahead:
        path = ahead.pop(0)
        kind, values = endpoint_of(urlsplit(path).path, method="GET")
        kinds[kind] += 1
        if kinds[kind] > MOST_OF_A_KIND or (
            walker != "visitor" and access_of(app.view_functions[kind]) == Access(None)
        ):
            continue
        status = 409 if walker in OFFICERS and kind in TYPES_A_PIN else 200
        person.open(path, status, axe=bool(values))  # axe has read the pages without arguments on the tour
        links: list[str] = person.page.eval_on_selector_all(LINKS, "links => links.map(l => l.getAttribute('href'))")
        fresh = [link for link in dict.fromkeys(link.partition("#")[0] for link in links) if link not in known]
        known.update(fresh)
        ahead += fresh
    assert len(kinds) > 5, kinds


def test_the_page_of_components(sit: Sit) -> None:
    for size in (PHONE, KIOSK):
        sit(size).open("/_komponen")


def test_an_unknown_address(sit: Sit) -> None:
    sit().open("/tidak-ada", status=404)
