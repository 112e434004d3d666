"""Opportunities: three answers with their reasons, for the family and each member."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from bs4 import BeautifulSoup
from sqlalchemy import Connection

from portal.extensions import db, keys
from portal.programs.catalog import catalog_on
from portal.registry.changes import Finding, Verifier, make_statement
from tests.factories import (
    VILLAGE,
    TestMember,
    family_actor,
    make_family,
    make_member,
    make_participation,
    make_staff,
)
from tests.pages.clients import PortalClient

DAY = date(2026, 11, 21)


@pytest.fixture(autouse=True)
def _day() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 21, 3, tzinfo=UTC), tick=True):
        yield


def page_of(client: PortalClient, member: TestMember, path: str = "/peluang") -> BeautifulSoup:
    answer = client.as_(family_actor(member)).get(path)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def words(part: object) -> str:
    assert part is not None
    return " ".join(part.get_text(" ").split())  # type: ignore[attr-defined]


def card(page: BeautifulSoup, code: str) -> str:
    link = page.select_one(f'a[href="/peluang/{code}"]')
    assert link is not None
    return words(link.find_parent("section"))


def youth(connection: Connection, family_id: int, **facts: object) -> TestMember:
    values = {"name": "RAHMAT HIDAYAT", "birth": date(2011, 2, 4), "sex": "L", "relation": 3} | facts
    return make_member(connection, family_id, **values)  # type: ignore[arg-type]


def test_a_fifteen_year_old_fits_the_course(client: PortalClient, connection: Connection) -> None:
    family = make_family(connection)
    youth(connection, family.id)
    said = card(page_of(client, family.head), "KURSUS-KODING")
    assert "Rahmat Hidayat, 15 tahun, memenuhi syarat dasar." in said


def test_three_answers_with_reasons(client: PortalClient, connection: Connection) -> None:
    family = make_family(connection, desil=5)
    page = page_of(client, family.head)
    assert "Tidak memenuhi syarat dasar" in card(page, "PKH")
    assert "Desil Anda 5" in card(page, "PKH")
    assert "Belum bisa dipastikan" in card(page, "SEMBAKO")
    assert "Memenuhi syarat dasar" in card(page, "PBI-JK")


def test_what_is_received_is_not_offered(client: PortalClient, connection: Connection) -> None:
    family = make_family(connection)
    make_participation(connection, family.id)
    assert "Sudah diterima" in card(page_of(client, family.head), "PKH")


def test_a_dead_member_fits_nothing(client: PortalClient, connection: Connection) -> None:
    family = make_family(connection)
    youth(connection, family.id, alive=False)
    page = page_of(client, family.head)
    assert "Rahmat" not in words(page.main)
    assert "Rahmat" not in words(page_of(client, family.head, "/peluang/KURSUS-KODING").main)


@pytest.mark.parametrize("code", [program.code for program in catalog_on(DAY).programs])
def test_every_programme_has_a_page_with_its_conditions(
    client: PortalClient, connection: Connection, code: str
) -> None:
    family = make_family(connection)
    youth(connection, family.id)
    page = page_of(client, family.head, f"/peluang/{code}")
    program = catalog_on(DAY).by_code[code]
    said = words(page.main)
    assert program.name.id in words(page.h1)
    assert page.select(".conditions > li")
    for paper in program.documents:
        assert paper.id in said
    for law in program.legal:
        assert law.text in said


def test_the_page_of_a_programme_offers_to_correct_what_decides(client: PortalClient, connection: Connection) -> None:
    family = make_family(connection, housing={"land_proof": None})
    page = page_of(client, family.head, "/peluang/RST")
    assert page.select_one('a[href="/pengajuan/baru/rumah?bidang=land_proof"]')
    assert "Yang bisa memastikan:" in words(page.main)


@pytest.mark.parametrize("code", ["TIDAK-ADA", "pkh", "%2e%2e"])
def test_an_unknown_programme_is_not_found(client: PortalClient, connection: Connection, code: str) -> None:
    browser = client.as_(family_actor(make_family(connection).head))
    assert browser.get(f"/peluang/{code}").status_code == 404


def test_what_a_checked_statement_would_change(client: PortalClient, connection: Connection) -> None:
    family = make_family(connection, housing={"tenure": 2})
    officer = make_staff(connection, VILLAGE)
    with db.begin(officer.scope) as session:
        verifier = Verifier(officer.staff_id, officer.name, "7KQ4-MX9T")
        for field, value in (("tenure", "1"), ("savings", "true"), ("floor_area_m2", "oops")):
            finding = Finding("housing", field, value)
            make_statement(session, keys.ring, family_id=family.id, finding=finding, verifier=verifier)
        finding = Finding("member", "school_grade", "9", family.head.id)
        make_statement(session, keys.ring, family_id=family.id, finding=finding, verifier=verifier)
    said = card(page_of(client, family.head), "RST")
    assert "Tidak memenuhi syarat dasar" in said
    assert "Diperiksa petugas" in said


def test_nothing_is_promised(client: PortalClient, connection: Connection) -> None:
    said = words(page_of(client, make_family(connection).head).main)
    assert "bukan janji" in said
    assert "Anda akan menerima" not in said


def test_the_list_speaks_english(client: PortalClient, connection: Connection) -> None:
    browser = client.as_(family_actor(make_family(connection).head))
    browser.set_cookie("bahasa", "en")
    said = words(BeautifulSoup(browser.get("/peluang").text, "html.parser").main)
    assert "not a promise" in said
    assert "Memenuhi" not in said
