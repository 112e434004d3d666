"""Changes of data through the pages: an event of life, a house line by line, what another office does first."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from portal.cases.moves import StaleCase
from portal.core.clock import today
from portal.desk import service
from portal.extensions import db
from tests.factories import (
    VILLAGE,
    TestFamily,
    as_owner,
    family_actor,
    make_family,
    make_member,
    make_participation,
    make_staff,
)
from tests.pages.browsing import Browser, family_browser, staff_browser

YEAR = str(today().year)


def a_family(connection: Connection) -> TestFamily:
    """Siti with husband, getting PKH and PBI-JK; the house has an earth floor."""
    family = make_family(connection, housing={"floor": 8})
    family.members.append(
        make_member(connection, family.id, name="JOKO SANTOSO", birth=date(1980, 1, 1), sex="L", relation=2)
    )
    for program in ("PKH", "PBI-JK"):
        make_participation(connection, family.id, program)
    return family


def go_on(browser: Browser, title: str) -> None:
    """Open the draft of that title in the list."""
    browser.get("/pengajuan")
    card = next(one for one in browser.soup.select("section.card") if title in one.get_text())
    browser.get(str(card.select_one("a.govuk-button")["href"]))  # type: ignore[index]


def send(browser: Browser) -> str:
    """From the papers to the reference."""
    if browser.path.endswith("/berkas"):
        browser.fill("/berkas", later="y")
    browser.fill("/kirim")
    assert browser.path.endswith("/terkirim"), browser.words
    found = re.search(r"/pengajuan/([0-9A-Z]{4}-[0-9A-Z]{4})/", browser.path)
    assert found
    return found.group(1)


def discard_all(browser: Browser) -> None:
    """Throw away what was begun and not sent."""
    while link := browser.get("/pengajuan") and browser.soup.find("a", string="Buang"):
        browser.get(str(link["href"]))
        browser.fill()


def test_a_birth_is_told_once_and_opens_what_follows(app: Flask, connection: Connection) -> None:
    family = a_family(connection)
    worker = make_staff(connection, VILLAGE)
    browser = family_browser(app, connection, family.head)
    browser.get("/pengajuan/peristiwa")
    browser.get("/pengajuan/peristiwa/kelahiran")
    assert "Dukcapil" in browser.words and "akta kelahiran" in browser.words
    browser.fill(sex="L", born_on=["1", "1", YEAR])
    assert browser.page.status_code == 422
    browser.fill(full_name="Bayu", mother=str(family.head.id))
    assert browser.path == "/pengajuan" and browser.words.count("Belum dikirim") == 3, browser.words
    for title in ("Ada anak lahir", "PKH: hitung seorang anak", "PBI-JK"):
        assert title in browser.words
    go_on(browser, "PKH: hitung")
    assert browser.path.endswith("/berkas")  # all was told: only papers are left
    component = send(browser)
    go_on(browser, "Ada anak lahir")
    browser.fill("/berkas", later="y")
    assert "Bayu" in browser.words and "Siti Aminah" in browser.words
    assert "paling banyak dua anak kecil" in browser.words and "belum pasti" in browser.words  # may change, no promise
    assert "Mengirim ini tidak menghentikan" in browser.words and "akta kelahiran" in browser.words
    assert "sedang diurus" not in browser.words  # what belongs together is no overlap
    reference = send(browser)
    as_owner(connection)
    rows = connection.execute(text("SELECT reference, heading FROM cases")).all()
    assert {row.reference for row in rows} == {component, reference} and len({row.heading for row in rows}) == 1
    assert rows[0].heading is not None
    discard_all(browser)
    browser.get("/pengajuan")
    heading = browser.soup.find("h2", string="Ada anak lahir")
    assert heading is not None and len(heading.find_next_siblings("section")) == 2  # sent, and still under its event
    desk = staff_browser(app, connection, worker)
    for page, own, other in ((browser, "pengajuan", reference), (desk, "petugas/kasus", reference)):
        page.get(f"/{own}/{other}")
        assert "Bagian dari: Ada anak lahir" in page.words and f'href="/{own}/{component}"' in page.page.text
    browser.get(f"/pengajuan/{reference}")
    assert "Minta akta kelahiran" in browser.words
    browser.get(f"/pengajuan/{reference}/tugas/birth_deed")
    browser.fill(on=["1", "1", "2999"])
    assert browser.page.status_code == 422
    browser.fill(on=["2", "1", YEAR])
    assert browser.path == f"/pengajuan/{reference}" and f"2 Januari {YEAR}" in browser.words
    assert browser.get(f"/pengajuan/{reference}/tugas/no_such_task").status_code == 404
    as_owner(connection)
    done = connection.execute(text("SELECT data FROM case_event WHERE event = 'task_done'")).scalars().all()
    assert [one["task"] for one in done] == ["birth_deed"]
    with pytest.raises(StaleCase):  # decided on what was seen before that
        service.take(worker, reference, 1)
    with pytest.raises(DBAPIError, match="row-level security"), db.begin(family_actor(family.head).scope) as session:
        session.execute(text("UPDATE cases SET version = version + 1"))
    service.take(worker, reference, 2)


def test_a_house_is_told_line_by_line_and_a_second_case_is_pointed_out(app: Flask, connection: Connection) -> None:
    family = a_family(connection)
    worker = make_staff(connection, VILLAGE)
    browser = family_browser(app, connection, family.head)
    for _time in range(2):
        browser.get("/pengajuan/baru/rumah")
        browser.fill()
        assert "tanah" in browser.words  # what is recorded stands beside each line
        browser.fill(changed=["floor"])
        assert "Yang tercatat" in browser.words and browser.path.endswith("/floor")
        assert browser.fill(floor="8").status_code == 422 and "sudah tercatat" in browser.words
        browser.fill(floor="2")
        browser.fill()  # nothing more to say
        browser.fill("/berkas")
        assert "Lantai" in browser.words and "Atap" not in browser.words
        if _time == 0:
            first = send(browser)
            assert first not in browser.get("/pengajuan/baru/rumah").text
    assert first in browser.words  # the same field is asked in an open case: said, not refused
    send(browser)
    desk = staff_browser(app, connection, worker)
    desk.get(f"/petugas/kasus/{first}")
    assert "keramik" in desk.words and "berbeda" in desk.words.lower()


def test_what_concerns_the_body_is_for_the_sender_alone(app: Flask, connection: Connection) -> None:
    family = a_family(connection)
    make_staff(connection, VILLAGE)
    browser = family_browser(app, connection, family.head)
    browser.get("/pengajuan/baru/kehamilan")
    browser.fill()
    assert "Joko" not in browser.words
    browser.fill(who=str(family.head.id), how="pregnant", pregnancy_no="1")
    reference = send(browser)
    assert browser.get(f"/pengajuan/{reference}").status_code == 200
    husband = family_browser(app, connection, family.members[1])
    assert husband.get(f"/pengajuan/{reference}").status_code == 404
    assert "hamil" not in husband.get("/pengajuan").text
