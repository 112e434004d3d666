"""What the commands for officers and slips make and end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import click
import pyotp
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from portal.accounts import staffing
from portal.commands import main as portal_command
from portal.core.clock import now
from portal.core.db import Scope
from portal.extensions import db, keys
from tests.factories import FAR_VILLAGE, KECAMATAN, OTHER_REGENCY, REGENCY, VILLAGE, as_owner, make_family
from tests.pages.browsing import family_browser
from tests.pages.inspecting import InspectingClient
from tests.pages.signing import PASSWORD, TestOfficer, client_of, events, make_officer, post, staff_sign_in
from tests.pages.test_jobs_late import make_case, row

Run = Callable[..., Result]


@pytest.fixture
def client(app: Flask, connection: Connection) -> InspectingClient:
    return client_of(app)


@pytest.fixture
def officer(connection: Connection) -> TestOfficer:
    return make_officer(connection, VILLAGE)


@pytest.fixture
def run(app: Flask, connection: Connection) -> Run:
    """Runs a command in the transaction of the test, as the owner."""

    @contextmanager
    def owner() -> Iterator[Session]:
        as_owner(connection)
        with Session(connection, join_transaction_mode="create_savepoint") as session, session.begin():
            yield session

    @click.group()
    @click.pass_context
    def main(context: click.Context) -> None:
        context.obj = owner

    for name in ("staff", "slips"):
        main.add_command(portal_command.commands[name])

    def command(*words: str, **options: Any) -> Result:
        return CliRunner().invoke(main, list(words), **options)

    return command


ADD = ("staff", "add", "rina", "--name", "Rina Wati", "--title", "Pendamping", "--role", "supervisor")


def test_an_officer_added_by_command_can_sign_in(client: InspectingClient, connection: Connection, run: Run) -> None:
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
def test_what_cannot_be_is_said_in_a_sentence(run: Run, words: tuple[str, ...], password: str) -> None:
    result = run(*words, input=f"{password}\n{password}\n")
    assert result.exit_code == 1
    assert result.output.splitlines()[-1].startswith("Error: ")


def test_a_login_is_given_once_and_a_role_must_exist(connection: Connection, officer: TestOfficer) -> None:
    as_owner(connection)
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        for login, role in (("wahyu", "social_worker"), ("", "social_worker"), ("new", "queen")):
            with pytest.raises(staffing.NotPossible):
                staffing.create_staff(session, staffing.NewOfficer(login, "A", "B", role), PASSWORD)


def test_areas_are_given_and_taken(connection: Connection, officer: TestOfficer, run: Run) -> None:
    assert run("staff", "assign", "wahyu", str(FAR_VILLAGE)).exit_code == 0
    scope = Scope("staff", staff_id=officer.id)
    served = "SELECT staff_area() @> CAST(:a AS bigint)"
    with db.begin(scope) as session:
        assert session.execute(text(served), {"a": FAR_VILLAGE}).scalar_one()
    assert run("staff", "unassign", "wahyu", str(FAR_VILLAGE)).exit_code == 0
    with db.begin(scope) as session:
        assert not session.execute(text(served), {"a": FAR_VILLAGE}).scalar_one()
    assert run("staff", "assign", "nobody", str(REGENCY)).exit_code == 1


def test_a_lost_phone_gets_a_new_secret_and_sessions_end(
    client: InspectingClient, officer: TestOfficer, run: Run
) -> None:
    staff_sign_in(client, officer, now())
    assert run("staff", "reset-totp", "wahyu").exit_code == 0
    assert client.get("/petugas/loket").status_code == 303
    later = now() + timedelta(seconds=30)
    assert staff_sign_in(client_of(client.application), officer, later).status_code == 422


@pytest.mark.parametrize("name", ["slips.html", "slips.csv"])
def test_slips_are_written_once_for_their_owner_and_kept_as_hashes(
    connection: Connection, run: Run, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
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


def test_slips_for_a_new_pin_say_so_and_lead_to_their_own_page(
    connection: Connection, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.accounts.cli.load_settings", lambda: type("S", (), {"base_url": "https://portal.test"}))
    pages = {}
    for purpose in ("activation", "reset"):
        out = tmp_path / f"{purpose}.html"
        assert run("slips", "make", "1", "--purpose", purpose, "--out", str(out)).exit_code == 0
        pages[purpose] = out.read_text()
    as_owner(connection)
    assert connection.execute(text("SELECT purpose FROM slip ORDER BY serial")).scalars().all() == [*pages]
    assert "https://portal.test/pin-baru" in pages["reset"] and "PIN baru" in pages["reset"]
    assert "https://portal.test/aktivasi" in pages["activation"] and "PIN baru" not in pages["activation"]
    assert all("<svg" in page for page in pages.values()), "the number outside can be scanned"
    assert run("slips", "make", "1", "--purpose", "other", "--out", str(tmp_path / "x.html")).exit_code == 2


def test_serials_go_on_where_they_ended(connection: Connection) -> None:
    as_owner(connection)
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        first, second = staffing.make_slips(session, 2), staffing.make_slips(session, 2)
    assert [serial for serial, _ in first + second] == [f"S-000000{n}" for n in range(1, 5)]
    assert len({code for _, code in first + second}) == 4


def test_assignments_end_on_their_day(connection: Connection, officer: TestOfficer) -> None:
    as_owner(connection)
    with Session(connection, join_transaction_mode="create_savepoint") as session, session.begin():
        staffing.unassign(session, officer.id, VILLAGE, date(2026, 1, 31))
    with db.begin(Scope("staff", staff_id=officer.id)) as session:
        assert session.execute(text("SELECT isempty(staff_area())")).scalar_one()
    assert pyotp.parse_uri(staffing.otpauth_uri("wahyu", officer.secret)).now()


def test_kin_and_companions_are_named_by_a_number_that_is_asked_for(
    connection: Connection, officer: TestOfficer, run: Run
) -> None:
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


NEW = "gamelan di pasar malam"


def test_a_forgotten_password_is_replaced_and_everything_open_ends(
    client: InspectingClient, app: Flask, connection: Connection, officer: TestOfficer, run: Run
) -> None:
    moment = now()
    staff_sign_in(client, officer, moment)
    for _try in range(4):
        post(client_of(app), "/petugas/masuk", login=officer.login, password="wrong and long")
    done = run("staff", "password", "wahyu", input=f"{NEW}\n{NEW}\n")
    assert done.exit_code == 0 and NEW not in done.output, done.output
    assert client.get("/petugas/loket").status_code == 303, "the session is over"
    assert _one(connection, "SELECT count(*) FROM staff_device WHERE staff_id = :f", officer.id) == 0
    fresh = client_of(app)
    assert post(fresh, "/petugas/masuk", login=officer.login, password=PASSWORD).status_code == 422
    assert post(fresh, "/petugas/masuk", login=officer.login, password=NEW).status_code == 303, "no lock is left"
    code = officer.code(moment + timedelta(seconds=30))
    assert post(fresh, "/petugas/masuk/kode", code=code).status_code == 303
    assert [e.data for e in events(connection, "staff_password_set")] == [{"staff": officer.id}]


@pytest.mark.parametrize(("login", "password"), [("nobody", NEW), ("wahyu", "short")])
def test_a_password_that_cannot_be_changes_nothing(
    client: InspectingClient, officer: TestOfficer, run: Run, login: str, password: str
) -> None:
    staff_sign_in(client, officer, now())
    refused = run("staff", "password", login, input=f"{password}\n{password}\n")
    assert refused.exit_code == 1 and refused.output.splitlines()[-1].startswith("Error: ")
    assert client.get("/petugas/loket").status_code == 200


def test_a_password_is_never_an_argument(officer: TestOfficer, run: Run) -> None:
    assert run("staff", "password", "wahyu", "--password", NEW).exit_code == 2
    assert run("staff", "password", "wahyu", NEW).exit_code == 2


def test_an_officer_who_leaves_is_out_at_once(
    client: InspectingClient, app: Flask, connection: Connection, officer: TestOfficer, run: Run
) -> None:
    office = make_officer(connection, REGENCY, role="regency_office", login="rina")
    as_owner(connection)
    with Session(connection, join_transaction_mode="create_savepoint") as session, session.begin():
        staffing.assign(session, officer.id, FAR_VILLAGE, now().date() + timedelta(days=9))
    staff_sign_in(client, officer, now())
    done = run("staff", "deactivate", "wahyu", "--by", "rina")
    assert done.exit_code == 0, done.output
    as_owner(connection)
    ended = connection.execute(
        text("SELECT area_id, until - current_date, until >= since FROM staff_assignment WHERE staff_id = :s"),
        {"s": officer.id},
    )
    assert {tuple(row) for row in ended} == {(VILLAGE, 0, True), (FAR_VILLAGE, 8, False)}
    open_sessions = "SELECT count(*) FROM web_session WHERE staff_id = :f AND ended_at IS NULL"
    assert _one(connection, open_sessions, officer.id) == 0
    assert client.get("/petugas/loket").status_code == 303
    assert post(client_of(app), "/petugas/masuk", login="wahyu", password=PASSWORD).status_code == 422
    assert [e.data for e in events(connection, "staff_deactivated")] == [{"staff": officer.id, "by": office.id}]


@pytest.mark.parametrize(
    ("login", "by"), [("nobody", "rina"), ("wahyu", "nobody"), ("wahyu", "wahyu"), ("left", "rina"), ("wahyu", "left")]
)
def test_who_may_not_leave_or_decide_it_is_said(
    connection: Connection, officer: TestOfficer, run: Run, login: str, by: str
) -> None:
    make_officer(connection, REGENCY, role="regency_office", login="rina")
    left = make_officer(connection, VILLAGE, login="left")
    as_owner(connection)
    connection.execute(text("UPDATE staff SET active = false WHERE id = :s"), {"s": left.id})
    refused = run("staff", "deactivate", login, "--by", by)
    assert refused.exit_code == 1 and refused.output.splitlines()[-1].startswith("Error: ")
    assert _one(connection, "SELECT active FROM staff WHERE id = :f", officer.id)
    assert not events(connection, "staff_deactivated")


def test_the_cases_in_hand_go_to_others(
    client: InspectingClient, app: Flask, connection: Connection, officer: TestOfficer, run: Run
) -> None:
    office = make_officer(connection, REGENCY, role="regency_office", login="rina")
    colleagues = [make_officer(connection, VILLAGE, login=login) for login in ("budi", "dewi")]
    families = [make_family(connection) for _ in range(2)]
    mine = [make_case(connection, family, state="with_worker", assigned_to=officer.id) for family in families]
    closed = make_case(connection, families[0], state="accepted", closed_at="2026-01-01", assigned_to=officer.id)
    others = make_case(connection, families[0], assigned_to=office.id, level="regency")
    before = {reference: row(connection, reference) for reference in (*mine, closed, others)}
    assert "Cases handed on to others: 2" in run("staff", "deactivate", "wahyu", "--by", "rina").output
    now_with = {row(connection, reference).assigned_to for reference in mine}
    assert now_with == {colleague.id for colleague in colleagues}, "shared out, not heaped on one"
    for reference in mine:
        was, found = before[reference], row(connection, reference)
        assert (found.level, found.state, found.promised_on) == ("village", was.state, was.promised_on)
        assert found.version == was.version + 1
    assert row(connection, closed) == before[closed] and row(connection, others) == before[others]
    browser = family_browser(app, connection, families[0].head)
    browser.get(f"/pengajuan/{mine[0]}")
    assert "Petugas untuk pengajuan ini berganti" in browser.words
    told = {e.data["reference"] for e in events(connection, "case_handed_on")}
    assert told == set(mine)


def test_a_raised_case_is_not_sent_back_down_and_one_that_nobody_has_waits_for_the_regency(
    connection: Connection, run: Run
) -> None:
    supervisor = make_officer(connection, KECAMATAN, role="supervisor", login="camat")
    make_officer(connection, VILLAGE, login="budi")
    make_officer(connection, OTHER_REGENCY, role="regency_office", login="rina")
    raised = make_case(connection, make_family(connection), level="kecamatan", assigned_to=supervisor.id)
    assert run("staff", "deactivate", "camat", "--by", "rina").exit_code == 0
    found = row(connection, raised)
    assert (found.level, found.assigned_to) == ("regency", None)
