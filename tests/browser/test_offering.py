"""A course of the regency office: picked at a desk, published by a second officer, seen on a family's phone."""

from __future__ import annotations

from datetime import timedelta

from portal.core.clock import today
from tests.browser.reader import KIOSK, PHONE, Person, Sit
from tests.browser.words import say
from tests.browser.world import World

NAME = "Kursus menjahit"


def a_day(person: Person, name: str, ahead: int) -> None:
    day = today() + timedelta(days=ahead)
    fields = person.page.locator(f"main [name='{name}']")
    for place, part in enumerate((day.day, day.month, day.year)):
        fields.nth(place).fill(str(part))


def test_a_course_is_picked_published_and_seen(sit: Sit, world: World, secret: str) -> None:
    one = sit(KIOSK, script=False).enter_as(world.session_of(world.account("dinsos"), secret))
    one.open("/petugas/program").tap(say("Write a new one"))
    one.pick("kind", "training").choose("audience", "member")
    one.write(code="jahit-2027", name_id=NAME, name_en="Sewing course", summary_id="Belajar menjahit.",
              summary_en="Learn to sew.", organiser_id="Dinas Sosial", organiser_en="Social office")  # fmt: skip
    one.tap(say("Save and go on"))
    one.pick("jenis", "age").tap(say("Choose")).write(lowest="10", highest="70").tap(say("Add this condition"))
    one.pick("jenis", "attending").tap(say("Choose")).choose("levels", "SD").tap(say("Add this condition"))
    one.page.locator("main form[action$='/hapus'] button").nth(1).click()
    one.look().tap(say("On to when and where"))
    one.write(quota="20", where_id="Balai desa", where_en="Village hall", how_id="Daftar di sini",
              how_en="Register here").choose("who", "all")  # fmt: skip
    for name, ahead in (("registration_from", 0), ("registration_until", 20), ("starts_on", 30), ("ends_on", 60)):
        a_day(one, name, ahead)
    one.tap(say("Save and look at it")).tap(say("Count whom it reaches")).tap(NAME).tap(say("Hand to a second officer"))
    page = one.path
    two = sit(KIOSK, script=False).enter_as(world.session_of(world.account("dinsos2"), secret))
    two.open(page).tap(say("Publish"))
    two.reads(say("Published. Families see it from the day that it is shown."))
    family = sit(PHONE, script=False).enter_as(world.session_of(world.account("paid_on_time"), secret))
    family.open("/peluang").tap(NAME).reads("Balai desa")
    family.tap(say("Register")).tap(say("Begin")).reads(say("Who wants to take part?"))
