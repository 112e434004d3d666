"""Signing in as a test does it: forms with their tokens, families and officers with known secrets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyotp
import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import Connection, event, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.accounts.hashing import hasher
from portal.accounts.staffing import NewOfficer, create_staff, make_slips
from tests.factories import TestFamily, TestMember, as_owner, make_account, make_family
from tests.pages.inspecting import InspectingClient

PIN = "483917"
PASSWORD = "kuda lumping hijau"
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def client_of(app: Flask) -> InspectingClient:
    """A browser with its own cookies."""
    return InspectingClient(app, app.response_class, use_cookies=True)


def post(client: InspectingClient, path: str, page: str | None = None, **answers: Any) -> TestResponse:
    """Open the page, then send its form; pages with a NIK typed in may come back with it."""
    with client.allow_nik():
        found = _TOKEN.search(client.get(page or path).get_data(as_text=True))
        token = found[1] if found else ""
        return client.post(path, data={"csrf_token": token, **answers})


def make_signing_family(connection: Connection, **facts: Any) -> tuple[TestFamily, int]:
    """A family whose head has a login with ``PIN``; gives the account too."""
    family = make_family(connection, **facts)
    return family, make_account(connection, family.head, hasher.hash(PIN))


def sign_in(client: InspectingClient, member: TestMember, pin: str = PIN, **answers: Any) -> TestResponse:
    """Send NIK and PIN."""
    return post(client, "/masuk", nik=member.nik, pin=pin, **answers)


def sign_out(client: InspectingClient) -> TestResponse:
    """Tap «sign out»."""
    return post(client, "/keluar", "/lupa-pin")


@dataclass
class TestOfficer:
    """An officer with known secrets."""

    __test__ = False
    id: int
    login: str
    secret: str

    def code(self, at: datetime) -> str:
        return pyotp.TOTP(self.secret).at(at)


def make_officer(connection: Connection, *areas: int, role: str = "social_worker", login: str = "wahyu") -> TestOfficer:
    """An officer who can sign in with ``PASSWORD``."""
    as_owner(connection)
    with Session(connection, join_transaction_mode="create_savepoint") as session, session.begin():
        officer = NewOfficer(login, "Wahyu Hidayat", "Pendamping sosial", role, areas, since=date(2020, 1, 1))
        made, secret = create_staff(session, officer, PASSWORD)
    return TestOfficer(made, login, secret)


def staff_sign_in(client: InspectingClient, officer: TestOfficer, at: datetime) -> TestResponse:
    """Both steps; gives the answer to the second."""
    first = post(client, "/petugas/masuk", login=officer.login, password=PASSWORD)
    assert first.location == "/petugas/masuk/kode", first.get_data(as_text=True)
    return post(client, "/petugas/masuk/kode", code=officer.code(at))


def make_test_slips(connection: Connection, count: int = 1, purpose: str = "activation") -> list[tuple[str, str]]:
    """Slips as the command makes them."""
    as_owner(connection)
    with Session(connection, join_transaction_mode="create_savepoint") as session, session.begin():
        return make_slips(session, count, purpose)


def bind_slip_of(connection: Connection, serial: str, member: TestMember, days: int = 30) -> None:
    """As if an officer had bound it."""
    as_owner(connection)
    connection.execute(
        text(
            "UPDATE slip SET person_id = :p, family_id = :f, bound_at = now(),"
            " expires_at = now() + make_interval(days => :d) WHERE serial = :s"
        ),
        {"p": member.person_id, "f": member.family_id, "d": days, "s": serial},
    )


def events(connection: Connection, name: str) -> list[Any]:
    """What the trail holds of that event, oldest first."""
    as_owner(connection)
    found = connection.execute(
        text("SELECT event, family_id, data, actor_kind, actor_id FROM audit_event WHERE event = :e ORDER BY at"),
        {"e": name},
    )
    return list(found)


@contextmanager
def counted(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, list[str]]]:
    """Statements of the application and hashes while the block runs."""
    seen: dict[str, list[str]] = {"statements": [], "hashes": []}
    real = PasswordHasher.verify

    def verify(self: PasswordHasher, stored: str, secret: bytes) -> bool:
        seen["hashes"].append("one")
        return real(self, stored, secret)

    def statement(conn: object, cursor: object, sql: str, *rest: object) -> None:
        seen["statements"].append(re.sub(r"sa_savepoint_\d+", "savepoint", sql))

    monkeypatch.setattr(PasswordHasher, "verify", verify)
    event.listen(connection, "before_cursor_execute", statement)
    try:
        yield seen
    finally:
        event.remove(connection, "before_cursor_execute", statement)
        monkeypatch.undo()


def at_counter(connection: Connection, member: TestMember) -> str:
    """The public ids of family and person, as the addresses of the counter have them."""
    as_owner(connection)
    public = connection.execute(
        text("SELECT f.public_id, p.public_id FROM family f, person p WHERE f.id = :f AND p.id = :p"),
        {"f": member.family_id, "p": member.person_id},
    ).one()
    return f"{public[0]}/{public[1]}"
