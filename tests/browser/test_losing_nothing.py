"""Nothing that a family wrote is lost: not with the session, not with a second tap, not by going back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.reader import KIOSK, Person, Sit
from tests.browser.words import say
from tests.browser.world import World

STORY = "Kata agen kartunya kosong sejak bulan lalu."


def signed_in(person: Person, world: World, secret: str, about: str) -> Person:
    return person.enter_as(world.session_of(world.account(about), secret))


def begin_missing_aid(person: Person) -> None:
    """To the page on which the family tells what happened."""
    person.open("/pengajuan/baru/bantuan-tidak-diterima").tap(say("Begin"))
    person.choose("about", "p:PKH").tap(say("Save and go on"))
    assert person.path.endswith("/kejadian")


def write_what_happened(person: Person) -> None:
    person.choose("happened", "less").write(story=STORY)
    person.page.locator("main [name='since']").select_option(index=2)


def sign_in_again(person: Person, world: World, about: str) -> None:
    account = world.account(about)
    assert account.pin is not None
    assert person.path.startswith("/masuk")
    person.write(nik=account.login, pin=account.pin)


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "plain"])
def test_a_lost_session_keeps_what_was_written(sit: Sit, world: World, secret: str, script: bool) -> None:
    about = "stuck_at_si" if script else "fits_a_training"
    person = signed_in(sit(script=script), world, secret, about)
    begin_missing_aid(person)
    write_what_happened(person)
    end_session(person, world)
    person.tap(say("Save and go on"))
    sign_in_again(person, world, about)
    person.tap(say("Sign in")).reads(say("Go on where you were"))
    person.tap(say("Go on"))
    assert person.path.endswith("/kartu")
    person.open(person.path.replace("/kartu", "/kejadian"))
    assert person.value("story") == STORY


def end_session(person: Person, world: World) -> None:
    """The database ends the session, as after half an hour without a touch; the browser does not know."""
    with world.engine.begin() as owner:
        owner.exec_driver_sql("UPDATE web_session SET ended_at = now() WHERE account_id IS NOT NULL")


def test_a_cookie_that_is_gone_leaves_the_draft(sit: Sit, world: World, secret: str) -> None:
    """Another phone, or a browser that forgot everything: the draft stands on the server."""
    person = signed_in(sit(), world, secret, "stopped_without_cause")
    begin_missing_aid(person)
    write_what_happened(person)
    person.tap(say("Save and go on"))
    person.lose_session().page.goto(person.base_url + "/pengajuan")
    sign_in_again(person, world, "stopped_without_cause")
    person.tap(say("Sign in"))
    assert person.path == "/pengajuan"
    person.reads(say("Not sent yet")).tap(say("Go on"))
    assert person.path.endswith("/kartu")


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "plain"])
def test_a_cut_goes_sealed_and_once(sit: Sit, world: World, secret: str, script: bool) -> None:
    """Somebody takes a part: the officers of the village never see it; sending it twice makes one case."""
    about = "paid_on_time" if script else "elder_alone"
    person = signed_in(sit(KIOSK, script=script), world, secret, about)
    begin_missing_aid(person)
    write_what_happened(person)
    person.tap(say("Save and go on"))
    person.choose("card_elsewhere", "no").choose("cut_taken", "yes").tap(say("Save and go on"))
    person.tap(say("Save and go on")).reads(say("Sealed"))
    checked = person.path
    person.tap(say("Send"))
    reference = person.page.locator("main .reference").inner_text()
    person.page.go_back()
    if person.path == checked:  # the browser shows the page that was read back, with its button
        person.tap(say("Send"))
        expect(person.page.locator("main .reference")).to_have_text(reference)
    person.open("/pengajuan")
    expect(person.page.locator("main").get_by_text(reference)).to_have_count(1)

    village = signed_in(sit(KIOSK), world, secret, "wahyu").open("/petugas/antrean")
    expect(village.page.locator("main")).not_to_contain_text(reference)
    village.open(f"/petugas/kasus/{reference}", status=404)
    office = signed_in(sit(KIOSK), world, secret, "dinsos").open("/petugas/antrean")
    expect(office.page.locator("main")).not_to_contain_text(reference)  # until two of the office open it
    office.open("/petugas/rahasia").reads(reference)


def test_a_part_of_a_page_that_meets_an_ended_session_keeps_what_was_picked(
    sit: Sit, world: World, secret: str
) -> None:
    """htmx asks for the next list, the session has ended: sign in, and the same question stands there, answered."""
    about = "paid_on_time"
    person = signed_in(sit(), world, secret, about)
    person.open("/pengajuan/baru/pindah-rumah").tap(say("Begin"))
    asked = person.path
    end_session(person, world)
    province = person.page.locator("main select[name='province']")
    with person.page.expect_navigation(url="**/masuk*"):
        province.select_option(value="35")
    sign_in_again(person, world, about)
    person.tap(say("Sign in")).reads(say("Go on where you were"))
    person.tap(say("Go on"))
    assert person.path == asked
    assert province.input_value() == "35"
    assert person.page.locator("main select[name='regency'] option").count() > 1


def test_a_list_that_meets_an_ended_session_leads_to_the_sign_in_and_back(sit: Sit, world: World, secret: str) -> None:
    """The queue looks by itself for something new: an officer who went away finds the sign-in, not the queue."""
    person = sit(KIOSK).enter_as(world.session_of(world.account("wahyu"), secret))
    person.page.clock.install()
    person.open("/petugas/antrean?status=visit")
    with world.engine.begin() as owner:
        owner.exec_driver_sql("UPDATE web_session SET ended_at = now() WHERE staff_id IS NOT NULL")
    person.page.clock.fast_forward("00:25")
    person.page.wait_for_url(re.compile(r"/petugas/masuk\?"), wait_until="commit")
    assert person.path == "/petugas/masuk?next=/petugas/antrean?status%3Dvisit"
