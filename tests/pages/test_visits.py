"""A visit from the day that is set to the statement that stands on it; whose eyes it is for; sent twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from portal.accounts.actor import StaffActor
from portal.cases.drafts import begin_draft, load_draft, save_step
from portal.cases.kinds import KINDS, LATER, PAPERS_PAGE
from portal.cases.sending import send
from portal.core.clock import today
from portal.core.db import Scope
from portal.extensions import db, keys
from tests.factories import (
    FAR_VILLAGE,
    KECAMATAN,
    REGENCY,
    VILLAGE,
    TestFamily,
    as_owner,
    family_actor,
    insert,
    make_family,
    make_staff,
)
from tests.pages.browsing import family_browser, staff_browser
from tests.pages.test_cases_pages import photo
from tests.pages.test_walls import make_case

DOOR = {"latitude": "-8.219233", "longitude": "114,369227", "accuracy": "12", "place_ok": "y"}
WORD = {"present": "Siti Aminah", "word": "right"}


class Visited:
    """A family that says its floor is ceramic, and its officer, who has set a visit for today."""

    def __init__(self, app: Flask, connection: Connection) -> None:
        self.connection = connection
        self.family: TestFamily = make_family(connection)
        self.officer: StaffActor = make_staff(connection, VILLAGE, name="Wahyu Hidayat")
        head = family_actor(self.family.head)
        draft = begin_draft(head, KINDS["house"], {})
        for page, said in {"apa": {"changed": ["floor"]}, "floor": {"floor": "2"}, "cerita": {"more": ""}}.items():
            save_step(head, draft, page, dict(said))
        save_step(head, draft, PAPERS_PAGE, {LATER: []})
        self.reference = send(head, draft, load_draft(head, draft).seen).reference
        self.phone = family_browser(app, connection, self.family.head)
        self.desk = staff_browser(app, connection, self.officer)
        self.case, self.own = f"/petugas/kasus/{self.reference}", f"/pengajuan/{self.reference}"
        self.desk.get(self.case)
        self.desk.fill("/ambil")
        self.plan()

    def plan(self, days: int = 0) -> None:
        day = today() + timedelta(days=days)
        self.desk.get(self.case)
        self.desk.fill("/kunjungan", day=[str(day.day), str(day.month), str(day.year)], part="morning")
        assert self.desk.page.status_code == 200

    def one(self, sql: str) -> object:
        as_owner(self.connection)
        return self.connection.execute(text(sql)).scalar_one()

    def code(self) -> str:
        sealed = self.one("SELECT code_sealed FROM visit ORDER BY id DESC LIMIT 1")
        return keys.ring.unseal("visit.code", bytes(sealed))  # type: ignore[arg-type]


@pytest.fixture
def visited(app: Flask, connection: Connection) -> Visited:
    return Visited(app, connection)


def test_from_the_day_that_is_set_to_the_statement(visited: Visited) -> None:
    phone, desk = visited.phone, visited.desk
    first = visited.code()
    phone.get(visited.own)
    assert first in phone.words and "Wahyu Hidayat" in phone.words and "PIN" in phone.words
    phone.get(f"{visited.own}/cetak")
    assert first in phone.words  # for those without a phone
    phone.get(f"{visited.own}/kunjungan/hari-lain")
    phone.fill("/hari-lain", words="Hari Sabtu saja")
    desk.get(visited.case)
    assert "Hari Sabtu saja" in desk.words and visited.one("SELECT state FROM cases") == "answered"
    visited.plan()
    assert visited.code() != first  # new for each visit
    phone.get(visited.own)
    assert first not in phone.words
    phone.fill("/setuju")
    assert visited.one("SELECT count(*) FROM visit WHERE agreed_at IS NOT NULL") == 1
    desk.get("/petugas/kunjungan")
    assert visited.code() in desk.words and "Siti Aminah" in desk.words and visited.reference in desk.words
    desk.get(f"{visited.case}/cetak-kunjungan?lengkap=1")
    assert visited.reference in desk.words and len(desk.soup.select(".box")) > 100

    desk.get(f"{visited.case}/catat-kunjungan")
    given = desk.form("/catat-kunjungan")[1]
    assert given["floor"] == "6" and "roof" not in given  # only what is in doubt, as the record has it
    desk.fill("/simpan", floor="8", lengkap="1")
    given = desk.form("/catat-kunjungan")[1]
    assert given["floor"] == "8" and given["roof"] == "2"  # the whole form, with what was typed
    desk.get(f"{visited.case}/catat-kunjungan/foto")
    desk.fill("/foto", file=photo())
    assert desk.page.status_code == 200, desk.words
    desk.get(f"{visited.case}/catat-kunjungan")
    desk.fill("/catat-kunjungan", **WORD, latitude="-8.2", longitude="114.3")
    assert desk.page.status_code == 422  # the place needs consent
    desk.fill("/catat-kunjungan", **WORD, **DOOR, cars="1")
    assert desk.page.status_code == 200 and desk.path.endswith("/hasil-kunjungan"), desk.words
    assert visited.one("SELECT state FROM cases") == "visited"
    assert visited.one("SELECT draft_sealed IS NULL AND place_sealed IS NOT NULL FROM visit WHERE done_at IS NOT NULL")
    phone.get(visited.own)
    assert "Siti Aminah" in phone.words and phone.soup.find(id="hasil-kunjungan") is not None
    assert phone.soup.select("a[href*='/pengajuan/berkas/']")

    for _tap in range(2):
        phone.get(f"{visited.own}/kunjungan/tidak-benar")
        phone.fill("/tidak-benar", words="Motornya milik tetangga")
    desk.get(visited.case)
    assert "Motornya milik tetangga" in desk.words
    assert visited.one("SELECT count(*) FROM case_event WHERE event = 'visit_objected'") == 1
    desk.get(f"{visited.case}/hasil-kunjungan")
    phone.get("/data-saya")
    assert "-8.219233, 114.369227" in phone.words
    desk.fill("/hasil-kunjungan", cars="record")
    desk.get(f"{visited.case}/salin")
    lines = desk.soup.find(id="salinan").get_text().splitlines()  # type: ignore[union-attr]
    assert lines[0].startswith("301a") and lines[3].split(": ")[1].startswith("8 ")
    desk.get(visited.case)
    assert len(desk.soup.select("table.compare thead th")) == 4
    _stated(visited)


def _stated(visited: Visited) -> None:
    """The regency confirms what the visit found of the floor, and nothing that the officer left out."""
    for area, role, moves in (
        (VILLAGE, "", ("rekomendasi", "musdes")),
        (KECAMATAN, "supervisor", ("verifikasi",)),
        (REGENCY, "regency_office", ("konfirmasi",)),
    ):
        officer = make_staff(visited.connection, area, role=role) if role else None
        desk = staff_browser(visited.desk.client.application, visited.connection, officer) if officer else visited.desk
        for move in moves:
            desk.get(visited.case)
            day = today()
            more = {"held_on": [str(day.day), str(day.month), str(day.year)], "basis": "minutes"}
            more |= {"opinion": "yes"} if move == "rekomendasi" else {}
            desk.fill(f"/{move}", words="Sudah dilihat di rumah keluarga.", **more)
            assert desk.page.status_code == 200, desk.words
    assert visited.one("SELECT string_agg(field || value, ',') FROM statement") == "floor8"


def test_sent_twice_is_one_visit_and_other_content_is_told(visited: Visited) -> None:
    desk = visited.desk
    desk.get(f"{visited.case}/catat-kunjungan")
    action, given = desk.form("/catat-kunjungan")
    for _again in range(2):
        desk.post(action, given | WORD)
        assert desk.page.status_code == 200 and desk.path.endswith("/hasil-kunjungan")
    desk.post(action, given | WORD | {"floor": "1"})
    assert desk.page.status_code == 409 and "Siti Aminah" in desk.words
    assert visited.one("SELECT count(*) FROM case_event WHERE event = 'visited'") == 1
    desk.get(f"{visited.case}/catat-kunjungan")
    assert desk.path.endswith("/hasil-kunjungan")


def test_an_officers_photo_is_for_those_who_are_visited(app: Flask, visited: Visited) -> None:
    visited.desk.get("/petugas/foto-saya")
    visited.desk.fill("/foto-saya", file=photo())
    visited.phone.get(visited.own)
    assert visited.phone.soup.select_one("img.visitor")
    address = f"{visited.own}/kunjungan/foto-petugas"
    assert visited.phone.client.get(address).mimetype == "image/jpeg"
    stranger = family_browser(app, visited.connection, make_family(visited.connection).head)
    assert stranger.client.get(address).status_code == 404
    visited.desk.get("/petugas/foto-saya")
    visited.desk.fill("/hapus")
    assert visited.phone.client.get(address).status_code == 404


def test_what_was_recorded_stays_and_is_nobody_elses(app: Flask, committed: Engine) -> None:
    """Raw SQL, with every filter forgotten."""
    with committed.begin() as owner:
        family, far = make_family(owner), make_family(owner, village_id=FAR_VILLAGE)
        officer, kin = make_staff(owner, VILLAGE), make_staff(owner, VILLAGE)
        insert(owner, "staff_kinship", staff_id=kin.staff_id, family_id=family.id)
        for one in (family, far):
            _visit(owner, one, officer.staff_id)
    own = family_actor(family.head).scope
    for scope, seen in ((own, 1), (officer.scope, 1), (kin.scope, 1), (family_actor(far.head).scope, 1)):
        with db.begin(scope) as session:
            assert session.execute(text("SELECT count(*) FROM visit")).scalar_one() == seen
    refused = (
        (own, "SELECT draft_sealed FROM visit"),
        (own, "UPDATE visit SET counts = '{}'"),
        (own, "UPDATE visit SET agreed_at = now() - interval '1 day'"),
        (officer.scope, "UPDATE visit SET code_sealed = 'x'"),
        (
            officer.scope,
            f"UPDATE visit SET done_at = now(), done_by = {kin.staff_id}, result_sealed = 'x', result_hash = 'x'",
        ),
    )
    for scope, statement in refused:
        _refused(scope, statement)
    assert _changed(kin.scope, "UPDATE visit SET draft_sealed = 'x'") == 0
    done = f"done_at = now(), done_by = {officer.staff_id}, result_sealed = 'x', result_hash = 'x'"
    assert _changed(officer.scope, f"UPDATE visit SET {done}") == 1
    _refused(officer.scope, "UPDATE visit SET result_sealed = 'y'")
    assert _changed(officer.scope, 'UPDATE visit SET counts = \'{"floor": "family"}\'') == 1
    assert _changed(own, "UPDATE visit SET agreed_at = now()") == 0


def _visit(owner: Connection, family: TestFamily, staff: int) -> None:
    case = make_case(owner, family)
    insert(owner, "visit", family_id=family.id, case_id=case, staff_id=staff, code_sealed=b"x",
           planned_on=today(), part="morning")  # fmt: skip


def _refused(scope: Scope, statement: str) -> None:
    with pytest.raises(DBAPIError), db.begin(scope) as session:
        session.execute(text(statement))


def _changed(scope: Scope, statement: str) -> int:
    with db.begin(scope) as session:
        return int(session.connection().execute(text(statement)).rowcount)
