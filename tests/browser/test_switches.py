"""The two switches of every page: the language, and amounts that nobody else should read."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.reader import KIOSK, Sit
from tests.browser.words import say
from tests.browser.world import World


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "plain"])
def test_the_language_is_chosen_on_the_page(sit: Sit, script: bool) -> None:
    person = sit(script=script).open("/bantuan-portal")
    expect(person.page.locator("html")).to_have_attribute("lang", "id")
    person.page.locator("header summary").click()
    person.tap("English", within="header")
    expect(person.page.locator("html")).to_have_attribute("lang", "en")
    assert person.path == "/bantuan-portal"
    person.open("/masuk").reads("Sign in")
    person.page.locator("header summary").click()
    person.tap("Bahasa Indonesia", within="header")
    expect(person.page.locator("html")).to_have_attribute("lang", "id")


def test_amounts_are_hidden_until_they_are_asked_for_again(sit: Sit, world: World, secret: str) -> None:
    person = sit(KIOSK).enter_as(world.session_of(world.account("paid_on_time"), secret)).open("/beranda")
    html, switch = person.page.locator("html"), person.page.locator("[data-amounts-switch]").first
    amount = person.page.locator(".amount").first
    shown = amount.screenshot()
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "true")
    assert amount.screenshot() != shown
    person.open("/bantuan")
    expect(html).to_have_class("amounts-hidden")
    person.page.get_by_role("button", name=say("Hide amounts")).first.click()
    expect(html).not_to_have_class("amounts-hidden")


def test_without_scripts_there_is_no_switch_for_amounts(sit: Sit, world: World, secret: str) -> None:
    person = sit(script=False).enter_as(world.session_of(world.account("paid_on_time"), secret)).open("/beranda")
    expect(person.page.locator("[data-amounts-switch]").first).to_be_hidden()
    expect(person.page.locator(".amount").first).to_contain_text("Rp")
