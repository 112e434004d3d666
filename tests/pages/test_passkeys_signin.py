"""A member signs in with a passkey: real signatures, and everything that must open nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection

from portal.accounts.sessions import find_actor
from tests.pages.authenticator import Authenticator
from tests.pages.holding import Member, add, ask_owner, asked, enter, is_in, member_with_phone, reasons
from tests.pages.signing import client_of, events, post, sign_in, sign_out


@pytest.fixture
def member(app: Flask, connection: Connection) -> Member:
    return member_with_phone(app, connection)


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
    assert ask_owner(connection, "SELECT last_used_at IS NOT NULL FROM passkey") is True
    assert ask_owner(connection, "SELECT sign_count FROM passkey") == 2
    assert ask_owner(connection, "SELECT count(*) FROM known_device") == 2


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
    ask_owner(connection, "UPDATE passkey SET sign_count = 0 RETURNING 1")
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


def test_a_challenge_is_good_for_one_try_also_a_wrong_one(app: Flask, connection: Connection, member: Member) -> None:
    add(member)
    phone = client_of(app)
    options = asked(phone)
    with phone.session_transaction() as cookie:
        mark = cookie["kunci"]
    assert enter(phone, _wrong_origin(member, options)).status_code == 422
    with phone.session_transaction() as cookie:
        cookie["kunci"] = mark
    assert enter(phone, member.phone.sign(options)).status_code == 422
    assert reasons(connection) == ["answer", "challenge"]


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
    ask_owner(connection, "UPDATE passkey_challenge SET made_at = now() - interval '5 minutes' RETURNING 1")
    assert enter(phone, signed).status_code == 422
    assert reasons(connection) == ["challenge"]
    asked(phone)
    assert ask_owner(connection, "SELECT count(*) FROM passkey_challenge") == 2, "the old one is swept a moment later"


def test_a_challenge_of_one_kind_is_good_for_no_other(app: Flask, connection: Connection, member: Member) -> None:
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
    assert ask_owner(connection, "SELECT backup_eligible AND backed_up FROM passkey") is True
    member.phone.backed_up = False
    for _time in range(2):
        phone = client_of(app)
        assert enter(phone, member.phone.sign(asked(phone))).status_code == 303
    assert ask_owner(connection, "SELECT backed_up FROM passkey") is False


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
    ask_owner(connection, "UPDATE account SET closed_at = now() RETURNING 1")
    phone = client_of(app)
    assert enter(phone, member.phone.sign(asked(phone))).status_code == 422
    assert reasons(connection) == ["unknown"]
