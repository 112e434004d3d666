"""Something that cannot wait: told in two pages on a phone, first in the officer's queue, answered within the day."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.reader import PHONE, Sit
from tests.browser.test_long_way import officer_of
from tests.browser.test_losing_nothing import signed_in
from tests.browser.words import say
from tests.browser.world import World

ANSWER = "Beras dan telur diantar sore ini oleh kantor desa ke rumah Anda."


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "plain"])
def test_no_food_in_the_house(sit: Sit, world: World, secret: str, script: bool) -> None:
    about = "stopped_without_cause" if script else "dead_member_listed"
    family = signed_in(sit(PHONE, script=script), world, secret, about)
    family.open("/pengajuan/baru").tap(say("Someone needs help now"))
    expect(family.page.locator("main a[href='tel:112']")).to_be_in_viewport()  # before any question
    family.tap(say("There is no food in the house")).tap(say("Begin")).write(where="Rumah dekat masjid")
    family.tap(say("Save and go on"))  # without an answer: the page says which, and nothing is lost
    assert family.value("where") == "Rumah dekat masjid"
    family.choose("lasts", "none").choose("who", "baby").tap(say("Save and go on")).tap(say("Send"))
    reference = family.page.locator("main .reference").inner_text()

    officer = signed_in(sit(PHONE, script=script), world, secret, officer_of(world, reference))
    first = officer.open("/petugas/antrean").page.locator("main table tbody tr").first
    expect(first).to_contain_text(say("urgent"))
    urgent = officer.page.locator("main table tbody tr", has_text=reference)
    expect(urgent).to_contain_text(say("urgent"))
    officer.open(f"/petugas/kasus/{reference}").tap(say("Take this case")).unfold(say("Decide"))
    officer.choose("decision", "accepted").write(reason=ANSWER).tap(say("Decide and tell the family"))
    family.open(f"/pengajuan/{reference}").reads(ANSWER)
