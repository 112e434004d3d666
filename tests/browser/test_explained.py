"""From an empty card, question by question, to the case that fits; and from *why my desil* to a correction."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.reader import PHONE, Sit
from tests.browser.test_losing_nothing import signed_in
from tests.browser.words import say
from tests.browser.world import World


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "plain"])
def test_an_empty_card_leads_to_a_case_that_is_filled_in(sit: Sit, world: World, secret: str, script: bool) -> None:
    family = signed_in(sit(PHONE, script=script), world, secret, "moved_away" if script else "dead_member_listed")
    family.open("/bantuan").tap(say("Is the balance of your KKS empty?")).tap(re.compile("Sembako"))
    first = family.path
    family.tap(say("We keep the card and the PIN ourselves, and both work")).tap(say("Yes"))
    family.reads(say("This stage was paid"))
    family.page.go_back()  # each answer is an address: the browser's own way back leads to the question
    family.look().tap(say("No, nobody did")).tap(say("Not yet")).reads(say("Bring along:"))
    family.tap(say("Back")).tap(say("Yes: no money came in"))
    assert family.path.startswith(f"{first}/")
    family.tap(say("Send this, filled in already")).tap(say("Begin"))
    chosen = family.page.locator("main [name='about']:checked")
    assert (chosen.get_attribute("value") or "").startswith("d:")
    family.tap(say("Save and go on")).choose("happened", "never_came")
    family.page.locator("main [name='since']").select_option(index=1)
    family.tap(say("Save and go on")).choose("card_elsewhere", "no").choose("cut_taken", "no")
    family.tap(say("Save and go on")).tap(say("Save and go on")).reads(re.compile("Sembako")).tap(say("Send"))
    expect(family.page.locator("main .reference")).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "plain"])
def test_a_fact_behind_the_desil_is_right_or_corrected(sit: Sit, world: World, secret: str, script: bool) -> None:
    family = signed_in(sit(PHONE, script=script), world, secret, "desil_4_to_6")
    family.open("/desil").reads(re.compile("desil dari 4 menjadi 6")).reads(say("The next ranking"))
    family.tap(re.compile(r"^Benar \(daya listrik\)"), "#berubah")
    family.reads(re.compile("Anda sudah menyatakan ini benar pada"))
    family.tap(re.compile(r"^Batalkan jawaban ini \(daya listrik\)"), "#berubah")
    family.tap(re.compile(r"^Tidak benar \(lantai\)"), "#berubah").tap(re.compile(f"{say('Begin')}|{say('Go on')}"))
    picked = family.page.locator("main [name='changed']:checked")
    expect(picked).to_have_count(1)
    assert picked.get_attribute("value") == "floor"
    family.tap(say("Save and go on")).choose("floor", "8").tap(say("Save and go on"))
    if script:  # sent once: it is one house
        family.tap(say("Save and go on")).tap(say("Save and go on")).reads("tanah").tap(say("Send"))
        expect(family.page.locator("main .reference")).to_be_visible()
