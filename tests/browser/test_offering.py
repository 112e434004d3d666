"""A regency's course: picked at a desk, published by a second officer, and its places on families' phones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import expect
from sqlalchemy import text

from portal.cases.place_giving import tell_places
from portal.cases.place_turns import fill_places
from portal.config import Settings
from portal.core.clock import today
from tests.browser.reader import KIOSK, PHONE, Person, Sit
from tests.browser.words import say
from tests.browser.world import World
from tests.conftest import worker_of

NAME = "Kursus menjahit"


def a_day(person: Person, name: str, ahead: int) -> None:
    day = today() + timedelta(days=ahead)
    fields = person.page.locator(f"main [name='{name}']")
    for place, part in enumerate((day.day, day.month, day.year)):
        fields.nth(place).fill(str(part))


def publish(one: Person, two: Person) -> str:
    """From the empty form to what families see; gives the page of the offering at the desk."""
    one.open("/petugas/program").tap(say("Write a new one"))
    one.pick("kind", "training").choose("audience", "member")
    one.write(code="jahit-2027", name_id=NAME, name_en="Sewing course", summary_id="Belajar menjahit.",
              summary_en="Learn to sew.", organiser_id="Dinas Sosial", organiser_en="Social office")  # fmt: skip
    one.tap(say("Save and go on"))
    one.pick("jenis", "age").tap(say("Choose")).write(lowest="10", highest="70").tap(say("Add this condition"))
    one.pick("jenis", "attending").tap(say("Choose")).choose("levels", "SD").tap(say("Add this condition"))
    one.page.locator("main form[action$='/hapus'] button").nth(1).click()
    one.look().tap(say("On to when and where"))
    one.write(quota="1", where_id="Balai desa", where_en="Village hall", how_id="Daftar di sini",
              how_en="Register here").choose("who", "all")  # fmt: skip
    for name, ahead in (("registration_from", 0), ("registration_until", 20), ("starts_on", 30), ("ends_on", 60)):
        a_day(one, name, ahead)
    one.tap(say("Save and look at it")).tap(say("Count whom it reaches")).tap(NAME).tap(say("Hand to a second officer"))
    page = one.path
    two.open(page).tap(say("Publish"))
    two.reads(say("Published. Families see it from the day that it is shown."))
    return page


def register(family: Person, who: str) -> None:
    """From the list of opportunities to the registration that was sent."""
    family.open("/peluang").tap(NAME).reads("Balai desa")
    family.tap(say("Register")).tap(say("Begin")).reads(say("Who wants to take part?"))
    family.page.locator("main label", has_text=who).first.click()
    family.tap(say("Save and go on")).choose("share", "y").tap(say("Save and go on")).tap(say("Send"))
    expect(family.page.locator("main .reference")).to_be_visible()


def work(job: Callable[[int], int], world: World, settings: Settings) -> int:
    """What the worker process does after the places were given, or after one was given back."""
    with world.engine.connect() as owner:
        draw = owner.execute(text("SELECT id FROM place_draw")).scalar_one()
    with worker_of(world.engine, settings):
        return job(draw)


def test_a_course_from_publishing_to_the_waiting_list(sit: Sit, world: World, secret: str, settings: Settings) -> None:
    """One place, two families: the lower desil has it, gives it back, and the one that waited takes it."""

    def person(about: str, size: tuple[int, int], *, script: bool) -> Person:
        return sit(size, script=script).enter_as(world.session_of(world.account(about), secret))

    office, second = (person(login, KIOSK, script=False) for login in ("dinsos", "dinsos2"))
    desk = publish(office, second)
    later, first = person("paid_on_time", PHONE, script=False), person("stuck_at_si", PHONE, script=True)
    register(later, "Siti Aminah")
    register(first, "Ngatinah")
    office.open(desk).tap(say("Close the registration"))
    office.open(f"{desk}/tempat").tap(say("Give the places"))
    assert work(tell_places, world, settings) == 2

    later.open("/peluang").reads(say("On the waiting list")).tap(NAME)
    later.tap(say("See the place and the order"))
    later.reads(say("On the waiting list"))
    first.open("/pesan").open("/peluang").tap(NAME)
    first.tap(say("See the place and the order")).tap(say("I do not come: give it to somebody else"))
    first.reads(say("Place given back"))
    assert work(fill_places, world, settings) == 1
    later.open("/pesan").open("/peluang").tap(NAME).tap(say("Yes, I come"))
    later.reads(say("Your place is sure"))
    office.open(f"{desk}/tempat").reads(say("Your place is sure"))
