"""A family reads all that is held about it, who looked, and its consents, on a phone without scripts."""

from __future__ import annotations

import json

from sqlalchemy import text

from portal.extensions import keys
from tests.browser.reader import PHONE, Sit
from tests.browser.words import say
from tests.browser.world import World


def test_all_my_data_on_a_phone_without_scripts(sit: Sit, world: World, secret: str) -> None:
    phone = sit(PHONE, script=False).enter_as(world.session_of(world.account("moved_away"), secret))
    phone.open("/akun").tap(say("All my data"))
    for group in phone.page.locator("main details > summary").all():
        group.click()
    phone.look()
    phone.tap(say("Page to print"))
    with phone.page.expect_download() as waiting:
        phone.open("/data-saya", axe=False).named(say("Download (JSON)")).click()
    taken = json.loads(waiting.value.path().read_text(encoding="utf-8"))
    assert waiting.value.suggested_filename == "data-saya.json" and taken["version"] == 1


def test_agree_and_take_it_back_with_one_tap_each(sit: Sit, world: World, secret: str) -> None:
    phone = sit(PHONE, script=False).enter_as(world.session_of(world.account("elder_alone"), secret))
    phone.open("/persetujuan")
    helper = "#tujuan-helper"
    phone.tap(phone.page.locator(f"{helper} form button").inner_text(), helper)
    assert say("You agree") in phone.page.locator(helper).inner_text()
    phone.tap(phone.page.locator(f"{helper} form button").inner_text(), helper)
    assert say("You do not agree") in phone.page.locator(helper).inner_text()


def test_a_look_that_nobody_knows_is_taken_up(sit: Sit, world: World, secret: str) -> None:
    sender = world.account("paid_on_time")
    with world.engine.begin() as owner:  # as ``look_note`` writes it
        owner.execute(
            text(
                "INSERT INTO look (family_id, staff_id, staff_name, staff_title, reason)"
                " SELECT m.family_id, s.id, s.name, s.title, 'case' FROM member m JOIN nik_index n USING (person_id),"
                " staff s JOIN staff_credential c ON c.staff_id = s.id WHERE n.nik_hash = :nik AND c.login = 'wahyu'"
            ),
            {"nik": keys.ring.blind_index("nik", sender.login)},
        )
    phone = sit(PHONE, script=False).enter_as(world.session_of(sender, secret)).open("/siapa-melihat")
    phone.page.locator("main a[href*='penglihatan=']").first.click()
    phone.look().tap(say("Begin"))
    phone.choose("contact", "no").tap(say("Save and go on"))
    phone.tap(say("Send"))
    reference = phone.page.locator(".reference").inner_text()
    officer = sit().enter_as(world.session_of(world.account("wahyu"), secret)).open("/petugas/antrean", axe=False)
    assert reference not in officer.page.content()
    officer.open(f"/petugas/kasus/{reference}", status=404, axe=False)
