"""The functions of passkeys trust nobody: raw SQL as the web's role, which knows the tables but no key."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from portal.accounts.hashing import hasher
from portal.accounts.staff_signin import login_hash
from portal.accounts.staffing import reset_totp
from portal.core.clock import now
from portal.core.db import ANONYMOUS, Scope
from portal.core.ids import new_token
from portal.extensions import db
from tests import factories as make
from tests.pages.signing import PIN, TestOfficer, make_officer, make_signing_family

pytestmark = pytest.mark.usefixtures("app")  # binds the hashes
PHONE = b"p" * 16
_ASK = text("SELECT passkey_ask(:key, 'c', :purpose)")
_TAKE = text("SELECT passkey_take(:key, :purpose)")
_FAMILY = text(
    "SELECT passkey_signin(:key, :credential, :handle, :proven, :count, false, :verified, :lane, :device, :token,"
    " 30, 12)"
)
_OFFICER = text(
    "SELECT passkey_staff_signin(:key, :purpose, :credential, :handle, :proven, :count, false, :verified, :password,"
    " :subject, :lane, :device, :token, 30, 10, NULL)"
)
_ADD = text("SELECT passkey_add(:key, 'new', 'key', 0, false, false, '{}', 'Baru')")
_ASK_NEW = text("SELECT passkey_ask_new(:key, 'c', 'handle', :lane, :device, :proven, :step)")
_REMOVE = text("SELECT passkey_remove(CAST(:which AS uuid), :lane, :device, :proven, :step)")


@dataclass
class World:
    """A member and an officer, each with a passkey, and what it takes to begin a session with it."""

    family: make.TestFamily
    other: make.TestFamily
    officer: TestOfficer
    pin_hash: str
    password: str
    member: dict[str, Any] = field(default_factory=dict)
    staff: dict[str, Any] = field(default_factory=dict)
    passkeys: dict[str, str] = field(default_factory=dict)

    def scope(self, family: make.TestFamily | None = None) -> Scope:
        found = family or self.family
        return Scope("family", person_id=found.head.person_id, family_id=found.id)


@pytest.fixture
def world(committed: Engine) -> World:
    with committed.begin() as owner:
        family, account = make_signing_family(owner)
        other, _account = make_signing_family(owner)
        officer = make_officer(owner, make.VILLAGE)
        pin = owner.execute(text("SELECT pin_hash FROM account WHERE id = :a"), {"a": account}).scalar_one()
        password = owner.execute(text("SELECT password_hash FROM staff_credential")).scalar_one()
        made = World(family, other, officer, pin, password)
        common = {"proven": b"key", "count": 1, "verified": True, "lane": "unknown", "device": PHONE, "key": b"k"}
        made.member = common | {"credential": b"member", "handle": b"m"}
        made.staff = common | {"credential": b"staff", "handle": b"s", "purpose": "staff", "password": None}
        made.staff["subject"] = login_hash(officer.login)
        for name, whose in (("member", {"person_id": family.head.person_id}), ("staff", {"staff_id": officer.id})):
            values = getattr(made, name)
            kept = {"credential_id": values["credential"], "user_handle": values["handle"], "public_key": b"key"}
            made.passkeys[name] = str(make.make_passkey(owner, **kept, **whose))
    return made


def asked(key: bytes = b"k", purpose: str = "family", *, take: bool = True) -> None:
    """A challenge as the sign-in makes and takes it."""
    with db.begin(ANONYMOUS) as session:
        session.execute(_ASK, {"key": key, "purpose": purpose})
        if take:
            assert session.execute(_TAKE, {"key": key, "purpose": purpose}).scalar_one() is not None


def begins(statement: Any, values: dict[str, Any], **otherwise: Any) -> bool:
    """Whether the web begins a session with these values."""
    with db.begin(ANONYMOUS) as session:
        token = new_token().encode()
        return bool(session.execute(statement, values | {"token": token} | otherwise).scalar_one())


def sessions(owner: Engine) -> int:
    with owner.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM web_session")).scalar_one())


@pytest.mark.parametrize(
    "otherwise",
    [
        {"credential": b"staff"},
        {"handle": b"s"},
        {"handle": None},
        {"proven": b"another key"},
        {"proven": None},
        {"count": 0, "proven": None},
        {"verified": False},
        {"verified": None},
        {"lane": "activated"},
        {"lane": f"device:{PHONE.hex()}"},
        {"lane": None},
        {"key": b"another"},
    ],
)
def test_a_familys_session_takes_everything_that_was_proven(
    committed: Engine, world: World, otherwise: dict[str, Any]
) -> None:
    asked()
    assert not begins(_FAMILY, world.member, **otherwise)
    assert sessions(committed) == 0


def test_a_challenge_is_taken_first_spent_once_and_of_one_purpose(committed: Engine, world: World) -> None:
    assert not begins(_FAMILY, world.member)
    asked(take=False)
    assert not begins(_FAMILY, world.member), "it was not taken"
    asked(b"2", "staff")
    assert not begins(_FAMILY, world.member, key=b"2"), "of another purpose"
    asked(b"3")
    assert begins(_FAMILY, world.member, key=b"3")
    assert not begins(_FAMILY, world.member, key=b"3", count=2), "spent"
    asked(b"4")
    assert not begins(_FAMILY, world.member, key=b"4"), "the counter stays"
    assert sessions(committed) == 1


def test_an_officers_session_takes_the_owner_checked_or_the_password(committed: Engine, world: World) -> None:
    for number, otherwise in enumerate(
        (
            {"verified": False},
            {"purpose": "code"},
            {"purpose": "code", "password": "guessed"},
            {"purpose": "family"},
            {"subject": b"another"},
            {"credential": b"member", "handle": b"m"},
        )
    ):
        key = str(number).encode()
        asked(key, str(otherwise.get("purpose", "staff")))
        assert not begins(_OFFICER, world.staff, key=key, **otherwise), otherwise
    asked(b"k", "code")
    assert begins(_OFFICER, world.staff, purpose="code", password=world.password, verified=False)
    asked(b"l", "staff")
    assert begins(_OFFICER, world.staff, key=b"l", count=2)


def test_a_shut_lane_shuts_the_passkey_out(committed: Engine, world: World) -> None:
    with committed.begin() as owner:
        owner.execute(
            text(
                "INSERT INTO signin_guard (subject_hash, lane, failures, locked_until)"
                " SELECT nik_hash, 'unknown', 9, now() + interval '1 hour' FROM nik_index"
            )
        )
    asked()
    assert not begins(_FAMILY, world.member)


def test_a_passkey_is_added_and_removed_only_with_a_proof(committed: Engine, world: World) -> None:
    own, other = world.scope(), world.scope(world.other)
    proof = {"key": b"k", "lane": "unknown", "device": PHONE, "proven": world.pin_hash, "step": None}
    with db.begin(own) as session:
        assert session.execute(_ADD, {"key": b"k"}).scalar_one() is None
        for otherwise in ({"proven": "guessed"}, {"proven": None}, {"lane": "free"}, {"lane": None}):
            assert session.execute(_ASK_NEW, proof | otherwise).scalar_one() is False
            assert (
                session.execute(_REMOVE, proof | otherwise | {"which": world.passkeys["member"]}).scalar_one() is False
            )
        assert session.execute(_ASK_NEW, proof).scalar_one() is True
        assert session.execute(_ADD, {"key": b"k"}).scalar_one() is None, "it was not taken"
    with db.begin(own) as session:
        assert session.execute(_ASK_NEW, proof | {"key": b"l"}).scalar_one() is True
        assert session.execute(_TAKE, {"key": b"l", "purpose": "add"}).scalar_one() is not None
    with db.begin(other) as session:
        assert session.execute(_ADD, {"key": b"l"}).scalar_one() is None, "it was asked of somebody else"
    with db.begin(Scope("staff", staff_id=world.officer.id)) as session:
        step = {"proven": None, "step": int(now().timestamp()) // 30 + 600}
        assert session.execute(_ASK_NEW, proof | step).scalar_one() is False, "a step of a time to come"
    with db.begin(other) as session:
        mine = session.execute(text("SELECT pin_hash FROM own_secret('x')")).scalar_one()
        values = proof | {"proven": mine, "which": world.passkeys["member"]}
        assert session.execute(_REMOVE, values).scalar_one() is True, "nothing of the own"
    assert _left(committed) == {"member", "staff"}
    with db.begin(own) as session:
        assert session.execute(_REMOVE, proof | {"which": world.passkeys["member"]}).scalar_one() is True
    assert _left(committed) == {"staff"}


def _left(owner: Engine) -> set[str]:
    with owner.connect() as connection:
        return {bytes(one).decode() for one in connection.execute(text("SELECT credential_id FROM passkey")).scalars()}


def test_own_secret_is_the_own_one(world: World) -> None:
    with db.begin(world.scope()) as session:
        row = session.execute(text("SELECT pin_hash, totp_sealed FROM own_secret('x')")).one()
    assert hasher.verify(row.pin_hash, PIN) and row.totp_sealed is None
    with db.begin(Scope("staff", staff_id=world.officer.id)) as session:
        row = session.execute(text("SELECT pin_hash, totp_sealed FROM own_secret('x')")).one()
    assert row.pin_hash is None and row.totp_sealed is not None
    with db.begin(Scope("family")) as session:
        assert session.execute(text("SELECT pin_hash FROM own_secret('x')")).all() == []


def test_owners_see_and_name_their_own_passkeys_only(world: World) -> None:
    seen = text("SELECT public_id::text FROM passkey")
    for scope, name in ((world.scope(), "member"), (Scope("staff", staff_id=world.officer.id), "staff")):
        with db.begin(scope) as session:
            assert session.execute(seen).scalars().all() == [world.passkeys[name]]
            assert session.execute(text("UPDATE passkey SET name = 'x'")).rowcount == 1  # type: ignore[attr-defined]
    with db.begin(world.scope(world.other)) as session:
        assert session.execute(seen).all() == []
    for statement in (
        "DELETE FROM passkey",
        "UPDATE passkey SET sign_count = 0",
        "UPDATE passkey SET public_key = 'x'",
        "INSERT INTO passkey (name) VALUES ('x')",
        "SELECT 1 FROM passkey_challenge",
        "SELECT passkey_keep('k', 'c', 'add', 1, NULL, 'h')",
        "SELECT passkey_spend('k', 'add')",
        "SELECT own_proven('unknown', 'x', 'x', NULL)",
        "SELECT passkey_signin('k', 'c', 'h', 'p', 1, false, true, 'unknown', 'd', 't', 30, 12)",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), db.begin(world.scope()) as session:
            session.execute(text(statement))
    for statement in ("SELECT 1 FROM passkey", "SELECT 1 FROM own_secret('x')", "SELECT passkey_ask('k', 'c', 'add')"):
        with pytest.raises(ProgrammingError, match=r"permission denied|takes a proof"), db.begin(ANONYMOUS) as session:
            session.execute(text(statement))


def test_an_officer_who_is_shut_out_loses_the_passkeys(committed: Engine, world: World) -> None:
    with Session(committed) as session, session.begin():
        reset_totp(session, world.officer.id)
    assert _left(committed) == {"member"}
