"""A lost PIN on a phone and two desks, and what a husband must not read, as people do and see it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from portal.demo.stories import find, nik_of
from portal.extensions import keys
from tests.browser.reader import Person, Sit
from tests.browser.words import say
from tests.browser.world import WORKER, World

FORGOTTEN, NEW_PIN = "592640", "750264"
STARTER, CONFIRMER = WORKER, "lestari"


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "plain"])
def test_two_officers_replace_a_lost_pin(sit: Sit, world: World, secret: str, script: bool) -> None:
    nik = world.new_families[6 if script else 7].members[0][1]
    world.give_login(nik, FORGOTTEN)
    serial, code = world.spare_slip("reset")

    old_phone = sit(script=script)
    old_phone.open("/masuk").write(nik=nik, pin=FORGOTTEN).tap(say("Sign in"))
    member = sit(script=script)
    reads_the_way(member)
    first, second = (officer_at(sit, world, secret, login, script) for login in (STARTER, CONFIRMER))
    begins(first, nik, serial)
    works_not_yet(member, nik, code)
    cannot_confirm_alone(first)
    confirms(second)
    chooses_a_new_pin(member, nik, code)
    is_told(member)
    old_phone.open("/beranda", axe=False)
    assert old_phone.path.startswith("/masuk"), "the old phone is signed out"
    member.tap(say("Sign out"), within="header")
    member.write(nik=nik, pin=FORGOTTEN).tap(say("Sign in"))
    member.reads(say("The NIK or the PIN is not right. The NIK has 16 digits, the PIN has 6."))
    member.write(nik=nik, pin=NEW_PIN).tap(say("Sign in"))
    assert member.path == "/beranda"


def officer_at(sit: Sit, world: World, secret: str, login: str, script: bool) -> Person:
    return sit(script=script).enter_as(world.session_of(world.account(login), secret))


def reads_the_way(member: Person) -> None:
    member.open("/masuk").tap(say("I forgot my PIN"))
    member.reads(say("The first officer looks at your KTP and KK and gives you a sealed slip. It costs nothing."))
    member.tap(say("I have a slip for a new PIN"))
    assert member.path == "/pin-baru"


def begins(first: Person, nik: str, serial: str) -> None:
    """From the counter: the family, the member, the slip; each step asks for what is missing."""
    first.open("/petugas").open("/petugas/loket").write(nik=nik)
    first.tap(say("Find the family"))
    first.reads(say("Choose why you open this family. The family can read it."))
    first.write(nik=nik).choose("reason", "pin").tap(say("Find the family"))
    assert nik not in first.page.url
    assert nik not in first.page.content()
    first.tap(say("Forgotten PIN"))
    first.write(serial=serial).tap(say("Start, and let a colleague confirm"))
    first.reads(say("A new PIN is given only to the member in person, with KTP and KK."))
    first.page.locator("main [name='here']").check(force=True)
    first.tap(say("Start, and let a colleague confirm"))
    assert first.path == "/petugas/loket"
    first.reads(say("Waits for a colleague"))


def works_not_yet(member: Person, nik: str, code: str) -> None:
    member.write(nik=nik, code=code).tap(say("Go on"))
    assert member.path == "/pin-baru"
    member.reads(
        say(
            "This code is right, but a second officer has not confirmed it yet. Ask at the village office, then write "
            "the code again. It is confirmed within 24 hours or not at all."
        )
    )


def cannot_confirm_alone(first: Person) -> None:
    first.page.locator("main #pin a").first.click()
    first.reads(say("You started this yourself. It takes another officer to confirm it."))
    expect(first.named(say("Confirm the new PIN"))).to_have_count(0)


def confirms(second: Person) -> None:
    second.open("/petugas/loket").reads(say("Please confirm"))
    second.page.locator("main #pin a").first.click()
    second.look().tap(say("Confirm the new PIN"))
    second.reads(say("Confirm only what you have seen yourself."))
    second.page.locator("main [name='seen']").check(force=True)
    second.tap(say("Confirm the new PIN")).reads(say("Code works"))


def chooses_a_new_pin(member: Person, nik: str, code: str) -> None:
    member.write(nik=nik, code=code.lower()).tap(say("Go on"))
    assert member.path == "/aktivasi/pin"
    member.write(pin=NEW_PIN, pin_again=NEW_PIN).tap(say("Save the PIN and sign in"))
    assert member.path == "/beranda"


def is_told(member: Person) -> None:
    member.open("/pesan").reads(say("Your PIN is new")).reads("Wahyu Hidayat").reads("Lestari Nugroho")
    member.reads("Bareng")


PAGES = ("/desil", "/peluang", "/peluang/PKH", "/bantuan", "/beranda", "/pesan")


def test_a_husband_finds_nothing_of_his_wifes_pregnancy(sit: Sit, world: World, secret: str) -> None:
    ((number, story),) = find(world.quarter, lambda one: one.key == "birth_not_recorded")
    wife, husband = (nik_of(number, place, story, story.people[place]) for place in (0, 1))
    world.give_login(husband, FORGOTTEN)
    his = sit()
    his.open("/masuk").write(nik=husband, pin=FORGOTTEN).tap(say("Sign in"))
    hers = sit().enter_as(world.session_of(world.account("birth_not_recorded"), secret))

    pregnant = read(his), read(hers)
    say_pregnant(world, wife, False)
    try:
        not_pregnant = read(his), read(hers)
    finally:
        say_pregnant(world, wife, True)
    assert pregnant[0] == not_pregnant[0], "he reads the same, whatever the record says of her"
    for path in ("/desil", "/bantuan"):
        assert pregnant[1][path] != not_pregnant[1][path], "she reads it, or this test could not fail"
    component = say("pregnancy or just given birth")
    assert component in pregnant[1]["/bantuan"].lower()
    assert component not in pregnant[0]["/bantuan"].lower()


def read(person: Person) -> dict[str, str]:
    """The words of every page, with all that can be unfolded."""
    found = {}
    for path in PAGES:
        person.open(path, axe=False)
        found[path] = person.page.locator("main").text_content() or ""
    return found


def say_pregnant(world: World, nik: str, is_so: bool) -> None:
    """As an extract would."""
    with world.engine.begin() as owner:
        values = {"n": keys.ring.blind_index("nik", nik), "p": is_so}
        family = owner.execute(
            text(
                "UPDATE member_health h SET pregnant = :p FROM nik_index n"
                " WHERE n.nik_hash = :n AND h.person_id = n.person_id RETURNING h.family_id"
            ),
            values,
        ).scalar_one()
        owner.execute(text("UPDATE family SET revision = revision + 1 WHERE id = :f"), {"f": family})
