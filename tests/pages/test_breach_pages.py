"""The register of breaches: the 72 hours by the clock, the letters, and two officers to close."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from portal.accounts.actor import StaffActor
from portal.core.clock import now
from portal.core.db import Scope
from portal.extensions import db
from portal.office import breaches
from portal.office.breach_rules import clock_of
from tests import factories as make
from tests.pages.browsing import Browser, staff_browser
from tests.pages.clients import PortalClient

KNOWN = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)


Offices = tuple[StaffActor, StaffActor]


@pytest.fixture
def offices(connection: Connection) -> Offices:
    return (make.make_staff(connection, make.REGENCY, role="regency_office", name="Ibu Satu"),
            make.make_staff(connection, make.REGENCY, role="regency_office", name="Pak Dua"))  # fmt: skip


@pytest.mark.parametrize(
    ("hours", "told", "overdue", "soon", "late"),
    [
        (0, None, False, False, False),
        (47.9, None, False, False, False),
        (48.1, None, False, True, False),
        (72, None, False, True, False),
        (72.01, None, True, False, False),
        (80, 71, False, False, False),
        (80, 73, False, False, True),
    ],
)
def test_the_clock(hours: float, told: float | None, overdue: bool, soon: bool, late: bool) -> None:
    sent = None if told is None else KNOWN + timedelta(hours=told)
    clock = clock_of(KNOWN, sent, KNOWN + timedelta(hours=hours))
    assert (clock.is_overdue, clock.is_soon, clock.was_late) == (overdue, soon, late)


def stepped_up(connection: Connection) -> None:
    """Every session has just proved the second factor."""
    make.as_owner(connection)
    connection.execute(text("UPDATE web_session SET confirmed_at = now()"))


def events(connection: Connection) -> list[str]:
    make.as_owner(connection)
    found = connection.execute(text("SELECT event FROM audit_event WHERE event LIKE 'breach%' ORDER BY at")).scalars()
    return list(found)


def test_from_the_first_word_to_the_second_officer(app: Flask, connection: Connection, offices: Offices) -> None:
    one, two = (staff_browser(app, connection, officer) for officer in offices)
    one.get("/kantor/pelanggaran/baru")
    day = now().astimezone().date()
    answers: dict[str, Any] = {
        "known_on": [str(day.day), str(day.month), str(day.year)], "known_time": "00.00",
        "what": "Map tertinggal di bus", "who": "Warga dua desa",
        "people": "1.200", "kinds": ["health", "numbers"], "measures": "Map dicari",
    }  # fmt: skip
    one.fill("/baru", **answers | {"people": "banyak", "known_time": "25.00"})
    assert one.page.status_code == 422 and "Map tertinggal di bus" in one.page.text
    one.fill("/baru", **answers)
    assert "Map tertinggal di bus" in one.words and "1.200" in one.words
    page = one.path
    make.as_owner(connection)
    stored = connection.execute(text("SELECT what_sealed, kinds, people FROM breach")).one()
    assert b"Map" not in bytes(stored.what_sealed) and stored.kinds == ["health", "numbers"] and stored.people == 1200

    for notice, words in (("orang", "Map tertinggal di bus"), ("lembaga", "Pasal 46")):
        one.get(f"{page}/surat/{notice}")
        assert words in one.words
    one.get(page)
    one.fill("/diberitahu/orang")
    one.fill("/diberitahu/lembaga")
    assert "Ibu Satu" in one.words
    one.fill("/tutup")
    stepped_up(connection)
    one.post(f"{page}/tutup/setuju", _posted(one, page))
    make.as_owner(connection)
    assert connection.execute(text("SELECT closed_at FROM breach")).scalar_one() is None  # not by the same officer
    two.get(page)
    stepped_up(connection)
    two.fill("/tutup/setuju")
    assert connection.execute(text("SELECT closed_by FROM breach")).scalar_one() == offices[1].staff_id
    assert events(connection) == [
        "breach_recorded", "breach_told", "breach_told", "breach_closing", "breach_closed",
    ]  # fmt: skip


def _posted(browser: Browser, page: str) -> dict[str, Any]:
    """Version and token as the page has them."""
    field = {str(i["name"]): str(i["value"]) for i in browser.soup.select("input[name=csrf_token]") if i.get("value")}
    return field | {"version": "4"}


def test_what_is_late_is_said_loudly(client: PortalClient, connection: Connection, offices: Offices) -> None:
    breach = make.make_breach(connection, offices[0].staff_id, known_at=KNOWN)
    with time_machine.travel(KNOWN + timedelta(hours=71), tick=False):
        office = client.as_(offices[1])
        assert "Terlambat" not in office.get("/kantor/pelanggaran").text
    with time_machine.travel(KNOWN + timedelta(hours=75), tick=False):
        office = client.as_(offices[1])
        for path in ("/kantor/pelanggaran", f"/kantor/pelanggaran/{breach}"):
            assert "Terlambat" in office.get(path).text
        assert "3 jam" in office.get("/kantor/pelanggaran").text


def test_a_page_that_was_changed_meanwhile_changes_nothing(
    client: PortalClient, connection: Connection, offices: Offices
) -> None:
    breach = make.make_breach(connection, offices[0].staff_id)
    office, page = client.as_(offices[1]), f"/kantor/pelanggaran/{breach}"
    office.send(f"{page}/diberitahu/orang", {"version": "1"})
    office.send(f"{page}/diberitahu/lembaga", {"version": "1"})
    make.as_owner(connection)
    told = connection.execute(text("SELECT people_told_at IS NULL, authority_told_at IS NULL FROM breach")).one()
    assert tuple(told) == (False, True)


@pytest.mark.parametrize(
    ("statement", "refused"),
    [
        ("UPDATE breach SET closed_at = now(), closed_by = :other", "ck_breach"),
        ("UPDATE breach SET known_at = now()", "permission denied"),
        ("DELETE FROM breach", "permission denied"),
    ],
)
def test_the_database_keeps_the_clock_and_the_two_officers(
    connection: Connection, offices: Offices, statement: str, refused: str
) -> None:
    one, two = offices
    told = {f"{who}_{what}": value for who in ("people_told", "authority_told", "close_asked")
            for what, value in (("at", now()), ("by", one.staff_id))}  # fmt: skip
    make.make_breach(connection, one.staff_id, **told)
    with pytest.raises(DBAPIError, match=refused), db.begin(one.scope) as session:
        session.execute(text(statement), {"other": two.staff_id} if ":other" in statement else {})


def test_the_register_is_paged_and_says_once_what_is_late(
    client: PortalClient, connection: Connection, offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breaches, "PER_PAGE", 2)
    late = [make.make_breach(connection, offices[0].staff_id, known_at=now() - timedelta(days=4 + n)) for n in range(3)]
    fresh = make.make_breach(connection, offices[0].staff_id, known_at=now() - timedelta(hours=1))
    office = client.as_(offices[1])
    first, second = (office.get(f"/kantor/pelanggaran?hal={number}").text for number in (1, 9))
    assert [[str(one) in page for one in (*late, fresh)] for page in (first, second)] == [
        [True, True, False, False],
        [False, False, True, True],
    ]
    assert first.count("3 kebocoran") == second.count("3 kebocoran") == 1
    assert first.count("notice--stop") == 1


def test_only_the_office_of_the_area_sees_it(connection: Connection, offices: Offices) -> None:
    make.make_breach(connection, offices[0].staff_id)
    others = [make.make_staff(connection, area, role=role) for area, role in (
        (make.OTHER_REGENCY, "regency_office"), (make.VILLAGE, "social_worker"), (make.KECAMATAN, "supervisor"),
        (make.REGENCY, "auditor"), (make.REGENCY, "administrator"))]  # fmt: skip
    assert _count(offices[1].scope) == 1
    assert [_count(officer.scope) for officer in others] == [0] * len(others)


def _count(scope: Scope) -> int:
    with db.begin(scope) as session:
        return int(session.execute(text("SELECT count(*) FROM breach")).scalar_one())
