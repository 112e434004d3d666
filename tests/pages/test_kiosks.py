"""Kiosks: what a device of a village office may, and what it never keeps."""

from __future__ import annotations

import io
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from PIL import Image
from sqlalchemy import Connection, text
from werkzeug.test import TestResponse

from portal.accounts import guard
from portal.accounts.hashing import hasher
from portal.accounts.kiosk_register import PER_PAGE
from portal.accounts.kiosks import COOKIE
from portal.extensions import keys
from tests import factories as make
from tests.factories import as_owner, make_account, make_family
from tests.pages.clients import PortalClient
from tests.pages.inspecting import InspectingClient
from tests.pages.signing import (
    PIN,
    client_of,
    counted,
    events,
    make_officer,
    make_signing_family,
    post,
    sign_in,
    sign_out,
    staff_sign_in,
)


@dataclass
class Device:
    """A kiosk: its browser, and the office that looks after it."""

    __test__ = False
    client: InspectingClient
    office: PortalClient

    @property
    def id(self) -> str:
        page = self.office.get("/petugas/kios").get_data(as_text=True)
        return re.findall(r"/petugas/kios/([0-9a-f-]{36})/cabut", page)[0]

    def revoke(self) -> TestResponse:
        return self.office.send(f"/petugas/kios/{self.id}/cabut")


def owner_finds(connection: Connection, query: str) -> list[tuple[Any, ...]]:
    as_owner(connection)
    return [tuple(row) for row in connection.execute(text(query))]


@pytest.fixture
def office(client: PortalClient, connection: Connection) -> PortalClient:
    return client.as_(make.make_staff(connection, make.REGENCY, role="regency_office", name="Kantor Kabupaten"))


def register(office: PortalClient, name: str = "Meja depan", **more: str) -> InspectingClient:
    """The officer's browser becomes a kiosk."""
    answer = office.send("/petugas/kios", {"name": name, "village": str(make.VILLAGE), **more})
    assert answer.location == "/kios", answer.get_data(as_text=True)
    cookie = office.get_cookie(COOKIE)
    assert cookie is not None
    device = client_of(office.application)
    device.set_cookie(COOKIE, cookie.value)
    return device


@pytest.fixture
def kiosk(client: PortalClient, connection: Connection, office: PortalClient) -> Device:
    device = register(office)
    again = client.as_(make.make_staff(connection, make.REGENCY, role="regency_office", name="Kantor kedua"))
    return Device(device, again)


def test_a_device_becomes_a_kiosk_and_the_officer_is_signed_out_there(office: PortalClient) -> None:
    register(office)
    page = office.get("/kios").get_data(as_text=True)
    assert "Meja depan" in page and "perangkat ini sekarang kios" in page.lower()
    assert office.get("/petugas/kios").status_code == 303, "the officer is no longer signed in there"


def test_the_register_says_who_and_where(kiosk: Device, connection: Connection) -> None:
    page = kiosk.office.get("/petugas/kios").get_data(as_text=True)
    assert "Meja depan" in page and "Kantor Kabupaten" in page
    assert len(events(connection, "kiosk_registered")) == 1


@pytest.mark.parametrize("village", [make.OTHER_REGENCY_VILLAGE, 99, "x", ""])
def test_a_kiosk_stands_in_the_own_area(office: PortalClient, village: object) -> None:
    assert office.send("/petugas/kios", {"name": "Meja", "village": str(village)}).status_code == 422


def test_another_regency_neither_sees_nor_revokes_it(
    kiosk: Device, client: PortalClient, connection: Connection
) -> None:
    far = client.as_(make.make_staff(connection, make.OTHER_REGENCY, role="regency_office", name="Jauh"))
    assert "Meja depan" not in far.get("/petugas/kios").get_data(as_text=True)
    assert far.send(f"/petugas/kios/{kiosk.id}/cabut").status_code == 404
    assert kiosk.client.get("/kios").status_code == 200


def test_a_made_up_cookie_is_an_ordinary_browser(app: Flask, connection: Connection) -> None:
    for value in ("", "x", "AAAA", "e30=", "é"):
        client = client_of(app)
        client.set_cookie(COOKIE, value)
        answer = client.get("/masuk")
        assert 'class="kiosk' not in answer.get_data(as_text=True)
        assert f"{COOKIE}=;" in str(answer.headers.getlist("Set-Cookie")), "it is taken out"


def test_a_browser_without_the_cookie_costs_nothing(
    app: Flask, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    with counted(connection, monkeypatch) as seen:
        client_of(app).get("/masuk")
    assert not [one for one in seen["statements"] if "kiosk" in one]


PLACES = (
    "/beranda",
    "/bantuan",
    "/desil",
    "/peluang",
    "/pengajuan",
    "/pesan",
    "/masuk",
    "/kios",
    "/tentang",
    "/lupa-pin",
)


def test_no_page_of_a_kiosk_is_kept(kiosk: Device, connection: Connection) -> None:
    family, _ = make_signing_family(connection)
    sign_in(kiosk.client, family.head)
    for path in PLACES:
        answer = kiosk.client.get(path)
        assert answer.headers["Cache-Control"] == "no-store", path
        assert "ETag" not in answer.headers, path
    assert kiosk.client.get("/beranda", headers={"If-None-Match": "*"}).status_code == 200


def test_signing_in_leaves_no_device_behind(kiosk: Device, connection: Connection) -> None:
    family, account = make_signing_family(connection)
    answer = sign_in(kiosk.client, family.head)
    assert "perangkat=" not in str(answer.headers.getlist("Set-Cookie"))
    assert owner_finds(connection, "SELECT count(*) FROM known_device") == [(0,)]
    ((kiosk_id, minutes),) = owner_finds(
        connection, f"SELECT kiosk_id, idle_ends_after FROM web_session WHERE account_id = {account}"
    )
    assert kiosk_id is not None
    assert minutes == 2, "90 seconds, and half a minute more"


def test_the_server_ends_it_where_nobody_does(kiosk: Device, connection: Connection) -> None:
    family, _ = make_signing_family(connection)
    sign_in(kiosk.client, family.head)
    as_owner(connection)
    connection.execute(text("UPDATE web_session SET last_seen_at = now() - interval '110 seconds' WHERE kiosk_id > 0"))
    assert kiosk.client.get("/beranda").status_code == 200
    as_owner(connection)
    seen = connection.execute(text("SELECT last_seen_at = now() FROM web_session WHERE kiosk_id > 0")).scalar_one()
    assert seen, "every touch counts on a kiosk"
    connection.execute(text("UPDATE web_session SET last_seen_at = now() - interval '121 seconds' WHERE kiosk_id > 0"))
    assert kiosk.client.get("/beranda").location == "/kios"
    assert (
        kiosk.client.get("/bantuan", headers={"HX-Request": "true", "HX-Request-Type": "partial"}).headers[
            "HX-Redirect"
        ]
        == "/kios"
    )


def test_finishing_clears_the_device_and_not_that_it_is_a_kiosk(kiosk: Device, connection: Connection) -> None:
    family, _ = make_signing_family(connection)
    sign_in(kiosk.client, family.head)
    post(kiosk.client, "/bahasa", "/beranda", language="en")
    answer = post(kiosk.client, "/kios/selesai", "/beranda")
    assert answer.location == "/kios"
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert kiosk.client.get_cookie("bahasa") is None, "the next one reads Indonesian again"
    page = kiosk.client.get("/kios").get_data(as_text=True)
    assert 'class="kiosk' in page and family.head.name.split()[0].lower() not in page.lower()
    for path in ("/beranda", "/pengajuan", "/akun"):
        assert kiosk.client.get(path).location == "/kios"


def test_an_ordinary_sign_out_clears_as_well(kiosk: Device, connection: Connection) -> None:
    family, _ = make_signing_family(connection)
    sign_in(kiosk.client, family.head)
    assert sign_out(kiosk.client).headers["Clear-Site-Data"] == '"cache", "storage"'


def test_without_scripts_the_page_brings_itself_back(kiosk: Device, connection: Connection) -> None:
    family, _ = make_signing_family(connection)
    sign_in(kiosk.client, family.head)
    page = kiosk.client.get("/beranda").get_data(as_text=True)
    assert '<noscript><meta http-equiv="refresh" content="90;url=/kios/selesai"></noscript>' in page
    assert "dalam 90 detik. Setelah itu" not in page, "only where something is typed"
    assert "Ketuk «Ganti PIN» dalam 90 detik" in kiosk.client.get("/akun/pin").get_data(as_text=True)
    answer = kiosk.client.get("/kios/selesai")
    assert answer.location == "/kios" and answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert kiosk.client.get("/beranda").location == "/kios"


def test_another_site_cannot_end_it(kiosk: Device, connection: Connection) -> None:
    family, _ = make_signing_family(connection)
    sign_in(kiosk.client, family.head)
    assert kiosk.client.get("/kios/selesai", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert kiosk.client.get("/beranda").status_code == 200


def test_the_address_that_ends_a_kiosk_ends_nothing_elsewhere(app: Flask, connection: Connection) -> None:
    family, _ = make_signing_family(connection)
    client = client_of(app)
    sign_in(client, family.head)
    assert client.get("/kios/selesai").location == "/"
    assert client.get("/kios").location == "/"
    assert client.get("/beranda").status_code == 200


def test_amounts_are_hidden_until_tapped_and_again_for_the_next(kiosk: Device, connection: Connection) -> None:
    one, _ = make_signing_family(connection)
    sign_in(kiosk.client, one.head)
    assert 'class="kiosk amounts-hidden"' in kiosk.client.get("/beranda").get_data(as_text=True)
    assert post(kiosk.client, "/kios/jumlah", "/beranda", next="/bantuan").location == "/bantuan"
    assert 'class="kiosk"' in kiosk.client.get("/bantuan").get_data(as_text=True)
    post(kiosk.client, "/kios/selesai", "/beranda")
    two, _ = make_signing_family(connection)
    sign_in(kiosk.client, two.head)
    assert 'class="kiosk amounts-hidden"' in kiosk.client.get("/beranda").get_data(as_text=True)


def test_titles_in_the_history_say_nothing(kiosk: Device, connection: Connection) -> None:
    family, _ = make_signing_family(connection)
    sign_in(kiosk.client, family.head)
    for path in PLACES:
        assert "<title>Portal Keluarga</title>" in kiosk.client.get(path, follow_redirects=True).get_data(as_text=True)


def test_what_is_typed_is_not_offered_to_the_next(kiosk: Device) -> None:
    page = kiosk.client.get("/masuk").get_data(as_text=True)
    fields = re.findall(r'<input[^>]*name="(?:nik|pin)"[^>]*>', page)
    assert len(fields) == 2
    assert all('autocomplete="off"' in field and 'inputmode="numeric"' in field for field in fields)


def test_a_post_that_came_too_late_leaves_no_answers_on_the_device(kiosk: Device, connection: Connection) -> None:
    answer = kiosk.client.post("/pengajuan/baru/pindah-rumah", data={"address": "Dusun Rahasia"})
    assert answer.status_code in (303, 400)
    assert "titipan" not in str(answer.headers.getlist("Set-Cookie"))


def test_photos_come_from_the_camera_or_not_at_all(
    client: PortalClient, connection: Connection, kiosk: Device, office: PortalClient
) -> None:
    family, _ = make_signing_family(connection)
    other = client.as_(make.make_staff(connection, make.REGENCY, role="regency_office", name="Kantor ketiga"))
    with_camera = register(other, "Dengan kamera", camera="y")
    for device, expected in ((kiosk.client, "no-camera"), (with_camera, 'capture="environment"')):
        sign_in(device, family.head)
        page = device.get(_papers_page(device)).get_data(as_text=True)
        assert expected in page
        assert ('type="file"' in page) is (device is with_camera)


def _papers_page(device: InspectingClient) -> str:
    first = post(device, "/pengajuan/baru/pindah-rumah")
    assert first.location is not None, first.get_data(as_text=True)
    return first.location.rsplit("/", 1)[0] + "/berkas"


def test_a_revoked_kiosk_is_an_ordinary_browser_again(kiosk: Device, connection: Connection) -> None:
    family, _ = make_signing_family(connection)
    sign_in(kiosk.client, family.head)
    assert kiosk.revoke().location == "/petugas/kios"
    answer = kiosk.client.get("/beranda")
    assert answer.location == "/masuk?next=/beranda", "whoever was signed in there is so no more"
    page = kiosk.client.get("/masuk")
    assert kiosk.client.get_cookie(COOKIE) is None
    assert 'class="kiosk' not in page.get_data(as_text=True)
    sign_in(kiosk.client, family.head)
    assert kiosk.client.get_cookie("perangkat") is not None
    assert kiosk.client.get("/beranda").headers["Cache-Control"] == "private, no-cache"
    assert len(events(connection, "kiosk_revoked")) == 1


def test_a_session_of_a_kiosk_works_nowhere_else_and_ends_where_it_is_tried(
    kiosk: Device, client: PortalClient, app: Flask, connection: Connection
) -> None:
    family, account = make_signing_family(connection)
    other = register(client.as_(make.make_staff(connection, make.REGENCY, role="regency_office")), "Meja lain")
    name = app.config["SESSION_COOKIE_NAME"]
    for elsewhere, start in ((client_of(app), "/masuk?next=/beranda"), (other, "/kios")):
        sign_in(kiosk.client, family.head)
        assert kiosk.client.get("/beranda").status_code == 200
        cookie = kiosk.client.get_cookie(name)
        assert cookie is not None
        elsewhere.set_cookie(name, cookie.value)
        assert elsewhere.get("/beranda").location == start
        assert "hanya berlaku di sana" in elsewhere.get(start).get_data(as_text=True)
        assert kiosk.client.get("/beranda").location == "/kios", "whoever copied it may hold it still"
    tried = events(connection, "session_carried_off")
    assert [(one.actor_kind, one.family_id) for one in tried] == [("family", family.id)] * 2
    left = owner_finds(
        connection, f"SELECT count(*) FROM web_session WHERE account_id = {account} AND ended_at IS NULL"
    )
    assert left == [(0,)]


def test_a_kiosk_lives_through_a_change_of_the_key(kiosk: Device, client: PortalClient, connection: Connection) -> None:
    slept = register(client.as_(make.make_staff(connection, make.REGENCY, role="regency_office")), "Meja lain")
    run, new = keys.ring, {200: bytes(range(32))}
    try:
        keys.bind(replace(run, seal_keys={**run.seal_keys, **new}, seals_with=None))
        assert f"{COOKIE}=" in str(kiosk.client.get("/kios").headers.getlist("Set-Cookie"))
        assert f"{COOKIE}=" not in str(kiosk.client.get("/kios").headers.getlist("Set-Cookie")), "once"
        waiting = "SELECT name FROM kiosk WHERE sealed_with IS DISTINCT FROM 200"
        assert owner_finds(connection, waiting) == [("Meja lain",)]
        keys.bind(replace(run, seal_keys=new, seals_with=None))
        assert kiosk.client.get("/kios").status_code == 200
        assert slept.get("/kios").location == "/", "not opened as long as both keys were there"
    finally:
        keys.bind(run)


def test_an_officer_on_a_kiosk_is_signed_out_soon_too(kiosk: Device, connection: Connection) -> None:
    officer = make_officer(connection, make.VILLAGE)
    staff_sign_in(kiosk.client, officer, datetime.now(UTC))
    as_owner(connection)
    found = connection.execute(
        text("SELECT idle_ends_after, kiosk_id FROM web_session WHERE staff_id = :s"), {"s": officer.id}
    ).one()
    assert found.idle_ends_after == 2 and found.kiosk_id is not None
    assert connection.execute(text("SELECT count(*) FROM staff_device")).scalar() == 0


@pytest.fixture
def one_moment(connection: Connection) -> Iterator[None]:
    """The portal's clock stands still, as the database's does in the one transaction of a test."""
    ((moment,),) = owner_finds(connection, "SELECT now()")
    with time_machine.travel(moment, tick=False):
        yield


def a_nik() -> str:
    return make.make_nik(date(1980, 1, 1))


def wrong(client: InspectingClient, nik: str, pin: str = "907153") -> TestResponse:
    return post(client, "/masuk", nik=nik, pin=pin)


@pytest.mark.parametrize("tries", [100, pytest.param(1000, marks=pytest.mark.soak)])
def test_wrong_tries_on_a_kiosk_slow_that_kiosk_and_lock_no_family_out(
    kiosk: Device, app: Flask, client: PortalClient, connection: Connection, one_moment: None, tries: int
) -> None:
    """A thousand NIKs tried on one kiosk: the device waits, every family signs in on its own phone, also a new one."""
    family, _ = make_signing_family(connection)
    phone = client_of(app)
    sign_in(phone, family.head)
    sign_out(phone)
    asked = [wrong(kiosk.client, family.head.nik).status_code for _ in range(4)]
    assert asked == [422, 422, 429, 429], "one NIK is slowed as ever"
    free = sum(1 for wait in guard.KIOSK_WAITS if wait == 0)
    cookie = kiosk.client.get_cookie(COOKIE)
    assert cookie is not None
    client.set_cookie(COOKIE, cookie.value)
    client.inspects = False  # the pages were looked at; so many take their time
    answers = [client.send("/masuk", {"nik": a_nik(), "pin": "907153"}).status_code for _ in range(tries)]
    assert answers.count(422) == free - 4, "after that every try, of any NIK, waits"
    assert set(answers[free:]) == {429}
    other, _ = make_signing_family(connection)
    assert sign_in(kiosk.client, other.head).status_code == 429, "who comes next waits a little there"
    assert sign_in(phone, family.head).status_code == 303, "the own phone is not locked"
    assert sign_in(client_of(app), family.head).status_code == 303, "nor is a new one"
    assert sign_in(client_of(app), other.head).status_code == 303
    as_owner(connection)
    longest = connection.execute(
        text("SELECT max(locked_until - now()) <= interval '5 minutes' FROM signin_guard WHERE lane = 'kiosk'")
    )
    assert longest.scalar_one()


def test_the_kiosk_opens_again_and_a_sign_in_forgets_the_tries(kiosk: Device, connection: Connection) -> None:
    family, _ = make_signing_family(connection)
    for _ in range(12):
        wrong(kiosk.client, a_nik())
    assert sign_in(kiosk.client, family.head).status_code == 429
    as_owner(connection)
    connection.execute(text("UPDATE signin_guard SET locked_until = now()"))
    assert sign_in(kiosk.client, family.head).status_code == 303
    assert owner_finds(connection, "SELECT count(*) FROM signin_guard WHERE lane = 'kiosk'") == [(0,)]


def test_many_tries_on_one_kiosk_raise_an_alarm(kiosk: Device, connection: Connection) -> None:
    for _ in range(guard.KIOSK_ALARM + 8):
        as_owner(connection)
        connection.execute(text("UPDATE signin_guard SET locked_until = now()"))
        wrong(kiosk.client, a_nik())
    assert len(events(connection, "kiosk_tried")) == 1


def test_a_stranger_elsewhere_cannot_keep_a_family_from_its_kiosk(
    kiosk: Device, app: Flask, connection: Connection
) -> None:
    family, _ = make_signing_family(connection)
    for _ in range(6):
        wrong(client_of(app), family.head.nik)
    assert sign_in(client_of(app), family.head).status_code == 429
    assert sign_in(kiosk.client, family.head).status_code == 303


def test_a_village_behind_one_address_signs_in(client: PortalClient, connection: Connection) -> None:
    """Two hundred families within a minute from one address, some mistyping: nothing counts the address."""
    pin_hash = hasher.hash(PIN)
    families = [make_family(connection) for _ in range(200)]
    for family in families:
        make_account(connection, family.head, pin_hash)
    for number, family in enumerate(families):
        phone = client.as_(None)
        phone.inspects = False
        phone.environ_base["REMOTE_ADDR"] = "203.0.113.7"
        if number % 5 == 0:
            assert phone.send("/masuk", {"nik": family.head.nik, "pin": "907153"}).status_code == 422
        assert phone.send("/masuk", {"nik": family.head.nik, "pin": PIN}).status_code == 303, number


def test_nothing_can_be_saved_on_a_kiosk(kiosk: Device, app: Flask, connection: Connection) -> None:
    family, _ = make_signing_family(connection)
    phone = client_of(app)
    sign_in(phone, family.head)
    sign_in(kiosk.client, family.head)
    with phone.allow_nik():
        assert phone.get("/data-saya/unduh").headers["Content-Disposition"].startswith("attachment")
    answer = kiosk.client.get("/data-saya/unduh")
    assert answer.status_code == 403
    assert "Content-Disposition" not in answer.headers
    assert "tidak bisa disimpan" in answer.get_data(as_text=True)


def test_a_picture_on_a_kiosk_closes_itself(kiosk: Device, client: PortalClient, connection: Connection) -> None:
    """It has no bar and no script, so its answer says when to leave it."""
    family, _ = make_signing_family(connection)
    sign_in(kiosk.client, family.head)
    page = _papers_page(kiosk.client)
    picture = io.BytesIO()
    Image.new("RGB", (80, 80), "white").save(picture, "JPEG")
    picture.seek(0)
    answer = post(kiosk.client, f"{page}/moving_letter", page, **{"moving_letter-file": (picture, "surat.jpg")})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    address = re.findall(r"/pengajuan/berkas/[0-9a-f-]{36}", kiosk.client.get(page).get_data(as_text=True))[0]
    answer = kiosk.client.get(address)
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("image/jpeg", "no-store")
    assert answer.headers["Refresh"] == "90;url=/kios/selesai"


def test_a_regency_with_many_kiosks_reads_them_page_by_page(client: PortalClient, connection: Connection) -> None:
    office = make.make_staff(connection, make.REGENCY, role="regency_office")
    for number in range(PER_PAGE + 1):
        make.insert(
            connection,
            "kiosk",
            public_id=uuid4(),
            name=f"Tablet {number:03}",
            village_id=make.VILLAGE,
            has_camera=False,
            device_hash=secrets.token_bytes(32),
            registered_by=office.staff_id,
        )
    browser = client.as_(office)
    assert len(re.findall(r"<b>Tablet \d+</b>", browser.get("/petugas/kios").text)) == PER_PAGE
    assert "Tablet 050" in browser.get("/petugas/kios?hal=2").text
    assert "Tablet 050" in browser.get("/petugas/kios?hal=99").text
