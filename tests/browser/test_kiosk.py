"""A kiosk in a village office: two families one after the other, and nothing of the first is there for the second."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from portal.accounts.kiosks import COOKIE
from portal.config import Settings
from tests.browser.frames import Frames
from tests.browser.reader import Person, Sit, sit_down
from tests.browser.server import running
from tests.browser.words import say
from tests.browser.world import World

SCREEN, UPRIGHT = (1280, 800), (768, 1024)
FIRST, SECOND = "paid_on_time", "stuck_at_si"


def make_kiosk(person: Person, world: World, secret: str) -> Person:
    """An officer of the regency signs in on the device and registers it."""
    person.enter_as(world.session_of(world.account("dinsos"), secret)).open("/petugas/kios")
    person.write(name="Meja depan")
    person.page.locator("main [name='village']").select_option(index=1)
    person.tap(say("Make this device a kiosk"))
    assert person.path == "/kios"
    return person


def sign_in(person: Person, world: World, about: str) -> Person:
    account = world.account(about)
    assert account.pin is not None
    person.tap(say("Sign in with NIK and PIN")).write(nik=account.login, pin=account.pin)
    person.tap(say("Sign in"))
    assert person.path == "/beranda"
    return person


def finish(person: Person) -> Person:
    with person.page.expect_navigation(wait_until="load"):
        person.page.locator(".kiosk-finish").click()
    assert person.path == "/kios"
    return person.look()


@pytest.mark.parametrize("size", [SCREEN, UPRIGHT], ids=["wide", "upright"])
@pytest.mark.parametrize("script", [True, False], ids=["with-script", "plain"])
def test_two_families_in_turn(sit: Sit, world: World, secret: str, size: tuple[int, int], script: bool) -> None:
    person = make_kiosk(sit(size, script=script), world, secret)
    sign_in(person, world, FIRST)
    name = world.account(FIRST).name.split()[0]
    opened = [person.page.url]
    for path in ("/bantuan", "/desil", "/pengajuan"):
        person.open(path)
        opened.append(person.page.url)
    reference = person.page.locator("main .reference, main a[href^='/pengajuan/P']").first
    seen = reference.inner_text() if reference.count() else name
    finish(person)
    assert_nothing_of(person, name, seen)
    for _ in range(4):
        person.page.go_back()
        if not person.page.url.startswith("http"):
            break
        assert_nothing_of(person, name, seen)
        assert person.path.startswith(("/kios", "/masuk", "/petugas")), "nothing opens but the way in"
    person.open("/kios")
    sign_in(person, world, SECOND)
    for _ in range(3):
        person.page.go_back()
        if not person.page.url.startswith("http"):
            break
        assert_nothing_of(person, name, seen)
    for url in opened:
        person.page.goto(url)
        assert_nothing_of(person, name, seen)


def assert_nothing_of(person: Person, *words: str) -> None:
    """Neither the page nor anything that the browser keeps holds a word of somebody."""
    page = person.page
    source = page.content().lower()
    titles = page.title()
    assert titles == "Portal Keluarga"
    cookies = str(page.context.cookies()).lower()
    kept = ""
    if person.has_script:
        kept = page.evaluate(
            """async () => {
                const names = await caches.keys()
                const databases = indexedDB.databases ? await indexedDB.databases() : []
                return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, names, databases])
            }"""
        ).lower()
        assert kept == "[{},{},[],[]]"
    for word in words:
        assert word.lower() not in source, page.url
        assert word.lower() not in cookies
    assert {cookie["name"] for cookie in page.context.cookies()} <= {COOKIE, "portal"}


def test_the_history_holds_the_start_only(sit: Sit, world: World, secret: str) -> None:
    """With scripts a page that is left does not stay behind «back»."""
    person = make_kiosk(sit(SCREEN), world, secret)
    sign_in(person, world, FIRST)
    length = person.page.evaluate("history.length")
    for place in ("/bantuan", "/peluang", "/pengajuan"):
        with person.page.expect_navigation(wait_until="load"):
            person.page.locator(f".places a[href='{place}']").click()
        assert person.path == place
    assert person.page.evaluate("history.length") == length


def test_amounts_are_hidden_until_tapped(sit: Sit, world: World, secret: str) -> None:
    person = sign_in(make_kiosk(sit(SCREEN), world, secret), world, FIRST)
    amount = person.open("/bantuan").page.locator("main .amount > span").first
    expect(amount).to_be_hidden()
    with person.page.expect_navigation(wait_until="load"):
        person.page.locator(".kiosk-amounts").click()
    expect(person.look().page.locator("main .amount > span").first).to_be_visible()


def test_a_stolen_cookie_is_worth_nothing_after_the_end(sit: Sit, world: World, secret: str) -> None:
    person = sign_in(make_kiosk(sit(SCREEN), world, secret), world, FIRST)
    stolen = next(one["value"] for one in person.page.context.cookies() if one["name"] == "portal")
    finish(person)
    thief = sit().enter_as(stolen)
    thief.page.goto(thief.base_url + "/beranda")
    assert thief.path.startswith("/masuk")


def test_a_revoked_kiosk_is_an_ordinary_browser(sit: Sit, world: World, secret: str) -> None:
    person = sign_in(make_kiosk(sit(SCREEN), world, secret), world, FIRST)
    office = sit().enter_as(world.session_of(world.account("dinsos"), secret)).open("/petugas/kios")
    while office.page.locator("main form[action$='/cabut']").count():
        with office.page.expect_navigation(wait_until="load"):
            office.page.locator("main form[action$='/cabut'] button").first.click()
    office.look()
    person.page.goto(person.base_url + "/beranda")
    assert person.path.startswith("/masuk")
    person.open("/masuk")
    assert person.page.locator(".kiosk-bar").count() == 0
    assert COOKIE not in {cookie["name"] for cookie in person.page.context.cookies()}


@pytest.fixture(scope="module")
def hasty(settings: Settings, world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A portal whose kiosks close after three seconds."""
    hurried = settings.model_copy(update={"kiosk_idle_seconds": 3})
    with running(hurried, world.url, tmp_path_factory.mktemp("hasty")) as base_url:
        yield base_url


@pytest.fixture
def hasty_sit(browser: Browser, hasty: str, frames: Frames) -> Iterator[Sit]:
    there: list[Person] = []

    def sit_here(size: tuple[int, int] = SCREEN, *, script: bool = True) -> Person:
        there.append(sit_down(browser, hasty, frames, size, script=script))
        return there[-1]

    yield sit_here
    for person in there:
        person.close()


def test_a_kiosk_that_nobody_touches_counts_down_and_closes(hasty_sit: Sit, world: World, secret: str) -> None:
    person = hasty_sit()
    kiosk_cookie(person, world, secret)
    person.page.goto(person.base_url + "/masuk")
    account = world.account(FIRST)
    person.write(nik=account.login, pin=account.pin or "")
    with person.page.expect_navigation(url="**/beranda"):
        person.named(say("Sign in")).click()
    question = person.page.locator("[data-kiosk-ask]")
    expect(question).to_be_visible(timeout=4000)
    expect(question.locator("[data-kiosk-count]")).to_have_text("1")
    question.locator("[data-kiosk-go-on]").click()
    expect(question).to_be_hidden()
    assert person.path == "/beranda", "one tap goes on"
    person.page.wait_for_url("**/kios", timeout=8000)
    person.reads(say("Nobody touched this device for a while, so it was closed. Sign in again to go on."))
    person.page.goto(person.base_url + "/beranda")
    assert person.path == "/kios"


@pytest.mark.parametrize("size", [SCREEN, UPRIGHT], ids=["wide", "upright"])
def test_the_question_before_the_end(sit: Sit, world: World, secret: str, size: tuple[int, int]) -> None:
    """The last twenty seconds: large, over everything, two buttons, the one to go on under the finger."""
    person = make_kiosk(sit(size), world, secret)
    person.page.clock.install()
    person.open("/masuk")
    question = person.page.locator("[data-kiosk-ask]")
    person.page.clock.run_for(60_000)
    expect(question).to_be_hidden()
    expect(person.page.locator("[data-kiosk-time]")).to_have_text(re.compile(r" (30|2\d) "))
    person.page.clock.run_for(15_000)
    expect(question).to_be_visible()
    expect(question.locator("[data-kiosk-go-on]")).to_be_focused()
    person.look()
    person.page.keyboard.press("Enter")
    expect(question).to_be_hidden()
    person.page.clock.run_for(75_000)
    with person.page.expect_navigation(wait_until="commit"):
        question.get_by_role("button", name=say("Finish")).click()
    person.page.wait_for_url("**/kios")


def test_without_scripts_the_page_closes_itself(hasty_sit: Sit, world: World, secret: str) -> None:
    person = hasty_sit(script=False)
    kiosk_cookie(person, world, secret)
    person.enter_as(world.session_of(world.account(FIRST), secret)).page.goto(person.base_url + "/beranda")
    person.page.wait_for_url("**/kios", timeout=8000)
    person.page.goto(person.base_url + "/beranda")
    assert person.path == "/kios"


def kiosk_cookie(person: Person, world: World, secret: str) -> None:
    """The device is a kiosk, without the page that takes longer than it stays open."""
    person.enter_as(world.session_of(world.account("dinsos"), secret))
    person.page.goto(person.base_url + "/petugas/kios")
    person.write(name="Meja cepat")
    person.page.locator("main [name='village']").select_option(index=1)
    with person.page.expect_navigation(wait_until="commit"):
        person.named(say("Make this device a kiosk")).click()
    assert re.search("/kios$", person.page.url)


def test_the_warning_before_the_end_on_a_phone(sit: Sit, world: World, secret: str, tmp_path: Path) -> None:
    """Two minutes before, a calm line with one tap to go on; what is written stays."""
    person = sit().enter_as(world.session_of(world.account(SECOND), secret))
    person.page.clock.install()
    person.open("/akun/pin")
    line = person.page.locator("#session-end")
    expect(line).to_be_hidden()
    person.write(old_pin="123")
    person.page.clock.fast_forward("27:10")
    expect(line).to_be_visible()
    person.look()
    line.get_by_role("button").click()
    expect(line).to_be_hidden()
    assert person.value("old_pin") == "123"
    person.page.clock.fast_forward("29:10")
    expect(line.locator("[data-after]")).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "plain"])
def test_the_own_sign_in(sit: Sit, world: World, secret: str, script: bool) -> None:
    person = sit(script=script).enter_as(world.session_of(world.account(SECOND), secret))
    world.session_of(world.account(SECOND), secret)
    person.open("/beranda")
    with person.page.expect_navigation(wait_until="load"):
        person.page.locator(".own-login").click()
    assert person.path == "/akun"
    person.look().reads(say("This device"))
    person.tap(say("PIN")).tap(say("Change the PIN")).reads(say("Write the PIN that you have now."))
    person.open("/akun").tap(say("Sign out on all devices"))
    person.page.goto(person.base_url + "/beranda")
    assert person.path.startswith("/masuk")
