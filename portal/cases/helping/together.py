"""A session of two: the member's PIN on the kiosk, and the officer signed in on a device of the officer's own.

The kiosk takes NIK and PIN and shows a code of six letters; the officer types it on the own device and confirms to sit
beside the person. So the PIN is never typed on an officer's device, and no officer's password on a kiosk. The session
is the member's, bears the officer's name, ends after five idle minutes and changes nothing about the login.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from portal.accounts import guard
from portal.accounts.actor import StaffActor
from portal.accounts.ends import HELPED_SECONDS
from portal.accounts.hashing import hasher
from portal.accounts.kiosks import Kiosk
from portal.accounts.sessions import token_hash
from portal.accounts.signin import Lane, Refused, fail, lookup, subject_of
from portal.audit.looks import note_look
from portal.audit.trail import Event, record
from portal.core.clock import now
from portal.core.db import ANONYMOUS
from portal.core.ids import new_code, new_token
from portal.core.messages import N_
from portal.core.names import written_name
from portal.extensions import db, keys

#: Why, as the family reads it under who looked.
LOOK = N_("to help somebody of your family at a kiosk")
CODE_LENGTH = 6
CODE_MINUTES = 5  # from the PIN to the officer's word and the first page
IDLE_MINUTES = HELPED_SECONDS // 60
LONGEST_MINUTES = 60

_OFFER = text("SELECT helped_offer(:token, :code, :account, :subject, :lane, :proven, :kiosk, :minutes)")
_STATE = "SELECT name, title FROM helped_state(%s)"
_BEGIN = text("SELECT account_id, person_id, family_id, staff_id FROM helped_begin(:token, :session, :idle, :minutes)")
_OFFERED = text("SELECT account_id, person_id, family_id, name, kiosk_name FROM helped_offered(:code)")
_CONFIRM = text("SELECT helped_confirm(:code)")


@dataclass(frozen=True, slots=True)
class Offer:
    """What the kiosk keeps and shows: its token, and the code for the officer."""

    token: str
    code: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """The kiosk's question: ``officer`` confirmed, or nobody yet."""

    officer: str | None
    title: str | None


@dataclass(frozen=True, slots=True)
class Together:
    """A session of two that has begun; who helps stands in it."""

    token: str
    account_id: int


@dataclass(frozen=True, slots=True)
class Offered:
    """Who waits for the officer, and where."""

    name: str
    kiosk: str


def offer(nik_text: str, pin: str, device: bytes, kiosk: Kiosk) -> Offer | Refused:
    """Prove the PIN as a sign-in does, and leave a code for an officer. Wrong tries count as they do there."""
    subject = subject_of(nik_text)
    account, _person, family, stored, lane_name, _unclear, locked_until = lookup(subject, device)
    right = hasher.verify(stored, pin)
    lane = Lane(subject, lane_name, guard.FAMILY_WAITS)
    if not right or guard.seconds_left(locked_until, now()):
        return fail(lane, pin, family)
    made = Offer(new_token(), new_code(CODE_LENGTH))
    values = {
        "token": token_hash(made.token),
        "code": _code_hash(made.code),
        "account": account,
        "subject": subject,
        "lane": lane_name,
        "proven": stored,
        "kiosk": kiosk.id,
        "minutes": CODE_MINUTES,
    }
    with db.begin(ANONYMOUS) as session:
        left = session.execute(_OFFER, values).scalar_one()
        if left:
            record(session, Event.HELP_OFFERED, family_id=family, kiosk=kiosk.id)
    return made if left else fail(lane, pin, family)


def waiting(token: str) -> Waiting | None:
    """Whether an officer confirmed the kiosk's code; None where the code is used or too old."""
    row = db.call(_STATE, (token_hash(token),))
    return None if row is None else Waiting(*row)


def begin(token: str) -> Together | None:
    """Begin the session, once an officer confirmed; None where none did, or PIN or officer are no longer good."""
    new = new_token()
    values = {"token": token_hash(token), "session": token_hash(new), "idle": IDLE_MINUTES, "minutes": LONGEST_MINUTES}
    with db.begin(ANONYMOUS) as session:
        begun = session.execute(_BEGIN, values).one_or_none()
        if begun is None:
            return None
        record(session, Event.HELP_BEGUN, family_id=begun.family_id, person=begun.person_id, helped_by=begun.staff_id)
        return Together(new, begun.account_id)


def tidy_code(typed: str) -> str:
    """A code as it is shown, from what was typed: small letters, spaces and dashes do not matter."""
    return "".join(ch for ch in typed.upper() if ch.isascii() and ch.isalnum())[:CODE_LENGTH]


def offered(actor: StaffActor, code: str) -> Offered | None:
    """Who waits under that code, where this officer may help: at a kiosk and for a family of the own villages."""
    with db.begin(actor.scope) as session:
        found = session.execute(_OFFERED, {"code": _code_hash(code)}).one_or_none()
        if found is None:
            record(session, Event.HELP_CODE_WRONG)
            return None
        return Offered(written_name(found.name), found.kiosk_name)


def confirm(actor: StaffActor, code: str) -> bool:
    """The officer says to sit beside the person. False where the code is used, too old or not for this officer."""
    with db.begin(actor.scope) as session:
        found = session.execute(_OFFERED, {"code": _code_hash(code)}).one_or_none()
        if found is None or not session.execute(_CONFIRM, {"code": _code_hash(code)}).scalar_one():
            record(session, Event.HELP_CODE_WRONG)
            return False
        record(session, Event.HELP_CONFIRMED, family_id=found.family_id, person=found.person_id)
        note_look(session, found.family_id, LOOK)
        return True


def _code_hash(code: str) -> bytes:
    return keys.ring.blind_index("helped-code", tidy_code(code))
