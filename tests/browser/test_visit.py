"""A visit with the network cut in the middle: what was typed survives, is sent by itself, and makes one visit."""

from __future__ import annotations

from playwright.sync_api import expect

from portal.demo.people import DemoAccount
from tests.browser.reader import Person, Sit
from tests.browser.words import say
from tests.browser.world import World

ABOUT, OFFICER = "moved_away", "made"
OFFLINE = (
    "No network. What you typed is kept on this phone and is sent by itself when the network is back. Leave this page"
    " open, or open it again later."
)
SEEN = "Rumah baru sudah ditempati sejak bulan lalu."


def signed_in(person: Person, world: World, secret: str, account: DemoAccount) -> Person:
    return person.enter_as(world.session_of(account, secret))


def kept(person: Person) -> list[str]:
    found: list[str] = person.page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('kunjungan:'))")
    return found


def back_online(person: Person) -> None:
    """The network is back; that the browser complained of it meanwhile is no fault of the page."""
    person.faults = [fault for fault in person.faults or [] if "ERR_INTERNET_DISCONNECTED" not in fault]
    person.page.context.set_offline(False)


def test_a_visit_with_the_network_cut_in_the_middle(sit: Sit, world: World, secret: str) -> None:
    with world.engine.connect() as owner:
        reference = owner.exec_driver_sql("SELECT reference FROM cases WHERE state = 'visit_set'").scalar_one()
    family = signed_in(sit(), world, secret, world.account(ABOUT)).open(f"/pengajuan/{reference}")
    family.reads(say("How to know that the visitor is real"))
    code = family.page.locator("#kunjungan .reference").inner_text()
    family.tap(say("This day is fine")).reads(say("You said: this day is fine"))

    worker = signed_in(sit(), world, secret, world.account(OFFICER)).open(f"/petugas/kasus/{reference}")
    worker.reads(say("The family says: this day is fine.").rstrip(".")).tap(say("Record the visit")).reads(code)
    worker.choose("ok_0", "yes").write(seen_more=SEEN)
    worker.page.context.set_offline(True)
    worker.write(present="Ibu Rumah 3510140101809123").choose("word", "right")
    assert len(kept(worker)) == 1 and "3510140101809123" not in worker.page.evaluate("JSON.stringify(localStorage)")

    worker.page.goto("about:blank")  # put away before anything was sent
    back_online(worker)
    worker.open(f"/petugas/kasus/{reference}/catat-kunjungan").reads(
        say("This phone had kept what you typed. It stands in the form again.")
    )
    assert worker.value("seen_more") == SEEN and worker.value("present") == ""
    worker.page.context.set_offline(True)
    worker.write(present="Ibu").named(say("Record the visit")).click()
    worker.reads(say(OFFLINE))
    with worker.page.expect_navigation(url="**/hasil-kunjungan"):
        back_online(worker)  # the page sends by itself
    worker.look().reads(SEEN)
    assert kept(worker) == []
    worker.page.evaluate("localStorage.setItem('kunjungan:other', '{}')")
    with worker.page.expect_navigation(wait_until="load"):
        worker.page.locator("#sign-out-form button").click()
    assert kept(worker) == []  # nor past signing out
    with world.engine.connect() as owner:
        counted = "SELECT count(*) FROM case_event WHERE event = 'visited'"
        assert owner.exec_driver_sql(counted).scalar_one() == 1
    family.open(f"/pengajuan/{reference}").reads(say("What was recorded at the visit")).reads(SEEN)
    expect(family.page.locator("#kunjungan")).to_have_count(0)
