"""An officer signs in with login, password and a code of the authenticator; a code is good once."""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import dataclass
from datetime import datetime

import pyotp
from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.accounts import guard
from portal.accounts.hashing import hasher
from portal.accounts.sessions import STAFF_HOURS, STAFF_IDLE_MINUTES, token_hash
from portal.accounts.signin import Lane, Refused, fail
from portal.audit.trail import Event, record
from portal.core.clock import now
from portal.core.db import ANONYMOUS
from portal.core.ids import new_token
from portal.core.sealing import SealBroken
from portal.extensions import db, keys

TOTP_PURPOSE = "staff-totp"
_PENDING_SECONDS = 5 * 60
_STEP_SECONDS = 30
_WINDOW = 1  # steps before and after, for clocks half a minute off
_LANE = "staff"

_LOOKUP = "SELECT staff_id, password_hash, totp_sealed, locked_until FROM staff_lookup(%s, %s)"
_LOOKUP_IN = text("SELECT staff_id, totp_sealed, locked_until FROM staff_lookup(:login, :subject)")
_SPEND = text("SELECT staff_spend_code(:staff, :step)")
_SUCCEED = text("SELECT staff_succeed(:staff, :subject, :token, :idle_minutes, :hours, :rehashed)")
_ROLE = text("SELECT role FROM staff WHERE id = :staff AND active")


@dataclass(frozen=True, slots=True)
class StaffSignedIn:
    """An officer's session that has begun."""

    token: str
    staff_id: int


def tidy_login(typed: str) -> str:
    """A login as it is stored: small letters, no spaces around."""
    return typed.strip().lower()[:64]


def check_password(login: str, password: str) -> str | Refused:
    """The first step. Gives what the cookie keeps for the second: sealed, good for five minutes."""
    login = tidy_login(login)
    lane = _lane(login)
    _staff, stored, _totp, locked_until = _lookup(login, lane.subject)
    right = hasher.verify(stored, password)
    if not right or guard.seconds_left(locked_until, now()):
        return fail(lane, None, None, Event.STAFF_SIGN_IN_FAILED)
    rehashed = hasher.hash(password) if stored and hasher.is_outdated(stored) else None
    content = json.dumps([login, rehashed, int(now().timestamp()) + _PENDING_SECONDS])
    return base64.b64encode(keys.ring.seal("staff-pending", content)).decode()


def open_pending(sealed: str | None) -> tuple[str, str | None] | None:
    """Login and new hash of the officer whose password was right, or None where that is too long ago."""
    try:
        login, rehashed, until = json.loads(keys.ring.unseal("staff-pending", base64.b64decode(sealed or "")))
    except (SealBroken, ValueError):
        return None
    return (login, rehashed) if until > now().timestamp() else None


def check_code(login: str, code: str, rehashed: str | None = None) -> StaffSignedIn | Refused:
    """The second step: the code, which must be of now and unused. Begins the session."""
    lane = _lane(login)
    staff, _stored, totp_sealed, locked_until = _lookup(login, lane.subject)
    step = matching_step(totp_sealed, code, now())
    if staff is None or step is None or guard.seconds_left(locked_until, now()):
        return fail(lane, None, None, Event.STAFF_SIGN_IN_FAILED)
    token = new_token()
    with db.begin(ANONYMOUS) as session:
        begun = _spend(session, staff, step) and _begin(session, staff, lane.subject, token, rehashed)
        if begun:
            record(session, Event.STAFF_SIGNED_IN, staff=staff)
    return StaffSignedIn(token, staff) if begun else fail(lane, None, None, Event.STAFF_SIGN_IN_FAILED)


def officer_by_code(session: Session, login: str, code: str) -> tuple[int, str] | None:
    """Id and role of the officer of that login, where the code is theirs and unused: it is spent.

    For commands that need a second person (worker scope). Whoever runs a command is on the machine already, so that
    wrong tries are not counted here.
    """
    login = tidy_login(login)
    row = session.execute(_LOOKUP_IN, {"login": login, "subject": _lane(login).subject}).one()
    step = matching_step(row.totp_sealed, code, now())
    if step is None or not _spend(session, row.staff_id, step):
        return None
    role = session.execute(_ROLE, {"staff": row.staff_id}).scalar_one_or_none()
    return None if role is None else (row.staff_id, role)


def matching_step(totp_sealed: bytes | None, code: str, at: datetime) -> int | None:
    """The step of thirty seconds that the code belongs to, one before and after allowed; None where it fits none."""
    digits = "".join(ch for ch in code if ch.isascii() and ch.isdigit())
    if totp_sealed is None:
        return None
    totp = pyotp.TOTP(keys.ring.unseal(TOTP_PURPOSE, totp_sealed))
    current = int(at.timestamp()) // _STEP_SECONDS
    for step in range(current - _WINDOW, current + _WINDOW + 1):
        if hmac.compare_digest(totp.generate_otp(step), digits):
            return step
    return None


def _spend(session: Session, staff: int, step: int) -> bool:
    """Whether the code of that step was still unused; from now on it is used."""
    return bool(session.execute(_SPEND, {"staff": staff, "step": step}).scalar_one())


def _begin(session: Session, staff: int, subject: bytes, token: str, rehashed: str | None) -> bool:
    """Begin the session; False where the login was locked meanwhile."""
    values = {"staff": staff, "subject": subject, "token": token_hash(token), "rehashed": rehashed}
    lifetime = {"idle_minutes": STAFF_IDLE_MINUTES, "hours": STAFF_HOURS}
    return bool(session.execute(_SUCCEED, values | lifetime).scalar_one())


def _lane(login: str) -> Lane:
    return Lane(keys.ring.blind_index("staff-login", login), _LANE, guard.STAFF_WAITS)


def _lookup(login: str, subject: bytes) -> tuple[int | None, str | None, bytes | None, datetime | None]:
    row = db.call(_LOOKUP, (login, subject))
    if row is None:
        raise RuntimeError("staff_lookup gives one row in any case")
    staff, stored, totp_sealed, locked_until = row
    return staff, stored, totp_sealed, locked_until
