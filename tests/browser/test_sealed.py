"""A complaint about the village's officer: that one finds it nowhere, and two of the regency office open it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.reader import KIOSK, PHONE, Person, Sit
from tests.browser.test_losing_nothing import signed_in
from tests.browser.words import say
from tests.browser.world import World

STORY = "Katanya bantuan kami dihentikan kalau tidak ikut."


def complain(person: Person) -> str:
    """From the six choices to the reference."""
    person.open("/pengajuan/baru").tap(say("Somebody did wrong"))
    person.tap(say("An officer treated us badly")).tap(say("Begin"))
    person.choose("what", "threat").write(story=STORY).tap(say("Save and go on"))
    person.page.locator("main label", has_text="Wahyu").first.click()
    person.tap(say("Save and go on")).tap(say("Save and go on")).reads(say("Sealed"))
    person.tap(say("Send"))
    return person.page.locator("main .reference").inner_text()


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "plain"])
def test_the_officer_concerned_finds_it_nowhere(sit: Sit, world: World, secret: str, script: bool) -> None:
    about = "stuck_at_si" if script else "paid_on_time"
    reference = complain(signed_in(sit(PHONE, script=script), world, secret, about))
    worker = signed_in(sit(PHONE, script=script), world, secret, "wahyu")
    for page in ("/petugas/antrean", "/petugas/antrean?status=closed", "/petugas/antrean?saya=1"):
        expect(worker.open(page).page.locator("main")).not_to_contain_text(reference)
    worker.open("/petugas/cari").write(words=reference)
    worker.page.locator("main form[method='post'] button[type='submit']").first.click()
    expect(worker.page.locator(f"main a[href*='{reference}']")).to_have_count(0)
    for page in (f"/petugas/kasus/{reference}", f"/petugas/kasus/{reference}/catatan"):
        worker.open(page, status=404, axe=False)
    worker.open(f"/petugas/rahasia/{reference}", status=403, axe=False)
    if not script:
        return

    first, second = (signed_in(sit(KIOSK), world, secret, login) for login in ("dinsos", "dinsos2"))
    first.open(f"/petugas/kasus/{reference}", status=404, axe=False)
    first.open("/petugas/rahasia").reads(reference)
    expect(first.page.locator("main")).not_to_contain_text(say("An officer treated us badly"))
    first.open(f"/petugas/rahasia/{reference}").choose("reason", "answer").tap(say("Ask to open it"))
    second.open(f"/petugas/rahasia/{reference}").tap(say("Confirm and open")).reads(STORY)
    first.open(f"/petugas/kasus/{reference}").reads(STORY)


def test_help_at_once_without_a_sign_in(sit: Sit, world: World, secret: str) -> None:
    """Emergency numbers stand before the sign-in; violence can be told and left at once."""
    person = sit(PHONE)
    person.open("/masuk").tap(say("In danger now? Emergency numbers"))
    assert person.path == "/darurat"
    expect(person.page.locator("a[href='tel:110']")).to_be_visible()
    person = signed_in(person, world, secret, "desil_4_to_6").open("/pengajuan/baru").tap(say("Someone needs help now"))
    person.tap(say("Violence, or fear of somebody")).tap(say("Begin"))
    leave = person.named(say("Leave quickly"), "body")
    expect(leave).to_be_in_viewport()
    person.choose("what", "hit").choose("danger", "no").tap(say("Save and go on"))
    person.choose("reach", "portal").tap(say("Save and go on")).tap(say("Send"))
    expect(person.page.locator("main .reference")).to_be_visible()
