"""Those who cannot do it alone: written down at the counter without a login, and helped at a kiosk with one."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import text

from portal.demo.stories import KABAT
from tests.browser.reader import PHONE, Person, Sit
from tests.browser.test_kiosk import make_kiosk
from tests.browser.words import say
from tests.browser.world import VILLAGE, WORKER, World

SCREEN = (1280, 800)
PIN = "592640"


def officer_at(person: Person, world: World, secret: str) -> Person:
    """The village's worker, signed in."""
    return person.enter_as(world.session_of(world.account(WORKER), secret))


@pytest.mark.parametrize(
    ("size", "script"),
    [(PHONE, True), (PHONE, False), (SCREEN, True)],
    ids=["phone", "phone-plain", "wide"],
)
def test_said_at_the_counter_and_denied_at_home(
    sit: Sit, world: World, secret: str, size: tuple[int, int], script: bool
) -> None:
    household = world.new_families[{(PHONE, True): 2, (PHONE, False): 3, (SCREEN, True): 4}[size, script]]
    nik = household.members[0][1]
    officer = officer_at(sit(size, script=script), world, secret)
    officer.open("/petugas/loket").write(nik=nik)
    officer.page.locator("main [name='reason']").first.check(force=True)
    officer.tap(say("Find the family"))
    officer.tap(re.compile(re.escape(say("Write down what this person says"))))
    officer.pick("kind", "pindah-rumah").choose("speaker", "person").choose("place", "visit").tap(say("Begin"))
    officer.reads(say("Whom I chose is before me, speaks freely, and wants me to write it down"))
    assert officer.value("kind") == "pindah-rumah"
    officer.choose("present", "y").tap(say("Begin"))
    officer.page.locator("main [name='village']").select_option(str(KABAT[2]))
    officer.tap(say("Save and go on"))
    officer.write(address="Gang Mawar 9", rt="3", rw="1")
    for field, value in zip(officer.page.locator("main [name='moved_on']").all(), ("1", "9", "2026"), strict=True):
        field.fill(value)
    officer.tap(say("Save and go on"))
    officer.choose("later", "y").tap(say("Save and go on"))
    assert officer.path.endswith("/bacakan")
    officer.reads("Gang Mawar 9")
    officer.tap(say("Send it for the person"))
    officer.reads(say("Read it aloud and wait for the person's yes. Then tick this."))
    officer.choose("agreed", "y").tap(say("Send it for the person"))
    reference = officer.page.locator("main .reference").inner_text()
    officer.tap(say("Print the slip"))
    officer.reads(reference).reads(world.account(WORKER).name)

    world.give_login(nik, PIN)
    family = sit(size, script=script)
    family.open("/masuk").write(nik=nik, pin=PIN).tap(say("Sign in"))
    family.open("/pengajuan").reads(say("Written down by %(officer)s", officer=world.account(WORKER).name))
    family.open(f"/pengajuan/{reference}").tap(say("I did not say this"))
    family.tap(say("Stop this submission"))
    family.reads(say("Write what is not right."))
    family.write(reason="Saya tidak pernah pindah rumah.").tap(say("Stop this submission"))
    family.reads("Saya tidak pernah pindah rumah.").reads(say("Not your words"))
    officer.open(f"/petugas/kasus/{reference}")
    officer.reads(say("You wrote this down for the person. You can look, but another officer works on it and decides."))


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "plain"])
def test_helped_at_a_kiosk(sit: Sit, world: World, secret: str, script: bool) -> None:
    family = world.account("paid_on_time")
    assert family.pin is not None
    kiosk = make_kiosk(sit(SCREEN, script=script), world, secret)
    with world.engine.begin() as owner:  # into the village of the officer
        owner.execute(text("UPDATE kiosk SET village_id = :village"), {"village": VILLAGE})
    officer = officer_at(sit(PHONE, script=script), world, secret)
    kiosk.tap(say("An officer helps me"))
    kiosk.write(nik=family.login, pin="000000").tap(say("Go on"))
    kiosk.reads(say("The NIK or the PIN is not right. The NIK has 16 digits, the PIN has 6."))
    kiosk.write(nik=family.login, pin=family.pin).tap(say("Go on"))
    code = kiosk.page.locator(".helped-code").inner_text()
    officer.open("/petugas/dampingi").write(code="CCCCCC").tap(say("Go on"))
    officer.write(code=code).tap(say("Go on"))
    officer.choose("beside", "y").tap(say("Yes, I help"))
    if script:
        kiosk.reads(world.account(WORKER).name)  # by itself
    else:
        kiosk.open("/dibantu/kode").reads(world.account(WORKER).name)
    kiosk.tap(say("Begin together"))
    assert kiosk.path == "/beranda"
    label = say("Helped by %(officer)s", officer=world.account(WORKER).name)
    for path in ("/beranda", "/bantuan", "/desil", "/pengajuan", "/pengajuan/baru/pindah-rumah"):
        kiosk.open(path)
        assert label in kiosk.page.locator("body").inner_text(), path
    kiosk.open("/akun", status=403)
    with kiosk.page.expect_navigation(wait_until="load"):
        kiosk.page.locator(".kiosk-finish").click()
    kiosk.open("/kios")
    assert label not in kiosk.page.locator("body").inner_text()


def test_no_pin_on_an_officers_device(sit: Sit, world: World, secret: str) -> None:
    officer = officer_at(sit(PHONE), world, secret)
    officer.open("/masuk", status=409).reads(say("What the person can do"))
    assert officer.page.locator("main input[name='pin']").count() == 0


def test_a_named_helper_on_paper(sit: Sit, world: World, secret: str) -> None:
    household = world.new_families[5]
    nik = household.members[0][1]
    officer = officer_at(sit(PHONE), world, secret)
    officer.open("/petugas/loket").write(nik=nik)
    officer.page.locator("main [name='reason']").first.check(force=True)
    officer.tap(say("Find the family"))
    officer.tap(re.compile(re.escape(say("Write down what this person says"))))
    officer.tap(say("Helpers of this family")).tap(say("Record the helper"))
    officer.reads(say("Write the name of the helper."))
    officer.write(helper="Rahmat Basuki").choose("relation", "cadre").choose("topic", "cases")
    for field, value in zip(officer.page.locator("main [name='until']").all(), ("1", "3", "2027"), strict=True):
        field.fill(value)
    for seen in ("identity", "read", "signed"):
        officer.choose("signed", seen)
    officer.tap(say("Record the helper")).reads("Rahmat Basuki")
    world.give_login(nik, PIN)
    family = sit(PHONE)
    family.open("/masuk").write(nik=nik, pin=PIN).tap(say("Sign in"))
    family.open("/pendamping-saya").reads("Rahmat Basuki").tap(re.compile(re.escape(say("End it now"))))
    family.reads(say("It has ended. This person is no longer your helper."))
