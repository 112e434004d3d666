"""The auditor reads the trail and nothing of families."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from portal.audit import reading
from portal.audit.reading import Place
from portal.audit.trail import Event, record
from portal.core.clock import now
from portal.core.db import Scope
from portal.extensions import db
from portal.office.trail_words import EVENT_WORDS
from tests import factories as make
from tests.pages.clients import PortalClient


def write(scope: Scope, event: Event, family: int | None = None, **data: object) -> None:
    with db.begin(scope) as session:
        record(session, event, family_id=family, **data)  # type: ignore[arg-type]


@pytest.fixture
def auditor(connection: Connection):  # type: ignore[no-untyped-def]
    return make.make_staff(connection, make.REGENCY, role="auditor", name="Auditor")


def test_every_event_has_words() -> None:
    assert set(EVENT_WORDS) == set(Event)


def test_a_family_is_a_mark_and_its_data_are_left_out(client: PortalClient, connection: Connection, auditor) -> None:  # type: ignore[no-untyped-def]
    one, two = make.make_family(connection), make.make_family(connection)
    officer = make.make_staff(connection, make.VILLAGE, name="Bu Petugas")
    for family in (one, one, two):
        write(officer.scope, Event.FAMILY_VIEWED, family.id, reason="mau tanya BU SITI", reference="ABCD-1234")
    write(officer.scope, Event.CASE_OPENED, one.id, reference="ABCD-1234", person=one.head.person_id, reason="case")
    page = client.as_(auditor).get("/petugas/jejak")
    assert page.status_code == 200 and page.text.count("Bu Petugas") == 4
    for hidden in ("ABCD-1234", "SITI", f"person {one.head.person_id}", one.head.nik):
        assert hidden not in page.text
    with db.begin(auditor.scope) as session:
        lines, _ = reading.read(
            session, reading.Filter(datetime(2020, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))
        )
    marks = [line.family_mark for line in lines]
    assert len(set(marks)) == 2 and sorted(marks.count(mark) for mark in set(marks)) == [1, 3]
    assert {str(line.data.get("reason")) for line in lines} == {"own_words", "case"}
    only = client.as_(auditor).get(f"/petugas/jejak?tanda={marks[0]}")
    assert only.text.count(str(marks[0])) == 3 + 1  # three events, and the filter


def test_the_auditors_sql_sees_no_family_and_no_raw_trail(connection: Connection, auditor) -> None:  # type: ignore[no-untyped-def]
    family = make.make_family(connection)
    make.make_disbursement(connection, family.id)
    for table in ("person", "family", "member", "housing", "disbursement", "cases", "case_event", "look", "breach"):
        assert _count(auditor.scope, table) in (0, None), table
    for table in ("audit_event", "audit_head", "audit_mark_key", "audit_published_head", "nik_index"):
        assert _count(auditor.scope, table) is None, table


def test_nobody_else_reads_the_trail(connection: Connection) -> None:
    write(Scope("worker", job="x"), Event.DATA_PURGED, kind="sessions", count=3)
    for role in ("social_worker", "village_operator", "supervisor", "regency_office", "administrator"):
        assert _count(make.make_staff(connection, make.REGENCY, role=role).scope, "audit_trail") == 0
    assert _count(make.make_staff(connection, make.REGENCY, role="auditor").scope, "audit_trail") == 1
    assert _count(Scope("family", person_id=1, family_id=1), "audit_trail") is None


def test_officers_kiosks_and_areas_stand_by_name(client: PortalClient, connection: Connection, auditor) -> None:  # type: ignore[no-untyped-def]
    family = make.make_family(connection)
    officer, other = (make.make_staff(connection, make.VILLAGE, name=name) for name in ("Bu Petugas", "Pak Ganti"))
    kiosks = []
    for name, village in (("Tablet Balai", make.VILLAGE), ("Tablet Jauh", make.OTHER_REGENCY_VILLAGE)):
        made = {"device_hash": name.encode(), "registered_by": officer.staff_id}
        kiosks.append(make.insert(connection, "kiosk", "id", name=name, village_id=village, **made))
    write(officer.scope, Event.CASE_GIVEN, family.id, staff=other.staff_id, level="village")
    write(officer.scope, Event.STAFF_ASSIGNED, staff=other.staff_id, area=make.VILLAGE, by=officer.staff_id)
    for kiosk in kiosks:
        write(officer.scope, Event.HELP_OFFERED, family.id, kiosk=kiosk)
    page = client.as_(auditor).get("/petugas/jejak").text
    assert page.count("Pak Ganti, Pendamping sosial") == 2 and "Bu Petugas, Pendamping sosial" in page
    assert "Tablet Balai" in page and "Tablet Jauh" not in page, "within the auditor's own area"
    assert f"wilayah: {make.VILLAGE}" not in page and f"petugas: {other.staff_id}" not in page


def test_an_auditor_reads_of_the_own_area_only(connection: Connection, auditor) -> None:  # type: ignore[no-untyped-def]
    near, far = make.make_family(connection), make.make_family(connection, village_id=make.OTHER_REGENCY_VILLAGE)
    officer, other = make.make_staff(connection, make.VILLAGE), make.make_staff(connection, make.OTHER_REGENCY_VILLAGE)
    for family in (near, far):
        write(Scope("family", person_id=family.head.person_id, family_id=family.id), Event.CASE_SENT, family.id)
    for one in (officer, other):
        write(one.scope, Event.STAFF_CONFIRMED, staff=one.staff_id)
    with db.begin(auditor.scope) as session:
        seen = session.execute(text("SELECT event, staff_id FROM audit_trail")).all()
    assert {tuple(row) for row in seen} == {("case_sent", None), ("staff_confirmed", officer.staff_id)}


def test_filters_and_pages_by_key(client: PortalClient, connection: Connection, auditor, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(reading, "PER_PAGE", 3)
    officer = make.make_staff(connection, make.VILLAGE, name="Bu Petugas")
    for number in range(7):
        write(officer.scope, Event.STAFF_LEAVE_SET, leave=1000 + number)
    write(Scope("anonymous"), Event.PIN_SPRAYED, subjects=9)
    browser, path, seen = client.as_(auditor), "/petugas/jejak?apa=staff_leave_set", []
    while path:
        page = browser.get(path).text
        seen += [number for number in range(1006, 999, -1) if f"cuti: {number}" in page]
        link = page.partition('rel="next" href="')[2].partition('"')[0]
        path = link.replace("&amp;", "&")
    assert seen == list(range(1006, 999, -1))
    alarms = browser.get("/petugas/jejak?alarm=1").text
    assert "jumlah NIK: 9" in alarms and "cuti: 1" not in alarms
    assert "cuti: 1006" in browser.get("/petugas/jejak?nama=petugas").text
    for nothing in ("nama=tidak%25ada", "sampai=2020-01-01", "siapa=worker", "apa=signed_in"):
        assert "leave 1006" not in browser.get(f"/petugas/jejak?{nothing}").text
    for wrong in (
        "sejak=x&sampai=9999-99-99",
        "dari=1-2",
        "dari=999999999999999999999999-1-1",
        "nama=%00",
        "apa=zz",
        "_external=1",
    ):
        assert browser.get(f"/petugas/jejak?{wrong}").status_code == 200


def test_what_lies_far_back_is_found_too(connection: Connection, auditor, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(reading, "PER_PAGE", 2)
    ages = [timedelta(minutes=1), timedelta(minutes=20), timedelta(hours=3), timedelta(days=5), timedelta(days=6)]
    at = now()
    for number, age in enumerate([*ages, timedelta(days=8)], start=1):
        make.insert(connection, "audit_event", shard=0, seq=number, at=at - age, event="slips_made",
                    actor_kind="owner", data={}, previous=b"x", hash=b"y")  # fmt: skip
    wanted, before, seen = reading.Filter(at - timedelta(days=7), at + timedelta(days=1)), None, []
    for _ in range(3):
        with db.begin(auditor.scope) as session:
            lines, before = reading.read(session, wanted, before)
        seen.append([line.place.seq for line in lines])
    assert seen == [[1, 2], [3, 4], [5]] and before is None


def test_a_place_is_written_and_read() -> None:
    place = Place(datetime(2026, 11, 20, 7, 0, 0, 123, tzinfo=UTC), 255, 12)
    assert Place.parse(str(place)) == place
    for wrong in ("", "x", "1-2", "1-300-2", "1-1-99999999999999999999", "-1"):
        assert Place.parse(wrong) is None


def _count(scope: Scope, table: str) -> int | None:
    """How many rows this scope reads; None where it may not ask at all."""
    try:
        with db.begin(scope) as session:
            return int(_ask(session, table))
    except ProgrammingError as refused:
        assert "permission denied" in str(refused)
        return None


def _ask(session: Session, table: str) -> int:
    return int(session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())
