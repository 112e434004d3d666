"""Officers find families and cases of their own villages; elsewhere answers as unknown does; every search is kept."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, text

from portal.desk import search
from portal.extensions import db
from tests import factories as make
from tests.pages.browsing import Browser, staff_browser
from tests.pages.test_walls import make_case


class Place:
    """A worker of one village, a family there with an open and a sealed case, and one far away."""

    def __init__(self, app: Flask, connection: Connection) -> None:
        self.connection = connection
        self.near = make.make_family(connection, head={"name": "SITI AMINAH"}, nkks="350000042")
        self.far = make.make_family(connection, village_id=make.FAR_VILLAGE, head={"name": "AMINAH WATI"})
        make.as_owner(connection)
        connection.execute(  # as the registry writes it: the factory makes its hash one of a kind
            text("UPDATE family SET kk_hash = :h WHERE id = :f"),
            {"h": make.keys.ring.blind_index("kk", self.near.kk), "f": self.near.id},
        )
        self.case, self.sealed = (
            self.renamed(make_case(connection, self.near, restricted=sealed), reference)
            for sealed, reference in ((False, "7KQ4-MX9T"), (True, "7KQ4-MX9W"))
        )
        self.worker = staff_browser(app, connection, make.make_staff(connection, make.VILLAGE))
        self.office = staff_browser(app, connection, make.make_staff(connection, make.REGENCY, role="regency_office"))

    def renamed(self, case: int, reference: str) -> str:
        make.as_owner(self.connection)
        self.connection.execute(text("UPDATE cases SET reference = :r WHERE id = :c"), {"r": reference, "c": case})
        return reference

    def count(self, sql: str) -> int:
        make.as_owner(self.connection)
        return int(self.connection.execute(text(sql)).scalar_one())


@pytest.fixture
def place(app: Flask, connection: Connection) -> Place:
    return Place(app, connection)


def ask(browser: Browser, words: str) -> str:
    browser.get("/petugas/cari")
    browser.fill("/petugas/cari", words=words)
    assert browser.path == "/petugas/cari" and "?" not in browser.page.request.url
    return browser.words


def test_a_family_is_found_by_each_of_its_numbers_and_by_its_name(place: Place) -> None:
    nik = place.near.head.nik
    for words in (nik, f"{nik[:6]} {nik[6:]}", place.near.kk, "350000042", "7kq4 mx9t", "aminah", "SITI ami"):
        said = ask(place.worker, words)
        assert "1 keluarga ditemukan" in said and "Siti Aminah" in said and "Aminah Wati" not in said, words
        assert f"{nik[:4]}**********{nik[-2:]}" in said and nik not in place.worker.page.text, words
        assert place.case in said and place.sealed not in place.worker.page.text, words
    place.worker.get("/petugas/cari")
    assert "Siti Aminah" not in place.worker.words  # nothing of it is kept on the form's page
    assert place.count("SELECT count(*) FROM audit_event WHERE event = 'cases_searched'") == 7
    told = place.count("SELECT count(*) FROM audit_event WHERE data::text ~ '[0-9]{16}|aminah'")
    assert told == 0
    assert place.count(f"SELECT count(*) FROM look WHERE family_id = {place.near.id} AND reason = 'search'") == 2
    assert "2 keluarga ditemukan" in ask(place.office, "aminah")
    assert place.count(f"SELECT count(*) FROM look WHERE family_id = {place.far.id}") == 0  # a list is no look


def test_whoever_has_many_villages_looks_for_a_name_in_one_kecamatan(place: Place, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(search, "VILLAGES_AT_ONCE", 1)
    assert "Pilih kecamatan atau desa" in ask(place.office, "aminah")
    assert place.office.page.status_code == 422
    for within, found in ((make.KECAMATAN, "Siti Aminah"), (make.FAR_KECAMATAN, "Aminah Wati")):
        place.office.fill("/petugas/cari", words="aminah", village=str(within))
        assert "1 keluarga ditemukan" in place.office.words and found in place.office.words
    assert "Kecamatan Kabat, semua 2 desa" in place.office.words
    place.office.fill("/petugas/cari", words="aminah", village=str(make.OTHER_REGENCY_KECAMATAN))
    assert place.office.page.status_code == 422, "no area of another regency"
    place.worker.get("/petugas/cari")
    assert "Kecamatan Kabat" not in place.worker.words, "who has one alone is not asked"


def test_elsewhere_and_sealed_answer_as_unknown_does(place: Place) -> None:
    def plain(words: str) -> str:
        said = ask(place.worker, words)
        return re.sub(rf"{re.escape(words)}|\d\d\.\d\d", "", said)  # the time until which the page stays open too

    unknown = plain("3510140101809999")
    assert "Tidak ada yang cocok" in unknown
    assert [plain(words) for words in (place.far.head.nik, place.far.kk)] == [unknown, unknown]
    assert plain("7KQ4-MX9X") == plain(place.sealed) == plain("Tidakada")
    place.worker.fill("/petugas/cari", words="Aminah", village=str(make.FAR_VILLAGE))
    assert place.worker.page.status_code == 422  # not one of the own
    assert ask(place.worker, "bo") and place.worker.page.status_code == 422


def test_the_functions_of_the_search_stand_behind_the_wall_themselves(committed: Engine) -> None:
    with committed.begin() as owner:
        near, far = make.make_family(owner), make.make_family(owner, village_id=make.FAR_VILLAGE)
        worker = make.make_staff(owner, make.VILLAGE)
        operator = make.make_staff(owner, make.VILLAGE, role="village_operator")
    ring = make.keys.ring
    by_name = text("SELECT family_id FROM desk_find_name('{%}', :v, 50)")
    by_nik = text("SELECT family_id FROM desk_find_nik(:n)")
    for officer, expected in ((worker, {near.id}), (operator, set())):
        with db.begin(officer.scope) as session:
            assert set(session.execute(by_name, {"v": [make.VILLAGE, make.FAR_VILLAGE]}).scalars()) == expected
            found = {
                family
                for one in (near, far)
                for family in session.execute(by_nik, {"n": ring.blind_index("nik", one.head.nik)}).scalars()
            }
            assert found == expected
