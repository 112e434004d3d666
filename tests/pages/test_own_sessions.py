"""One's own sign-in: where it is open, ending it there, the PIN, and how the ends are said."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import Connection, text

from portal.accounts.own_sessions import KINDS, kind_of
from tests.factories import VILLAGE, as_owner, make_staff
from tests.pages.clients import PortalClient
from tests.pages.inspecting import InspectingClient
from tests.pages.signing import PIN, client_of, events, make_officer, make_signing_family, post, sign_in, staff_sign_in

PHONE = "Mozilla/5.0 (Linux; Android 13; SM-A135F) AppleWebKit/537.36 Chrome/126.0.0.0 Mobile Safari/537.36"
COMPUTER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"
OTHER_PIN = "597310"


def browser(app: Flask, agent: str) -> InspectingClient:
    client = client_of(app)
    client.environ_base["HTTP_USER_AGENT"] = agent
    return client


@pytest.mark.parametrize(
    ("agent", "kind"),
    [
        (PHONE, "android/Chrome"),
        (COMPUTER, "computer/Firefox"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1",
            "iphone/Safari",
        ),
        ("Mozilla/5.0 (Linux; Android 12) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile", "android/Samsung Internet"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0", "computer/Edge"),
        ("<script>", "/"),
        ("", "/"),
    ],
)
def test_only_the_kind_of_a_browser_is_kept(agent: str, kind: str) -> None:
    assert kind_of(agent) == kind
    assert kind.partition("/")[0] in KINDS


def test_the_list_names_each_device_and_marks_this_one(app: Flask, connection: Connection) -> None:
    family, _ = make_signing_family(connection)
    phone, computer = browser(app, PHONE), browser(app, COMPUTER)
    sign_in(phone, family.head)
    sign_in(computer, family.head)
    page = phone.get("/akun").get_data(as_text=True)
    assert "Android" in page and "Chrome" in page and "Firefox" in page
    assert page.count("Perangkat ini") == 1
    assert page.count(">Keluarkan di sana<") == 1
    assert phone.get("/akun").headers["Cache-Control"] == "no-store"


def other_session(page: str) -> str:
    return page.split("/akun/sesi/")[1].split("/", maxsplit=1)[0]


def test_one_device_is_signed_out_from_another(app: Flask, connection: Connection) -> None:
    family, _ = make_signing_family(connection)
    phone, lost = browser(app, PHONE), browser(app, COMPUTER)
    sign_in(phone, family.head)
    sign_in(lost, family.head)
    address = f"/akun/sesi/{other_session(phone.get('/akun').get_data(as_text=True))}/keluar"
    assert post(phone, address, "/akun").location == "/akun"
    assert lost.get("/beranda").location == "/masuk?next=/beranda"
    assert phone.get("/beranda").status_code == 200
    assert post(phone, address, "/akun").status_code == 404  # it is no session any more
    assert [event.data["sessions"] for event in events(connection, "sessions_ended")] == [1]


def test_another_familys_session_is_not_found(app: Flask, connection: Connection) -> None:
    mine, _ = make_signing_family(connection)
    theirs, _ = make_signing_family(connection)
    here, there, elsewhere = (browser(app, PHONE) for _ in range(3))
    sign_in(here, mine.head)
    sign_in(there, theirs.head)
    sign_in(elsewhere, theirs.head)
    wanted = other_session(there.get("/akun").get_data(as_text=True))
    assert post(here, f"/akun/sesi/{wanted}/keluar", "/akun").status_code == 404
    assert post(here, f"/akun/sesi/{uuid.uuid4()}/keluar", "/akun").status_code == 404
    assert elsewhere.get("/beranda").status_code == 200


def test_out_of_all_devices_is_out_here_too(app: Flask, connection: Connection) -> None:
    family, _ = make_signing_family(connection)
    phone, computer = browser(app, PHONE), browser(app, COMPUTER)
    sign_in(phone, family.head)
    sign_in(computer, family.head)
    stolen = phone.get_cookie("portal")
    assert stolen is not None
    answer = post(phone, "/akun/keluar-semua", "/akun")
    assert (answer.status_code, answer.headers["Clear-Site-Data"]) == (303, '"cache"')
    assert computer.get("/beranda").status_code == 303
    thief = browser(app, COMPUTER)
    thief.set_cookie("portal", stolen.value)
    assert thief.get("/beranda").location == "/masuk?next=/beranda"


def test_an_officer_has_sessions_and_no_pin(app: Flask, connection: Connection) -> None:
    officer = make_officer(connection, VILLAGE)
    client = browser(app, COMPUTER)
    staff_sign_in(client, officer, datetime.now(UTC))
    page = client.get("/akun").get_data(as_text=True)
    assert "Firefox" in page and "/akun/pin" not in page
    assert client.get("/akun/pin").status_code == 404


def change(client: InspectingClient, old: str, new: str, again: str | None = None):  # type: ignore[no-untyped-def]
    return post(client, "/akun/pin", old_pin=old, pin=new, pin_again=again or new)


def test_the_pin_is_changed_by_who_knows_it(app: Flask, connection: Connection) -> None:
    family, _ = make_signing_family(connection)
    phone, computer = browser(app, PHONE), browser(app, COMPUTER)
    sign_in(phone, family.head)
    sign_in(computer, family.head)
    assert change(phone, PIN, OTHER_PIN).location == "/akun"
    assert phone.get("/beranda").status_code == 200
    assert computer.get("/beranda").status_code == 303, "every other session is cut"
    assert "PIN Anda diganti" in phone.get("/pesan").get_data(as_text=True)
    assert [event.family_id for event in events(connection, "pin_changed")] == [family.id]
    assert sign_in(client_of(app), family.head).status_code == 422
    assert sign_in(client_of(app), family.head, OTHER_PIN).status_code == 303


@pytest.mark.parametrize(
    ("old", "new", "again", "says"),
    [
        ("111222", OTHER_PIN, OTHER_PIN, "bukan PIN Anda"),
        (PIN, PIN, PIN, "PIN Anda sekarang"),
        (PIN, "123456", "123456", "mudah ditebak"),
        (PIN, OTHER_PIN, "597311", "tidak sama"),
        (PIN, "12", "12", "enam angka"),
    ],
)
def test_a_pin_that_may_not_be(app: Flask, connection: Connection, old: str, new: str, again: str, says: str) -> None:
    family, _ = make_signing_family(connection)
    client = browser(app, PHONE)
    sign_in(client, family.head)
    answer = change(client, old, new, again)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert says in page
    assert f'value="{old}"' not in page and f'value="{new}"' not in page
    assert sign_in(client_of(app), family.head).status_code == 303


def test_a_pin_of_the_own_numbers_is_refused(app: Flask, connection: Connection) -> None:
    family, _ = make_signing_family(connection)
    client = browser(app, PHONE)
    sign_in(client, family.head)
    assert change(client, PIN, family.head.nik[-6:]).status_code == 422


def test_who_holds_the_phone_cannot_guess_the_pin_for_long(app: Flask, connection: Connection) -> None:
    family, _ = make_signing_family(connection)
    client = browser(app, PHONE)
    sign_in(client, family.head)
    assert [change(client, f"90817{n}", OTHER_PIN).status_code for n in range(4)] == [422, 422, 429, 429]
    assert change(client, PIN, OTHER_PIN).status_code == 429, "the right one does not count while one has to wait"
    assert len(events(connection, "pin_change_failed")) == 5
    assert sign_in(client_of(app), family.head).status_code == 303, "the sign-in is not locked by it"


def test_the_form_says_until_when_and_the_page_knows_too(app: Flask, connection: Connection) -> None:
    family, _ = make_signing_family(connection)
    client = browser(app, PHONE)
    sign_in(client, family.head)
    page = client.get("/akun/pin").get_data(as_text=True)
    assert "Halaman ini terbuka sampai pukul" in page
    left = int(page.split('data-left="')[1].split('"')[0])
    assert left == 29 * 60
    with client.session_transaction() as cookie:
        cookie["until"] = str(int(datetime.now(UTC).timestamp()) + 100)
    page = client.get("/akun/pin").get_data(as_text=True)
    assert 90 < int(page.split('data-left="')[1].split('"')[0]) <= 100, "the end after twelve hours comes first"


def test_still_here_goes_on_and_says_when_it_is_over(app: Flask, connection: Connection) -> None:
    family, _ = make_signing_family(connection)
    client = browser(app, PHONE)
    assert client.get("/akun/masih-di-sini").status_code == 401
    sign_in(client, family.head)
    as_owner(connection)
    connection.execute(text("UPDATE web_session SET last_seen_at = now() - interval '29 minutes'"))
    assert client.get("/akun/masih-di-sini").status_code == 204
    as_owner(connection)
    seen = connection.execute(text("SELECT now() - last_seen_at < interval '1 minute' FROM web_session")).scalar_one()
    assert seen, "it counts as a touch"


def test_an_expired_session_met_by_a_part_of_a_page_sends_the_browser_to_sign_in(
    app: Flask, connection: Connection
) -> None:
    client = browser(app, PHONE)
    answer = client.get("/bantuan?tahun=2025", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/masuk?next=/bantuan?tahun%3D2025")
    for page, leads_to in (
        ("http://localhost/bantuan?tahun=2024", "/masuk?next=/bantuan?tahun%3D2024"),
        ("http://evil.example/bantuan?tahun=2024", "/masuk?next=/bantuan?tahun%3D2025"),
        ("http://localhost//evil.example/", "/masuk?next=/bantuan?tahun%3D2025"),
    ):
        part = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Current-URL": page}
        assert client.get("/bantuan?tahun=2025", headers=part).headers["HX-Redirect"] == leads_to


def test_a_helped_member_has_no_own_login_page(client: PortalClient, connection: Connection) -> None:
    """Beside an officer nobody changes a PIN or sees sessions."""
    operator = make_staff(connection, VILLAGE, role="village_operator")
    assert client.as_(operator).get("/akun").status_code == 200
    assert client.get("/akun").location == "/masuk?next=/akun"


def test_a_list_that_looks_by_itself_keeps_no_session_open(app: Flask, connection: Connection) -> None:
    officer = make_officer(connection, VILLAGE)
    client = browser(app, COMPUTER)
    staff_sign_in(client, officer, datetime.now(UTC))
    page = client.get("/petugas/antrean").get_data(as_text=True)
    assert "X-Unattended" in page
    as_owner(connection)
    connection.execute(text("UPDATE web_session SET last_seen_at = now() - interval '20 minutes'"))
    by_itself = {"HX-Request": "true", "HX-Request-Type": "partial", "X-Unattended": "1"}
    assert client.get("/petugas/antrean", headers=by_itself).status_code == 200
    as_owner(connection)
    idle = text("SELECT now() - last_seen_at FROM web_session")
    assert connection.execute(idle).scalar_one().total_seconds() == 20 * 60
    assert client.get("/petugas/antrean").status_code == 200
    as_owner(connection)
    assert connection.execute(idle).scalar_one().total_seconds() == 0
