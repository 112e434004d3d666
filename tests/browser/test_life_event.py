"""A birth is told once on a phone, with scripts and without; what follows stands under one heading, Dukcapil first."""

from __future__ import annotations

import re

import pytest

from portal.core.clock import today
from tests.browser.reader import Person, Sit
from tests.browser.test_long_way import officer_of
from tests.browser.words import say
from tests.browser.world import World


@pytest.mark.parametrize(
    ("script", "about"), [(True, "birth_not_recorded"), (False, "paid_on_time")], ids=["with-script", "plain"]
)
def test_a_birth_is_told_once(sit: Sit, world: World, secret: str, script: bool, about: str) -> None:
    family = sit(script=script).enter_as(world.session_of(world.account(about), secret))
    family.open("/pengajuan/peristiwa").tap(say("A child was born"))
    family.unfold(say("First at another office:")).look()
    family.write(full_name="Bayu Saputra").choose("sex", "L")
    family.tap(say("Go on"))  # without the birth date: nothing is lost
    assert family.value("full_name") == "Bayu Saputra"
    _write_day(family, today().year)
    family.tap(say("Go on"))
    assert family.path == "/pengajuan"
    family.reads(say("PKH: count a child"))
    _go_on(family, say("A child was born"))
    family.choose("later", "y").tap(say("Save and go on"))
    family.reads("Bayu Saputra").reads(say("Surely stays")).reads(say("May change; nobody can promise it"))
    family.tap(say("Send"))
    reference = re.search(r"/pengajuan/([0-9A-Z-]+)/terkirim", family.path)
    assert reference is not None
    family.open(f"/pengajuan/{reference.group(1)}").tap(say("I have done it")).tap(say("Write it down"))
    family.reads(say("Written down. The officer sees it and goes on."))
    login = officer_of(world, reference.group(1))
    officer = sit(script=script).enter_as(world.session_of(world.account(login), secret))
    officer.open(f"/petugas/kasus/{reference.group(1)}").reads(say("What the family does at another office"))


def _write_day(family: Person, year: int) -> None:
    parts = family.page.locator("main [name='born_on']")
    for place, typed in enumerate(("1", "1", str(year))):
        parts.nth(place).fill(typed)


def _go_on(family: Person, title: str) -> None:
    card = family.page.locator("main section.card", has_text=title).first
    with family.page.expect_navigation(wait_until="load"):
        card.get_by_role("link", name=say("Go on"), exact=True).click()
    family.look()
