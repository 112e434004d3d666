"""Passkeys with real signatures: a new one, signing in, and everything that must open nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, text
from werkzeug.test import TestResponse

from portal.accounts.sessions import find_actor
from portal.config import Settings
from portal.core.clock import now
from tests.factories import VILLAGE, TestFamily, as_owner
from tests.pages.authenticator import Authenticator, unpacked
from tests.pages.inspecting import InspectingClient
from tests.pages.signing import (
    PASSWORD,
    PIN,
    TestOfficer,
    client_of,
    events,
    make_officer,
    make_signing_family,
    post,
    sign_in,
    sign_out,
    staff_sign_in,
)


@dataclass
class Member:
    """A member with a login, the own browser, and the own phone's keys."""

    family: TestFamily
    account: int
    client: InspectingClient
    phone: Authenticator


@pytest.fixture
def member(app: Flask, connection: Connection) -> Member:
    """Signed in with NIK and PIN."""
    family, account = make_signing_family(connection)
    client = client_of(app)
    assert sign_in(client, family.head).status_code == 303
    return Member(family, account, client, Authenticator())


@pytest.fixture
def officer(connection: Connection) -> TestOfficer:
    return make_officer(connection, VILLAGE)


def asked_new(client: InspectingClient, **answers: str) -> dict[str, Any]:
    """Go through the first step; gives what the page asks the browser's key."""
    page = post(client, "/akun/kunci/tambah", name="HP saya", **answers)
    assert page.status_code == 200, page.get_data(as_text=True)
    html = page.get_data(as_text=True)
    options: dict[str, Any] = json.loads(unescape(html.split('data-options="')[1].split('"')[0]))
    return options


def save(client: InspectingClient, credential: str) -> TestResponse:
    return post(client, "/akun/kunci/simpan", "/akun/kunci/tambah", credential=credential, name="HP saya")


def add(member: Member, **otherwise: Any) -> TestResponse:
    """A passkey in the member's phone."""
    return save(member.client, member.phone.make(asked_new(member.client, pin=PIN), **otherwise))


def asked(client: InspectingClient, purpose: str = "family", page: str = "/masuk") -> dict[str, Any]:
    """What a browser that signs in is asked to sign."""
    found: dict[str, Any] = post(client, "/kunci/mulai", page, purpose=purpose).get_json()
    return found


def enter(client: InspectingClient, credential: str, path: str = "/masuk/kunci", page: str = "/masuk") -> TestResponse:
    return post(client, path, page, credential=credential)


def is_in(client: InspectingClient) -> bool:
    with client.session_transaction() as cookie:
        return find_actor(cookie.get("_user_id", "")) is not None


def count(connection: Connection, query: str) -> Any:
    as_owner(connection)
    return connection.execute(text(query)).scalar_one()


def reasons(connection: Connection) -> list[str]:
    return [event.data["reason"] for event in events(connection, "passkey_refused")]


def test_a_member_adds_a_passkey_and_signs_in_with_it(app: Flask, connection: Connection, member: Member) -> None:
    assert add(member).location == "/akun/kunci"
    assert "HP saya" in member.client.get("/akun/kunci").get_data(as_text=True)
    phone = client_of(app)
    answer = enter(phone, member.phone.sign(asked(phone)))
    assert answer.location == "/beranda"
    with phone.session_transaction() as cookie:
        actor = find_actor(cookie["_user_id"])
    assert actor is not None and actor.kind == "family" and actor.person_id == member.family.head.person_id
    assert [event.family_id for event in events(connection, "passkey_used")] == [member.family.id]
    assert len(events(connection, "passkey_added")) == 1
    assert [e.data["by"] for e in events(connection, "signed_in") if "by" in e.data] == ["passkey"]
    assert count(connection, "SELECT last_used_at IS NOT NULL FROM passkey") is True
    assert count(connection, "SELECT sign_count FROM passkey") == 2
    assert count(connection, "SELECT count(*) FROM known_device") == 2


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
    assert count(connection, "SELECT count(DISTINCT user_handle) FROM passkey") == 1
    assert count(connection, "SELECT count(*) FROM passkey") == 2


@pytest.mark.parametrize("pin", ["000000", ""])
def test_adding_takes_the_pin(connection: Connection, member: Member, pin: str) -> None:
    assert post(member.client, "/akun/kunci/tambah", name="HP saya", pin=pin).status_code == 422
    assert count(connection, "SELECT count(*) FROM passkey_challenge") == 0


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
    assert count(connection, "SELECT count(*) FROM passkey") == 0
    assert reasons(connection) == ["answer"]


def test_a_members_new_passkey_checks_its_owner(connection: Connection, member: Member) -> None:
    member.phone.verifies = False
    add(member)
    assert count(connection, "SELECT count(*) FROM passkey") == 0


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
    assert count(connection, "SELECT count(*) FROM passkey") == 0
    save(member.client, made)
    assert count(connection, "SELECT count(*) FROM passkey") == 1
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
    assert count(connection, "SELECT user_handle FROM passkey") == known.handle


Spoiled = Callable[[Member, dict[str, Any]], str]


def _wrong_origin(member: Member, options: dict[str, Any]) -> str:
    return member.phone.sign(options, origin="http://localhost.evil.example")


def _wrong_challenge(member: Member, options: dict[str, Any]) -> str:
    return member.phone.sign(options | {"challenge": "AAAA"})


def _wrong_kind(member: Member, options: dict[str, Any]) -> str:
    return member.phone.sign(options, type="webauthn.create")


def _other_site(member: Member, options: dict[str, Any]) -> str:
    member.phone.keys[-1].site = "evil.example"
    return member.phone.sign(options)


def _other_private_key(member: Member, options: dict[str, Any]) -> str:
    stranger = Authenticator()
    stranger.make({"user": {"id": ""}, "rp": {"id": "localhost"}, "challenge": ""})
    stranger.keys[0].credential_id = member.phone.keys[0].credential_id
    stranger.keys[0].handle = member.phone.keys[0].handle
    stranger.keys[0].count = 50
    return stranger.sign(options)


def _became_copyable(member: Member, options: dict[str, Any]) -> str:
    member.phone.eligible = True
    return member.phone.sign(options)


def _owner_not_checked(member: Member, options: dict[str, Any]) -> str:
    member.phone.verifies = False
    return member.phone.sign(options)


def _other_handle(member: Member, options: dict[str, Any]) -> str:
    member.phone.keys[-1].handle = b"1"
    return member.phone.sign(options)


def _no_handle(member: Member, options: dict[str, Any]) -> str:
    sent = json.loads(member.phone.sign(options))
    sent["response"]["userHandle"] = None
    return json.dumps(sent)


def _no_json(member: Member, options: dict[str, Any]) -> str:
    return "{" + member.phone.sign(options)


def _odd_base64(member: Member, options: dict[str, Any]) -> str:
    sent = json.loads(member.phone.sign(options))
    sent["response"]["userHandle"] = "A"
    return json.dumps(sent)


def _too_long(member: Member, options: dict[str, Any]) -> str:
    return member.phone.sign(options, padding="x" * 20_000)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (_wrong_origin, "answer"),
        (_wrong_challenge, "answer"),
        (_wrong_kind, "answer"),
        (_other_site, "answer"),
        (_other_private_key, "answer"),
        (_became_copyable, "other_kind"),
        (_owner_not_checked, "owner_not_checked"),
        (_other_handle, "unknown"),
        (_no_handle, "answer"),
        (_no_json, "answer"),
        (_odd_base64, "answer"),
        (_too_long, "answer"),
    ],
)
def test_what_is_not_right_opens_nothing(
    app: Flask, connection: Connection, member: Member, spoil: Spoiled, reason: str
) -> None:
    add(member)
    phone = client_of(app)
    answer = enter(phone, spoil(member, asked(phone)))
    assert answer.status_code == 422
    assert not is_in(phone)
    assert reasons(connection) == [reason]
    assert "PIN" in answer.get_data(as_text=True)


def test_a_signature_is_good_once_also_with_the_old_cookie(app: Flask, connection: Connection, member: Member) -> None:
    add(member)
    member.phone.counts = 0
    count(connection, "UPDATE passkey SET sign_count = 0 RETURNING 1")
    member.phone.keys[0].count = 0
    phone = client_of(app)
    signed = member.phone.sign(asked(phone))
    with phone.session_transaction() as cookie:
        before = dict(cookie)
    assert enter(phone, signed).status_code == 303
    sign_out(phone)
    with phone.session_transaction() as cookie:
        cookie.clear()
        cookie.update(before)
    assert enter(phone, signed).status_code == 422
    assert reasons(connection) == ["challenge"]


def test_a_signature_is_good_only_in_the_browser_that_was_asked(
    app: Flask, connection: Connection, member: Member
) -> None:
    add(member)
    asking, thief = client_of(app), client_of(app)
    signed = member.phone.sign(asked(asking))
    asked(thief)
    assert enter(thief, signed).status_code == 422
    assert enter(client_of(app), signed).status_code == 422
    assert reasons(connection) == ["answer", "challenge"]


def test_after_five_minutes_one_is_asked_anew(app: Flask, connection: Connection, member: Member) -> None:
    add(member)
    phone = client_of(app)
    signed = member.phone.sign(asked(phone))
    count(connection, "UPDATE passkey_challenge SET made_at = now() - interval '5 minutes' RETURNING 1")
    assert enter(phone, signed).status_code == 422
    assert reasons(connection) == ["challenge"]
    asked(phone)
    assert count(connection, "SELECT count(*) FROM passkey_challenge") == 2, "the old one is swept a moment later"


def test_a_challenge_of_one_kind_is_good_for_no_other(
    app: Flask, connection: Connection, member: Member, officer: TestOfficer
) -> None:
    add(member)
    phone = client_of(app)
    signed = member.phone.sign(asked(phone, "staff"))
    assert enter(phone, signed).status_code == 422
    assert enter(phone, member.phone.sign(asked(phone)), "/petugas/masuk/kunci", "/petugas/masuk").status_code == 422
    signed = member.phone.sign(asked(phone, "staff"))
    assert enter(phone, signed, "/petugas/masuk/kunci", "/petugas/masuk").status_code == 422
    assert reasons(connection) == ["challenge", "challenge", "unknown"]
    assert post(phone, "/kunci/mulai", "/masuk", purpose="add").status_code == 400


def test_a_counter_that_goes_back_raises_an_alarm(app: Flask, connection: Connection, member: Member) -> None:
    add(member)
    key = member.phone.keys[0]

    def uses() -> int:
        browser = client_of(app)
        return enter(browser, member.phone.sign(asked(browser))).status_code

    assert [uses(), uses()] == [303, 303]
    key.count -= 2
    assert uses() == 422
    assert [event.family_id for event in events(connection, "passkey_copied")] == [member.family.id]
    assert reasons(connection) == ["count_went_back"]
    member.phone.counts = -key.count
    assert uses() == 422, "and to zero is back as well"
    member.phone.counts = 9
    assert uses() == 303, "the true one goes on"


def test_the_alarm_takes_a_signature(app: Flask, connection: Connection, member: Member) -> None:
    """Whoever knows the ids alone cannot make it ring."""
    add(member)
    phone = client_of(app)
    sent = json.loads(_other_private_key(member, asked(phone)))
    assert enter(phone, json.dumps(sent)).status_code == 422
    assert events(connection, "passkey_copied") == []


def test_a_copied_passkey_may_have_no_counter(app: Flask, connection: Connection, member: Member) -> None:
    member.phone.counts, member.phone.eligible, member.phone.backed_up = 0, True, True
    add(member)
    assert count(connection, "SELECT backup_eligible AND backed_up FROM passkey") is True
    member.phone.backed_up = False
    for _time in range(2):
        phone = client_of(app)
        assert enter(phone, member.phone.sign(asked(phone))).status_code == 303
    assert count(connection, "SELECT backed_up FROM passkey") is False


def test_wrong_pins_lock_the_passkey_too_but_not_on_the_own_phone(
    app: Flask, connection: Connection, member: Member
) -> None:
    add(member)
    stranger = client_of(app)
    for _try in range(3):
        sign_in(stranger, member.family.head, "000000")
    answer = enter(stranger, member.phone.sign(asked(stranger)))
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) > 0
    assert not is_in(stranger)
    sign_out(member.client)
    assert enter(member.client, member.phone.sign(asked(member.client))).status_code == 303
    assert reasons(connection) == ["locked"]


def test_wrong_signatures_count_as_wrong_tries(app: Flask, member: Member) -> None:
    add(member)
    phone = client_of(app)
    for _try in range(3):
        enter(phone, _wrong_origin(member, asked(phone)))
    assert sign_in(phone, member.family.head).status_code == 429


def test_a_closed_account_has_no_passkey(app: Flask, connection: Connection, member: Member) -> None:
    add(member)
    count(connection, "UPDATE account SET closed_at = now() RETURNING 1")
    phone = client_of(app)
    assert enter(phone, member.phone.sign(asked(phone))).status_code == 422
    assert reasons(connection) == ["unknown"]


def test_removing_takes_the_pin_and_ends_it(app: Flask, connection: Connection, member: Member) -> None:
    add(member)
    public = count(connection, "SELECT public_id FROM passkey")
    path = f"/akun/kunci/{public}"
    assert post(member.client, f"{path}/hapus", path, pin="000000").status_code == 422
    assert count(connection, "SELECT count(*) FROM passkey") == 1
    assert post(member.client, f"{path}/hapus", path, pin=PIN).location == "/akun/kunci"
    assert count(connection, "SELECT count(*) FROM passkey") == 0
    assert [event.data for event in events(connection, "passkey_removed")] == [{"passkey": str(public)}]
    phone = client_of(app)
    assert enter(phone, member.phone.sign(asked(phone))).status_code == 422
    assert sign_in(phone, member.family.head).status_code == 303, "the PIN still works"


def test_a_passkey_is_named_by_its_owner_alone(app: Flask, connection: Connection, member: Member) -> None:
    add(member)
    path = f"/akun/kunci/{count(connection, 'SELECT public_id FROM passkey')}"
    assert post(member.client, f"{path}/nama", path, name="HP biru").status_code == 303
    assert "HP biru" in member.client.get("/akun/kunci").get_data(as_text=True)
    assert post(member.client, f"{path}/nama", path, name="").status_code == 422
    other, _account = make_signing_family(connection)
    stranger = client_of(app)
    sign_in(stranger, other.head)
    assert stranger.get(path).status_code == 404
    for ending, answers in (("nama", {"name": "Milik saya"}), ("hapus", {"pin": PIN})):
        assert post(stranger, f"{path}/{ending}", "/akun/kunci/tambah", **answers).status_code == 404
    assert count(connection, "SELECT name FROM passkey") == "HP biru"


def test_a_reset_takes_the_passkeys_away(connection: Connection, member: Member) -> None:
    add(member)
    person = member.family.head.person_id
    as_owner(connection)
    connection.execute(
        text("INSERT INTO slip (serial, code_hash, purpose, person_id) VALUES ('S-1', 'x', 'reset', :p)"), {"p": person}
    )
    assert count(connection, "SELECT count(*) FROM passkey") == 1
    count(connection, "UPDATE slip SET used_at = now() WHERE serial = 'S-1' RETURNING 1")
    assert count(connection, "SELECT count(*) FROM passkey") == 0


def test_ten_passkeys_are_enough(connection: Connection, member: Member) -> None:
    for _number in range(9):
        add(member)
    made = [member.phone.make(asked_new(member.client, pin=PIN))]
    save(member.client, made[0])
    assert count(connection, "SELECT count(*) FROM passkey") == 10
    add(member)
    assert count(connection, "SELECT count(*) FROM passkey") == 10


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


class TestOfficers:
    """The same for staff, whose passkey replaces the code, or password and code."""

    @pytest.fixture
    def phone(self) -> Authenticator:
        return Authenticator()

    @pytest.fixture
    def desk(self, app: Flask, officer: TestOfficer, phone: Authenticator, connection: Connection) -> InspectingClient:
        """Signed in with password and code; a passkey is in the phone."""
        client = client_of(app)
        assert staff_sign_in(client, officer, now()).status_code == 303
        count(connection, "UPDATE staff_credential SET totp_last_step = 0 RETURNING 1")
        save(client, phone.make(asked_new(client, code=officer.code(now()))))
        assert count(connection, "SELECT count(*) FROM passkey WHERE staff_id IS NOT NULL") == 1
        return client

    def test_a_passkey_replaces_password_and_code(
        self, app: Flask, connection: Connection, officer: TestOfficer, desk: InspectingClient, phone: Authenticator
    ) -> None:
        other = client_of(app)
        signed = phone.sign(asked(other, "staff"))
        assert enter(other, signed, "/petugas/masuk/kunci", "/petugas/masuk").status_code == 303
        with other.session_transaction() as cookie:
            actor = find_actor(cookie["_user_id"])
        assert actor is not None and actor.kind == "staff" and actor.staff_id == officer.id
        assert [event.data["staff"] for event in events(connection, "passkey_used")] == [officer.id]

    def test_without_its_owner_checked_it_replaces_the_code_only(
        self, app: Flask, connection: Connection, officer: TestOfficer, desk: InspectingClient, phone: Authenticator
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
        self, app: Flask, officer: TestOfficer, desk: InspectingClient, phone: Authenticator
    ) -> None:
        other = client_of(app)
        signed = phone.sign(asked(other, "code", "/petugas/masuk"))
        answer = enter(other, signed, "/petugas/masuk/kode/kunci", "/petugas/masuk")
        assert answer.location == "/petugas/masuk" and not is_in(other)

    def test_the_passkey_of_another_officer_replaces_no_code(
        self, app: Flask, connection: Connection, desk: InspectingClient, phone: Authenticator
    ) -> None:
        colleague = make_officer(connection, VILLAGE, login="ratna")
        other = client_of(app)
        post(other, "/petugas/masuk", login=colleague.login, password=PASSWORD)
        signed = phone.sign(asked(other, "code", "/petugas/masuk/kode"))
        assert enter(other, signed, "/petugas/masuk/kode/kunci", "/petugas/masuk/kode").status_code == 422
        assert not is_in(other)
        assert reasons(connection) == ["other_account"]

    def test_a_password_changed_meanwhile_begins_nothing(
        self, app: Flask, connection: Connection, officer: TestOfficer, desk: InspectingClient, phone: Authenticator
    ) -> None:
        other = client_of(app)
        post(other, "/petugas/masuk", login=officer.login, password=PASSWORD)
        count(connection, "UPDATE staff_credential SET password_hash = 'another' RETURNING 1")
        signed = phone.sign(asked(other, "code", "/petugas/masuk/kode"))
        assert enter(other, signed, "/petugas/masuk/kode/kunci", "/petugas/masuk/kode").status_code == 422
        assert reasons(connection) == ["not_begun"]

    def test_an_officer_who_left_has_no_passkey(
        self, app: Flask, connection: Connection, desk: InspectingClient, phone: Authenticator
    ) -> None:
        count(connection, "UPDATE staff SET active = false RETURNING 1")
        other = client_of(app)
        signed = phone.sign(asked(other, "staff"))
        assert enter(other, signed, "/petugas/masuk/kunci", "/petugas/masuk").status_code == 422
        assert reasons(connection) == ["unknown"]

    def test_an_officers_passkey_signs_no_family_in(
        self, app: Flask, connection: Connection, desk: InspectingClient, phone: Authenticator
    ) -> None:
        other = client_of(app)
        assert enter(other, phone.sign(asked(other))).status_code == 422
        assert reasons(connection) == ["unknown"]

    def test_a_code_is_spent_by_adding_and_removing_takes_another(
        self, connection: Connection, officer: TestOfficer, desk: InspectingClient
    ) -> None:
        moment = now()
        again = post(desk, "/akun/kunci/tambah", name="Laptop", code=officer.code(moment))
        assert again.status_code == 422, "it was used a moment ago"
        path = f"/akun/kunci/{count(connection, 'SELECT public_id FROM passkey')}"
        assert post(desk, f"{path}/hapus", path, code=officer.code(moment)).status_code == 422
        count(connection, "UPDATE staff_credential SET totp_last_step = 0 RETURNING 1")
        assert post(desk, f"{path}/hapus", path, code=officer.code(now())).status_code == 303
        assert count(connection, "SELECT count(*) FROM passkey") == 0
