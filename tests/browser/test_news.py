"""News on a phone: switched on by its owner, and shown by the worker in the browser in words that tell nothing."""

from __future__ import annotations

import json

from playwright.sync_api import CDPSession, Page, expect

from tests.browser.reader import Sit
from tests.browser.words import say
from tests.browser.world import World

_SHOWN = """() => navigator.serviceWorker.ready.then(there => there.getNotifications()).then(all =>
    all.map(one => ({title: one.title, body: one.body, data: one.data})))"""

_PUT_AWAY = """() => navigator.serviceWorker.ready.then(there => there.getNotifications()).then(all =>
    all.forEach(one => one.close()))"""


def registration(session: CDPSession, page: Page) -> str:
    """The id of the worker's registration, as the browser's own tools know it."""
    found: list[str] = []

    def note(said: dict[str, list[dict[str, str]]]) -> None:
        found.extend(one["registrationId"] for one in said["registrations"])

    session.on("ServiceWorker.workerRegistrationUpdated", note)
    session.send("ServiceWorker.enable")
    page.wait_for_function("() => navigator.serviceWorker.ready.then(() => true)")
    return found[0]


def test_a_push_message_is_shown_in_words_that_tell_nothing(sit: Sit, portal: str, world: World, secret: str) -> None:
    member = sit().enter_as(world.session_of(world.account("paid_on_time"), secret))
    context = member.page.context
    context.grant_permissions(["notifications"], origin=portal)
    member.open("/pemberitahuan").reads(say("First say under My consents that the portal may send news to your phone."))
    member.open("/persetujuan")
    member.page.locator("#tujuan-web_push button").click()
    member.page.wait_for_load_state()
    member.look().tap(say("Switch on or off on this device"))
    # The script is served and starts. No push service can be reached from here, and the page says that it did not work.
    member.page.get_by_role("button", name=say("Switch on here")).click()
    failed = say("It did not work on this device now. Try again later. Your messages stand here as before.")
    expect(member.page.locator("[role=status]").last).to_contain_text(failed)
    assert member.faults is not None
    member.faults.clear()  # Chromium says on the console that a private window has no push
    member.look()
    session = context.new_cdp_session(member.page)
    target = {"origin": portal, "registrationId": registration(session, member.page)}
    english = "There is a new message in the portal"
    told = {"language": "id", "title": "PKH Rp750.000", "body": "rahasia"}
    for sent, body in (
        (json.dumps(told), "Ada pesan baru di portal"),
        ("", "Ada pesan baru di portal"),
        ("not json", "Ada pesan baru di portal"),
        (json.dumps({"language": "en"}), english),
    ):
        session.send("ServiceWorker.deliverPushMessage", target | {"data": sent})
        member.page.wait_for_function(f"() => ({_SHOWN})().then(all => all.length > 0)")
        assert member.page.evaluate(_SHOWN) == [{"title": "Portal Keluarga", "body": body, "data": None}]
        member.page.evaluate(_PUT_AWAY)
        member.page.wait_for_function(f"() => ({_SHOWN})().then(all => all.length === 0)")
