"""The proof of a case: its chain, who has read what, the slip, and tracing without a login."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from portal.accounts.signin import Refused
from portal.cases.reading import note_read
from portal.cases.tracing import Traced, trace
from portal.cases.workflow import Side
from portal.core.db import Scope
from portal.extensions import db
from tests import factories as make
from tests.pages.browsing import family_browser
from tests.pages.clients import PortalClient
from tests.pages.signing import counted, events
from tests.pages.test_cases_pages import moved_until_check
from tests.pages.test_jobs_late import make_case
from tests.pages.test_walls import TwoFamilies, scope_of, two_families  # noqa: F401 - a fixture

BORN, PHONE = 1986, b"a phone"


def words(page: str) -> str:
    """The text of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_each_side_sees_when_the_other_one_read(client: PortalClient, connection: Connection) -> None:
    family = make.make_family(connection)
    spouse = make.make_member(connection, family.id, name="BUDI", sex="L", relation=2)
    worker = make.make_staff(connection, make.VILLAGE, name="Wahyu Hidayat")
    office = make.make_staff(connection, make.REGENCY, role="regency_office", name="Kantor")
    make.insert(connection, "staff_kinship", staff_id=office.staff_id, family_id=family.id)
    reference = make_case(connection, family, assigned_to=worker.staff_id, promised_on="2099-01-01")
    head, desk, kin = client.as_(make.family_actor(family.head)), client.as_(worker), client.as_(office)
    mine, theirs = f"/pengajuan/{reference}", f"/petugas/kasus/{reference}"
    assert "Belum dibaca" not in head.get(mine).text
    chain = words(head.get(f"{mine}/terkirim").text)
    assert re.search(r"Disimpan \d.*Sampai ke petugas \d.*Dibuka belum Dijawab belum", chain), chain

    desk.get(theirs)
    desk.send(f"{theirs}/ambil", {"seen": "1"})
    desk.send(f"{theirs}/tanya", {"seen": "2", "question": "Kirim foto kartu."})
    assert "Belum dibaca keluarga" in words(desk.get(theirs).text)
    head.get(f"{mine}/cetak")  # does not show the question
    assert "Belum dibaca keluarga" in words(desk.get(theirs).text)
    client.as_(make.family_actor(spouse)).get(mine)
    read = words(desk.get(theirs).text)
    assert re.search(r"Dibaca keluarga: \d+ \w+ \d\d\.\d\d", read) and "Budi" not in read.partition("Dibaca")[2][:60]
    assert re.search(r"Dibuka \d.*Dijawab \d", words(head.get(mine).text))

    head.send(f"{mine}/jawab", {"seen": "3", "words": "Ini fotonya."})
    assert "Belum dibaca petugas" in words(head.get(mine).text)
    kin.get(theirs)  # their own family's: looks, and does not answer it
    assert "Belum dibaca petugas" in words(head.get(mine).text)
    desk.get(theirs)
    assert re.search(r"Dibaca petugas: \d+ \w+ \d\d\.", words(head.get(mine).text))


def test_nobody_marks_for_another_side_or_family_or_another_day(committed: Engine, two_families: TwoFamilies) -> None:  # noqa: F811
    one, two = two_families
    with committed.begin() as owner:
        worker = make.make_staff(owner, make.VILLAGE)
        kin = make.make_staff(owner, make.VILLAGE)
        make.insert(owner, "staff_kinship", staff_id=kin.staff_id, family_id=one.id)
        cases = {row.family_id: row.id for row in owner.execute(text("SELECT family_id, id FROM cases"))}
        owner.execute(text("DELETE FROM case_read"))
        said: dict[tuple[int, str], int] = {}
        for family in (one, two):
            for side in ("family", "staff"):
                said[family.id, side] = make.insert(
                    owner, "case_event", "id", family_id=family.id, case_id=cases[family.id], event="asked",
                    actor_kind=side, actor_name="x", state="sent", words_sealed=b"x",
                )  # fmt: skip

    def mark(scope: Scope, family: make.TestFamily, side: str, event: int) -> None:
        with db.begin(scope) as session:
            session.execute(
                text("INSERT INTO case_read (family_id, case_id, side, event_id) VALUES (:f, :c, :s, :e)"),
                {"f": family.id, "c": cases[family.id], "s": side, "e": event},
            )

    refused = [
        (scope_of(one), one, "staff", said[one.id, "family"]),
        (scope_of(one), one, "family", said[one.id, "family"]),  # the own words
        (scope_of(one), two, "family", said[two.id, "staff"]),
        (scope_of(one), one, "family", said[two.id, "staff"]),
        (worker.scope, one, "family", said[one.id, "staff"]),
        (worker.scope, two, "staff", said[two.id, "family"]),  # a village of somebody else
        (kin.scope, one, "staff", said[one.id, "family"]),
    ]
    for scope, family, side, event in refused:
        with pytest.raises(DBAPIError, match="row-level security"):
            mark(scope, family, side, event)
    mark(scope_of(one), one, "family", said[one.id, "staff"])
    mark(worker.scope, one, "staff", said[one.id, "family"])
    first = mark_of(worker.scope)
    read_again(worker.scope, one, cases[one.id])
    assert mark_of(worker.scope) == first, "the mark is of the first time"
    with committed.begin() as owner:
        make.insert(
            owner, "case_event", family_id=one.id, case_id=cases[one.id], event="answered", actor_kind="family",
            actor_name="x", state="answered", words_sealed=b"x",
        )  # fmt: skip
    read_again(worker.scope, one, cases[one.id])
    assert mark_of(worker.scope) > first
    backdate = "UPDATE case_read SET at = now() - interval '1 day'"
    for scope in (scope_of(one), worker.scope):
        with pytest.raises(DBAPIError, match="row-level security"), db.begin(scope) as session:
            session.execute(text(backdate))
        with pytest.raises(ProgrammingError, match="permission denied"), db.begin(scope) as session:
            session.execute(text("DELETE FROM case_read"))
    with db.begin(scope_of(two)) as session:
        assert session.execute(text("SELECT count(*) FROM case_read")).scalar_one() == 0


def mark_of(scope: Scope) -> tuple[int, datetime]:
    """What the officers have read of the one case with a mark of theirs."""
    with db.begin(scope) as session:
        row = session.execute(text("SELECT event_id, at FROM case_read WHERE side = 'staff'")).one()
    return row.event_id, row.at


def read_again(scope: Scope, family: make.TestFamily, case: int) -> None:
    with db.begin(scope) as session:
        note_read(session, family.id, case, Side.STAFF)


def post_trace(client: PortalClient, reference: str, born: object = BORN) -> Any:
    return client.send("/lacak", {"reference": reference, "born": str(born)})


def test_from_the_slip_to_the_state_and_nothing_else(client: PortalClient, connection: Connection) -> None:
    family = make.make_family(connection)
    worker = make.make_staff(connection, make.VILLAGE, name="Wahyu Hidayat")
    reference = make_case(connection, family, assigned_to=worker.staff_id, promised_on="2099-01-05")
    sealed = make_case(connection, family, restricted=True, level="regency")
    head = client.as_(make.family_actor(family.head))
    slip = head.get(f"/pengajuan/{reference}/cetak").text
    assert "<svg" in slip.partition('class="qr"')[2] and "localhost:8000/lacak" in slip
    assert (
        'class="qr"' not in head.get(f"/pengajuan/{sealed}/cetak").text
        and "/lacak" not in head.get(f"/pengajuan/{sealed}/terkirim").text
    )
    assert f'value="{reference}"' in client.get(f"/lacak?nomor={reference.lower()}").text
    assert "<script" not in client.get("/lacak?nomor=%3Cscript%3E").text.partition("<main")[2]
    assert 'href="/lacak"' in client.get("/masuk").text
    page = post_trace(client, reference.lower().replace("-", " "))
    assert page.status_code == 200 and page.headers["Cache-Control"] == "no-store"
    found = words(page.text.partition("<main")[2])
    assert "Terkirim" in found and "5 Januari 2099" in found and "pendamping sosial desa" in found
    for hidden in ("Wahyu", "SITI", "Siti", "Pendarungan", "PKH"):
        assert hidden not in found
    for wrong in ({"reference": "ABC", "born": "1986"}, {"reference": reference, "born": "86"}):
        assert client.send("/lacak", wrong).status_code == 422
    make.as_owner(connection)
    assert connection.execute(text("SELECT count(*) FROM signin_guard")).scalar_one() == 0, "no try, and none wrong"


def test_whatever_is_wrong_costs_and_says_the_same(
    client: PortalClient, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    family = make.make_family(connection)
    officer = make.make_staff(connection, make.VILLAGE)
    good = make_case(connection, family)
    cases = {
        "year": (good, BORN + 1),
        "unknown": ("XXXX-XXXX", BORN),
        "sealed": (make_case(connection, family, restricted=True, level="regency"), BORN),
        "private": (make_case(connection, family, private=True), BORN),
    }
    about_officer = make_case(connection, family)
    make.as_owner(connection)
    connection.execute(text("ALTER TABLE cases DISABLE TRIGGER USER"))
    connection.execute(
        text("UPDATE cases SET not_for = :s WHERE reference = :r"), {"s": officer.staff_id, "r": about_officer}
    )
    connection.execute(text("ALTER TABLE cases ENABLE TRIGGER USER"))
    cases["about an officer"] = (about_officer, BORN)
    answers, statements = set(), set()
    for reference, born in cases.values():
        with counted(connection, monkeypatch) as seen:
            page = post_trace(client, reference, born)
        main = page.text.partition("<main")[2].replace(reference, "").replace(str(born), "")
        answers.add((page.status_code, re.sub(r'name="csrf_token"[^>]*', "", main)))
        statements.add(tuple(seen["statements"]))
    assert len(answers) == 1 and len(statements) == 1
    assert next(iter(answers))[0] == 422 and any("case_trace" in one for one in next(iter(statements)))
    assert isinstance(trace(good, BORN, PHONE), Traced)


def locks(reference: str, born: int = BORN, device: bytes = PHONE) -> int:
    """How long the answer says to wait; -1 where it told the state."""
    found = trace(reference, born, device)
    return found.wait if isinstance(found, Refused) else -1


def test_guessing_a_year_stops_and_the_senders_own_phone_goes_on(client: PortalClient, connection: Connection) -> None:
    family = make.make_family(connection)
    reference = make_case(connection, family)
    account = make.make_account(connection, family.head)
    make.insert(connection, "known_device", account_id=account, device_hash=b"own")
    waits = [locks(reference, 1950 + number, b"device %d" % number) for number in range(5)]
    assert waits[:2] == [0, 0] and 0 < waits[2] <= 60, "by reference, whatever device"
    assert locks(reference) > 0, "also for the right year"
    assert locks(reference, BORN, b"own") == -1
    make.as_owner(connection)
    for _again in range(3):  # each wait over in turn
        connection.execute(text("UPDATE signin_guard SET locked_until = now()"))
        locks(reference, 1950)
        locks(reference, 1950)  # while it lasts none is counted
        make.as_owner(connection)
    told = events(connection, "case_trace_guessed")
    assert [(one.family_id, one.data) for one in told] == [(family.id, {"by": "reference", "tries": 5})]


def test_one_device_tries_few_numbers_and_all_together_not_many(client: PortalClient, connection: Connection) -> None:
    reference = make_case(connection, make.make_family(connection))
    unknown = [f"XXXX-XXX{letter}" for letter in "34679CD"]
    waits = [locks(one) for one in unknown]
    assert waits[:5] == [0] * 5 and 0 < waits[5] <= 15
    assert locks(reference) > 0 and locks(reference, device=b"other") == -1
    make.as_owner(connection)
    everybody = "sha256(convert_to('trace-hour:' || extract(epoch FROM date_trunc('hour', now()))::bigint, 'UTF8'))"
    connection.execute(text(f"UPDATE signin_guard SET failures = 999 WHERE subject_hash = {everybody}"))
    assert locks("XXXX-XXXQ", device=b"another") > 600
    assert locks(reference, device=b"a third") > 600
    kiosk = make.insert(
        connection, "kiosk", "device_hash", name="K", village_id=make.VILLAGE, device_hash=b"kiosk",
        registered_by=make.make_staff(connection, make.REGENCY).staff_id,
    )  # fmt: skip
    assert locks(reference, device=bytes(kiosk)) == -1, "whoever stands at a kiosk is not shut out by strangers"
    page = post_trace(client, reference)
    assert page.status_code == 429 and int(page.headers["Retry-After"]) > 600
    assert {one.data["by"] for one in events(connection, "case_trace_guessed")} == {"everybody"}


def test_a_case_that_lies_in_nobodys_queue_does_not_say_that_it_reached_an_officer(
    app: Flask, connection: Connection
) -> None:
    browser = family_browser(app, connection, make.make_family(connection).head)
    moved_until_check(browser, with_photo=False)
    browser.fill("/kirim")
    assert re.search(r"Disimpan \d.*Sampai ke petugas belum Dibuka belum", browser.words), browser.words
