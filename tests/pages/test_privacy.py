"""What a family sees and steers of its data: all that is held, consents, who looked, and a look nobody knows."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import Connection, event, text

from portal.accounts.actor import FamilyActor, StaffActor
from portal.accounts.kiosks import COOKIE
from portal.audit.looks import note_look
from portal.core.clock import now
from portal.core.db import Scope
from portal.desk.queue import Filters, read_queue
from portal.extensions import db
from portal.privacy.consents import has_consent
from tests.factories import (
    KECAMATAN,
    REGENCY,
    VILLAGE,
    TestFamily,
    as_owner,
    insert,
    make_disbursement,
    make_family,
    make_member,
    make_staff,
)
from tests.pages.browsing import Browser, family_browser, staff_browser
from tests.pages.clients import PortalClient
from tests.pages.inspecting import SIXTEEN_DIGITS
from tests.pages.test_cases_pages import moved_until_check, reference_on
from tests.pages.test_kiosks import register


def scope_of(family: TestFamily) -> Scope:
    """The head of that family."""
    return Scope("family", person_id=family.head.person_id, family_id=family.id, guardian=True)


class Home:
    """A family with a phone, the officer of its village, and what the database holds."""

    def __init__(self, app: Flask, connection: Connection) -> None:
        self.app, self.connection = app, connection
        self.family: TestFamily = make_family(connection)
        self.officer: StaffActor = make_staff(connection, VILLAGE, name="Wahyu Hidayat")
        self.phone: Browser = family_browser(app, connection, self.family.head)

    def send_case(self) -> str:
        moved_until_check(self.phone)
        self.phone.fill("/kirim")
        return reference_on(self.phone)

    def look(self, officer: StaffActor | None = None, reason: str = "tanya", case: str | None = None) -> UUID:
        with db.begin((officer or self.officer).scope) as session:
            note_look(session, self.family.id, reason, case)
        return self.value("SELECT public_id FROM look ORDER BY id DESC LIMIT 1")

    def value(self, sql: str, **values: object) -> object:
        as_owner(self.connection)
        return self.connection.execute(text(sql), values).scalar_one()

    def question(self, look: UUID) -> str:
        """Say that the look is not known; gives the reference of the case."""
        self.phone.get(f"/pengajuan/baru/tidak-mengenal-petugas?penglihatan={look}")
        self.phone.fill("")
        self.phone.fill("/tahu", contact="no", story="Tidak ada yang ke kantor desa.")
        self.phone.fill("/kirim")
        return reference_on(self.phone)


@pytest.fixture
def home(app: Flask, connection: Connection) -> Home:
    return Home(app, connection)


# Who looked


def test_a_look_is_noted_once_an_hour_and_the_family_reads_it(home: Home, app: Flask, connection: Connection) -> None:
    reference = home.send_case()
    desk = staff_browser(app, connection, home.officer)
    for _time in range(3):
        desk.get(f"/petugas/kasus/{reference}")
    assert home.value("SELECT count(*) FROM look") == 1
    home.phone.get("/siapa-melihat")
    assert "Wahyu Hidayat" in home.phone.words and reference in home.phone.words
    assert str(home.officer.title) in home.phone.words
    as_owner(connection)
    connection.execute(text("UPDATE look SET hour = hour - interval '1 hour', at = at - interval '1 hour'"))
    desk.get(f"/petugas/kasus/{reference}")
    assert home.value("SELECT count(*) FROM look") == 2


def test_a_look_at_a_sealed_case_is_seen_by_its_sender_alone(home: Home, app: Flask, connection: Connection) -> None:
    partner = make_member(connection, home.family.id, name="BUDI SANTOSO", sex="L", relation=2)
    reference = home.send_case()
    as_owner(connection)
    connection.execute(text("UPDATE cases SET restricted = true"))
    office = make_staff(connection, REGENCY, role="regency_office", name="Ratna Kantor")
    home.look(office, "case", reference)
    home.phone.get("/siapa-melihat")
    assert "Ratna Kantor" in home.phone.words
    other = family_browser(app, connection, partner)
    other.get("/siapa-melihat")
    assert "Ratna Kantor" not in other.words and reference not in other.words


def test_the_list_has_pages_and_no_other_family_in_it(home: Home, connection: Connection) -> None:
    stranger = make_family(connection)
    with db.begin(home.officer.scope) as session:
        note_look(session, stranger.id, "orang lain")
    for number in range(25):
        home.look(reason=f"alasan nomor {number}")
    home.phone.get("/siapa-melihat")
    assert "alasan nomor 24" in home.phone.words and "alasan nomor 3" not in home.phone.words.split()
    assert "orang lain" not in home.phone.words
    home.phone.get("/siapa-melihat?hal=2")
    assert "alasan nomor 0" in home.phone.words


def test_nobody_changes_or_invents_a_look(home: Home) -> None:
    home.look()
    far = make_staff(home.connection, 3510022001)
    refused = {
        "family": "INSERT INTO look (family_id, staff_id, staff_name, staff_title, reason)"
        " VALUES (1, 1, 'x', 'x', 'x')",
        "staff": "UPDATE look SET reason = 'x'",
    }
    scopes = {
        "family": scope_of(home.family),
        "staff": home.officer.scope,
    }
    for role, statement in refused.items():
        with pytest.raises(Exception, match="permission denied"), db.begin(scopes[role]) as session:
            session.execute(text(statement))
    with pytest.raises(Exception, match="outside the own villages"), db.begin(far.scope) as session:
        note_look(session, home.family.id, "tanya")


# A look that the family does not know


@pytest.fixture
def supervisor(connection: Connection) -> StaffActor:
    return make_staff(connection, KECAMATAN, role="supervisor", name="Sri Kecamatan")


def test_an_unknown_look_goes_to_the_supervisor_and_never_to_that_officer(
    home: Home, app: Flask, connection: Connection, supervisor: StaffActor
) -> None:
    colleague = make_staff(connection, VILLAGE, name="Teman Sejawat")
    reference = home.question(home.look())
    assert home.value("SELECT assigned_to FROM cases") == supervisor.staff_id
    assert home.value("SELECT level FROM cases") == "kecamatan"
    for officer in (home.officer, colleague):
        desk = staff_browser(app, connection, officer)
        desk.get(f"/petugas/kasus/{reference}")
        assert desk.page.status_code == 404
        desk.get("/petugas/antrean")
        assert reference not in desk.words
    above = staff_browser(app, connection, supervisor)
    above.get(f"/petugas/kasus/{reference}")
    assert "Wahyu Hidayat" in above.words and "Tidak ada yang ke kantor desa." in above.words
    home.phone.get("/siapa-melihat")
    assert "Sri Kecamatan" in home.phone.words


def test_a_look_of_the_supervisor_goes_to_the_regency(
    home: Home, connection: Connection, supervisor: StaffActor
) -> None:
    office = make_staff(connection, REGENCY, role="regency_office", name="Ratna Kantor")
    home.question(home.look(supervisor))
    assert home.value("SELECT assigned_to FROM cases") == office.staff_id


def test_the_database_keeps_it_away_whatever_way_it_goes(home: Home, supervisor: StaffActor) -> None:
    """Straight SQL: routed back, handed on, moved with the family, moved by the officer."""
    home.question(home.look())
    as_owner(home.connection)
    home.connection.execute(text("UPDATE cases SET assigned_to = :o, level = 'village'"), {"o": home.officer.staff_id})
    assert home.value("SELECT assigned_to FROM cases") == supervisor.staff_id
    home.connection.execute(text("UPDATE family SET village_id = 3510142016 WHERE id = :f"), {"f": home.family.id})
    assert home.value("SELECT level FROM cases") == "kecamatan"
    with db.begin(home.officer.scope) as session:
        for table in ("cases", "case_event", "case_file", "look"):
            assert session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0
        moved = session.execute(text("UPDATE cases SET level = 'village' RETURNING id")).all()
        assert moved == []


def test_a_look_of_another_family_cannot_be_questioned(home: Home, connection: Connection) -> None:
    stranger = make_family(connection)
    with db.begin(home.officer.scope) as session:
        note_look(session, stranger.id, "tanya")
    theirs = home.value("SELECT public_id FROM look WHERE family_id = :f", f=stranger.id)
    for look in (theirs, uuid4()):
        home.phone.get(f"/pengajuan/baru/tidak-mengenal-petugas?penglihatan={look}")
        home.phone.fill("")
        home.phone.fill("/tahu", contact="no")
        assert "Wahyu Hidayat" not in home.phone.words
        home.phone.fill("/kirim")
        assert home.phone.page.status_code == 404
        assert home.value("SELECT count(*) FROM cases") == 0


def test_without_a_look_in_hand_one_is_chosen(home: Home, supervisor: StaffActor) -> None:
    home.look()
    home.phone.get("/pengajuan/baru/tidak-mengenal-petugas")
    home.phone.fill("")
    assert "Wahyu Hidayat" in home.phone.words
    home.phone.fill("/yang-mana", look=str(uuid4()))
    assert home.phone.page.status_code == 422


def test_a_look_at_a_sealed_case_is_questioned_sealed(home: Home, app: Flask, connection: Connection) -> None:
    """It stays between the sender and the other officers of the regency office."""
    partner = make_member(connection, home.family.id, name="BUDI SANTOSO", sex="L", relation=2)
    sealed = home.send_case()
    as_owner(connection)
    connection.execute(text("UPDATE cases SET restricted = true"))
    looked = make_staff(connection, REGENCY, role="regency_office", name="Ratna Kantor")
    other = make_staff(connection, REGENCY, role="regency_office", name="Dewi Kantor")
    make_staff(connection, KECAMATAN, role="supervisor")
    reference = home.question(home.look(looked, "case", sealed))
    found = connection.execute(
        text("SELECT restricted, assigned_to, level FROM cases WHERE reference = :r"), {"r": reference}
    ).one()
    assert tuple(found) == (True, other.staff_id, "regency")
    for browser, status in (
        (staff_browser(app, connection, looked), 404),
        (staff_browser(app, connection, other), 200),
    ):
        assert browser.get(f"/petugas/kasus/{reference}").status_code == status
    assert family_browser(app, connection, partner).get(f"/pengajuan/{reference}").status_code == 404


def test_raw_questions_find_only_the_own_rows(home: Home, connection: Connection) -> None:
    stranger = make_family(connection)
    for family in (home.family, stranger):
        with db.begin(home.officer.scope) as session:
            note_look(session, family.id, "tanya")
        said = {"purpose": "helper", "given": True, "version": 1, "language": "id", "by_name": "x"}
        insert(connection, "consent", family_id=family.id, person_id=family.head.person_id, **said)
    with db.begin(scope_of(home.family)) as session:
        for table in ("look", "consent"):
            found = session.execute(text(f"SELECT family_id FROM {table}")).scalars().all()
            assert found == [home.family.id]
    with db.begin(home.officer.scope) as session:
        assert session.execute(text("SELECT count(*) FROM look")).scalar_one() == 0
    with pytest.raises(Exception, match="permission denied"), db.begin(home.officer.scope) as session:
        session.execute(text("SELECT 1 FROM consent"))
    forged = "INSERT INTO consent (family_id, person_id, purpose, given, version, language, by_name) VALUES"
    for scope in (scope_of(stranger), replace(scope_of(home.family), helper_id=home.officer.staff_id)):
        with pytest.raises(Exception, match="row-level security"), db.begin(scope) as session:
            values = {"f": home.family.id, "p": home.family.head.person_id}
            session.execute(text(f"{forged} (:f, :p, 'training', true, 1, 'id', 'x')"), values)


# Consents


def test_nothing_is_agreed_to_before_it_is_tapped_and_the_history_only_grows(home: Home) -> None:
    home.phone.get("/persetujuan")
    assert not home.phone.soup.select("input[checked]")
    assert "Belum tersedia" in home.phone.words
    person = home.family.head.person_id
    scope = scope_of(home.family)
    expected = []
    for ending, given in (("/helper/setuju", True), ("/helper/tarik", False), ("/helper/setuju", True)):
        home.phone.fill(ending)
        assert home.phone.page.status_code == 200
        expected.append(given)
        with db.begin(scope) as session:
            assert has_consent(session, person, "helper") is given
            assert not has_consent(session, person, "training")
    rows = home.connection.execute(text("SELECT given, version, language, by_name FROM consent ORDER BY id")).all()
    assert [row.given for row in rows] == expected
    assert {(row.version, row.language) for row in rows} == {(1, "id")}
    with pytest.raises(Exception, match="permission denied"), db.begin(scope) as session:
        session.execute(text("UPDATE consent SET given = false"))


def test_a_text_that_changed_or_a_channel_that_is_not_there_gets_no_consent(
    home: Home, client: PortalClient, connection: Connection
) -> None:
    person = home.family.head
    actor = FamilyActor(
        "t", 0, person.person_id, home.family.id, person.id, 1, person.name, "id", VILLAGE, None, (1, 1, 1)
    )
    here = client.as_(actor)
    assert here.send("/persetujuan/helper/setuju", {"version": 99}).status_code == 409
    assert here.send("/persetujuan/whatsapp/setuju", {"version": 1}).status_code == 404
    assert here.send("/persetujuan/apa-saja/setuju", {"version": 1}).status_code == 404
    assert here.send("/persetujuan/helper/tarik").status_code == 303
    as_owner(connection)
    assert connection.execute(text("SELECT count(*) FROM consent")).scalar_one() == 0
    officer = client.as_(home.officer)
    for path in ("/persetujuan", "/siapa-melihat", "/data-saya", "/data-saya/unduh", "/data-saya/cetak"):
        assert officer.get(path).status_code == 403


# All that is held


def test_all_that_is_held_stands_on_the_page_with_its_owner(home: Home, connection: Connection) -> None:
    make_disbursement(connection, home.family.id)
    reference = home.send_case()
    home.look()
    home.phone.get("/data-saya")
    words = home.phone.words
    for expected in (reference, "Wahyu Hidayat", "Dukcapil", "BPS", "Kemensos", "3510**********"):
        assert expected in words, expected
    groups = [str(one["id"]) for one in home.phone.soup.select("details.member")]
    assert {"house", "desil", "payments", "cases", "messages", "devices", "slips", "consents", "looks"} <= set(groups)
    assert not home.phone.soup.select("details.member[open]")


def test_the_download_has_its_shape_and_no_number_in_clear(home: Home, app: Flask, connection: Connection) -> None:
    make_disbursement(connection, home.family.id)
    home.send_case()
    home.look(reason=f"NIK {home.family.head.nik} dilihat")
    home.phone.get("/data-saya/unduh")
    answer = home.phone.page
    assert answer.mimetype == "application/json" and answer.headers["Cache-Control"] == "no-store"
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment") and "siti" not in disposition.lower()
    body = answer.get_data(as_text=True)
    assert not SIXTEEN_DIGITS.search(body)
    content = json.loads(body)
    assert (content["format"], content["version"]) == ("portal-keluarga/data-saya", 1)
    fields = [field for group in content["groups"] for field in group["fields"]]
    wanted = {"key", "label", "value", "checked", "details", "source", "date", "owner", "owner_name", "sure", "correct"}
    assert fields and all(set(field) == wanted for field in fields)
    assert {field["owner"] for field in fields} == {"dukcapil", "village", "bps", "kemensos", "bank", "portal"}
    assert all(field["sure"] and field["correct"]["how"] and field["source"] for field in fields)
    assert home.value("SELECT count(*) FROM audit_event WHERE event = 'data_taken'") == 1


def test_health_of_another_adult_is_nowhere_in_it(home: Home, app: Flask, connection: Connection) -> None:
    hidden = {"chronic_illness": "PENYAKITMARK"}
    make_member(connection, home.family.id, name="BUDI SANTOSO", sex="L", relation=2, health=hidden)
    make_member(
        connection,
        home.family.id,
        name="ANAK KECIL",
        birth=(now() - timedelta(days=900)).date(),
        relation=3,
        health={"chronic_illness": "ANAKMARK"},
    )
    for path in ("/data-saya", "/data-saya/cetak", "/data-saya/unduh"):
        home.phone.get(path)
        body = home.phone.page.get_data(as_text=True)
        assert "PENYAKITMARK" not in body and "ANAKMARK" in body


def test_another_family_has_none_of_it(home: Home, app: Flask, connection: Connection) -> None:
    reference = home.send_case()
    look = home.look(reason="alasan rahasia")
    stranger = make_family(connection, head={"name": "ORANG LAIN"})
    other = family_browser(app, connection, stranger.head)
    for path in ("/data-saya", "/data-saya/cetak", "/data-saya/unduh", "/siapa-melihat"):
        other.get(path)
        body = other.page.get_data(as_text=True)
        for mark in (reference, str(look), "alasan rahasia", "SITI AMINAH", "Siti Aminah"):
            assert mark not in body


def test_it_takes_as_many_statements_however_much_there_is(home: Home, connection: Connection) -> None:
    def statements() -> int:
        found: list[str] = []
        listen = lambda _c, _cu, statement, *_: found.append(statement)  # noqa: E731
        event.listen(connection, "before_cursor_execute", listen)
        home.phone.get("/data-saya")
        event.remove(connection, "before_cursor_execute", listen)
        return len(found)

    few = statements()
    home.send_case()
    for number in range(5):
        home.look(reason=f"alasan {number}")
        insert(connection, "notice", family_id=home.family.id, person_id=home.family.head.person_id, key="pin_changed")
    assert 10 < few <= 30 and statements() == few


def test_a_kiosk_shows_it_and_lets_nothing_go(home: Home, client: PortalClient, connection: Connection) -> None:
    office = client.as_(make_staff(connection, REGENCY, role="regency_office"))
    cookie = register(office).get_cookie(COOKIE)
    assert cookie is not None
    home.phone.client.set_cookie(COOKIE, cookie.value)
    make_disbursement(connection, home.family.id)
    home.phone.get("/data-saya")
    assert home.phone.page.status_code == 200
    assert home.phone.soup.select("html.amounts-hidden #payments .amount > span"), "hidden until somebody asks for them"
    assert not home.phone.soup.select("a[href='/data-saya/unduh'], a[href='/data-saya/cetak']")
    for path in ("/data-saya/unduh", "/data-saya/cetak"):
        assert home.phone.get(path).status_code == 403
    assert home.value("SELECT count(*) FROM audit_event WHERE event = 'data_taken'") == 0


# Within 3x24 hours


def test_what_the_portal_wrote_is_corrected_by_the_clock(home: Home, connection: Connection) -> None:
    office = make_staff(connection, REGENCY, role="regency_office", name="Ratna Kantor")
    home.phone.get("/pengajuan/baru/data-portal")
    assert "72 jam" in home.phone.words
    home.phone.fill("")
    home.phone.fill("/salah", about="login", wrong="Slip bukan diberikan oleh Wahyu.")
    home.phone.fill("/kirim")
    sent = home.value("SELECT sent_at FROM cases")
    assert home.value("SELECT promised_on FROM cases") == (now() + timedelta(hours=7 + 72)).date()
    assert home.value("SELECT assigned_to FROM cases") == office.staff_id and home.value("SELECT restricted FROM cases")
    home.phone.get(f"/pengajuan/{reference_on(home.phone)}")
    due = sent + timedelta(hours=72 + 7)  # type: ignore[operator]
    assert f"{due:%H.%M} WIB" in home.phone.words
    for hours, late in ((71, False), (73, True)):
        as_owner(connection)
        connection.execute(text("UPDATE cases SET sent_at = :at"), {"at": now() - timedelta(hours=hours)})
        assert [line.late for line in read_queue(office, Filters()).lines] == [late]
