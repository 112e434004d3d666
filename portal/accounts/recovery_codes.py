"""Ten codes that stand in for a lost authenticator, each once. Shown when they are made, kept as keyed hashes."""

from __future__ import annotations

from sqlalchemy import text

from portal.accounts.actor import StaffActor
from portal.audit.trail import Event, record
from portal.core.ids import new_code
from portal.extensions import db, keys

HOW_MANY = 10
LENGTH = 10  # of an alphabet of 21: 16 million million, so that one is never guessed within the waits of sign-in
_REMOVE = text("DELETE FROM staff_recovery_code")
_ADD = text("INSERT INTO staff_recovery_code (staff_id, code_hash) VALUES (:staff, :code)")
_LEFT = text("SELECT count(*) FROM staff_recovery_code WHERE used_at IS NULL")


def new_codes() -> list[str]:
    """Ten new codes as they are shown, such as ``7KQ4M-X9TCD``."""
    half = LENGTH // 2
    return [f"{code[:half]}-{code[half:]}" for code in (new_code(LENGTH) for _ in range(HOW_MANY))]


def is_recovery_code(typed: str) -> bool:
    """Whether this may be a recovery code rather than the six digits of the authenticator."""
    return len(_tidy(typed)) == LENGTH


def recovery_hash(code: str) -> bytes:
    """What the database keeps of a code."""
    return recovery_hashes(code)[0]


def recovery_hashes(code: str) -> list[bytes]:
    """The same under every index key: a code that was made before the key changed still works."""
    return keys.ring.blind_indexes("staff-recovery", _tidy(code))


def make_anew(actor: StaffActor) -> list[str]:
    """Ten new codes of this officer; those from before work no more."""
    codes = new_codes()
    with db.begin(actor.scope) as session:
        session.execute(_REMOVE)
        session.execute(_ADD, [{"staff": actor.staff_id, "code": recovery_hash(code)} for code in codes])
        record(session, Event.RECOVERY_CODES_MADE, staff=actor.staff_id)
    return codes


def codes_left(actor: StaffActor) -> int:
    """How many codes the officer has left."""
    with db.begin(actor.scope) as session:
        left: int = session.execute(_LEFT).scalar_one()
    return left


def _tidy(typed: str) -> str:
    return "".join(ch for ch in typed.upper() if ch.isascii() and ch.isalnum())
