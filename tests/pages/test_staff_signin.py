"""Officers sign in: password and a code that is good once; and what the commands make."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import click
import pyotp
import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from portal.accounts import staffing
from portal.accounts.cli import groups
from portal.accounts.hashing import hasher
from portal.accounts.sessions import find_actor
from portal.accounts.staff_signin import officer_by_code
from portal.core.clock import now
from portal.core.db import Scope
from portal.extensions import db, keys
from tests.factories import FAR_VILLAGE, REGENCY, VILLAGE, as_owner, make_family
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
    assert client.get("/petugas/masuk?next=/petugas/aktivasi").location == "/petugas/aktivasi"


def test_a_login_is_read_in_any_case(client: InspectingClient, officer: TestOfficer) -> None:
    assert post(client, "/petugas/masuk", login=" WAHYU ", password=PASSWORD).status_code == 303


def test_the_password_alone_opens_nothing(client: InspectingClient, officer: TestOfficer) -> None:
    post(client, "/petugas/masuk", login=officer.login, password=PASSWORD)
    assert client.get("/petugas/aktivasi").status_code == 303
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
    assert client.get("/petugas/aktivasi").status_code == 200
    as_owner(connection)
    connection.execute(text("UPDATE staff SET active = false"))
    assert client.get("/petugas/aktivasi").status_code == 303
    other = client_of(client.application)
    assert post(other, "/petugas/masuk", login=officer.login, password=PASSWORD).status_code == 422


def test_signing_out(client: InspectingClient, connection: Connection, officer: TestOfficer) -> None:
    staff_sign_in(client, officer, now())
    assert post(client, "/petugas/keluar", "/lupa-pin").location == "/petugas/masuk"
    assert client.get("/petugas/aktivasi").status_code == 303
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


# The commands.


@pytest.fixture
def run(connection: Connection):  # type: ignore[no-untyped-def]
    """Runs a command in the transaction of the test."""

    def owner() -> Session:
        as_owner(connection)
        return Session(connection, join_transaction_mode="create_savepoint")

    @click.group()
    @click.pass_context
    def main(context: click.Context) -> None:
        context.obj = lambda: _Committing(owner())

    for group in groups:
        main.add_command(group)

    def command(*words: str, **options: str):  # type: ignore[no-untyped-def]
        return CliRunner().invoke(main, list(words), **options)

    return command


class _Committing:
    """As ``owner_session`` of the command: committed at the end of the block."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def __enter__(self) -> Session:
        return self.session

    def __exit__(self, kind: object, *rest: object) -> None:
        if kind is None:
            self.session.commit()
        self.session.close()


ADD = ("staff", "add", "rina", "--name", "Rina Wati", "--title", "Pendamping", "--role", "supervisor")


def test_an_officer_added_by_command_can_sign_in(client: InspectingClient, connection: Connection, run) -> None:  # type: ignore[no-untyped-def]
    result = run(*ADD, "--area", "351014", input=f"{PASSWORD}\n{PASSWORD}\n")
    assert result.exit_code == 0, result.output
    uri = next(line for line in result.output.splitlines() if line.startswith("otpauth://"))
    secret = parse_qs(urlsplit(uri).query)["secret"][0]
    found = connection.execute(text("SELECT staff_id FROM staff_credential WHERE login = 'rina'")).scalar_one()
    assert staff_sign_in(client, TestOfficer(found, "rina", secret), now()).status_code == 303


@pytest.mark.parametrize(
    ("words", "password"),
    [(ADD, "short"), ((*ADD, "--area", "99"), PASSWORD)],
)
def test_what_cannot_be_is_said_in_a_sentence(run, words: tuple[str, ...], password: str) -> None:  # type: ignore[no-untyped-def]
    result = run(*words, input=f"{password}\n{password}\n")
    assert result.exit_code == 1
    assert result.output.splitlines()[-1].startswith("Error: ")


def test_a_login_is_given_once_and_a_role_must_exist(connection: Connection, officer: TestOfficer) -> None:
    as_owner(connection)
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        for login, role in (("wahyu", "social_worker"), ("", "social_worker"), ("new", "queen")):
            with pytest.raises(staffing.NotPossible):
                staffing.create_staff(session, staffing.NewOfficer(login, "A", "B", role), PASSWORD)


def test_areas_are_given_and_taken(connection: Connection, officer: TestOfficer, run) -> None:  # type: ignore[no-untyped-def]
    assert run("staff", "assign", "wahyu", str(FAR_VILLAGE)).exit_code == 0
    scope = Scope("staff", staff_id=officer.id)
    served = "SELECT staff_area() @> CAST(:a AS bigint)"
    with db.begin(scope) as session:
        assert session.execute(text(served), {"a": FAR_VILLAGE}).scalar_one()
    assert run("staff", "unassign", "wahyu", str(FAR_VILLAGE)).exit_code == 0
    with db.begin(scope) as session:
        assert not session.execute(text(served), {"a": FAR_VILLAGE}).scalar_one()
    assert run("staff", "assign", "nobody", str(REGENCY)).exit_code == 1


def test_a_lost_phone_gets_a_new_secret_and_sessions_end(client: InspectingClient, officer: TestOfficer, run) -> None:  # type: ignore[no-untyped-def]
    staff_sign_in(client, officer, now())
    assert run("staff", "reset-totp", "wahyu").exit_code == 0
    assert client.get("/petugas/aktivasi").status_code == 303
    later = now() + timedelta(seconds=30)
    assert staff_sign_in(client_of(client.application), officer, later).status_code == 422


@pytest.mark.parametrize("name", ["slips.html", "slips.csv"])
def test_slips_are_written_once_for_their_owner_and_kept_as_hashes(
    connection: Connection, run, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("portal.accounts.cli.load_settings", lambda: type("S", (), {"base_url": "https://portal.test"}))
    out = tmp_path / name
    assert run("slips", "make", "3", "--out", str(out)).exit_code == 0
    assert out.stat().st_mode & 0o777 == 0o600
    content = out.read_text()
    as_owner(connection)
    serials = connection.execute(text("SELECT serial FROM slip ORDER BY serial")).scalars().all()
    assert len(serials) == 3
    assert all(serial in content for serial in serials)
    assert run("slips", "make", "3", "--out", str(out)).exit_code == 1
    assert out.read_text() == content


def test_serials_go_on_where_they_ended(connection: Connection) -> None:
    as_owner(connection)
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        first, second = staffing.make_slips(session, 2), staffing.make_slips(session, 2)
    assert [serial for serial, _ in first + second] == [f"S-000000{n}" for n in range(1, 5)]
    assert len({code for _, code in first + second}) == 4


def test_a_password_is_rehashed_when_parameters_changed(
    client: InspectingClient, connection: Connection, officer: TestOfficer
) -> None:
    old = PasswordHasher(time_cost=2, memory_cost=32, parallelism=1).hash(hasher._peppered(PASSWORD))
    as_owner(connection)
    connection.execute(text("UPDATE staff_credential SET password_hash = :h"), {"h": old})
    assert staff_sign_in(client, officer, now()).status_code == 303
    as_owner(connection)
    assert "m=64" in connection.execute(text("SELECT password_hash FROM staff_credential")).scalar_one()


def test_assignments_end_on_their_day(connection: Connection, officer: TestOfficer) -> None:
    as_owner(connection)
    with Session(connection, join_transaction_mode="create_savepoint") as session, session.begin():
        staffing.unassign(session, officer.id, VILLAGE, date(2026, 1, 31))
    with db.begin(Scope("staff", staff_id=officer.id)) as session:
        assert session.execute(text("SELECT isempty(staff_area())")).scalar_one()
    assert pyotp.parse_uri(staffing.otpauth_uri("wahyu", officer.secret)).now()


def test_kin_and_companions_are_named_by_a_number_that_is_asked_for(
    connection: Connection, officer: TestOfficer, run
) -> None:  # type: ignore[no-untyped-def]
    family = make_family(connection)
    other = make_officer(connection, VILLAGE, login="ratna")
    for command in ("kin", "accompany"):
        for typed in ("12", "3510149999999999"):
            refused = run("staff", command, "wahyu", input=f"{typed}\n")
            assert refused.exit_code == 1 and typed not in refused.output
    kk = keys.ring.unseal("kk", _one(connection, "SELECT kk_sealed FROM family WHERE id = :f", family.id))
    hashed = {"h": keys.ring.blind_index("kk", kk), "f": family.id}  # the factory's stands for no number
    connection.execute(text("UPDATE family SET kk_hash = :h WHERE id = :f"), hashed)
    assert run("staff", "accompany", "ratna", input=f"{kk}\n").exit_code == 0
    routed = "SELECT staff_id FROM case_route(:f, false)"
    assert _one(connection, routed, family.id) == other.id
    done = run("staff", "kin", "ratna", input=f"{kk}\n")
    assert done.exit_code == 0 and kk not in done.output
    assert _one(connection, routed, family.id) == officer.id
    assert [event.family_id for event in events(connection, "kinship_declared")] == [family.id]


def _one(connection: Connection, query: str, family: int) -> Any:
    as_owner(connection)
    return connection.execute(text(query), {"f": family}).scalar_one()
