"""Photos of papers on a phone: a large one arrives smaller, a broken one takes nothing along, a line may break."""

from __future__ import annotations

import io
import os
import re

from PIL import Image
from playwright.sync_api import FilePayload, Route, expect

from tests.browser.reader import Person, Sit
from tests.browser.test_losing_nothing import begin_missing_aid, signed_in, write_what_happened
from tests.browser.words import say
from tests.browser.world import World

TOO_LARGE = "The file is larger than 10 MB. Take the photo again with a lower quality, or choose another file."
DAMAGED = "The file is damaged and cannot be read. Take a new photo or choose another file."


def photo(width: int, height: int, name: str = "foto.jpg") -> FilePayload:
    """A photo in which no pixel is like the next: as large as a file of those sides gets."""
    out = io.BytesIO()
    Image.frombytes("RGB", (width, height), os.urandom(width * height * 3)).save(out, "JPEG", quality=95)
    return {"name": name, "mimeType": "image/jpeg", "buffer": out.getvalue()}


def large() -> FilePayload:
    """A photo of more than 12 MB."""
    made = photo(4000, 3000, "besar.jpg")
    assert len(made["buffer"]) > 12_000_000
    return made


BROKEN: FilePayload = {"name": "rusak.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff" + b"0" * 1000}


def to_the_papers(person: Person) -> None:
    """Everything of «aid not received» up to the page of papers."""
    begin_missing_aid(person)
    write_what_happened(person)
    person.tap(say("Save and go on"))
    person.choose("card_elsewhere", "no").choose("cut_taken", "no").tap(say("Save and go on"))
    assert person.path.endswith("/berkas")


def test_a_large_photo_arrives_smaller_and_a_broken_line_sends_it_once(sit: Sit, world: World, secret: str) -> None:
    person = signed_in(sit(), world, secret, "desil_4_to_6")
    to_the_papers(person)
    lost: list[str] = []

    def lose_the_answer(route: Route) -> None:
        """The first file reaches the portal; its answer does not reach the phone."""
        if route.request.method == "POST" and not lost:
            lost.append(route.request.url)
            route.fetch()
            route.abort()
        else:
            route.fallback()

    person.page.route("**/berkas/proof", lose_the_answer)
    field = person.page.locator("main input[type=file]")
    field.set_input_files([large(), BROKEN, photo(300, 200, "kecil.jpg")])
    person.named(say("Add")).click()
    sent = person.page.locator(".sending li")
    expect(sent.nth(0)).to_contain_text(re.compile(rf"{say('Added')} · \d+,\d MB → [1-9],\d MB"))
    expect(sent.nth(1)).to_contain_text(say(DAMAGED))
    expect(sent.nth(2)).to_contain_text(say("Added"))
    assert lost
    assert person.faults is not None
    person.faults[:] = [fault for fault in person.faults if "ERR_FAILED" not in fault]  # the line that broke
    person.look().reads(say("%(num)s page added", num=2))
    field.set_input_files([photo(300, 200, "lain.jpg")])
    person.tap(say("Save and go on")).tap(say("Send"))  # what was chosen goes along
    reference = person.page.locator("main .reference").inner_text()
    person.open(f"/pengajuan/{reference}").tap(say("Add a paper"))
    person.page.locator("main input[type=file]").last.set_input_files([photo(300, 200, "susulan.jpg")])
    person.named(re.compile(f"{say('Add')}.*{say('Another paper')}")).click()
    expect(person.page.locator(".sending li")).to_contain_text(say("Added"))
    person.look().open(f"/pengajuan/{reference}")
    expect(person.page.locator("main .papers li")).to_have_count(4)
    officer = sit().enter_as(world.session_of(world.account("wahyu"), secret)).open(f"/petugas/kasus/{reference}")
    officer.page.locator("main .mark select").first.select_option("dark")
    officer.tap(re.compile(f"^{say('Save')}.*")).reads(say("too dark"))
    person.open(f"/pengajuan/{reference}").reads(say("A paper cannot be read")).tap(say("Send it again"))
    person.reads(re.compile(say("Too dark. Take the photo again in a bright place, for example near a window.")))
    to_the_papers(person)
    person.reads(say("Sent before: tap to use it again"))
    person.tap(re.compile(f"^{say('Use it')}")).reads(say("%(num)s page added", num=1))


def test_without_a_script_a_large_photo_is_refused_and_the_rest_is_kept(sit: Sit, world: World, secret: str) -> None:
    person = signed_in(sit(script=False), world, secret, "dead_member_listed")
    to_the_papers(person)
    field = person.page.locator("main input[type=file]")
    field.set_input_files([photo(300, 200)])
    person.tap(say("Add")).reads(say("%(num)s page added", num=1))
    field.set_input_files([large()])
    person.tap(say("Add another page")).reads(say(TOO_LARGE)).reads(say("%(num)s page added", num=1))
