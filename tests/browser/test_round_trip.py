"""The main job from end to end: a family's question reaches its social worker and comes back answered.

Walked twice on a phone, with scripts and without: the slip, the PIN, the four places, a move with a photo, the worker's
question, the answer, the decision, and the next extract that takes it over.
"""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from PIL import Image
from playwright.sync_api import expect

from portal.core.clock import today
from portal.demo.people import DemoAccount
from portal.demo.stories import BANGOREJO, KABAT
from portal.exchange.generator import Household
from tests.browser.reader import Person, Sit
from tests.browser.words import say
from tests.browser.world import WORKER, World

PIN, WEAK_PIN = "592640", "123456"
NEW_VILLAGE = KABAT[2]
ADDRESS = "Gang Melati 4 dekat mushala"
TOO_LARGE = "The file is larger than 10 MB. Take the photo again with a lower quality, or choose another file."
_GPS_IFD, _MAKE = 0x8825, 0x010F


def photo() -> bytes:
    """A picture of a letter as a phone takes it: with the place and the maker of the phone in it."""
    picture = Image.new("RGB", (1200, 900), "ivory")
    exif = Image.Exif()
    exif[_MAKE] = "TELEPON-RAHASIA"
    exif.get_ifd(_GPS_IFD).update({1: "S", 2: (8.0, 18.0, 0.0), 3: "E", 4: (114.0, 18.0, 0.0)})
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif)
    assert b"TELEPON-RAHASIA" in out.getvalue()
    return out.getvalue()


def nik_of(household: Household) -> str:
    return household.members[0][1]


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "plain"])
def test_a_question_comes_back_answered(sit: Sit, world: World, script: bool) -> None:
    household = world.new_families[0 if script else 1]
    officer = world.account(WORKER)
    serial, code = world.spare_slip()

    worker = sit(script=script)
    sign_in_officer(worker, world, officer)
    bind_slip(worker, nik_of(household), serial)

    family = sit(script=script)
    activate(family, nik_of(household), code)
    sign_out_and_in(family, nik_of(household))
    read_the_four_places(family)
    reference = send_a_move(family)

    work_on_it(worker, reference)
    answer_the_question(family, reference)
    decide(worker, reference)
    family_sees_it(family, reference)
    the_centre_agrees(family, world, household)


def sign_in_officer(worker: Person, world: World, officer: DemoAccount) -> None:
    assert officer.password is not None
    worker.open("/petugas/masuk").write(login=officer.login, password=officer.password).tap(say("Go on"))
    worker.write(code="000000").tap(say("Sign in"))
    worker.reads(say("This code is not right or was used already. Wait for the next one and write that."))
    worker.write(code=world.code(officer)).tap(say("Sign in"))
    assert worker.path == "/petugas/antrean"


def bind_slip(worker: Person, nik: str, serial: str) -> None:
    """The worker has seen KTP and KK, and hands the closed slip over."""
    worker.open("/petugas/loket").write(nik=f"{nik[:6]} {nik[6:12]} {nik[12:]}").choose("reason", "slip")
    worker.tap(say("Find the family")).tap(say("Give a slip for the first sign-in"))
    worker.write(serial=serial).tap(say("Give this slip"))
    worker.reads(say("A slip is given only to the member in person, with KTP and KK."))
    assert worker.value("serial") == serial
    worker.page.locator("main [name='seen']").check(force=True)
    worker.tap(say("Give this slip"))
    assert worker.path == "/petugas/loket"
    worker.open("/petugas/antrean")


def activate(family: Person, nik: str, code: str) -> None:
    family.open("/masuk").tap(say("I have a slip"))
    family.write(nik=nik, code="3333-4444").tap(say("Go on"))
    assert family.value("nik") == nik
    family.write(nik=nik, code=code.lower()).tap(say("Go on"))
    assert family.path == "/aktivasi/pin"
    family.write(pin=WEAK_PIN, pin_again=WEAK_PIN).tap(say("Save the PIN and sign in"))
    family.reads(say("This PIN counts up or down, so it is easy to guess. Choose another one."))
    family.write(pin=PIN, pin_again=PIN).tap(say("Save the PIN and sign in"))
    assert family.path == "/beranda"


def sign_out_and_in(family: Person, nik: str) -> None:
    family.tap(say("Sign out"), within="header")
    assert family.path == "/masuk"
    family.write(nik=nik, pin="111112").tap(say("Sign in"))
    family.reads(say("The NIK or the PIN is not right. The NIK has 16 digits, the PIN has 6."))
    family.write(nik=nik, pin=PIN).tap(say("Sign in"))
    assert family.path == "/beranda"


def read_the_four_places(family: Person) -> None:
    for name, path in (("Aid", "/bantuan"), ("Offers", "/peluang"), ("Home", "/beranda")):
        family.tap(say(name), within="nav.places")
        assert family.path == path
    family.open("/desil").open("/peluang/PKH")


def choose_village(family: Person) -> None:
    """Walk the area tree: another kecamatan first, then back."""
    village = family.page.locator("main [name='village']")

    def narrow(kecamatan: int, expected: int) -> None:
        family.page.locator("main [name='kecamatan']").select_option(str(kecamatan))
        if not family.has_script:
            family.tap(say("Show the places there"))
        expect(village.locator(f"option[value='{expected}']")).to_have_count(1)

    narrow(BANGOREJO[0] // 10_000, BANGOREJO[0])
    narrow(NEW_VILLAGE // 10_000, NEW_VILLAGE)
    family.look()
    village.select_option(str(NEW_VILLAGE))
    family.tap(say("Save and go on"))


def send_a_move(family: Person) -> str:
    family.tap(say("Requests"), within="nav.places").tap(say("New submission"))
    family.tap(re.compile(re.escape(say("Our data changed"))))
    family.tap(re.compile(re.escape(say("We moved")))).tap(say("Begin"))
    choose_village(family)
    write_address(family)
    add_papers(family)
    family.reads(ADDRESS).reads("Pakistaji")
    family.tap(say("Send"))
    assert family.path.endswith("/terkirim"), family.path
    reference = family.page.locator("main .reference").inner_text()
    assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}", reference)
    family.tap(say("To my submissions")).reads(reference)
    the_photo_tells_nothing(family, reference)
    family.open(f"/pengajuan/{reference}/cetak")
    return reference


def write_address(family: Person) -> None:
    """A wrong form keeps every answer."""
    moved = today() - timedelta(days=40)
    family.write(address=ADDRESS, rw="2")
    day, month, year = (family.page.locator("main [name='moved_on']").nth(place) for place in range(3))
    day.fill("31")
    month.fill("2")
    year.fill(str(moved.year))
    family.tap(say("Save and go on")).reads(say("Write the RT."))
    assert family.value("address") == ADDRESS
    assert family.value("rw") == "2"
    assert [field.input_value() for field in (day, month, year)] == ["31", "2", str(moved.year)]
    day.fill(str(moved.day))
    month.fill(str(moved.month))
    family.write(rt="3").tap(say("Save and go on"))
    assert family.path.endswith("/berkas")


def add_papers(family: Person) -> None:
    """A file too large costs nothing but the file."""
    file = family.page.locator("main input[type=file]")
    named = {"name": "surat.jpg", "mimeType": "image/jpeg"}
    file.set_input_files({**named, "buffer": b"\xff\xd8\xff" + b"\0" * 13_000_000})  # type: ignore[arg-type]
    if family.has_script:  # each file goes by itself, and the page stays
        family.named(say("Add")).click()
    else:
        family.tap(say("Add"))
    family.reads(say(TOO_LARGE))
    file.set_input_files({**named, "buffer": photo()})  # type: ignore[arg-type]
    family.tap(say("Save and go on")).reads("1 halaman")  # what was chosen and not added goes along
    assert family.path.endswith("/periksa")


def the_photo_tells_nothing(family: Person, reference: str) -> None:
    """What is kept is a picture drawn anew: no place, no phone."""
    family.open(f"/pengajuan/{reference}")
    address = family.page.locator("main a[href^='/pengajuan/berkas/']").first.get_attribute("href")
    answer = family.page.context.request.get(f"{family.base_url}{address}")
    assert answer.headers["content-type"] == "image/jpeg"
    assert "no-store" in answer.headers["cache-control"]
    kept = answer.body()
    assert b"TELEPON-RAHASIA" not in kept
    assert not Image.open(io.BytesIO(kept)).getexif()


def work_on_it(worker: Person, reference: str) -> None:
    """The case comes to the queue that the worker has open; with scripts it comes by itself."""
    if worker.has_script:
        worker.page.clock.install()
        worker.open("/petugas/antrean")
        worker.page.clock.fast_forward(21_000)
    else:
        worker.open("/petugas/antrean")
    expect(worker.page.locator("main table", has_text=reference)).to_be_visible()
    worker.open(f"/petugas/kasus/{reference}").reads(ADDRESS)
    worker.tap(say("Take this case")).reads(say("You have this case now."))
    worker.unfold(say("Ask the family for something")).write(question="Foto?").tap(say("Send the question"))
    assert worker.value("question") == "Foto?"
    worker.write(question="Tolong tulis nama ketua RT di rumah yang baru.").tap(say("Send the question"))
    worker.reads(say("The family has been asked."))


def answer_the_question(family: Person, reference: str) -> None:
    family.open("/pesan").reads(say("The officer needs something from you"))
    family.tap(say("Open %(reference)s", reference=reference)).reads("Tolong tulis nama ketua RT")
    family.write(words="Pak Sutrisno, rumahnya di depan balai desa.").tap(say("Send the answer"))
    family.reads(say("Your answer has been sent to the officer."))


def decide(worker: Person, reference: str) -> None:
    worker.open(f"/petugas/kasus/{reference}").reads("Pak Sutrisno")
    worker.unfold(say("Decide")).choose("decision", "accepted").tap(say("Decide and tell the family"))
    worker.reads(say("Write the reason."))
    worker.write(reason="Saya sudah datang ke rumah yang baru dan bertemu ketua RT.")
    worker.tap(say("Decide and tell the family")).reads(say("Decided. The family has been told."))
    worker.open("/petugas/antrean")
    expect(worker.page.locator("main table", has_text=reference)).to_have_count(0)


def family_sees_it(family: Person, reference: str) -> None:
    """In the path, in the inbox, and in the record beside the official value."""
    family.open(f"/pengajuan/{reference}").reads("Saya sudah datang ke rumah yang baru")
    family.open("/pesan").reads(say("Your submission is accepted"))
    family.open("/desil")
    beside = family.page.locator(".fact--changed", has_text="DTSEN:")
    expect(beside.filter(has_text="Pakistaji")).to_contain_text(waits_for_the_centre())
    expect(beside.filter(has_text=ADDRESS)).to_contain_text(waits_for_the_centre())
    family.open("/beranda")


def waits_for_the_centre() -> str:
    return say("Checked by %(officer)s on %(day)s; not yet accepted by the centre.").rpartition("%(day)s")[2]


def the_centre_agrees(family: Person, world: World, household: Household) -> None:
    """The next extract settles what was established here."""
    digits = str(NEW_VILLAGE)
    code = f"{digits[:2]}.{digits[2:4]}.{digits[4:6]}.{digits[6:]}"
    assert world.load_as_moved(household, KODE_WILAYAH=code, ALAMAT=ADDRESS.upper(), RT="003", RW="002") == "loaded"
    family.open("/desil")
    accepted = say("Checked by %(officer)s on %(day)s; accepted by the centre.").rpartition("%(day)s")[2]
    expect(family.page.locator(".fact--changed", has_text=accepted).first).to_be_attached()
    expect(family.page.locator(".fact--changed", has_text=waits_for_the_centre())).to_have_count(0)
