"""An officer signs in with login, password and a code of the authenticator; a code is good once.

Wrong tries are counted as a family's are: apart for a device from which this officer has signed in before, so that a
stranger who knows a login locks out strangers only.
"""

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
from portal.accounts.recovery_codes import is_recovery_code, recovery_hashes
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

_LOOKUP = "SELECT staff_id, password_hash, totp_sealed, lane, locked_until FROM staff_lookup(%s, %s, %s)"
_LOOKUP_IN = text("SELECT staff_id, totp_sealed FROM staff_lookup(:login, :subject, NULL)")
_SPEND = text("SELECT staff_spend_code(:staff, :step)")
_SUCCEED = text(
    "SELECT staff_succeed(:staff, :subject, :lane, :device, :proven, :step, :token, :idle_minutes, :hours, :rehashed)"
)
_RECOVER = text(
    "SELECT staff_recover(:staff, :subject, :lane, :device, :proven, :code, :token, :idle_minutes, :hours, :rehashed)"
)
_ROLE = text("SELECT role FROM staff WHERE id = :staff AND active")


@dataclass(frozen=True, slots=True)
class StaffSignedIn:
    """An officer's session that has begun."""

    token: str
    staff_id: int
    codes_left: int | None = None  # where a recovery code stood in for the authenticator


@dataclass(frozen=True, slots=True)
class Pending:
    """An officer whose password was right: the stored hash that proved it, and a new one where it is outdated."""

    login: str
    proven: str
    rehashed: str | None

    def sealed(self) -> str:
        """As the cookie keeps it for the second step, good for five minutes."""
        content = json.dumps([self.login, self.proven, self.rehashed, int(now().timestamp()) + _PENDING_SECONDS])
        return base64.b64encode(keys.ring.seal("staff-pending", content)).decode()


@dataclass(frozen=True, slots=True)
class _Found:
    """What the database knows of a login; all but lane and lock are None where it is unknown."""

    staff_id: int | None
    stored: str | None
    totp_sealed: bytes | None
    lane: Lane
    locked_until: datetime | None


def tidy_login(typed: str) -> str:
    """A login as it is stored: small letters, no spaces around."""
    return typed.strip().lower()[:64]


def login_hash(login: str) -> bytes:
    """The keyed hash of a tidy login: without it the database tells nothing of it."""
    return keys.ring.blind_index("staff-login", login)


def check_password(login: str, password: str, device: bytes) -> Pending | Refused:
    """The first step."""
    login = tidy_login(login)
    found = _lookup(login, device)
    right = hasher.verify(found.stored, password)
    if found.stored is None or not right or guard.seconds_left(found.locked_until, now()):
        return _fail(found)
    rehashed = hasher.hash(password) if hasher.is_outdated(found.stored) else None
    return Pending(login, found.stored, rehashed)


def open_pending(sealed: str | None) -> Pending | None:
    """The officer whose password was right, or None where that is too long ago."""
    try:
        *content, until = json.loads(keys.ring.unseal("staff-pending", base64.b64decode(sealed or "")))
        pending = Pending(*content)
    except (SealBroken, ValueError, TypeError):
        return None
    return pending if until > now().timestamp() else None


def check_code(pending: Pending, code: str, device: bytes) -> StaffSignedIn | Refused:
    """The second step: the code, which must be of now and unused, or an unused recovery code. Begins the session."""
    found = _lookup(pending.login, device)
    recovering = is_recovery_code(code)
    step = None if recovering else matching_step(found.totp_sealed, code, now())
    if found.staff_id is None or not (recovering or step) or guard.seconds_left(found.locked_until, now()):
        return _fail(found)
    token = new_token()
    browser: dict[str, object] = {"device": device, "token": token_hash(token)}
    with db.begin(ANONYMOUS) as session:
        left = _recover(session, found, pending, browser, code) if recovering else None
        begun = left is not None if recovering else _begin(session, found, pending, browser | {"step": step})
        if begun:
            record(session, Event.STAFF_SIGNED_IN, staff=found.staff_id)
    return StaffSignedIn(token, found.staff_id, left) if begun else _fail(found)


def officer_by_code(session: Session, login: str, code: str) -> tuple[int, str] | None:
    """Id and role of the officer of that login, where the code is theirs and unused: it is spent.

    For commands that need a second person (worker scope). Whoever runs a command is on the machine already, so that
    wrong tries are not counted here.
    """
    login = tidy_login(login)
    row = session.execute(_LOOKUP_IN, {"login": login, "subject": login_hash(login)}).one()
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


def _begin(session: Session, found: _Found, pending: Pending, browser: dict[str, object]) -> bool:
    """Begin the session and spend the step; False where that was spent before, or password or lane changed meanwhile.

    ``browser`` holds its device, the step of its code and the token that it gets.
    """
    values = _values(found, pending) | browser
    return bool(session.execute(_SUCCEED, values).scalar_one())


def _recover(session: Session, found: _Found, pending: Pending, browser: dict[str, object], code: str) -> int | None:
    """As :func:`_begin` with a recovery code, which is spent: how many are left, or None where it is not good."""
    values = _values(found, pending) | browser
    tried = (session.execute(_RECOVER, values | {"code": one}).scalar_one() for one in recovery_hashes(code))
    left: int | None = next((one for one in tried if one is not None), None)
    if left is not None:
        record(session, Event.RECOVERY_CODE_USED, staff=found.staff_id, left=left)
    return left


def _values(found: _Found, pending: Pending) -> dict[str, object]:
    """What both ways of beginning a session tell the database."""
    return {
        "staff": found.staff_id,
        "subject": found.lane.subject,
        "lane": found.lane.name,
        "proven": pending.proven,
        "idle_minutes": STAFF_IDLE_MINUTES,
        "hours": STAFF_HOURS,
        "rehashed": pending.rehashed,
    }


def _fail(found: _Found) -> Refused:
    return fail(found.lane, None, None, Event.STAFF_SIGN_IN_FAILED)


def _lookup(login: str, device: bytes) -> _Found:
    # Under every index key, found or not, so that both cost the same while the key is being changed.
    found = [_look(login, subject, device) for subject in keys.ring.blind_indexes("staff-login", login)]
    return next((one for one in found if one.staff_id is not None), found[0])


def _look(login: str, subject: bytes, device: bytes) -> _Found:
    row = db.call(_LOOKUP, (login, subject, device))
    if row is None:
        raise RuntimeError("staff_lookup gives one row in any case")
    staff, stored, totp_sealed, lane, locked_until = row
    return _Found(staff, stored, totp_sealed, Lane(subject, lane, guard.STAFF_WAITS), locked_until)
