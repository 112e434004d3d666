"""An officer's first sign-in: a link that works once within 72 hours, then a password, an authenticator and codes."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

import pyotp
from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.accounts.actor import StaffActor
from portal.accounts.hashing import hasher
from portal.accounts.recovery_codes import new_codes, recovery_hash
from portal.accounts.staff_signin import TOTP_PURPOSE, login_hash, matching_step, tidy_login
from portal.audit.trail import Event, record
from portal.core.clock import now
from portal.core.db import ANONYMOUS
from portal.core.ids import new_token
from portal.core.messages import N_
from portal.core.sealing import SealBroken
from portal.extensions import db, keys

VALID_HOURS = 72
_PENDING_SECONDS = 30 * 60
_PURPOSE = "staff-invitation"
LOGIN_TAKEN = N_("Another officer has this login. Choose another one.")
REFUSALS = {
    "unknown": N_("This officer is not in your area."),
    "not_confirmed": N_("A second administrator has to confirm this officer first."),
    "has_login": N_("This officer has a sign-in already."),
    "login_taken": LOGIN_TAKEN,
}
_INVITE = text("SELECT staff_invite(:officer, :login, :token, :hours)")
_FIND = "SELECT staff_id, name, title, login FROM staff_invitation_find(%s)"
_USE = text("SELECT staff_invitation_use(:token, :subject, :password, :totp, :step, CAST(:codes AS bytea[]))")
_REVOKE = text(
    "UPDATE staff_invitation SET revoked_at = now()"
    " WHERE staff_id = :officer AND used_at IS NULL AND revoked_at IS NULL"
)


@dataclass(frozen=True, slots=True)
class Invited:
    """The officer whose link this is."""

    staff_id: int
    name: str
    title: str
    login: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the invited officer chose so far: the hash of the password, and the secret that the phone scans."""

    token: str
    password_hash: str
    secret: str

    def sealed(self) -> str:
        """As the cookie keeps it until the first code, for half an hour."""
        until = int(now().timestamp()) + _PENDING_SECONDS
        content = json.dumps([self.token, self.password_hash, self.secret, until])
        return base64.b64encode(keys.ring.seal(_PURPOSE, content)).decode()


def token_hash(token: str) -> bytes:
    """What the database keeps of a link."""
    return hashlib.sha256(token.encode()).digest()


def invite(session: Session, actor: StaffActor, officer: int, login: str) -> tuple[str, str | None]:
    """Make a link in the open transaction, in place of one before. Gives its token, or why not (a message key)."""
    token, login = new_token(), tidy_login(login)
    values = {"officer": officer, "login": login, "token": token_hash(token), "hours": VALID_HOURS}
    answer: str = session.execute(_INVITE, values).scalar_one()
    if answer != "made":
        return "", REFUSALS[answer]
    record(session, Event.STAFF_INVITED, staff=officer, by=actor.staff_id)
    return token, None


def revoke(session: Session, actor: StaffActor, officer: int) -> None:
    """Make the officer's open link worthless."""
    session.execute(_REVOKE, {"officer": officer})
    record(session, Event.STAFF_INVITATION_REVOKED, staff=officer, by=actor.staff_id)


def find(token: str) -> Invited | None:
    """Whose link this is, or None where it is unknown, used, revoked or too old."""
    row = db.call(_FIND, (token_hash(token),))
    return Invited(*row) if row else None


def choose(token: str, password: str) -> Chosen:
    """Take the password, and make the secret of an authenticator. Nothing is stored yet."""
    return Chosen(token, hasher.hash(password), pyotp.random_base32())


def open_chosen(sealed: str | None, token: str) -> Chosen | None:
    """What was chosen in this browser for this link, or None where that is too long ago."""
    try:
        *content, until = json.loads(keys.ring.unseal(_PURPOSE, base64.b64decode(sealed or "")))
        chosen = Chosen(*content)
    except (SealBroken, ValueError, TypeError):
        return None
    return chosen if chosen.token == token and until > now().timestamp() else None


def finish(chosen: Chosen, invited: Invited, code: str, at: datetime) -> list[str] | None:
    """Use the link where the code is the authenticator's: gives the recovery codes, or None where it is wrong."""
    totp = keys.ring.seal(TOTP_PURPOSE, chosen.secret)
    step = matching_step(totp, code, at)
    if step is None:
        return None
    codes = new_codes()
    values = {
        "token": token_hash(chosen.token),
        "subject": login_hash(invited.login),
        "password": chosen.password_hash,
        "totp": totp,
        "step": step,
        "codes": [recovery_hash(one) for one in codes],
    }
    with db.begin(ANONYMOUS) as session:
        if session.execute(_USE, values).scalar_one() is None:
            return None
        record(session, Event.STAFF_INVITATION_USED, staff=invited.staff_id)
    return codes
