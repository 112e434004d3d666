"""The own passkeys of a member: a new one, another name, away with one, and everything that adds none."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import Connection

from portal.accounts.kiosks import COOKIE, device_hash
from portal.config import Settings
from portal.extensions import keys
from tests.factories import REGENCY, VILLAGE, insert, make_staff
from tests.pages.authenticator import Authenticator, unpacked
from tests.pages.holding import Member, add, ask_owner, asked, asked_new, enter, member_with_phone, reasons, save
from tests.pages.signing import PIN, client_of, events, make_signing_family, post, sign_in


@pytest.fixture
def member(app: Flask, connection: Connection) -> Member:
    return member_with_phone(app, connection)


def test_what_the_key_is_told_names_nobody(member: Member) -> None:
    options = asked_new(member.client, pin=PIN)
    told = json.dumps(options)
    assert member.family.head.nik not in told
    handle = unpacked(options["user"]["id"])
    assert len(handle) == 32 and str(member.account).encode() not in (handle, handle.rstrip(b"\0"))
    assert options["rp"]["id"] == "localhost" and options["attestation"] == "none"
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"


def test_two_passkeys_have_one_handle_and_the_first_is_not_made_twice(connection: Connection, member: Member) -> None:
    add(member)
    options = asked_new(member.client, pin=PIN)
    assert [unpacked(one["id"]) for one in options["excludeCredentials"]] == [member.phone.keys[0].credential_id]
    assert unpacked(options["user"]["id"]) == member.phone.keys[0].handle
    save(member.client, member.phone.make(options))
    assert ask_owner(connection, "SELECT count(DISTINCT user_handle) FROM passkey") == 1
    assert ask_owner(connection, "SELECT count(*) FROM passkey") == 2


@pytest.mark.parametrize("pin", ["000000", ""])
def test_adding_takes_the_pin(connection: Connection, member: Member, pin: str) -> None:
    assert post(member.client, "/akun/kunci/tambah", name="HP saya", pin=pin).status_code == 422
    assert ask_owner(connection, "SELECT count(*) FROM passkey_challenge") == 0


def test_guessing_the_pin_there_locks_as_at_sign_in(member: Member) -> None:
    for _try in range(3):
        post(member.client, "/akun/kunci/tambah", name="HP saya", pin="000000")
    answer = post(member.client, "/akun/kunci/tambah", name="HP saya", pin=PIN)
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    "otherwise", [{"origin": "http://evil.example"}, {"challenge": "AAAA"}, {"type": "webauthn.get"}]
)
def test_a_new_passkey_of_another_place_is_not_kept(
    connection: Connection, member: Member, otherwise: dict[str, str]
) -> None:
    add(member, **otherwise)
    assert ask_owner(connection, "SELECT count(*) FROM passkey") == 0
    assert reasons(connection) == ["answer"]


def test_a_members_new_passkey_checks_its_owner(connection: Connection, member: Member) -> None:
    member.phone.verifies = False
    add(member)
    assert ask_owner(connection, "SELECT count(*) FROM passkey") == 0


def test_a_new_passkey_is_saved_once_and_only_in_the_session_that_asked(
    app: Flask, connection: Connection, member: Member
) -> None:
    made = member.phone.make(asked_new(member.client, pin=PIN))
    with member.client.session_transaction() as cookie:
        mark = cookie["kunci"]
    other = client_of(app)
    sign_in(other, member.family.head)
    with other.session_transaction() as cookie:
        cookie["kunci"] = mark
    save(other, made)
    assert ask_owner(connection, "SELECT count(*) FROM passkey") == 0
    save(member.client, made)
    assert ask_owner(connection, "SELECT count(*) FROM passkey") == 1
    with member.client.session_transaction() as cookie:
        cookie["kunci"] = mark
    save(member.client, made)
    assert reasons(connection) == ["challenge", "challenge"]


def test_a_passkey_that_somebody_has_is_nobody_elses(app: Flask, connection: Connection, member: Member) -> None:
    add(member)
    family, _account = make_signing_family(connection)
    thief = client_of(app)
    sign_in(thief, family.head)
    known = member.phone.keys[0]
    save(thief, Authenticator().make(asked_new(thief, pin=PIN), known.credential_id))
    assert reasons(connection) == ["not_added"]
    assert ask_owner(connection, "SELECT user_handle FROM passkey") == known.handle


def test_removing_takes_the_pin_and_ends_it(app: Flask, connection: Connection, member: Member) -> None:
    add(member)
    public = ask_owner(connection, "SELECT public_id FROM passkey")
    path = f"/akun/kunci/{public}"
    assert post(member.client, f"{path}/hapus", path, pin="000000").status_code == 422
    assert ask_owner(connection, "SELECT count(*) FROM passkey") == 1
    assert post(member.client, f"{path}/hapus", path, pin=PIN).location == "/akun/kunci"
    assert ask_owner(connection, "SELECT count(*) FROM passkey") == 0
    assert [event.data for event in events(connection, "passkey_removed")] == [{"passkey": str(public)}]
    phone = client_of(app)
    assert enter(phone, member.phone.sign(asked(phone))).status_code == 422
    assert sign_in(phone, member.family.head).status_code == 303, "the PIN still works"


def test_a_passkey_is_named_by_its_owner_alone(app: Flask, connection: Connection, member: Member) -> None:
    add(member)
    path = f"/akun/kunci/{ask_owner(connection, 'SELECT public_id FROM passkey')}"
    assert post(member.client, f"{path}/nama", path, name="HP biru").status_code == 303
    assert "HP biru" in member.client.get("/akun/kunci").get_data(as_text=True)
    assert post(member.client, f"{path}/nama", path, name="").status_code == 422
    other, _account = make_signing_family(connection)
    stranger = client_of(app)
    sign_in(stranger, other.head)
    assert stranger.get(path).status_code == 404
    for ending, answers in (("nama", {"name": "Milik saya"}), ("hapus", {"pin": PIN})):
        assert post(stranger, f"{path}/{ending}", "/akun/kunci/tambah", **answers).status_code == 404
    assert ask_owner(connection, "SELECT name FROM passkey") == "HP biru"


def test_a_new_pin_takes_the_passkeys_away(app: Flask, connection: Connection, member: Member) -> None:
    """Whoever knew the old one may have made one of them."""
    add(member)
    answers = {"old_pin": PIN, "pin": "592640", "pin_again": "592640"}
    assert post(member.client, "/akun/pin", **answers).location == "/akun"
    assert ask_owner(connection, "SELECT count(*) FROM passkey") == 0
    phone = client_of(app)
    assert enter(phone, member.phone.sign(asked(phone))).status_code == 422


def test_a_pin_that_is_only_hashed_anew_leaves_the_passkeys(connection: Connection, member: Member) -> None:
    add(member)
    ask_owner(connection, "UPDATE account SET pin_hash = pin_hash || 'x' RETURNING 1")
    assert ask_owner(connection, "SELECT count(*) FROM passkey") == 1


def test_on_a_kiosk_none_is_made_or_used_but_a_lost_one_is_removed(
    app: Flask, connection: Connection, member: Member
) -> None:
    add(member)
    public_id, kiosk = uuid4(), client_of(app)
    officer = make_staff(connection, REGENCY, role="regency_office")
    insert(
        connection,
        "kiosk",
        public_id=public_id,
        name="Meja depan",
        village_id=VILLAGE,
        device_hash=device_hash(public_id),
        registered_by=officer.staff_id,
    )
    sealed = keys.ring.seal("kiosk-device", str(public_id))
    kiosk.set_cookie(COOKIE, urlsafe_b64encode(sealed).decode())
    for page in ("/masuk", "/petugas/masuk"):
        assert "passkey" not in kiosk.get(page).get_data(as_text=True)
    assert post(kiosk, "/kunci/mulai", "/masuk", purpose="family").status_code == 400
    signed = member.phone.sign(asked(client_of(app)))
    assert enter(kiosk, signed).status_code == 422
    assert sign_in(kiosk, member.family.head).status_code == 303
    assert "passkeys.js" not in kiosk.get("/akun/kunci").get_data(as_text=True)
    assert kiosk.get("/akun/kunci/tambah").location == "/akun/kunci"
    path = f"/akun/kunci/{ask_owner(connection, 'SELECT public_id FROM passkey')}"
    assert post(kiosk, f"{path}/hapus", path, pin=PIN).location == "/akun/kunci"
    assert ask_owner(connection, "SELECT count(*) FROM passkey") == 0


def test_ten_passkeys_are_enough(connection: Connection, member: Member) -> None:
    for _number in range(9):
        add(member)
    made = [member.phone.make(asked_new(member.client, pin=PIN))]
    save(member.client, made[0])
    assert ask_owner(connection, "SELECT count(*) FROM passkey") == 10
    add(member)
    assert ask_owner(connection, "SELECT count(*) FROM passkey") == 10


def test_no_passkeys_at_an_address_of_digits(
    app: Flask, connection: Connection, member: Member, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    add(member)
    other = settings.model_copy(update={"base_url": "http://127.0.0.1:8000"})
    monkeypatch.setitem(app.config, "SETTINGS", other)
    assert "passkeys.js" not in member.client.get("/akun/kunci").get_data(as_text=True)
    assert member.client.get("/akun/kunci/tambah").location == "/akun/kunci"
    phone = client_of(app)
    page = phone.get("/masuk").get_data(as_text=True)
    assert "data-passkey" not in page and "passkeys" not in page
    assert post(phone, "/kunci/mulai", "/masuk", purpose="family").status_code == 400
    assert enter(phone, "{}").status_code == 422


def test_the_member_reads_of_a_passkey_that_comes_and_goes(connection: Connection, member: Member) -> None:
    add(member, origin="http://evil.example")
    assert ask_owner(connection, "SELECT count(*) FROM notice") == 0, "nothing was added"
    add(member)
    page = member.client.get("/pesan").get_data(as_text=True)
    assert "Kunci sandi ditambahkan" in page and "HP saya" not in page
    path = f"/akun/kunci/{ask_owner(connection, 'SELECT public_id FROM passkey')}"
    post(member.client, f"{path}/hapus", path, pin="000000")
    assert ask_owner(connection, "SELECT count(*) FROM notice") == 1
    assert post(member.client, f"{path}/hapus", path, pin=PIN).status_code == 303
    assert "Kunci sandi dihapus" in member.client.get("/pesan").get_data(as_text=True)
    told = ask_owner(connection, "SELECT array_agg(key ORDER BY id) FROM notice")
    assert told == ["passkey_added", "passkey_removed"]
    assert len(events(connection, "passkey_added")) == len(events(connection, "passkey_removed")) == 1
