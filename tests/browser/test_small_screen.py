"""A small screen with large text, and the desk on a phone."""

from __future__ import annotations

import pytest

from tests.browser.reader import KIOSK, PHONE, Person, Sit
from tests.browser.words import say
from tests.browser.world import World

_LARGE_TEXT = "document.documentElement.style.fontSize = '200%'"
_UNFOLD = "document.querySelectorAll('main details').forEach(one => { one.open = true })"


@pytest.mark.parametrize("about", ["paid_on_time", "elder_alone", "birth_not_recorded", "stuck_at_si"])
def test_text_twice_as_large_does_not_run_off_the_screen(sit: Sit, world: World, secret: str, about: str) -> None:
    person = sit().enter_as(world.session_of(world.account(about), secret))
    read_large(person, "/beranda", "/bantuan", "/desil")
    read_large(person, "/pengajuan", "/pengajuan/baru", "/pengajuan/baru/bantuan-tidak-diterima")


def test_a_case_in_large_text_stays_on_the_screen(sit: Sit, world: World, secret: str) -> None:
    person = sit().enter_as(world.session_of(world.account("moved_away"), secret)).open("/pengajuan", axe=False)
    case = person.page.locator("main .card a[href^='/pengajuan/']").first.get_attribute("href")
    assert case is not None
    read_large(person, case, f"{case}/terkirim", f"{case}/cetak")


def read_large(person: Person, *paths: str) -> None:
    """Open pages, make their text twice as large and unfold what is folded: nothing runs off the screen."""
    for path in paths:
        person.open(path, axe=False)
        person.page.evaluate(_LARGE_TEXT)
        person.look(axe=False)
        person.page.evaluate(_UNFOLD)
        person.look(axe=False)


def top(person: Person, words: str) -> float:
    """Where the card of these words begins, in CSS pixels from the top."""
    box = person.page.locator("main section.card", has=person.page.get_by_role("heading", name=words)).bounding_box()
    assert box is not None
    return box["y"]


def test_on_a_phone_what_to_do_stands_before_the_long_record(sit: Sit, world: World, secret: str) -> None:
    officer = sit(PHONE).enter_as(world.session_of(world.account("wahyu"), secret)).open("/petugas/antrean", axe=False)
    case = officer.page.locator("main td a[href^='/petugas/kasus/']").first.get_attribute("href")
    assert case is not None
    officer.open(case)
    order = [top(officer, say(words)) for words in ("What to do", "What the family sent", "The family in the record")]
    assert order == sorted(order)
    officer.page.get_by_role("link", name=say("What to do")).click()
    assert officer.page.evaluate("document.querySelector('#tindakan').getBoundingClientRect().top") < PHONE[1] / 2

    desk = sit(KIOSK).enter_as(world.session_of(world.account("wahyu"), secret)).open(case)
    assert not desk.page.get_by_role("link", name=say("What to do")).is_visible()
    assert top(desk, say("What to do")) == top(desk, say("The record beside what is asked"))
