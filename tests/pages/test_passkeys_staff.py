"""Officers and passkeys: in the place of the code, or of password and code where it checked its owner."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import Connection

from portal.accounts.sessions import find_actor
from portal.core.clock import now
from tests.factories import VILLAGE
from tests.pages.authenticator import Authenticator
from tests.pages.holding import ask_owner, asked, asked_new, enter, is_in, reasons, save
from tests.pages.inspecting import InspectingClient
from tests.pages.signing import PASSWORD, TestOfficer, client_of, events, make_officer, post, staff_sign_in


@pytest.fixture
def officer(connection: Connection) -> TestOfficer:
    return make_officer(connection, VILLAGE)


@pytest.fixture
def phone() -> Authenticator:
    return Authenticator()


@pytest.fixture
def desk(app: Flask, officer: TestOfficer, phone: Authenticator, connection: Connection) -> InspectingClient:
    """Signed in with password and code; a passkey is in the phone."""
    client = client_of(app)
    assert staff_sign_in(client, officer, now()).status_code == 303
    ask_owner(connection, "UPDATE staff_credential SET totp_last_step = 0 RETURNING 1")
    save(client, phone.make(asked_new(client, code=officer.code(now()))))
    assert ask_owner(connection, "SELECT count(*) FROM passkey WHERE staff_id IS NOT NULL") == 1
    return client


def test_a_passkey_replaces_password_and_code(
    app: Flask, connection: Connection, officer: TestOfficer, desk: InspectingClient, phone: Authenticator
) -> None:
    other = client_of(app)
    signed = phone.sign(asked(other, "staff"))
    assert enter(other, signed, "/petugas/masuk/kunci", "/petugas/masuk").status_code == 303
    with other.session_transaction() as cookie:
        actor = find_actor(cookie["_user_id"])
    assert actor is not None and actor.kind == "staff" and actor.staff_id == officer.id
    assert [event.data["staff"] for event in events(connection, "passkey_used")] == [officer.id]


def test_without_its_owner_checked_it_replaces_the_code_only(
    app: Flask, connection: Connection, officer: TestOfficer, desk: InspectingClient, phone: Authenticator
) -> None:
    phone.verifies = False
    other = client_of(app)
    signed = phone.sign(asked(other, "staff"))
    assert enter(other, signed, "/petugas/masuk/kunci", "/petugas/masuk").status_code == 422
    assert reasons(connection) == ["owner_not_checked"]
    post(other, "/petugas/masuk", login=officer.login, password=PASSWORD)
    signed = phone.sign(asked(other, "code", "/petugas/masuk/kode"))
    assert enter(other, signed, "/petugas/masuk/kode/kunci", "/petugas/masuk/kode").status_code == 303
    assert is_in(other)


def test_the_code_is_replaced_after_the_password_only(
    app: Flask, officer: TestOfficer, desk: InspectingClient, phone: Authenticator
) -> None:
    other = client_of(app)
    signed = phone.sign(asked(other, "code", "/petugas/masuk"))
    answer = enter(other, signed, "/petugas/masuk/kode/kunci", "/petugas/masuk")
    assert answer.location == "/petugas/masuk" and not is_in(other)


def test_the_passkey_of_another_officer_replaces_no_code(
    app: Flask, connection: Connection, desk: InspectingClient, phone: Authenticator
) -> None:
    colleague = make_officer(connection, VILLAGE, login="ratna")
    other = client_of(app)
    post(other, "/petugas/masuk", login=colleague.login, password=PASSWORD)
    signed = phone.sign(asked(other, "code", "/petugas/masuk/kode"))
    assert enter(other, signed, "/petugas/masuk/kode/kunci", "/petugas/masuk/kode").status_code == 422
    assert not is_in(other)
    assert reasons(connection) == ["other_account"]


def test_a_password_changed_meanwhile_begins_nothing(
    app: Flask, connection: Connection, officer: TestOfficer, desk: InspectingClient, phone: Authenticator
) -> None:
    other = client_of(app)
    post(other, "/petugas/masuk", login=officer.login, password=PASSWORD)
    ask_owner(connection, "UPDATE staff_credential SET password_hash = 'another' RETURNING 1")
    signed = phone.sign(asked(other, "code", "/petugas/masuk/kode"))
    assert enter(other, signed, "/petugas/masuk/kode/kunci", "/petugas/masuk/kode").status_code == 422
    assert reasons(connection) == ["not_begun"]


def test_an_officer_who_left_has_no_passkey(
    app: Flask, connection: Connection, desk: InspectingClient, phone: Authenticator
) -> None:
    ask_owner(connection, "UPDATE staff SET active = false RETURNING 1")
    other = client_of(app)
    signed = phone.sign(asked(other, "staff"))
    assert enter(other, signed, "/petugas/masuk/kunci", "/petugas/masuk").status_code == 422
    assert reasons(connection) == ["unknown"]


def test_an_officers_passkey_signs_no_family_in(
    app: Flask, connection: Connection, desk: InspectingClient, phone: Authenticator
) -> None:
    other = client_of(app)
    assert enter(other, phone.sign(asked(other))).status_code == 422
    assert reasons(connection) == ["unknown"]


def test_a_code_is_spent_by_adding_and_removing_takes_another(
    connection: Connection, officer: TestOfficer, desk: InspectingClient
) -> None:
    moment = now()
    again = post(desk, "/akun/kunci/tambah", name="Laptop", code=officer.code(moment))
    assert again.status_code == 422, "it was used a moment ago"
    path = f"/akun/kunci/{ask_owner(connection, 'SELECT public_id FROM passkey')}"
    assert post(desk, f"{path}/hapus", path, code=officer.code(moment)).status_code == 422
    ask_owner(connection, "UPDATE staff_credential SET totp_last_step = 0 RETURNING 1")
    assert post(desk, f"{path}/hapus", path, code=officer.code(now())).status_code == 303
    assert ask_owner(connection, "SELECT count(*) FROM passkey") == 0
