"""A session that ended: back to the same page, with what was written, for the same account only."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask, session
from sqlalchemy import Connection, text

from portal.accounts import keeping
from portal.core.clock import now
from tests.factories import VILLAGE, as_owner, make_family
from tests.pages.inspecting import InspectingClient
from tests.pages.signing import (
    at_counter,
    client_of,
    make_officer,
    make_signing_family,
    make_test_slips,
    post,
    sign_in,
    sign_out,
    staff_sign_in,
)

PAGE = "/petugas/loket"


@pytest.fixture
def client(app: Flask, connection: Connection) -> InspectingClient:
    return client_of(app)


def end_sessions(connection: Connection) -> None:
    as_owner(connection)
    connection.execute(text("UPDATE web_session SET last_seen_at = now() - interval '2 hours'"))


def late_post(client: InspectingClient, connection: Connection, path: str, **answers: Any) -> Any:
    """Open the page signed in, lose the session, then send."""
    page = client.get(path).get_data(as_text=True)
    token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    end_sessions(connection)
    return client.post(path, data={"csrf_token": token, **answers})


def test_a_late_post_is_offered_again_after_signing_in(
    client: InspectingClient, app: Flask, connection: Connection
) -> None:
    officer = make_officer(connection, VILLAGE)
    staff_sign_in(client, officer, now())
    member = make_family(connection).head
    ((serial, _code),) = make_test_slips(connection)
    page = f"/petugas/aktivasi/{at_counter(connection, member)}"
    answer = late_post(client, connection, page, seen="y", serial=serial)
    assert answer.status_code == 303
    assert answer.location.startswith("/petugas/masuk")
    cookie = client.get_cookie(keeping.COOKIE)
    assert cookie is not None
    assert serial not in cookie.value
    again = staff_sign_in(client, officer, now() + timedelta(seconds=30))
    assert again.location == "/lanjutkan"
    html = client.get("/lanjutkan").get_data(as_text=True)
    assert f'action="{page}"' in html
    token = html.split(f'action="{page}"')[1].split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    assert f'value="{serial}"' in html
    sent = client.post(page, data={"csrf_token": token, "seen": "y", "serial": serial})
    assert sent.status_code == 303
    as_owner(connection)
    assert connection.execute(text("SELECT person_id FROM slip")).scalar_one() == member.person_id
    assert client.get("/lanjutkan").status_code == 303, "offered once"


def test_another_officer_never_sees_it(client: InspectingClient, connection: Connection) -> None:
    first, second = make_officer(connection, VILLAGE), make_officer(connection, VILLAGE, login="rina")
    staff_sign_in(client, first, now())
    late_post(client, connection, PAGE, nik="typed by the first")
    answer = staff_sign_in(client, second, now())
    assert answer.location != "/lanjutkan"
    assert client.get_cookie(keeping.COOKIE) is None
    assert client.get("/lanjutkan").status_code == 303


def test_secrets_and_files_are_not_kept(app: Flask, client: InspectingClient, connection: Connection) -> None:
    with app.test_request_context(
        "/x", method="POST", data={"pin": "483917", "password": "p", "code": "1", "csrf_token": "t", "a": ["1", "2"]}
    ):
        sealed = keeping._sealed("/x", "owner")
        opened = keeping._opened(sealed)
    assert opened is not None
    assert opened[2] == [["a", "1"], ["a", "2"]]
    assert opened[3] is False


def test_files_are_mentioned_and_a_path_without_a_page_leads_nowhere(app: Flask, connection: Connection) -> None:
    photo = {"photo": (BytesIO(b"jpeg"), "surat.jpg"), "a": "1"}
    with app.test_request_context("/keluar", method="POST", data=photo):
        opened = keeping._opened(keeping._sealed("/keluar", "owner"))
        keeping.keep_answers()
        assert session["return_to"] is None
    assert opened is not None
    assert opened[2:4] == ([["a", "1"]], True)


@pytest.mark.parametrize("cookie", ["", "x", "AAAA", "é", "A" * 4000])
def test_a_cookie_that_is_not_ours_is_nothing(cookie: str) -> None:
    assert keeping._opened(cookie) is None


def test_too_long_an_answer_is_not_kept_but_the_page_is(client: InspectingClient, connection: Connection) -> None:
    officer = make_officer(connection, VILLAGE)
    staff_sign_in(client, officer, now())
    long = " ".join(str(number * 7919) for number in range(3000))
    assert late_post(client, connection, PAGE, nik=long).status_code == 303
    assert client.get_cookie(keeping.COOKIE) is None
    assert staff_sign_in(client, officer, now() + timedelta(seconds=30)).location == PAGE


def test_after_an_hour_it_is_gone(
    client: InspectingClient, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = make_officer(connection, VILLAGE)
    staff_sign_in(client, officer, now())
    late_post(client, connection, PAGE, nik="12")
    later = now() + timedelta(minutes=61)
    monkeypatch.setattr("portal.accounts.keeping.now", lambda: later)
    assert staff_sign_in(client, officer, now() + timedelta(seconds=30)).location != "/lanjutkan"


def test_signing_out_takes_it_away(client: InspectingClient, connection: Connection) -> None:
    officer = make_officer(connection, VILLAGE)
    staff_sign_in(client, officer, now())
    late_post(client, connection, PAGE, nik="12")
    sign_out(client)
    assert client.get_cookie(keeping.COOKIE) is None


def test_without_a_session_at_all_nothing_is_kept(client: InspectingClient, connection: Connection) -> None:
    assert post(client, PAGE, "/lupa-pin", nik="12").location == "/petugas/masuk"
    assert client.get_cookie(keeping.COOKIE) is None
    assert client.get("/lanjutkan").location == "/masuk"


def test_a_family_with_nothing_kept_goes_home(client: InspectingClient, connection: Connection) -> None:
    family, _ = make_signing_family(connection)
    home = sign_in(client, family.head).location
    assert client.get("/lanjutkan").location == home
    assert client.get("/masuk").location == home


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/bantuan?tahun=2025", "Silakan masuk dulu. Setelah itu Anda langsung ke: Bantuan."),
        ("/pengajuan/baru", "Silakan masuk dulu. Setelah itu Anda langsung ke: Pengajuan."),
        ("/masuk?next=/lainnya", "Silakan masuk dulu. Setelah itu Anda bisa melanjutkan."),
        ("/masuk?next=jahat", "Silakan masuk dulu. Setelah itu Anda bisa melanjutkan."),
    ],
)
def test_who_is_sent_to_sign_in_reads_why(client: InspectingClient, path: str, said: str) -> None:
    page = client.get(path, follow_redirects=True)
    assert page.request.path == "/masuk"
    assert said in page.text
    hidden = BeautifulSoup(page.text, "html.parser").select("main input[name=next]")[0]
    assert said in post(client, "/masuk", nik="1", pin="1", next=hidden["value"]).text  # and still after a wrong try


def test_who_comes_by_the_front_door_reads_nothing_of_it(client: InspectingClient) -> None:
    assert "Silakan masuk dulu" not in client.get("/masuk").text
