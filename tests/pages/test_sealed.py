"""What is sealed for two: nobody finds it until two officers of the office open it; whom it concerns never does."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from portal.accounts.actor import Helper, StaffActor
from portal.accounts.four_eyes import SAME_PERSON, TOO_LATE
from portal.audit.looks import note_look
from portal.cases import sealed
from portal.cases.drafts import NotAlone, begin_draft, load_draft, save_step
from portal.cases.kinds import KINDS, LATER, PAPERS_PAGE
from portal.cases.sending import send
from portal.core.errors import Conflict, NotFound
from portal.desk.queue import Filters, read_queue
from portal.extensions import db
from tests import factories as make
from tests.pages.browsing import Browser, family_browser, staff_browser
from tests.pages.test_cases_pages import reference_on

OGG = b"OggS\0\x02" + b"\0" * 22 + b"OpusHead\x01\x01"
TABLES = ("cases", "case_event", "case_file", "case_read", "look")


class Village:
    """A family, the officers that it meets, and what it sends about one of them."""

    def __init__(self, app: Flask, connection: Connection) -> None:
        self.app, self.connection = app, connection
        self.family = make.make_family(connection)
        self.partner = make.make_member(connection, self.family.id, name="MASHURI", sex="L", relation=2)
        self.worker = make.make_staff(connection, make.VILLAGE, name="Wahyu Hidayat")
        self.supervisor = make.make_staff(connection, make.KECAMATAN, role="supervisor", name="Sari")
        self.offices = [
            make.make_staff(connection, make.REGENCY, role="regency_office", name=name)
            for name in ("Ibu Satu", "Pak Dua", "Ibu Tiga")
        ]
        self.head = make.family_actor(self.family.head)

    def send(self, kind: str = "conduct", about: StaffActor | None = None, **changed: Any) -> str:
        """Send a complaint through the services; gives its reference."""
        officer = (
            str(self.value("SELECT public_id FROM staff WHERE id = :s", s=about.staff_id)) if about else "somebody"
        )
        actor = replace(self.head, **changed)
        draft = begin_draft(actor, KINDS[kind], {})
        save_step(actor, draft, "kejadian", {"what": ["threat"], "story": "Katanya bantuan dihentikan"})
        save_step(actor, draft, "siapa", {"officer": officer, "who": ""})
        save_step(actor, draft, PAPERS_PAGE, {LATER: []})
        return send(actor, draft, load_draft(actor, draft).seen).reference

    def value(self, sql: str, **values: object) -> Any:
        make.as_owner(self.connection)
        return self.connection.execute(text(sql), values).scalar_one()

    def rows(self, officer: StaffActor) -> dict[str, int]:
        """How many rows of each table raw SQL finds under this officer's scope, every filter forgotten."""
        with db.begin(officer.scope) as session:
            return {name: session.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in TABLES}


@pytest.fixture
def village(app: Flask, connection: Connection) -> Village:
    return Village(app, connection)


def test_an_officer_concerned_finds_nothing_and_two_others_open_it(village: Village, connection: Connection) -> None:
    """The whole way on the pages: six choices, the officer chosen by name, two officers who open it, the answer."""
    app, (one, two, three) = village.app, village.offices
    phone = family_browser(app, connection, village.family.head)
    phone.get("/pengajuan/baru")
    assert len(phone.soup.select(".choices .choice")) == 6
    phone.get("/pengajuan/baru/tentang/perbuatan")
    assert "/pengajuan/baru/sikap-petugas" in phone.page.text and len(phone.soup.select(".choices .choice")) <= 8
    phone.get("/pengajuan/baru/sikap-petugas")
    assert "lapor.go.id" in phone.page.text
    phone.fill()
    phone.fill(what=["threat", "rude"], story="Katanya bantuan kami dihentikan")
    concerned = str(village.value("SELECT public_id FROM staff WHERE id = :s", s=village.worker.staff_id))
    assert concerned in phone.page.text and "Sari" in phone.words and "Ibu Tiga" in phone.words
    phone.fill(officer=concerned)
    phone.fill("/berkas")
    assert "Wahyu Hidayat" in phone.words
    phone.fill("/kirim")
    reference = reference_on(phone)
    make.as_owner(connection)
    case = connection.execute(text("SELECT * FROM cases")).one()
    assert case.needs_two and case.restricted and case.not_for == village.worker.staff_id and case.level == "regency"
    assert case.assigned_to in [officer.staff_id for officer in village.offices]
    assert village.value("SELECT data->>'kind' FROM audit_event WHERE event = 'case_sent'") == "sealed"
    told = json.dumps(village.value("SELECT values FROM notice"))
    assert "sealed" in told and "treated us badly" not in told

    partner = family_browser(app, connection, village.partner)
    partner.get("/pengajuan")
    assert reference not in partner.page.text
    for officer in (village.worker, village.supervisor, *village.offices):
        assert set(village.rows(officer).values()) == {0}, officer.name
        desk = staff_browser(app, connection, officer)
        desk.get("/petugas/antrean")
        assert reference not in desk.page.text
        desk.get("/petugas/cari")
        desk.fill(words=reference)
        assert f"/petugas/kasus/{reference}" not in desk.page.text
        assert desk.get(f"/petugas/kasus/{reference}").status_code in (403, 404)

    first, second, third = (staff_browser(app, connection, officer) for officer in (one, two, three))
    first.get("/petugas/rahasia")
    assert reference in first.words and "SITI" not in first.page.text.upper() and "sikap" not in first.page.text.lower()
    first.get(f"/petugas/rahasia/{reference}")
    first.fill("/minta", reason="answer")
    assert "rekan" in first.words.lower() or "24" in first.words
    second.get(f"/petugas/rahasia/{reference}")
    assert "Ibu Satu" in second.words and village.rows(two)["cases"] == 0
    make.as_owner(connection)
    connection.execute(text("UPDATE web_session SET confirmed_at = now()"))
    second.fill("/buka")
    assert second.path == f"/petugas/kasus/{reference}" and "bantuan kami dihentikan" in second.words
    first.get(f"/petugas/rahasia/{reference}")
    assert first.path == f"/petugas/kasus/{reference}" and "bantuan kami dihentikan" in first.words
    assert third.get(f"/petugas/kasus/{reference}").status_code == 404
    for officer in (three, village.worker, village.supervisor):
        assert set(village.rows(officer).values()) == {0}, officer.name
    phone.get(f"/pengajuan/{reference}")
    assert "Pak Dua" in phone.words and "Ibu Satu" in phone.words


def test_an_officer_of_the_office_who_is_meant_is_left_out(village: Village) -> None:
    meant, two, three = village.offices
    reference = village.send(about=meant)
    assert village.value("SELECT assigned_to FROM cases") in (two.staff_id, three.staff_id)
    assert sealed.sealed_cases(meant) == [] and len(sealed.sealed_cases(two)) == 1
    for act in (
        lambda: sealed.ask_to_open(meant, reference, "answer"),
        lambda: sealed.confirm_opening(meant, reference),
    ):
        with pytest.raises(NotFound):
            act()
    sealed.ask_to_open(two, reference, "answer")
    sealed.confirm_opening(three, reference)
    assert set(village.rows(meant).values()) == {0} and village.rows(three)["cases"] == 1


def test_one_officer_is_not_two_and_a_word_holds_a_day(village: Village) -> None:
    one, two, three = village.offices
    reference = village.send("levy")
    for nobody in (village.worker, village.supervisor):
        assert sealed.sealed_cases(nobody) == []
        with pytest.raises(NotFound):
            sealed.ask_to_open(nobody, reference, "answer")
    sealed.ask_to_open(one, reference, "answer")
    with pytest.raises(Conflict, match=SAME_PERSON):
        sealed.confirm_opening(one, reference)
    with pytest.raises(Conflict):
        sealed.ask_to_open(two, reference, "answer")  # it waits for a confirmation
    with db.begin(one.scope) as session:
        assert session.execute(text("SELECT sealed_confirm(:r)"), {"r": reference}).scalar_one() is None
    for statement in ("UPDATE sealed_opening SET confirmed_by = 1", "SELECT 1 FROM sealed_opening"):
        with pytest.raises(DBAPIError, match="permission denied"), db.begin(one.scope) as session:
            session.execute(text(statement))
    make.as_owner(village.connection)
    village.connection.execute(text("UPDATE sealed_opening SET asked_at = now() - interval '25 hours'"))
    with pytest.raises(Conflict, match=TOO_LATE):
        sealed.confirm_opening(two, reference)
    sealed.ask_to_open(two, reference, "authority")
    sealed.confirm_opening(three, reference)
    assert [village.rows(officer)["cases"] for officer in village.offices] == [0, 1, 1]
    with db.begin(two.scope) as session:
        note_look(session, village.family.id, "case", reference)
    assert village.value("SELECT person_id FROM look") == village.family.head.person_id  # for the sender alone
    make.as_owner(village.connection)
    village.connection.execute(text("UPDATE sealed_opening SET confirmed_at = confirmed_at - interval '31 days'"))
    assert village.rows(two)["cases"] == 0


def test_nobody_sits_beside_the_member(village: Village) -> None:
    reference = village.send("levy")
    beside = Helper(village.worker.staff_id, village.worker.name)
    begin_draft(village.head, KINDS["violence"], {})
    two_there = replace(village.head, helper=beside)
    with pytest.raises(NotAlone):
        begin_draft(two_there, KINDS["conduct"], {})
    make.as_owner(village.connection)
    make.insert(village.connection, "look", family_id=village.family.id, person_id=village.head.person_id,
                staff_id=village.worker.staff_id, staff_name="x", staff_title="x", reason="case",
                case_reference=reference)  # fmt: skip
    tables = ("cases", "case_event", "notice", "look", "case_draft")  # one of each, and a draft that was begun alone
    for scope, found in ((replace(village.head, helper=beside).scope, 0), (village.head.scope, 1)):
        with db.begin(scope) as session:
            rows = {name: session.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in tables}
        assert set(rows.values()) == {found}, rows


def test_free_words_are_sorted(village: Village, app: Flask, connection: Connection) -> None:
    phone = family_browser(app, connection, village.family.head)
    phone.get("/pengajuan/baru/ceritakan-saja")
    phone.fill()
    phone.fill(how="words", words="Sudah dua hari kami tidak makan", about_officer="no")
    phone.fill("/kirim")
    reference = reference_on(phone)
    desk = staff_browser(app, connection, village.worker)
    desk.get(f"/petugas/kasus/{reference}")
    desk.fill("/ambil")
    desk.get(f"/petugas/kasus/{reference}/jenis")
    assert "tidak makan" in desk.words and "pungutan" not in desk.page.text
    assert desk.fill("/jenis", kind="levy").status_code == 422  # what came open is not sorted into a sealed kind
    desk.get(f"/petugas/kasus/{reference}/jenis")
    desk.fill("/jenis", kind="no_food")
    make.as_owner(connection)
    case = connection.execute(text("SELECT sorted_as, urgent, promised_on - sent_at::date FROM cases")).one()
    assert case.sorted_as == "no_food" and case.urgent and case[2] in (1, 2)
    assert village.value("SELECT count(*) FROM notice WHERE key = 'case_sorted'") == 1
    phone.get(f"/pengajuan/{reference}")
    assert "Tidak ada makanan di rumah" in phone.words


def test_what_cannot_wait_reaches_worker_and_office_at_once(village: Village) -> None:
    draft = begin_draft(village.head, KINDS["treatment"], {})
    save_step(village.head, draft, "siapa", {"who": str(village.partner.person_id)})
    told = {"what": "dialysis", "next": "now", "where": "RSUD Blambangan", "story": ""}
    save_step(village.head, draft, "pengobatan", told)
    save_step(village.head, draft, PAPERS_PAGE, {LATER: []})
    reference = send(village.head, draft, load_draft(village.head, draft).seen).reference
    make.as_owner(village.connection)
    case = village.connection.execute(text("SELECT * FROM cases")).one()
    assert case.urgent and case.private and case.about_person_id == village.partner.person_id
    assert case.assigned_to == village.worker.staff_id and not case.restricted
    for officer in (village.worker, village.offices[0]):
        assert [line.reference for line in read_queue(officer, Filters()).lines] == [reference]


def test_emergency_numbers_need_no_sign_in(app: Flask, village: Village) -> None:
    visitor = Browser(app)
    for page in ("/", "/masuk"):
        visitor.get(page)
        assert "/darurat" in visitor.page.text, page
    visitor.get("/darurat")
    assert {"tel:112", "tel:110", "tel:119", "tel:129", "tel:021171"} <= {
        str(link["href"]) for link in visitor.soup.select("a.number-call")
    }


def test_a_voice_note_is_given_out_as_a_file(village: Village, app: Flask, connection: Connection) -> None:
    phone = family_browser(app, connection, village.family.head)
    phone.get("/pengajuan/baru/ceritakan-saja")
    phone.fill()
    phone.fill(how="voice", words="", about_officer="no")
    phone.fill("/berkas")
    assert phone.path.endswith("/berkas")  # it was announced and is not there
    phone.fill("/berkas/voice", **{"voice-file": ("cerita.ogg", b"<html>" + OGG)})
    assert phone.page.status_code == 422
    phone.fill("/berkas/voice", **{"voice-file": ("cerita.html", OGG)})
    phone.fill("/berkas")
    phone.fill("/kirim")
    reference = reference_on(phone)
    note = village.value("SELECT public_id FROM case_file")
    desk = staff_browser(app, connection, village.worker)
    desk.get(f"/petugas/kasus/{reference}")
    for browser, address in ((phone, f"/pengajuan/berkas/{note}"), (desk, f"/petugas/berkas/{note}")):
        answer = browser.client.get(address)
        assert answer.data == OGG and answer.mimetype == "audio/ogg"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="berkas.ogg"'
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
