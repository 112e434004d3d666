"""Without a login on a small phone: am I in the record, what may fit my family, and the pages of the programmes."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from portal.extensions import keys
from tests.browser.reader import KIOSK, PHONE, Sit
from tests.browser.words import say
from tests.browser.world import World

_WHERE = text("""
    SELECT m.name, f.village_id, ARRAY[a1.name, a2.name, a3.name, a4.name] AS places FROM nik_index n
    JOIN member m ON m.person_id = n.person_id AND m.until IS NULL JOIN family f ON f.id = m.family_id
    JOIN area a4 ON a4.id = f.village_id JOIN area a3 ON a3.id = a4.parent_id JOIN area a2 ON a2.id = a3.parent_id
    JOIN area a1 ON a1.id = a2.parent_id WHERE n.nik_hash = :key""")
BOTH = pytest.mark.parametrize("script", [True, False], ids=["with-script", "plain"])


@BOTH
def test_am_i_in_the_record(sit: Sit, world: World, script: bool) -> None:
    nik = world.account("paid_on_time" if script else "dead_member_listed").login
    with world.engine.connect() as owner:
        name, village, places = owner.execute(_WHERE, {"key": keys.ring.blind_index("nik", nik)}).one()
    person = sit(PHONE, script=script).open("/").tap(say("Am I in the record?"))
    for place in places:
        person.tap(place)
    person.tap(say("Check"))  # nothing written: the page says what is missing
    expect(person.page.locator(".govuk-error-summary")).to_be_visible()
    person.write(nik=nik, name=f"Ny. {name.lower()}").tap(say("Check"))
    person.reads(say("Is recorded")).reads(say("Sign in"))
    person.open(f"/cek/isi/{village}").write(nik=nik, name="Orang Lain").tap(say("Check")).reads(say("Not found yet"))
    person.tap(say("Propose a family for aid"))
    assert person.path == "/usul"


@BOTH
def test_what_may_fit_my_family(sit: Sit, script: bool) -> None:
    person = sit(PHONE, script=script).open("/").tap(say("What may fit my family? A few questions"))
    person.write(ages="empat puluh").tap(say("Go on"))
    expect(person.page.locator(".govuk-error-summary")).to_be_visible()
    person.write(ages="41, 38, 15, 4").pick("desil", "2").choose("aid", "PKH").tap(say("Go on"))
    person.pick("work_0", "own").pick("school_2", "smp").tap(say("Go on"))
    person.pick("floor", "8").tap(say("Back"))
    assert person.value("work_0") == "own"
    person.tap(say("Go on"))
    assert person.value("floor") == "8", "nothing is lost on the way back"
    person.tap(say("Show the answer")).reads(say("Meets the basic conditions")).reads("15 tahun")
    person.tap("Sekolah Rakyat").reads(say("For whom"))
    person.turn(KIOSK).look()


def test_words_myths_and_programmes(sit: Sit) -> None:
    person = sit(PHONE)
    for path in ("/program", "/program/sembako", "/program/lpg-3-kg", "/istilah", "/mitos"):
        person.open(path)
