"""A proposal at a kiosk without a login, and what somebody says of another household, on a small phone."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.reader import Sit
from tests.browser.test_kiosk import SCREEN, make_kiosk
from tests.browser.words import say
from tests.browser.world import World


def test_a_family_is_proposed_at_a_kiosk_without_a_login(sit: Sit, world: World, secret: str) -> None:
    person = make_kiosk(sit(SCREEN), world, secret)
    person.open("/kios").tap(say("Propose a family for aid")).look()
    person.tap(re.compile("^" + say("In this village: %(village)s").partition("%")[0])).look()
    person.choose("whom", "other").write(name="Mbah Surip", address="Dusun Krajan, RT 3")
    person.tap(say("Send the proposal"))  # without a reason: nothing is lost
    assert person.value("name") == "Mbah Surip"
    person.write(why="Hidup sendiri, tidak ada yang menanggung.").choose("no_nik", "y")
    person.tap(say("Send the proposal")).look()
    number, code = person.page.locator("main .reference").all_inner_texts()
    person.open("/usul/lihat").write(reference=number, code=code).tap(say("Show where it stands")).look()
    person.reads(say("Sent")).reads_not("Surip").reads("Dukcapil")
    person.tap(say("Take the proposal back")).look()
    person.tap(say("Yes, take it back")).look().reads(say("It is taken back. The officer sees that."))


def test_what_is_said_of_another_household_stays_hidden(sit: Sit, world: World, secret: str) -> None:
    family = sit().enter_as(world.session_of(world.account("paid_on_time"), secret))
    family.open("/pengajuan/baru/sanggah-keluarga-lain").tap(say("Begin")).look()
    assert family.page.locator("main input[type=file]").count() == 0, "no photo of neighbours"
    family.choose("what", "well_off").write(where="Dusun Krajan", story="Punya dua mobil dan sawah luas.")
    family.tap(say("Save and go on")).look()
    family.reads(say("It goes on while it is looked into. Nobody loses aid because of what one person says."))
    family.tap(say("Send")).look()
    expect(family.page.locator("main .qr")).to_have_count(0)
    family.open("/pengajuan").reads(say("A household gets aid and should not"))
