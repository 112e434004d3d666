"""Officers sign in: password and a code that is good once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import Connection, text

from portal.accounts.hashing import hasher
from portal.accounts.sessions import find_actor
from portal.accounts.staff_signin import officer_by_code
from portal.core.clock import now
from portal.core.db import Scope
from portal.extensions import db
from tests.factories import VILLAGE, as_owner
from tests.pages.inspecting import InspectingClient
from tests.pages.signing import (
    PASSWORD,
    TestOfficer,
    client_of,
    counted,
    events,
    make_officer,
    post,
    staff_sign_in,
)


@pytest.fixture
def client(app: Flask, connection: Connection) -> InspectingClient:
    return client_of(app)


@pytest.fixture
def officer(connection: Connection) -> TestOfficer:
    return make_officer(connection, VILLAGE)


def test_password_then_code(client: InspectingClient, connection: Connection, officer: TestOfficer) -> None:
    answer = staff_sign_in(client, officer, now())
    assert answer.status_code == 303
    with client.session_transaction() as cookie:
        actor = find_actor(cookie["_user_id"])
    assert actor is not None
    assert (actor.kind, actor.staff_id, actor.zone) == ("staff", officer.id, "Asia/Jakarta")
    assert [e.data for e in events(connection, "staff_signed_in")] == [{"staff": officer.id}]
    as_owner(connection)
    lasts = connection.execute(text("SELECT expires_at - created_at FROM web_session")).scalar_one()
    assert lasts.total_seconds() == 10 * 3600


@pytest.mark.parametrize(
    ("login", "password"),
    [("wahyu", "wrong and long"), ("nobody", PASSWORD), ("", PASSWORD), ("wah\0yu?", PASSWORD)],
)
def test_wrong_password_and_unknown_login_say_the_same(
    client: InspectingClient, officer: TestOfficer, login: str, password: str
) -> None:
    answer = post(client, "/petugas/masuk", login=login, password=password)
    assert answer.status_code == 422
    assert password not in answer.get_data(as_text=True)


def test_who_is_signed_in_goes_on_and_an_empty_code_is_asked_for(
    client: InspectingClient, officer: TestOfficer
) -> None:
    post(client, "/petugas/masuk", login=officer.login, password=PASSWORD)
    assert post(client, "/petugas/masuk/kode", code="").status_code == 422
    assert post(client, "/petugas/masuk/kode", code=officer.code(now())).status_code == 303
    assert client.get("/petugas/masuk?next=/petugas/loket").location == "/petugas/loket"


def test_who_is_sent_to_sign_in_reads_where_it_leads_and_arrives_there(
    client: InspectingClient, officer: TestOfficer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = client.get("/petugas/loket").location
    assert "Silakan masuk dulu. Setelah itu Anda langsung ke: Loket." in client.get(sent).get_data(as_text=True)
    assert "Silakan masuk dulu" not in client.get("/petugas/masuk").get_data(as_text=True)
    wrong = post(client, "/petugas/masuk", sent, login=officer.login, password="x", next="/petugas/loket")
    assert 'name="next" value="/petugas/loket"' in wrong.get_data(as_text=True)
    login = {"login": officer.login, "password": PASSWORD}
    post(client, "/petugas/masuk", sent, **login, next="/petugas/loket")
    later = now() + timedelta(minutes=6)
    with monkeypatch.context() as late:
        late.setattr("portal.accounts.staff_signin.now", lambda: later)
        anew = client.get("/petugas/masuk/kode").location
    assert anew == sent, "the five minutes were over, and where it leads is not forgotten"
    post(client, "/petugas/masuk", sent, **login, next="/petugas/loket")
    assert post(client, "/petugas/masuk/kode", code=officer.code(now())).location == "/petugas/loket"


def test_a_login_is_read_in_any_case(client: InspectingClient, officer: TestOfficer) -> None:
    assert post(client, "/petugas/masuk", login=" WAHYU ", password=PASSWORD).status_code == 303


def test_the_password_alone_opens_nothing(client: InspectingClient, officer: TestOfficer) -> None:
    post(client, "/petugas/masuk", login=officer.login, password=PASSWORD)
    assert client.get("/petugas/loket").status_code == 303
    with client.session_transaction() as cookie:
        assert "_user_id" not in cookie
        assert officer.login not in str(dict(cookie))


def test_a_code_is_good_once(app: Flask, connection: Connection, officer: TestOfficer) -> None:
    moment = now()
    assert staff_sign_in(client_of(app), officer, moment).status_code == 303
    assert staff_sign_in(client_of(app), officer, moment).status_code == 422
    assert len(events(connection, "staff_sign_in_failed")) == 1
    assert staff_sign_in(client_of(app), officer, moment + timedelta(seconds=30)).status_code == 303


def test_an_older_code_than_the_last_one_is_refused(app: Flask, officer: TestOfficer) -> None:
    moment = now()
    assert staff_sign_in(client_of(app), officer, moment).status_code == 303
    assert staff_sign_in(client_of(app), officer, moment - timedelta(seconds=30)).status_code == 422


@pytest.mark.parametrize(("seconds", "status"), [(-30, 303), (30, 303), (-90, 422), (90, 422)])
def test_a_clock_half_a_minute_off_is_fine(
    client: InspectingClient, officer: TestOfficer, seconds: int, status: int
) -> None:
    assert staff_sign_in(client, officer, now() + timedelta(seconds=seconds)).status_code == status


def test_guessing_codes_locks_even_the_right_one(client: InspectingClient, officer: TestOfficer) -> None:
    post(client, "/petugas/masuk", login=officer.login, password=PASSWORD)
    for _try in range(3):
        post(client, "/petugas/masuk/kode", code="000000")
    answer = post(client, "/petugas/masuk/kode", code=officer.code(now()))
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_known_unknown_and_locked_logins_cost_the_same(
    app: Flask, connection: Connection, officer: TestOfficer, monkeypatch: pytest.MonkeyPatch
) -> None:
    costs = []
    tries = [officer.login, officer.login, "nobody", "nobody", "\0?"] + [officer.login] * 3
    for login in tries:
        client = client_of(app)
        with counted(connection, monkeypatch) as seen:
            answer = post(client, "/petugas/masuk", login=login, password="wrong and long")
        costs.append(seen)
    assert answer.status_code == 429, "the last ones are locked"
    assert all(cost == costs[0] for cost in costs), costs
    assert len(costs[0]["hashes"]) == 1


def test_a_stranger_does_not_lock_an_officer_out_of_the_own_browser(app: Flask, officer: TestOfficer) -> None:
    office, stranger = client_of(app), client_of(app)
    moment = now()
    assert staff_sign_in(office, officer, moment).status_code == 303
    post(office, "/petugas/keluar", "/lupa-pin")
    for _try in range(4):
        post(stranger, "/petugas/masuk", login=officer.login, password="wrong and long")
    assert post(stranger, "/petugas/masuk", login=officer.login, password=PASSWORD).status_code == 429
    assert staff_sign_in(office, officer, moment + timedelta(seconds=30)).status_code == 303


def test_a_known_browser_has_its_own_lock(app: Flask, connection: Connection, officer: TestOfficer) -> None:
    office = client_of(app)
    moment = now()
    staff_sign_in(office, officer, moment)
    post(office, "/petugas/keluar", "/lupa-pin")
    post(office, "/petugas/masuk", login=officer.login, password=PASSWORD)
    for _try in range(3):
        post(office, "/petugas/masuk/kode", code="000000")
    later = moment + timedelta(seconds=30)
    assert post(office, "/petugas/masuk/kode", code=officer.code(later)).status_code == 429
    assert staff_sign_in(client_of(app), officer, later).status_code == 303
    assert {e.data["known_device"] for e in events(connection, "staff_sign_in_failed")} == {True}


def test_a_browser_of_one_officer_is_no_known_one_of_another(
    app: Flask, connection: Connection, officer: TestOfficer
) -> None:
    other = make_officer(connection, VILLAGE, login="ratna")
    office = client_of(app)
    staff_sign_in(office, officer, now())
    post(office, "/petugas/keluar", "/lupa-pin")
    for _try in range(3):
        post(office, "/petugas/masuk", login=other.login, password="wrong and long")
    assert post(client_of(app), "/petugas/masuk", login=other.login, password=PASSWORD).status_code == 429


def test_a_password_changed_between_the_steps_begins_nothing(
    client: InspectingClient, connection: Connection, officer: TestOfficer
) -> None:
    post(client, "/petugas/masuk", login=officer.login, password=PASSWORD)
    as_owner(connection)
    connection.execute(text("UPDATE staff_credential SET password_hash = :h"), {"h": hasher.hash("another one")})
    assert post(client, "/petugas/masuk/kode", code=officer.code(now())).status_code == 422


def test_five_minutes_after_the_password_one_begins_anew(
    client: InspectingClient, officer: TestOfficer, monkeypatch: pytest.MonkeyPatch
) -> None:
    post(client, "/petugas/masuk", login=officer.login, password=PASSWORD)
    later = now() + timedelta(minutes=6)
    monkeypatch.setattr("portal.accounts.staff_signin.now", lambda: later)
    assert client.get("/petugas/masuk/kode").location == "/petugas/masuk"
    answer = post(client, "/petugas/masuk/kode", "/petugas/masuk", code=officer.code(later))
    assert answer.location == "/petugas/masuk"


def test_an_inactive_officer_is_out_at_once(
    client: InspectingClient, connection: Connection, officer: TestOfficer
) -> None:
    staff_sign_in(client, officer, now())
    assert client.get("/petugas/loket").status_code == 200
    as_owner(connection)
    connection.execute(text("UPDATE staff SET active = false"))
    assert client.get("/petugas/loket").status_code == 303
    other = client_of(client.application)
    assert post(other, "/petugas/masuk", login=officer.login, password=PASSWORD).status_code == 422


def test_signing_out(client: InspectingClient, connection: Connection, officer: TestOfficer) -> None:
    staff_sign_in(client, officer, now())
    assert post(client, "/petugas/keluar", "/lupa-pin").location == "/petugas/masuk"
    assert client.get("/petugas/loket").status_code == 303
    assert [e.actor_id for e in events(connection, "signed_out")] == [officer.id]


def test_next_is_a_page_of_officers(client: InspectingClient, officer: TestOfficer) -> None:
    for wanted, reached in (("/kantor/aktivasi", True), ("/beranda", False), ("//evil.example", False)):
        browser = client_of(client.application)
        post(browser, "/petugas/masuk", login=officer.login, password=PASSWORD, next=wanted)
        with browser.session_transaction() as cookie:
            assert (cookie["staff_next"] == wanted) == reached


def test_a_second_officer_confirms_a_command_once(connection: Connection, officer: TestOfficer) -> None:
    code = officer.code(now())
    for expected in ((officer.id, "social_worker"), None):
        with db.begin(Scope("worker", job="test")) as session:
            assert officer_by_code(session, officer.login, code) == expected
    with db.begin(Scope("worker", job="test")) as session:
        assert officer_by_code(session, "nobody", code) is None


def test_a_password_is_rehashed_when_parameters_changed(
    client: InspectingClient, connection: Connection, officer: TestOfficer
) -> None:
    old = PasswordHasher(time_cost=2, memory_cost=32, parallelism=1).hash(hasher._peppered(PASSWORD, 1))
    as_owner(connection)
    connection.execute(text("UPDATE staff_credential SET password_hash = :h"), {"h": old})
    assert staff_sign_in(client, officer, now()).status_code == 303
    as_owner(connection)
    assert "m=64" in connection.execute(text("SELECT password_hash FROM staff_credential")).scalar_one()
