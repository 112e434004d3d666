"""A session of two: the member's PIN on the kiosk, the officer's word on the officer's device, and nothing but help."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Connection, text

from portal.accounts.actor import FamilyActor, Helper, StaffActor
from portal.accounts.hashing import hasher
from portal.accounts.roles import FAMILY, Permission
from portal.cases.helping.ended import notice_helped_ends
from portal.cases.housekeeping import sweep_pairings
from portal.core.db import Scope
from portal.extensions import db
from tests import factories as make
from tests.pages.browsing import Browser, signed_in, staff_browser
from tests.pages.clients import PortalClient
from tests.pages.signing import PIN, events, post
from tests.pages.test_cases_pages import moved_until_check, reference_on
from tests.pages.test_kiosks import register

WRONG_CODE = "Tidak ada kios"


@dataclass
class Two:
    """A member at a kiosk, and the officer who sits beside with a device of the own."""

    family: make.TestFamily
    kiosk: Browser
    officer: StaffActor
    own_device: Browser

    def type_pin(self, pin: str = PIN) -> str:
        """Type NIK and PIN on the kiosk; gives the code on its screen, or nothing."""
        with self.kiosk.client.allow_nik():
            self.kiosk.get("/dibantu")
            self.kiosk.fill("/dibantu", nik=self.family.head.nik, pin=pin)
        found = re.search(r"\b([3-9C-Y]{3}) ([3-9C-Y]{3})\b", self.kiosk.words)
        return "" if found is None else found[1] + found[2]

    def confirm(self, code: str) -> None:
        """Type the code on the own device and say yes."""
        self.own_device.get("/petugas/dampingi")
        self.own_device.fill("/dampingi", code=code)
        self.own_device.fill("/ya", beside="y")

    def begin(self) -> None:
        self.kiosk.get("/dibantu/kode")
        self.kiosk.fill("/mulai")


@pytest.fixture
def two(app: Flask, client: PortalClient, connection: Connection) -> Two:
    family = make.make_family(connection)
    make.make_account(connection, family.head, hasher.hash(PIN))
    office = client.as_(make.make_staff(connection, make.REGENCY, role="regency_office"))
    kiosk = Browser(app)
    kiosk.client = register(office)
    officer = make.make_staff(connection, make.VILLAGE, role="village_operator", name="Sri Lestari")
    return Two(family, kiosk, officer, staff_browser(app, connection, officer))


def test_pin_on_the_kiosk_and_the_officers_word_open_a_session_that_says_so(two: Two, connection: Connection) -> None:
    code = two.type_pin()
    assert len(code) == 6
    two.kiosk.fill("/mulai")
    assert "Belum ada petugas" in two.kiosk.words, "not without the officer"
    two.own_device.get("/petugas/dampingi")
    two.own_device.fill("/dampingi", code=f" {code[:3].lower()}-{code[3:]}")
    assert "Siti Aminah" in two.own_device.words and "Meja depan" in two.own_device.words
    assert two.own_device.fill("/ya").status_code == 422, "the officer has to sit beside"
    two.own_device.fill("/ya", beside="y")
    two.begin()
    assert two.kiosk.path == "/beranda"
    for path in ("/beranda", "/bantuan", "/desil", "/peluang", "/pengajuan", "/pesan"):
        assert "Dibantu oleh Sri Lestari" in two.kiosk.get(path).text, path
    for path in ("/akun", "/akun/pin", "/pendamping-saya"):
        assert two.kiosk.get(path).status_code == 403, path
        assert "Sri Lestari duduk di samping Anda" in two.kiosk.words and "Selesai" in two.kiosk.words, path
    assert "duduk di samping" not in two.kiosk.get("/petugas/antrean").text
    with two.kiosk.client.session_transaction() as cookie:
        assert "Sri" not in str(dict(cookie)), "who helps stands in the database, not in the cookie"
    make.as_owner(connection)
    row = connection.execute(
        text("SELECT idle_ends_after, helped_by, kiosk_id, expires_at - created_at <= interval '1 h' FROM web_session"
             " WHERE helped_by IS NOT NULL")
    ).one()  # fmt: skip
    assert row[0] == 5 and row[1] == two.officer.staff_id and row[2] is not None and row[3] is True
    connection.execute(text("UPDATE web_session SET last_seen_at = now() - interval '301 seconds' WHERE helped_by > 0"))
    assert two.kiosk.get("/beranda").request.path != "/beranda", "five minutes idle"
    [begun], [confirmed] = events(connection, "help_begun"), events(connection, "help_confirmed")
    assert begun.data["helped_by"] == two.officer.staff_id and begun.family_id == two.family.id
    assert confirmed.actor_id == two.officer.staff_id and confirmed.family_id == two.family.id
    [look] = events(connection, "family_viewed")
    assert look.actor_id == two.officer.staff_id and look.family_id == two.family.id


def test_what_is_sent_together_says_who_helped(app: Flask, two: Two, connection: Connection) -> None:
    worker = make.make_staff(connection, make.VILLAGE, name="Wahyu Hidayat")
    two.confirm(two.type_pin())
    two.begin()
    moved_until_check(two.kiosk, with_photo=False)
    two.kiosk.fill("/kirim")
    reference = reference_on(two.kiosk)
    assert "Dibantu oleh Sri Lestari" in two.kiosk.words
    desk = staff_browser(app, connection, worker)
    for path in ("/petugas/antrean", f"/petugas/kasus/{reference}"):
        desk.get(path)
        assert "Dibantu oleh Sri Lestari" in desk.words, path
    [sent] = events(connection, "case_sent")
    assert sent.data["helped_by"] == two.officer.staff_id and sent.actor_kind == "family"


def test_what_an_answer_seals_is_out_of_sight_of_who_sits_beside(app: Flask, two: Two, connection: Connection) -> None:
    make.make_participation(connection, two.family.id)
    two.confirm(two.type_pin())
    two.begin()
    two.kiosk.get("/pengajuan/baru/bantuan-tidak-diterima")
    two.kiosk.fill()
    two.kiosk.fill(about="p:PKH")
    two.kiosk.fill(happened="less", since="older")
    draft = two.kiosk.path.rpartition("/")[0]
    two.kiosk.get("/pengajuan")
    assert draft in two.kiosk.page.text
    two.kiosk.get(f"{draft}/kartu")
    two.kiosk.fill(card_elsewhere="no", cut_taken="yes", who="Petugas desa")
    assert two.kiosk.path == "/pengajuan" and "tidak ada petugas" in two.kiosk.words
    assert draft not in two.kiosk.page.text and two.kiosk.get(f"{draft}/kejadian").status_code == 404
    make.as_owner(connection)
    account = connection.execute(text("SELECT id FROM account")).scalar_one()
    alone = signed_in(app, connection, f"account:{account}", account_id=account)
    alone.get("/pengajuan")
    assert draft in alone.page.text
    alone.get(f"{draft}/kartu")
    assert "Petugas desa" in alone.page.text
    alone.fill(card_elsewhere="no", cut_taken="no")
    assert two.kiosk.get(f"{draft}/kejadian").status_code == 200  # nothing in it is sealed any more


def test_a_member_with_somebody_beside_changes_nothing_about_the_login(two: Two) -> None:
    alone = make.family_actor(two.family.head)
    beside = FamilyActor(**{name: getattr(alone, name) for name in alone.__slots__ if name != "helper"},
                         helper=Helper(two.officer.staff_id, "Sri Lestari"))  # fmt: skip
    assert {one for one in FAMILY if not beside.may(one)} == {Permission.OWN_LOGIN, Permission.OWN_DATA}
    assert all(alone.may(one) for one in FAMILY)
    assert beside.scope == Scope(
        "family",
        person_id=alone.person_id,
        family_id=alone.family_id,
        guardian=True,
        helper_id=two.officer.staff_id,
    )


def test_wrong_pins_cost_the_same_words_and_count(two: Two, connection: Connection) -> None:
    assert two.type_pin("111111") == "" and two.kiosk.page.status_code == 422
    wrong = two.kiosk.words
    assert "NIK atau PIN" in wrong
    with two.kiosk.client.allow_nik():
        two.kiosk.fill("/dibantu", nik="3510140101809999", pin="111111")
        assert two.kiosk.page.status_code == 422
        assert two.kiosk.fill("/dibantu", nik="", pin="").status_code == 422
    assert len(events(connection, "sign_in_failed")) == 2
    for _try in range(3):
        two.type_pin("222222")
    assert two.kiosk.page.status_code == 429
    assert two.type_pin() == "", "the lane is shut"


def test_a_code_is_good_once_for_five_minutes_and_for_an_officer_of_the_village(
    app: Flask, two: Two, connection: Connection
) -> None:
    def refused(browser: Browser, code: str) -> bool:
        browser.get("/petugas/dampingi")
        browser.fill("/dampingi", code=code)
        return browser.page.status_code == 422 and WRONG_CODE in browser.words

    far = staff_browser(app, connection, make.make_staff(connection, make.FAR_VILLAGE))
    kin = make.make_staff(connection, make.VILLAGE)
    make.insert(connection, "staff_kinship", staff_id=kin.staff_id, family_id=two.family.id)
    code = two.type_pin()
    assert refused(far, code) and refused(staff_browser(app, connection, kin), code)
    assert refused(two.own_device, "CCCCCC") and two.own_device.fill("/dampingi", code="").status_code == 422
    assert len(events(connection, "help_code_wrong")) == 3
    two.confirm(code)
    assert refused(two.own_device, code), "confirmed once"
    two.begin()
    again = two.kiosk.client
    assert again.get("/dibantu/kode").location == "/dibantu", "the code is used up"
    code = two.type_pin()
    make.as_owner(connection)
    connection.execute(text("UPDATE helped_pairing SET expires_at = now() - interval '1 second'"))
    assert refused(two.own_device, code)
    two.kiosk.get("/dibantu/kode")
    assert two.kiosk.path == "/dibantu" and "berakhir" in two.kiosk.words


@pytest.mark.parametrize(
    "meanwhile",
    [
        "UPDATE account SET pin_hash = 'another'",
        "UPDATE kiosk SET revoked_at = now()",
        "UPDATE staff_assignment SET until = current_date - 1",
        "UPDATE staff SET active = false",
        "UPDATE account SET closed_at = now()",
    ],
)
def test_what_changed_meanwhile_stops_it(two: Two, connection: Connection, meanwhile: str) -> None:
    two.confirm(two.type_pin())
    two.kiosk.get("/dibantu/kode")
    action, form = two.kiosk.form("/mulai")
    make.as_owner(connection)
    connection.execute(text(meanwhile))
    two.kiosk.post(action, form)
    make.as_owner(connection)
    assert connection.execute(text("SELECT count(*) FROM web_session WHERE helped_by IS NOT NULL")).scalar_one() == 0


def test_elsewhere_than_on_a_kiosk_these_pages_do_not_exist(app: Flask, two: Two) -> None:
    phone = Browser(app)
    for path in ("/dibantu", "/dibantu/kode"):
        assert phone.get(path).status_code == 404
    assert two.kiosk.get("/dibantu/kode").request.path == "/dibantu", "no code was asked for"


def test_the_page_of_the_code_asks_by_itself(two: Two) -> None:
    part = {"HX-Request": "true", "HX-Request-Type": "partial"}
    code = two.type_pin()
    assert two.kiosk.client.get("/dibantu/kode", headers=part).status_code == 204
    two.confirm(code)
    block = two.kiosk.client.get("/dibantu/kode", headers=part)
    assert block.status_code == 200 and "Sri Lestari" in block.text and "<html" not in block.text
    two.begin()
    assert two.kiosk.client.get("/dibantu/kode", headers=part).headers["HX-Redirect"] == "/dibantu"


def test_no_family_types_a_pin_where_an_officer_is_signed_in(two: Two) -> None:
    for path in ("/masuk", "/aktivasi", "/aktivasi/pin", "/pin-baru", "/dibantu"):
        two.own_device.get(path)
        if two.own_device.page.status_code == 404:
            continue  # no such page, or a kiosk's only
        assert two.own_device.page.status_code == 409, path
        assert "perangkat petugas" in two.own_device.words and not two.own_device.soup.select("input[name=pin]")
    with two.own_device.client.allow_nik():
        token = {"csrf_token": str(two.own_device.soup.find("input", {"name": "csrf_token"})["value"])}  # type: ignore[index]
        answer = two.own_device.post("/masuk", token | {"nik": two.family.head.nik, "pin": PIN})
    assert answer.status_code == 409 and two.own_device.get("/petugas/dampingi").status_code == 200


def test_old_codes_are_swept(two: Two, connection: Connection) -> None:
    two.type_pin()
    assert sweep_pairings() == 0
    make.as_owner(connection)
    connection.execute(text("UPDATE helped_pairing SET expires_at = now() - interval '25 hours'"))
    assert sweep_pairings() == 1


def test_the_codes_stand_open_to_nobody(two: Two) -> None:
    two.type_pin()
    for scope in (two.officer.scope, Scope("family", person_id=1, family_id=1), Scope("anonymous")):
        with pytest.raises(Exception, match="permission denied"), db.begin(scope) as session:
            session.execute(text("SELECT * FROM helped_pairing"))


def test_its_end_is_told_however_it_comes(two: Two, connection: Connection) -> None:
    def begin() -> None:
        two.confirm(two.type_pin())
        two.begin()

    def told() -> list[object]:
        return [(e.family_id, e.data["helped_by"], e.data["why"]) for e in events(connection, "help_ended")]

    begin()
    assert post(two.kiosk.client, "/kios/selesai", "/beranda").location == "/kios"
    one = (two.family.id, two.officer.staff_id)
    begin()
    two.kiosk.get("/kios/selesai")  # the page itself goes there
    assert told() == [(*one, "tap"), (*one, "idle")]
    begin()
    assert notice_helped_ends() == 0, "it goes on"
    make.as_owner(connection)
    connection.execute(
        text("UPDATE web_session SET last_seen_at = now() - interval '6 minutes' WHERE ended_at IS NULL")
    )
    assert notice_helped_ends() == 1 and notice_helped_ends() == 0, "the browser is gone; told once"
    assert told()[2:] == [(*one, "idle")]
    make.as_owner(connection)
    assert connection.execute(
        text("SELECT now() - max(ended_at) FROM web_session WHERE helped_by IS NOT NULL")
    ).scalar_one() < timedelta(minutes=6)
