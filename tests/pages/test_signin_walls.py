"""The functions that begin sessions trust nobody: raw SQL as the web's role, which knows the tables but no secret."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from portal.accounts.signin import subject_of
from portal.accounts.staff_signin import login_hash
from portal.core.clock import now
from portal.core.db import ANONYMOUS, Role, Scope
from portal.core.ids import new_token
from portal.extensions import db
from tests import factories as make
from tests.pages.signing import TestOfficer, bind_slip_of, make_officer, make_signing_family, make_test_slips

pytestmark = pytest.mark.usefixtures("app")  # binds the hashes
PHONE = b"p" * 16
KNOWN = f"device:{PHONE.hex()}"
_FAMILY = text("SELECT signin_succeed(:account, :subject, :lane, :device, :proven, :token, 30, 12, NULL)")
_OFFICER = text("SELECT staff_succeed(:staff, :subject, :lane, :device, :proven, :step, :token, 30, 10, NULL)")
_SESSIONS = text("SELECT count(*) FROM web_session")
_LOCK = text(
    "INSERT INTO signin_guard (subject_hash, lane, failures, locked_until)"
    " VALUES (:subject, :lane, 9, now() + interval '1 hour')"
)


def one(owner: Engine, query: str, **values: Any) -> Any:
    with owner.connect() as connection:
        return connection.execute(text(query), values).scalar_one()


def begins(owner: Engine, statement: Any, values: dict[str, Any], **otherwise: Any) -> bool:
    """Whether the web begins a session with these values; what it answers is what it did."""
    before = one(owner, str(_SESSIONS))
    with db.begin(ANONYMOUS) as session:
        begun = bool(session.execute(statement, values | {"token": new_token().encode()} | otherwise).scalar_one())
    assert one(owner, str(_SESSIONS)) - before == begun
    return begun


def lock(owner: Engine, subject: bytes, lane: str) -> None:
    with owner.begin() as connection:
        connection.execute(_LOCK, {"subject": subject, "lane": lane})


@dataclass
class World:
    """A family with a login, another one, and what it takes to begin a session for the first."""

    family: make.TestFamily
    other: make.TestFamily
    other_account: int
    proven: dict[str, Any]


@pytest.fixture
def world(committed: Engine) -> World:
    with committed.begin() as connection:
        family, account = make_signing_family(connection)
        other, other_account = make_signing_family(connection)
    stored = one(committed, "SELECT pin_hash FROM account WHERE id = :a", a=account)
    subject = subject_of(family.head.nik)
    proven = {"account": account, "subject": subject, "lane": "unknown", "device": PHONE, "proven": stored}
    return World(family, other, other_account, proven)


def test_a_familys_session_takes_the_hash_that_was_proven(committed: Engine, world: World) -> None:
    others_hash = one(committed, "SELECT pin_hash FROM account WHERE id = :a", a=world.other_account)
    for otherwise in (
        {"proven": "$argon2id$guessed"},
        {"proven": ""},
        {"proven": None},
        {"proven": others_hash},
        {"subject": b"x" * 16},
        {"subject": subject_of(world.other.head.nik)},
        {"subject": None},
        {"account": world.other_account},
        {"account": world.other_account, "proven": others_hash},  # without the keyed hash of that NIK
        {"account": None},
    ):
        assert not begins(committed, _FAMILY, world.proven, **otherwise), otherwise
    assert begins(committed, _FAMILY, world.proven)


def test_no_lane_is_made_up_to_pass_a_lock(committed: Engine, world: World) -> None:
    subject = world.proven["subject"]
    for lane in (KNOWN, "activated", "activation", "free", "", None):
        assert not begins(committed, _FAMILY, world.proven, lane=lane), lane
    lock(committed, subject, "unknown")
    assert not begins(committed, _FAMILY, world.proven)
    with committed.begin() as connection:
        make.insert(connection, "known_device", account_id=world.proven["account"], device_hash=PHONE)
    assert begins(committed, _FAMILY, world.proven, lane=KNOWN), "its own phone is not locked"
    assert not begins(committed, _FAMILY, world.proven, lane=f"device:{b'q'.hex() * 16}")
    lock(committed, subject, KNOWN)
    assert not begins(committed, _FAMILY, world.proven, lane=KNOWN)


def test_a_slip_used_before_opens_no_lane_later(committed: Engine, world: World) -> None:
    with committed.begin() as connection:
        ((serial, _code),) = make_test_slips(connection)
        bind_slip_of(connection, serial, world.family.head)
        connection.execute(text("UPDATE slip SET used_at = now()"))
    assert not begins(committed, _FAMILY, world.proven, lane="activated")


def test_a_closed_account_begins_nothing(committed: Engine, world: World) -> None:
    with committed.begin() as connection:
        connection.execute(text("UPDATE account SET closed_at = now()"))
    assert not begins(committed, _FAMILY, world.proven)


@pytest.fixture
def officer(committed: Engine) -> TestOfficer:
    with committed.begin() as connection:
        return make_officer(connection, make.VILLAGE)


def step_of(at: datetime) -> int:
    return int(at.timestamp()) // 30


def proven_of(owner: Engine, officer: TestOfficer) -> dict[str, Any]:
    stored = one(owner, "SELECT password_hash FROM staff_credential WHERE staff_id = :s", s=officer.id)
    lane = {"subject": login_hash(officer.login), "lane": "unknown", "device": PHONE}
    return {"staff": officer.id, "proven": stored, "step": step_of(now())} | lane


def test_an_officers_session_takes_the_hash_and_a_step_that_is_new(committed: Engine, officer: TestOfficer) -> None:
    proven = proven_of(committed, officer)
    step = proven["step"]
    for otherwise in (
        {"proven": "guessed"},
        {"proven": None},
        {"subject": login_hash("somebody")},
        {"subject": None},
        {"staff": officer.id + 1},
        {"step": None},
        {"step": 0},
        {"step": step + 120},  # an hour ahead: nobody could sign in until then
        {"lane": KNOWN},
        {"lane": "staff"},
        {"lane": None},
    ):
        assert not begins(committed, _OFFICER, proven, **otherwise), otherwise
    assert begins(committed, _OFFICER, proven)
    for used in (step, step - 1):
        assert not begins(committed, _OFFICER, proven, step=used), "a code is good once"
    assert begins(committed, _OFFICER, proven, step=step + 1, lane=KNOWN), "the device is known now"


def test_a_locked_or_former_officer_begins_nothing(committed: Engine, officer: TestOfficer) -> None:
    proven = proven_of(committed, officer)
    lock(committed, proven["subject"], "unknown")
    assert not begins(committed, _OFFICER, proven)
    with committed.begin() as connection:
        connection.execute(text("DELETE FROM signin_guard"))
        connection.execute(text("UPDATE staff SET active = false"))
    assert not begins(committed, _OFFICER, proven)


def test_a_refused_step_is_not_spent(committed: Engine, officer: TestOfficer) -> None:
    proven = proven_of(committed, officer)
    lock(committed, proven["subject"], "unknown")
    assert not begins(committed, _OFFICER, proven)
    with committed.begin() as connection:
        connection.execute(text("DELETE FROM signin_guard"))
    assert begins(committed, _OFFICER, proven)


def test_a_guessed_login_tells_nothing_of_its_officer(committed: Engine, officer: TestOfficer) -> None:
    look = text("SELECT staff_id, password_hash, totp_sealed FROM staff_lookup(:login, :subject, :device)")

    def found(subject: bytes | None) -> tuple[Any, ...]:
        with db.begin(ANONYMOUS) as session:
            return tuple(session.execute(look, {"login": officer.login, "subject": subject, "device": PHONE}).one())

    assert found(b"x" * 16) == found(None) == (None, None, None)
    assert found(login_hash(officer.login))[0] == officer.id


def test_an_officer_from_before_the_keyed_hash_gets_it_by_signing_in(committed: Engine, officer: TestOfficer) -> None:
    with committed.begin() as connection:
        connection.execute(text("UPDATE staff_credential SET login_hash = NULL"))
    assert begins(committed, _OFFICER, proven_of(committed, officer))
    kept = one(committed, "SELECT login_hash FROM staff_credential WHERE staff_id = :s", s=officer.id)
    assert bytes(kept) == login_hash(officer.login)


def test_the_web_spends_no_code_by_itself(committed: Engine, officer: TestOfficer) -> None:
    """Spending a code of a time to come would shut the officer out."""
    roles: tuple[Role, ...] = ("anonymous", "family", "staff")
    for role in roles:
        with pytest.raises(Exception, match="permission denied for function"), db.begin(Scope(role)) as session:
            session.execute(text("SELECT staff_spend_code(:s, 99999999999)"), {"s": officer.id})


# Who serves a village today.


def test_serving_is_planned_as_the_tables_it_reads(connection: Connection) -> None:
    """The plan holds no call: a join with it is a join with the tables."""
    make.as_owner(connection)
    for query in (
        "SELECT * FROM serving() WHERE staff_id = 1",
        "SELECT f.id FROM family f JOIN serving() s ON f.village_id <@ s.villages WHERE f.id = 1",
    ):
        plan = "\n".join(connection.execute(text(f"EXPLAIN {query}")).scalars())
        assert "staff_assignment" in plan and "Function Scan" not in plan, plan


def test_one_function_says_who_serves_today(connection: Connection) -> None:
    officers = [make.make_staff(connection, make.KECAMATAN) for _ in range(5)]
    make.as_owner(connection)
    for number, change in enumerate(("until = current_date", "until = current_date - 1", "since = current_date + 1")):
        connection.execute(
            text(f"UPDATE staff_assignment SET {change} WHERE staff_id = :s"), {"s": officers[number].staff_id}
        )
    connection.execute(text("UPDATE staff SET active = false WHERE id = :s"), {"s": officers[3].staff_id})
    found = [
        connection.execute(text("SELECT serves(:s, :v)"), {"s": officer.staff_id, "v": village}).scalar_one()
        for village in (make.VILLAGE, make.FAR_VILLAGE)
        for officer in officers
    ]
    assert found == [True, False, False, False, True] + [False] * 5
    rule = text("SELECT proname FROM pg_proc WHERE prosrc ~ 'staff_assignment' AND prosrc ~ 'since <= current_date'")
    assert list(connection.execute(rule).scalars()) == ["serving"], "written once"
