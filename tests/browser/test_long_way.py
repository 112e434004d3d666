"""From a refused case to another officer's answer: the family does not agree, and somebody else looks once more."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.reader import PHONE, Sit
from tests.browser.test_losing_nothing import begin_missing_aid, signed_in, write_what_happened
from tests.browser.words import say
from tests.browser.world import World

REFUSED = "Menurut bank uangnya sudah diambil bulan lalu."
ASKED = "Yang mengambil bukan kami. Tolong lihat tanda tangannya."
RIGHT = "Tanda tangannya memang bukan milik Anda. Bank mengirim uangnya lagi."


def officer_of(world: World, reference: str) -> str:
    """The login of the officer who has the case."""
    find = (
        "SELECT c.login FROM cases k JOIN staff_credential c ON c.staff_id = k.assigned_to WHERE k.reference = %(one)s"
    )
    with world.engine.connect() as owner:
        return str(owner.exec_driver_sql(find, {"one": reference}).scalar_one())


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "plain"])
def test_an_answer_is_appealed_and_another_officer_answers(sit: Sit, world: World, secret: str, script: bool) -> None:
    about = "birth_not_recorded" if script else "dead_member_listed"
    family = signed_in(sit(PHONE, script=script), world, secret, about)
    begin_missing_aid(family)
    write_what_happened(family)
    family.tap(say("Save and go on")).choose("card_elsewhere", "no").choose("cut_taken", "no")
    family.tap(say("Save and go on")).tap(say("Save and go on")).tap(say("Send"))
    reference = family.page.locator("main .reference").inner_text()

    first = officer_of(world, reference)
    officer = signed_in(sit(PHONE, script=script), world, secret, first)
    officer.open(f"/petugas/kasus/{reference}").tap(say("Take this case")).unfold(say("Decide"))
    officer.choose("decision", "refused").tap(say("Decide and tell the family"))  # a reason is missing
    officer.write(reason=REFUSED).tap(say("Decide and tell the family"))

    family.open(f"/pengajuan/{reference}").reads(REFUSED).tap(say("I do not agree: ask another officer"))
    family.reads(reference).tap(say("Begin")).tap(say("Save and go on"))
    family.choose("why", "not_looked").write(story=ASKED).tap(say("Save and go on")).tap(say("Save and go on"))
    family.reads(say("Against the answer to")).tap(say("Send"))
    appeal = family.page.locator("main .reference").inner_text()

    second = officer_of(world, appeal)
    assert second != first
    officer.open(f"/petugas/kasus/{appeal}").reads(ASKED)
    expect(officer.named(say("Take this case"))).to_have_count(0)
    expect(officer.named(say("Take it over"))).to_have_count(0)
    other = signed_in(sit(PHONE, script=script), world, secret, second)
    other.open(f"/petugas/kasus/{appeal}").tap(say("Take this case")).unfold(say("Decide"))
    other.choose("decision", "accepted").write(reason=RIGHT).tap(say("Decide and tell the family"))
    family.open(f"/pengajuan/{appeal}").reads(RIGHT)
