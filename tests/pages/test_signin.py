"""A family signs in: the same words and costs whatever was wrong, lanes and locks, sessions, the way back."""

from __future__ import annotations

import re

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import Connection, text

from portal.accounts import signin
from portal.accounts.guard import SPRAY_ALARM
from portal.accounts.hashing import hasher
from portal.accounts.sessions import DEVICE_COOKIE, find_actor
from portal.config import Settings
from tests.factories import as_owner, make_family
from tests.pages.inspecting import InspectingClient
from tests.pages.signing import PIN, client_of, counted, events, make_signing_family, post, sign_in, sign_out

UNKNOWN = "3510145212869999"


@pytest.fixture
def client(app: Flask, connection: Connection) -> InspectingClient:
    return client_of(app)


def said(html: str) -> str:
    """What the page tells the reader, without the token and the typed answers."""
    return re.sub(r'(value|content)="[^"]*"', "", html)


def unlock(connection: Connection) -> None:
    as_owner(connection)
    connection.execute(text("UPDATE signin_guard SET locked_until = now() - interval '1 second'"))


def test_nik_and_pin_open_the_home_page(client: InspectingClient, connection: Connection) -> None:
    family, account = make_signing_family(connection)
    answer = sign_in(client, family.head)
    assert answer.status_code == 303
    with client.session_transaction() as cookie:
        actor = find_actor(cookie["_user_id"])
    assert actor is not None
    assert (actor.kind, actor.account_id, actor.family_id) == ("family", account, family.id)
    assert [e.family_id for e in events(connection, "signed_in")] == [family.id]


def test_a_nik_may_be_typed_with_spaces_and_dots(client: InspectingClient, connection: Connection) -> None:
    family, _ = make_signing_family(connection)
    nik = family.head.nik
    typed = f" {nik[:6]}.{nik[6:12]} {nik[12:]} "
    assert post(client, "/masuk", nik=typed, pin=PIN).status_code == 303


def test_known_unknown_malformed_wrong_and_locked_cost_the_same_and_say_the_same(
    app: Flask, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    family, _ = make_signing_family(connection)
    without_login = make_family(connection)
    tries = {
        "wrong pin": (family.head.nik, "750264"),
        "unknown": (UNKNOWN, "750264"),
        "no login": (without_login.head.nik, "750264"),
        "malformed": ("12 34", "750264"),
        "no digits": ("abc", "750264"),
        "short pin": (family.head.nik, "1"),
    }
    seen, words = {}, {}
    for name, (nik, pin) in tries.items():
        client = client_of(app)
        with counted(connection, monkeypatch) as costs:
            answer = post(client, "/masuk", nik=nik, pin=pin)
        assert answer.status_code == 422, name
        seen[name] = (costs["statements"], len(costs["hashes"]))
        words[name] = said(answer.get_data(as_text=True))
    assert len({str(cost) for cost in seen.values()}) == 1, seen
    assert len(set(words.values())) == 1
    assert next(iter(seen.values()))[1] == 1


@pytest.mark.parametrize("known", [True, False])
def test_a_lock_holds_against_the_right_pin_and_looks_the_same_for_nobody(
    app: Flask, connection: Connection, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    family, _ = make_signing_family(connection)
    nik = family.head.nik if known else UNKNOWN
    with counted(connection, monkeypatch) as wrong:
        post(client_of(app), "/masuk", nik=nik, pin="750264")
    for status in (422, 429):
        assert post(client_of(app), "/masuk", nik=nik, pin="750264").status_code == status
    with counted(connection, monkeypatch) as locked:
        answer = post(client_of(app), "/masuk", nik=nik, pin=PIN)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 15
    assert "KTP" in answer.get_data(as_text=True)
    assert locked == wrong, "the same hashes and statements"
    as_owner(connection)
    counts = connection.execute(text("SELECT failures FROM signin_guard")).scalars().all()
    assert counts == [3], "a try during the lock makes nothing longer"


def test_the_lock_ends_and_the_right_pin_forgets_the_tries(app: Flask, connection: Connection) -> None:
    family, _ = make_signing_family(connection)
    for _try in range(3):
        sign_in(client_of(app), family.head, "750264")
    unlock(connection)
    assert sign_in(client_of(app), family.head).status_code == 303
    as_owner(connection)
    assert connection.execute(text("SELECT count(*) FROM signin_guard")).scalar_one() == 0


def test_waits_grow(app: Flask, connection: Connection) -> None:
    waits = []
    for _try in range(10):
        answer = post(client_of(app), "/masuk", nik=UNKNOWN, pin="750264")
        waits.append(int(answer.headers.get("Retry-After", 0)))
        unlock(connection)
    whole = [0, 0, 15, 30, 60, 300, 900, 1800, 3600, 3600]
    # Seconds that the test itself took are over; the database's clock stands still in it.
    assert all(wait - 12 <= left <= wait for wait, left in zip(whole, waits, strict=True)), waits


def test_a_neighbour_does_not_lock_the_family_out_of_its_own_phone(app: Flask, connection: Connection) -> None:
    family, _ = make_signing_family(connection)
    phone, neighbour = client_of(app), client_of(app)
    assert sign_in(phone, family.head).status_code == 303
    for _try in range(5):
        sign_in(neighbour, family.head, "750264")
    assert sign_in(neighbour, family.head).status_code == 429, "the neighbour waits"
    sign_out(phone)
    assert sign_in(phone, family.head).status_code == 303, "the phone does not"


def test_a_known_phone_has_its_own_lock(app: Flask, connection: Connection) -> None:
    family, _ = make_signing_family(connection)
    phone, other = client_of(app), client_of(app)
    sign_in(phone, family.head)
    sign_out(phone)
    for _try in range(3):
        sign_in(phone, family.head, "750264")
    assert sign_in(phone, family.head).status_code == 429
    assert sign_in(other, family.head).status_code == 303


def test_a_device_of_one_account_is_no_known_device_of_another(app: Flask, connection: Connection) -> None:
    mine, _ = make_signing_family(connection)
    theirs, _ = make_signing_family(connection)
    phone = client_of(app)
    sign_in(phone, mine.head)
    sign_out(phone)
    for _try in range(3):
        sign_in(phone, theirs.head, "750264")
    assert sign_in(client_of(app), theirs.head).status_code == 429, "counted with the strangers"


def test_one_pin_over_many_niks_is_an_alarm_once(app: Flask, connection: Connection) -> None:
    for number in range(SPRAY_ALARM + 3):
        post(client_of(app), "/masuk", nik=f"35101452128690{number:02}", pin="750264")
    post(client_of(app), "/masuk", nik="3510145212869000", pin="750264")  # again on one that was counted
    alarms = events(connection, "pin_sprayed")
    assert [alarm.data for alarm in alarms] == [{"subjects": SPRAY_ALARM}]


def test_the_trail_tells_a_wrong_try_and_holds_no_nik(client: InspectingClient, connection: Connection) -> None:
    family, _ = make_signing_family(connection)
    sign_in(client, family.head, "750264")
    failed = events(connection, "sign_in_failed")
    assert [(e.family_id, e.data) for e in failed] == [(family.id, {"tries": 1, "known_device": False})]


def test_an_empty_form_asks_for_both_and_counts_nothing(client: InspectingClient, connection: Connection) -> None:
    answer = post(client, "/masuk", nik="", pin="")
    assert answer.status_code == 422
    as_owner(connection)
    assert connection.execute(text("SELECT count(*) FROM signin_guard")).scalar_one() == 0


def test_the_typed_nik_stays_and_the_pin_does_not(client: InspectingClient, connection: Connection) -> None:
    html = post(client, "/masuk", nik="3510 1452 1286 9999", pin="750264").get_data(as_text=True)
    assert "3510 1452 1286 9999" in html
    assert "750264" not in html


def test_without_the_token_of_the_form_nothing_happens(client: InspectingClient, connection: Connection) -> None:
    assert client.post("/masuk", data={"nik": UNKNOWN, "pin": PIN}).status_code == 400


def test_a_sign_in_has_a_new_token_and_ends_the_one_before(client: InspectingClient, connection: Connection) -> None:
    family, _ = make_signing_family(connection)
    other, _ = make_signing_family(connection)
    with client.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
    sign_in(client, family.head)
    with client.session_transaction() as cookie:
        first = cookie["_user_id"]
        assert "planted" not in cookie
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/lupa-pin").get_data(as_text=True))
    assert token is not None
    client.post("/masuk", data={"csrf_token": token[1], "nik": other.head.nik, "pin": PIN})
    with client.session_transaction() as cookie:
        second = cookie["_user_id"]
    assert first != second
    assert find_actor(first) is None
    assert find_actor(second) is not None


def test_after_signing_out_a_stolen_cookie_is_worth_nothing(client: InspectingClient, connection: Connection) -> None:
    family, _ = make_signing_family(connection)
    sign_in(client, family.head)
    with client.session_transaction() as cookie:
        token = cookie["_user_id"]
    stolen = client.get_cookie("portal")
    assert stolen is not None
    answer = sign_out(client)
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert find_actor(token) is None
    client.set_cookie("portal", stolen.value)
    assert client.get("/masuk").status_code == 200, "not taken for somebody signed in"
    assert [e.family_id for e in events(connection, "signed_out")] == [family.id]


@pytest.mark.parametrize(
    "change",
    [
        "last_seen_at = now() - interval '31 minutes'",
        "expires_at = now() - interval '1 second'",
        "ended_at = now()",
    ],
)
def test_idle_too_old_or_ended_is_signed_out(client: InspectingClient, connection: Connection, change: str) -> None:
    family, _ = make_signing_family(connection)
    sign_in(client, family.head)
    with client.session_transaction() as cookie:
        token = cookie["_user_id"]
    assert find_actor(token) is not None
    as_owner(connection)
    connection.execute(text(f"UPDATE web_session SET {change}"))
    assert find_actor(token) is None


def test_a_session_ends_after_twelve_hours_and_a_closed_account_at_once(
    client: InspectingClient, connection: Connection
) -> None:
    family, _ = make_signing_family(connection)
    sign_in(client, family.head)
    as_owner(connection)
    lasts = connection.execute(text("SELECT expires_at - created_at FROM web_session")).scalar_one()
    assert lasts.total_seconds() == 12 * 3600
    with client.session_transaction() as cookie:
        token = cookie["_user_id"]
    connection.execute(text("UPDATE account SET closed_at = now()"))
    assert find_actor(token) is None


def test_the_database_holds_no_token(client: InspectingClient, connection: Connection) -> None:
    family, _ = make_signing_family(connection)
    sign_in(client, family.head)
    with client.session_transaction() as cookie:
        token = cookie["_user_id"]
    phone = client.get_cookie(DEVICE_COOKIE)
    assert phone is not None
    as_owner(connection)
    kept = str(connection.execute(text("SELECT * FROM web_session, known_device")).all())
    assert token not in kept
    assert phone.value not in kept


@pytest.mark.parametrize("token", ["", "x", "a" * 43, "é" * 43, "a" * 5000, "a" * 42 + "\n"])
def test_any_text_as_token_is_nobody(client: InspectingClient, connection: Connection, token: str) -> None:
    assert find_actor(token) is None


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/bantuan?tahun=2025", "/bantuan?tahun=2025"),
        ("//evil.example/", None),
        ("https://evil.example/", None),
        ("/\\evil.example", None),
        ("/petugas/antrean", None),
        ("/keluar", None),
        ("/masuk", None),
        ("", None),
    ],
)
def test_next_leads_to_our_own_pages_only(
    client: InspectingClient, connection: Connection, wanted: str, reached: str | None
) -> None:
    family, _ = make_signing_family(connection)
    home = sign_in(client_of(client.application), family.head).location
    assert sign_in(client, family.head, next=wanted).location == (reached or home)


def test_the_page_asked_for_travels_through_the_form(client: InspectingClient, connection: Connection) -> None:
    html = client.get("/masuk?next=/bantuan").get_data(as_text=True)
    assert re.search(r'name="next"[^>]*value="/bantuan"', html)


def test_an_old_hash_is_made_anew_at_sign_in(client: InspectingClient, connection: Connection) -> None:
    family, account = make_signing_family(connection)
    as_owner(connection)
    before = connection.execute(text("SELECT pin_hash FROM account WHERE id = :a"), {"a": account}).scalar_one()
    sign_in(client, family.head)
    as_owner(connection)
    assert connection.execute(text("SELECT pin_hash FROM account WHERE id = :a"), {"a": account}).scalar_one() == before
    weaker = PasswordHasher(time_cost=2, memory_cost=32, parallelism=1)
    old = weaker.hash(hasher._peppered(PIN, 1))
    connection.execute(text("UPDATE account SET pin_hash = :h"), {"h": old})
    other = client_of(client.application)
    assert sign_in(other, family.head).status_code == 303
    as_owner(connection)
    renewed = connection.execute(text("SELECT pin_hash FROM account WHERE id = :a"), {"a": account}).scalar_one()
    assert "m=64" in renewed
    assert hasher.verify(renewed, PIN)


def test_a_newer_pepper_makes_the_hash_anew_in_the_same_statements(
    app: Flask, connection: Connection, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    family, _account = make_signing_family(connection)
    sign_in(client_of(app), family.head)
    with counted(connection, monkeypatch) as usual:
        sign_in(client_of(app), family.head)
    old, memory = settings.pin_pepper.get_secret_value(), settings.hash_memory_kib
    hasher.bind(f"1:{old},2:another pepper and newer than the first", memory)
    try:
        with counted(connection, monkeypatch) as anew:
            assert sign_in(client_of(app), family.head).status_code == 303
        as_owner(connection)
        assert connection.execute(text("SELECT pin_hash FROM account")).scalar_one().startswith("2:$argon2id$")
        assert sign_in(client_of(app), family.head).status_code == 303
    finally:
        hasher.bind(old, memory)
    assert anew == usual


def test_cookies_are_out_of_reach_of_scripts(client: InspectingClient, connection: Connection) -> None:
    family, _ = make_signing_family(connection)
    cookies = sign_in(client, family.head).headers.getlist("Set-Cookie")
    assert {c.split("=")[0] for c in cookies} == {"portal", DEVICE_COOKIE}
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
    assert any("Max-Age=34560000" in cookie for cookie in cookies)


def test_pages_with_secrets_are_never_kept(client: InspectingClient, connection: Connection) -> None:
    for path in ("/masuk", "/aktivasi", "/petugas/masuk"):
        assert client.get(path).headers["Cache-Control"] == "no-store"


def test_the_way_to_a_new_pin_is_explained(client: InspectingClient, connection: Connection) -> None:
    assert "KTP" in client.get("/lupa-pin").get_data(as_text=True)


def test_many_tries_at_once_are_all_counted_and_a_lucky_one_among_them_is_too_late(
    client: InspectingClient, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    family, _ = make_signing_family(connection)
    for _try in range(3):
        sign_in(client_of(client.application), family.head, "750264")
    real = signin.lookup

    def before_the_lock(subject: bytes, device: bytes) -> tuple[object, ...]:
        return (*real(subject, device)[:-1], None)

    monkeypatch.setattr(signin, "lookup", before_the_lock)
    assert sign_in(client, family.head).status_code == 429
    as_owner(connection)
    assert connection.execute(text("SELECT count(*) FROM web_session")).scalar_one() == 0


def test_a_chosen_language_is_kept_with_the_account(client: InspectingClient, connection: Connection) -> None:
    family, account = make_signing_family(connection)
    language = text("SELECT language FROM account WHERE id = :a")
    post(client, "/bahasa", "/masuk", language="en")
    as_owner(connection)
    assert connection.execute(language, {"a": account}).scalar_one() == "id"
    sign_in(client, family.head)
    post(client, "/bahasa", "/lupa-pin", language="en")
    as_owner(connection)
    assert connection.execute(language, {"a": account}).scalar_one() == "en"
    post(client, "/bahasa", "/lupa-pin", language="xx")
    as_owner(connection)
    assert connection.execute(language, {"a": account}).scalar_one() == "en"
