"""A family member signs in with NIK and PIN.

Whoever tries learns nothing about who has an account: a wrong NIK, a malformed one, a wrong PIN, an unknown NIK and
a locked one cost the same statements and one hash, and get the same words. No connection is held while hashing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.accounts import guard
from portal.accounts.hashing import hasher
from portal.accounts.sessions import FAMILY_HOURS, FAMILY_IDLE_MINUTES, token_hash
from portal.audit.trail import Event, Plain, record
from portal.core.clock import now, today
from portal.core.db import ANONYMOUS
from portal.core.ids import new_token
from portal.core.nik import NotANumber, parse_nik, strip_separators
from portal.core.quick import Question
from portal.extensions import db, keys

_LOOKUP = "SELECT account_id, person_id, family_id, pin_hash, lane, unclear, locked_until FROM signin_lookup(%s, %s)"
_FAIL = text("SELECT failures, locked_until, subjects_reached FROM signin_fail(:subject, :lane, :trial, :waits)")
_SUCCEEDS = "signin_succeed(:account, :subject, :lane, :device, :proven, :token, :idle_minutes, :hours, :rehashed)"
_SUCCEED = text(f"SELECT {_SUCCEEDS}")
#: The session and its event in one trip, both or neither: most of what signing in costs beside the hash were trips.
_SUCCEED_AT_ONCE = Question(
    text(
        f"SELECT to_json(CASE WHEN {_SUCCEEDS} THEN CAST(audit_record(:event, CAST(:family AS bigint),"
        " CAST(:data AS jsonb)) AS text) IS NOT NULL ELSE false END)"
    )
)
_NOTE_CONFLICT = text("SELECT conflict_note(:subject)")
_LONGEST_TYPED = 64


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that has begun: its token for the cookie, and the account it is of."""

    token: str
    account_id: int
    family_unclear: bool = False  # the NIK stands in several families: the member is asked which is the own


@dataclass(frozen=True, slots=True)
class Refused:
    """No session. ``wait`` is the number of seconds in which no try counts, 0 where one may try again now."""

    wait: int = 0


@dataclass(frozen=True, slots=True)
class Lane:
    """Where the tries of a subject are counted: the same subject has one lane for each known device."""

    subject: bytes
    name: str
    waits: Sequence[int]


@dataclass(frozen=True, slots=True)
class Whose:
    """The account that is signed in to, with what the trail says of it.

    ``proven`` is the stored hash that the PIN was found right for: the database begins no session without it.
    """

    account_id: int
    person_id: int
    family_id: int
    proven: str


def subject_of(nik_text: str) -> bytes:
    """The keyed hash of the NIK as typed; one that is malformed has a hash as well, which no account has."""
    try:
        return keys.ring.blind_index("nik", parse_nik(nik_text).clear)
    except NotANumber:
        return keys.ring.blind_index("nik-malformed", strip_separators(nik_text)[:_LONGEST_TYPED])


def sign_in(nik_text: str, pin: str, device: bytes) -> SignedIn | Refused:
    """Begin a session for the account of that NIK where the PIN is right and the lane is open."""
    subject = subject_of(nik_text)
    account, person, family, stored, lane_name, unclear, locked_until = lookup(subject, device)
    right = hasher.verify(stored, pin)
    lane = Lane(subject, lane_name, guard.FAMILY_WAITS)
    if not right or guard.seconds_left(locked_until, now()):
        return fail(lane, pin, family)
    rehashed = hasher.hash(pin) if hasher.is_outdated(stored) else None
    begin = _begin_unclear if unclear else _begin_at_once
    return begin(Whose(account, person, family, stored), lane, device, rehashed) or fail(lane, pin, family)


def _begin_at_once(whose: Whose, lane: Lane, device: bytes, rehashed: str | None) -> SignedIn | None:
    """:func:`begin_session` in a transaction of its own."""
    token = new_token()
    event = {"event": Event.SIGNED_IN.value, "family": whose.family_id, "data": json.dumps({"person": whose.person_id})}
    begun = db.act(_SUCCEED_AT_ONCE, None, **_session_of(token, whose, lane, device, rehashed), **event)
    return SignedIn(token, whose.account_id) if begun else None


def _begin_unclear(whose: Whose, lane: Lane, device: bytes, rehashed: str | None) -> SignedIn | None:
    """The same for a NIK that stands in several families: that becomes a task, once for the same ones."""
    with db.begin(ANONYMOUS) as session:
        begun = begin_session(session, whose, lane, device, rehashed)
        if begun and session.execute(_NOTE_CONFLICT, {"subject": lane.subject}).scalar_one():
            record(session, Event.NIK_IN_TWO_FAMILIES, family_id=whose.family_id)
    return begun and replace(begun, family_unclear=True)


def lookup(subject: bytes, device: bytes) -> tuple[int, int, int, str, str, bool, datetime | None]:
    """Account, person, family, hash, lane, whether the family is unclear, and lock of a subject.

    Account, person, family and hash are None where it is unknown.
    """
    row = db.call(_LOOKUP, (subject, device))
    if row is None:
        raise RuntimeError("signin_lookup gives one row in any case")
    account, person, family, stored, lane, unclear, locked_until = row
    return account, person, family, stored, lane, unclear, locked_until


def begin_session(
    session: Session, whose: Whose, lane: Lane, device: bytes, rehashed: str | None = None
) -> SignedIn | None:
    """Begin a session in the open transaction, or None where lane or PIN changed meanwhile (many tries at once)."""
    token = new_token()
    if not session.execute(_SUCCEED, _session_of(token, whose, lane, device, rehashed)).scalar_one():
        return None
    record(session, Event.SIGNED_IN, family_id=whose.family_id, person=whose.person_id)
    return SignedIn(token, whose.account_id)


def _session_of(token: str, whose: Whose, lane: Lane, device: bytes, rehashed: str | None) -> dict[str, object]:
    return {
        "account": whose.account_id,
        "subject": lane.subject,
        "lane": lane.name,
        "device": device,
        "proven": whose.proven,
        "token": token_hash(token),
        "idle_minutes": FAMILY_IDLE_MINUTES,
        "hours": FAMILY_HOURS,
        "rehashed": rehashed,
    }


def fail(
    lane: Lane,
    pin: str | None,
    family_id: int | None,
    event: Event = Event.SIGN_IN_FAILED,
    *,
    guess_alarm: bool = False,
    **more: Plain,
) -> Refused:
    """Count a wrong try, tell the trail, and raise the alarm where one PIN or code goes round.

    With ``guess_alarm`` (the try counts, and is of a code) also where many were tried on one subject. ``more`` goes
    into the event.
    """
    trial = None if pin is None else keys.ring.blind_index("pin-trial", guard.trial_text(pin, today()))
    with db.begin(ANONYMOUS) as session:
        row = session.execute(
            _FAIL, {"subject": lane.subject, "lane": lane.name, "trial": trial, "waits": list(lane.waits)}
        ).one()
        known_device = lane.name.startswith("device:")
        record(session, event, family_id=family_id, tries=row.failures, known_device=known_device, **more)
        if guard.is_alarm(row.subjects_reached):
            record(session, Event.PIN_SPRAYED, subjects=row.subjects_reached)
        if guess_alarm and row.failures == guard.GUESS_ALARM:
            record(session, Event.CODE_GUESSED, family_id=family_id, tries=row.failures)
        until = [row.locked_until, _fail_on_kiosk(session, lane.name)]
    return Refused(max(guard.seconds_left(one, now()) for one in until))


def _fail_on_kiosk(session: Session, lane: str) -> datetime | None:
    """Count the try for the whole kiosk too, whatever the NIK; gives until when none counts there."""
    if not lane.startswith("kiosk:"):
        return None
    whole = {"subject": hashlib.sha256(lane.encode()).digest(), "lane": "kiosk"}
    row = session.execute(_FAIL, {**whole, "trial": None, "waits": list(guard.KIOSK_WAITS)}).one()
    if row.failures == guard.KIOSK_ALARM:
        record(session, Event.KIOSK_TRIED, kiosk=int(lane.partition(":")[2]), tries=row.failures)
    until: datetime | None = row.locked_until
    return until
