"""A file that was chosen is never dropped, and one that is refused takes nothing along, also without a script."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, text

from portal.cases.views import uploads
from tests.factories import KECAMATAN, VILLAGE, as_owner, make_family
from tests.pages.browsing import Browser, family_browser
from tests.pages.test_cases_pages import photo
from tests.pages.test_desk_pages import Told

MEGABYTE = 1024 * 1024
BROKEN = ("rusak.jpg", b"\xff\xd8\xff" + b"0" * 1000)
#: Larger than the portal takes in any other form.
HUGE = ("besar.jpg", b"\xff\xd8\xff" + b"0" * 13 * MEGABYTE)
FIELD = "moving_letter-file"


@pytest.fixture
def told(app: Flask, connection: Connection) -> Told:
    return Told(app, connection)


@pytest.fixture
def phone(app: Flask, connection: Connection) -> Browser:
    """A family on the page of papers of «we moved»."""
    browser = family_browser(app, connection, make_family(connection).head)
    browser.get("/pengajuan/baru/pindah-rumah")
    browser.fill()
    browser.fill(kecamatan=str(KECAMATAN), narrow="1")
    browser.fill(village=str(VILLAGE))
    browser.fill(address="Dusun Krajan", rt="1", rw="2", moved_on=["1", "9", "2026"])
    assert browser.path.endswith("/berkas")
    return browser


def papers(connection: Connection) -> int:
    as_owner(connection)
    return int(connection.execute(text("SELECT count(*) FROM case_file")).scalar_one())


def test_going_on_takes_the_chosen_file_along(phone: Browser, connection: Connection) -> None:
    phone.fill("/berkas", **{FIELD: photo()})
    assert phone.path.endswith("/periksa"), phone.words
    assert papers(connection) == 1
    assert "1 halaman" in phone.words


@pytest.mark.parametrize(("file", "status"), [(BROKEN, 422), (HUGE, 413)])
def test_a_refused_file_stays_on_the_page_and_takes_nothing_along(
    phone: Browser, connection: Connection, file: tuple[str, bytes], status: int
) -> None:
    phone.fill("/berkas/moving_letter", **{FIELD: photo()})
    phone.fill("/hapus")
    assert papers(connection) == 0
    phone.fill("/berkas", later="y", **{FIELD: file})
    assert phone.page.status_code == status and phone.path.endswith("/berkas")
    assert phone.soup.select_one(f".govuk-error-summary a[href='#{FIELD}']"), phone.words
    assert phone.form("/berkas")[1]["later"] == "y"  # the tick is still there
    phone.fill("/berkas", **{FIELD: photo()})
    assert phone.path.endswith("/periksa") and papers(connection) == 1


def test_adding_nothing_is_said(phone: Browser) -> None:
    phone.fill("/berkas/moving_letter")
    assert phone.page.status_code == 422
    assert "Pilih foto atau berkas dulu." in phone.words


def test_what_nobody_reads_to_its_end_is_said_too(phone: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_BYTES", MEGABYTE)
    for ending in ("/berkas", "/berkas/moving_letter"):
        phone.fill(ending, **{FIELD: HUGE})
        assert phone.page.status_code == 413
        assert phone.soup.select_one(".govuk-error-summary"), phone.words


@pytest.mark.parametrize(("file", "status"), [(BROKEN, 422), (HUGE, 413)])
def test_an_answer_keeps_its_words_whatever_the_file(told: Told, file: tuple[str, bytes], status: int) -> None:
    asked(told)
    told.phone.fill("/jawab", words="Surat itu hilang saat banjir.", file=file)
    assert told.phone.page.status_code == status
    assert told.phone.soup.select_one(".govuk-error-summary a[href='#file']"), told.phone.words
    assert told.phone.form("/jawab")[1]["words"].strip() == "Surat itu hilang saat banjir."
    told.phone.fill("/jawab", file=photo())
    assert told.phone.page.status_code == 200
    told.desk.get(told.case)
    assert "Surat itu hilang saat banjir." in told.desk.words


def test_an_answer_larger_than_anything_is_refused_calmly(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(told)
    monkeypatch.setattr(uploads, "MOST_BYTES", MEGABYTE)
    told.phone.fill("/jawab", words="Ini.", file=HUGE)
    assert told.phone.page.status_code == 413 and told.phone.form("/jawab")


def test_a_large_body_without_the_token_is_refused(told: Told) -> None:
    asked(told)
    answers: dict[str, Any] = told.phone.form("/jawab")[1] | {"csrf_token": "x", "words": "Ini."}
    told.phone.post(f"{told.own}/jawab", answers)
    assert told.phone.page.status_code == 400


def asked(told: Told) -> None:
    """The officer has asked the family for something, and the family sees it."""
    told.take()
    told.desk.fill("/tanya", question="Mohon kirim foto surat dari RT.")
    told.phone.get(told.own)
