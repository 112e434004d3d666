"""Passkeys with Chromium's own virtual authenticator: made, used, and taken away, by a member and by an officer."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import CDPSession, expect
from sqlalchemy import text

from portal.demo.people import DemoAccount
from tests.browser.reader import KIOSK, PHONE, Person, Sit
from tests.browser.words import say
from tests.browser.world import World

_PHONE_KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Finger:
    """The authenticator of a browser: a phone whose owner's finger is there, or is not."""

    def __init__(self, person: Person, **otherwise: Any) -> None:
        self._cdp: CDPSession = person.page.context.new_cdp_session(person.page)
        self._cdp.send("WebAuthn.enable")
        made = self._cdp.send("WebAuthn.addVirtualAuthenticator", {"options": _PHONE_KEY | otherwise})
        self.id = made["authenticatorId"]

    @property
    def keys(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.id})[
            "credentials"
        ]
        return found

    def is_there(self, there: bool) -> None:
        """Whether the owner's finger is recognised from now on."""
        self._cdp.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": there})


def add_passkey(person: Person, name: str, **proof: str) -> None:
    """From the page of the own sign-in to a passkey that is kept."""
    person.open("/akun").tap(say("Passkeys"))
    person.tap(say("Make a passkey on this device")).write(name=name, **proof)
    person.tap(say("Go on")).tap(say("Make the passkey now"))
    person.reads(say("The passkey is kept. You can sign in with it from now on. Your PIN or password still works."))
    person.reads(name)


def remove_passkey(person: Person, name: str, **proof: str) -> None:
    person.open("/akun/kunci").reads(say("Last used: %(when)s").partition("%")[0].strip())
    person.tap(name).write(**proof)
    person.tap(say("Remove the passkey")).reads_not(name)


def sign_out(person: Person) -> None:
    person.open("/lupa-pin").tap(say("Sign out"), within="header")


@pytest.fixture
def account(world: World) -> DemoAccount:
    return world.account("paid_on_time")


def test_a_member_makes_uses_and_removes_a_passkey(sit: Sit, world: World, account: DemoAccount) -> None:
    assert account.pin is not None
    person = sit(PHONE)
    finger = Finger(person)
    person.open("/masuk").write(nik=account.login, pin=account.pin).tap(say("Sign in"))
    add_passkey(person, "HP saya", pin=account.pin)
    [key] = finger.keys
    assert key["isResidentCredential"] and key["rpId"] == "localhost"
    sign_out(person)
    person.open("/masuk").tap(say("Use a passkey"))
    assert person.path == "/beranda"
    remove_passkey(person, "HP saya", pin=account.pin)
    sign_out(person)
    person.open("/masuk").tap(say("Use a passkey"))
    person.reads(say("This passkey was not accepted. Sign in with your NIK and your PIN."))
    person.write(nik=account.login, pin=account.pin).tap(say("Sign in"))
    assert person.path == "/beranda"


def test_an_officer_signs_in_without_password_and_code(sit: Sit, world: World, secret: str) -> None:
    officer = world.account("made")
    assert officer.password is not None
    person = sit(KIOSK)
    Finger(person)
    # By a session, not by a code: a code is good once, and there are three of them at a time.
    person.enter_as(world.session_of(officer, secret))
    add_passkey(person, "Laptop kantor", code=world.code(officer))
    sign_out(person)
    person.open("/petugas/masuk").tap(say("Use a passkey"))
    expect(person.page.get_by_role("button", name=say("Sign out"))).to_be_visible()
    sign_out(person)
    person.open("/petugas/masuk").write(login=officer.login, password=officer.password).tap(say("Go on"))
    person.tap(say("Use a passkey"))
    expect(person.page.get_by_role("button", name=say("Sign out"))).to_be_visible()
    remove_passkey(person, "Laptop kantor", code=world.code(officer))


def test_an_act_that_asks_once_more_takes_a_passkey(sit: Sit, world: World, secret: str) -> None:
    officer = world.account("agus")
    person = sit(PHONE)
    finger = Finger(person)
    person.enter_as(world.session_of(officer, secret))
    add_passkey(person, "HP kantor", code=world.code(officer))
    with world.engine.begin() as owner:
        owner.execute(text("UPDATE web_session SET created_at = created_at - interval '6 minutes'"))
    person.open("/petugas/kode-cadangan").tap(say("Make ten new codes"))
    person.reads(say("Your code once more")).look()
    finger.is_there(False)
    person.named(say("Use a passkey")).click()
    person.reads(say("No passkey was used. You can try again, or write the code above."))
    finger.is_there(True)
    person.tap(say("Use a passkey"))
    expect(person.page.locator("main li.reference")).to_have_count(10)
    remove_passkey(person, "HP kantor", code=world.code(officer))


def test_a_finger_that_is_not_known_changes_nothing(sit: Sit, account: DemoAccount) -> None:
    assert account.pin is not None
    person = sit(PHONE)
    finger = Finger(person)
    finger.is_there(False)
    person.open("/masuk")
    person.named(say("Use a passkey")).click()
    person.reads(say("No passkey was used. You can try again, or sign in as written above."))
    person.look()
    person.write(nik=account.login, pin=account.pin).tap(say("Sign in"))
    assert person.path == "/beranda"


def test_without_scripts_no_page_speaks_of_it_and_the_pin_is_complete(sit: Sit, account: DemoAccount) -> None:
    assert account.pin is not None
    person = sit(script=False).open("/masuk")
    expect(person.page.locator("form[data-passkey]")).to_be_hidden()
    person.write(nik=account.login, pin=account.pin).tap(say("Sign in"))
    assert person.path == "/beranda"
    person.open("/akun/kunci")
    person.reads(say("This browser cannot make a passkey for this address. You can sign in as before."))


def test_at_another_name_of_the_same_machine_none_is_offered(sit: Sit) -> None:
    person = sit()
    Finger(person)
    person.base_url = person.base_url.replace("localhost", "127.0.0.1")
    person.open("/masuk")
    expect(person.page.locator("form[data-passkey]")).to_be_hidden()
