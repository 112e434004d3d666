"""The duties of an office on a phone: a breach from the first word to the letter, the trail, the register."""

from __future__ import annotations

import pytest

from tests.browser.reader import PHONE, Sit
from tests.browser.words import say
from tests.browser.world import World


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "plain"])
def test_a_breach_is_written_down_told_and_printed(sit: Sit, world: World, secret: str, script: bool) -> None:
    office = sit(PHONE, script=script).enter_as(world.session_of(world.account("dinsos"), secret))
    office.open("/kantor/pelanggaran").tap(say("Write down a breach"))
    office.write(what="Map tertinggal di bus", who="Warga dua desa", people="1200", measures="Map dicari")
    office.choose("kinds", "numbers").tap(say("Write down")).look()
    office.named(say("The letter, to print")).click()
    office.look().reads("Map tertinggal di bus").reads(say("What you can do"))
    office.page.go_back()
    office.page.locator("main form button").first.click()
    office.look().reads(world.account("dinsos").name)


def test_the_trail_and_the_register_are_readable_on_a_phone(sit: Sit, world: World, secret: str) -> None:
    auditor = sit(PHONE, script=False).enter_as(world.session_of(world.account("bambang"), secret))
    auditor.open("/petugas/jejak").tap(say("Show")).look()
    auditor.open("/kantor/pelanggaran", 403)
    sit(PHONE, script=False).open("/privasi/masa-simpan").reads(say("How long"))
