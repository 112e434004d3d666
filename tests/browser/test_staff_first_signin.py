"""An officer's whole way in, on a phone: added by an administrator, invited, with password, authenticator and codes."""

from __future__ import annotations

import re
from datetime import timedelta

import pyotp
import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from portal.core.clock import now
from tests.browser.reader import KIOSK, Person, Sit
from tests.browser.words import say
from tests.browser.world import World
from tests.pages.inspecting import PLAIN_SIXTEEN_DIGITS

PASSWORD = "empat kata yang panjang"


def add_officer(admin: Person, login: str) -> str:
    """Fill in the form; gives the address of the link that is shown once."""
    admin.open("/kantor/petugas").tap(say("Add an officer"))
    admin.write(name="Joko Susilo", title="Operator Desa Kalirejo", areas="351014", login=login)
    admin.choose("role", "village_operator").tap(say("Add and make the link"))
    return admin.page.locator("[data-link]").inner_text()


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "plain"])
def test_an_officer_is_invited_and_comes_in(sit: Sit, world: World, secret: str, script: bool) -> None:
    admin = sit(KIOSK).enter_as(world.session_of(world.account("agus"), secret))
    login = f"joko.{'s' if script else 'p'}"
    link = add_officer(admin, login)
    new = sit(script=script).open(link[link.index("/petugas/undangan/") :])
    new.reads("Joko Susilo").write(password="bismillah123456", password_again="bismillah123456").tap(say("Go on"))
    expect(new.page.locator(".govuk-error-summary")).to_be_visible()
    new.write(password=PASSWORD, password_again=PASSWORD).tap(say("Go on"))
    expect(new.page.locator("main svg").first).to_be_visible()
    totp = pyotp.TOTP(new.page.locator("[data-secret-text]").inner_text().replace(" ", ""))
    new.write(code=totp.at(now())).tap(say("Go on"))
    codes = new.page.locator(".recovery-codes li").all_inner_texts()
    assert len(set(codes)) == 10
    new.tap(say("I have them: sign in")).write(login=login, password=PASSWORD).tap(say("Go on"))
    new.write(code=totp.at(now() + timedelta(seconds=30))).tap(say("Sign in"))
    assert new.path.startswith("/petugas/")
    new.open("/petugas/kode-cadangan").reads("10")
    new.open("/petugas/antrean", 403)


def test_a_change_after_five_minutes_asks_for_the_code_and_goes_on(sit: Sit, world: World, secret: str) -> None:
    admin = sit().enter_as(world.session_of(world.account("indah"), secret)).open("/kantor/petugas/baru")
    with world.engine.begin() as owner:
        owner.execute(
            text("UPDATE web_session SET created_at = now() - interval '6 minutes' WHERE staff_id IS NOT NULL")
        )
    admin.write(name="Rini Astuti", title="Pendamping sosial", areas="35.10.02", login="rini")
    admin.choose("role", "social_worker").tap(say("Add and make the link"))
    admin.reads(say("Your code once more")).write(step_up_code=world.code(world.account("indah")))
    admin.tap(say("Confirm and go on"))
    assert "/petugas/undangan/" in admin.page.locator("[data-link]").inner_text()


def test_the_pages_of_officers_are_readable_on_a_phone(sit: Sit, world: World, secret: str) -> None:
    admin = sit().enter_as(world.session_of(world.account("agus"), secret))
    admin.open("/kantor/petugas").tap("Ratna Permana")
    admin.unfold(say("Plan a leave"))
    admin.unfold(say("Add an area"))
    admin.look()
    worker = sit().enter_as(world.session_of(world.account("ratna"), secret)).open("/petugas/keluarga-saya")
    worker.choose("whose", "own").tap(say("Declare"))
    expect(worker.page.locator(".govuk-error-summary")).to_be_visible()
    sit().enter_as(world.session_of(world.account("dinsos"), secret)).open("/petugas/peringatan").reads(
        re.compile(say("No warning. That is good."))
    )


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "plain"])
def test_a_number_is_masked_until_an_officer_says_why(sit: Sit, world: World, secret: str, script: bool) -> None:
    worker = sit(script=script).enter_as(world.session_of(world.account("wahyu"), secret)).open("/petugas/antrean")
    with worker.page.expect_navigation(wait_until="load"):
        worker.page.locator("table.queue tbody a").first.click()
    case = worker.look().path
    assert not PLAIN_SIXTEEN_DIGITS.search(worker.page.content())
    worker.tap(re.compile("^" + say("Show the whole NIK"))).tap(say("Show it once"))
    expect(worker.page.locator(".govuk-error-summary")).to_be_visible()
    worker.choose("reason", "bank").tap(say("Show it once"))
    assert PLAIN_SIXTEEN_DIGITS.fullmatch(worker.page.locator("[data-number]").inner_text())
    assert not PLAIN_SIXTEEN_DIGITS.search(worker.page.url)
    worker.tap(say("Done"))
    assert worker.path == case
