"""What a person sees and steers of the own sign-in: the open sessions, and the PIN.

Of a device only the kind is kept (Chrome on an Android phone), never its address: a phone changes it all day, and
where somebody was is nothing we want to know.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask import Flask, request, session
from sqlalchemy import text

from portal.accounts import ends, guard, pins
from portal.accounts.actor import FamilyActor, StaffActor
from portal.accounts.hashing import hasher
from portal.accounts.kiosks import this_kiosk
from portal.accounts.sessions import token_hash
from portal.accounts.signin import Lane, Refused, fail
from portal.audit.trail import Event, record
from portal.core.clock import now
from portal.core.messages import N_
from portal.extensions import db, keys
from portal.web.formats import day_time

_ON = "SELECT session_on(%s, %s, %s, %s, %s)"
_OWN = text("SELECT token_hash, public_id, device, kiosk, created_at, last_seen_at FROM own_sessions()")
_END = text("SELECT own_sessions_end(CAST(:wanted AS uuid), :kept)")
_PIN = text("SELECT account_id, pin_hash, locked_until FROM own_pin()")
_SET_PIN = text("SELECT own_pin_set(:proven, :pin, :kept)")
_PROVEN = text("SELECT own_pin_proven(:proven)")
_NUMBERS = text(
    "SELECT f.kk_sealed, array_agg(m.birth_date) FILTER (WHERE m.birth_date IS NOT NULL) AS births,"
    " (array_agg(m.nik_sealed) FILTER (WHERE m.person_id = :person))[1] AS nik_sealed"
    " FROM family f JOIN member m ON m.family_id = f.id AND m.until IS NULL WHERE f.id = :family GROUP BY f.kk_sealed"
)
_UNTIL = "until"

WRONG_PIN = N_("This is not your PIN.")
SAME_PIN = N_("This is the PIN that you have now. Choose another one.")

#: What a browser says of itself, in the order in which it is asked: later names stand in earlier browsers too.
_BROWSERS = (
    ("SamsungBrowser", "Samsung Internet"),
    ("OPR/|Opera", "Opera"),
    ("UCBrowser", "UC Browser"),
    ("Edg", "Edge"),
    ("Firefox|FxiOS", "Firefox"),
    ("Chrome|CriOS", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (("Android", "android"), ("iPhone", "iphone"), ("iPad", "tablet"), ("Windows|Macintosh|X11", "computer"))
#: A kind of device in words.
KINDS = {
    "android": N_("Android phone or tablet"),
    "iphone": N_("iPhone"),
    "tablet": N_("iPad"),
    "computer": N_("Computer"),
    "": N_("Another device"),
}
_LONGEST_AGENT = 400


@dataclass(frozen=True, slots=True)
class OwnSession:
    """An open session of the person who asks. ``system`` is a message key, ``browser`` a name or empty."""

    public_id: UUID
    system: str
    browser: str
    kiosk: str | None
    since: datetime
    last_seen_at: datetime
    is_this: bool


def kind_of(agent: str) -> str:
    """The kind of a browser as it is kept, such as ``android/Chrome``; empty parts where it is not known."""
    agent = agent[:_LONGEST_AGENT]
    return "/".join(
        next((name for pattern, name in known if re.search(pattern, agent)), "") for known in (_SYSTEMS, _BROWSERS)
    )


def note_device(token: str, kind: str) -> None:
    """Right after a sign-in: keep on what kind of browser it was, and let a session on a kiosk end sooner.

    ``kind`` is that of the reader, ``family`` or ``staff``.
    """
    kiosk = this_kiosk()
    end = ends.ends_of(kind, on_kiosk=kiosk is not None)
    agent = kind_of(request.headers.get("User-Agent", ""))
    db.call(_ON, (token_hash(token), agent, kiosk.id if kiosk else None, end.idle_minutes, end.hours))
    session[_UNTIL] = str(int(now().timestamp()) + end.hours * 3600)


def seconds_left(actor: FamilyActor | StaffActor) -> int:
    """Seconds until the session ends if nothing more happens, reckoned from this request."""
    # The time last seen is written once a minute, so that it may be a minute old.
    idle = (ends.ends_of(actor.kind, on_kiosk=False).idle_minutes - 1) * 60
    until = session.get(_UNTIL)
    return idle if until is None else max(0, min(idle, int(until) - int(now().timestamp())))


def open_until(actor: FamilyActor | StaffActor) -> str:
    """The time of that in the reader's zone, such as ``10.30 WIB``."""
    return day_time(now() + timedelta(seconds=seconds_left(actor)), actor.zone).rpartition(", ")[2]


def own_sessions(actor: FamilyActor | StaffActor) -> Sequence[OwnSession]:
    """The open sessions of that person, the newest first."""
    with db.begin(actor.scope) as transaction:
        rows = transaction.execute(_OWN).all()
    this, found = token_hash(actor.token), []
    for hashed, public_id, device, kiosk, since, last in rows:
        system, _slash, browser = device.partition("/")
        words = KINDS.get(system, KINDS[""])
        found.append(OwnSession(public_id, words, browser, kiosk, since, last, hashed == this))
    return found


def end_sessions(actor: FamilyActor | StaffActor, wanted: UUID | None = None) -> int:
    """End one of them, or all but this one; gives how many ended."""
    with db.begin(actor.scope) as transaction:
        kept = None if wanted else token_hash(actor.token)
        ended: int = transaction.execute(_END, {"wanted": wanted, "kept": kept}).scalar_one()
        if ended:
            family = actor.family_id if isinstance(actor, FamilyActor) else None
            record(transaction, Event.SESSIONS_ENDED, family_id=family, sessions=ended)
    return ended


@dataclass(frozen=True, slots=True)
class PinProblem:
    """Why the PIN was not changed (a message key), and at which field of the form."""

    field: str
    message: str


def change_pin(actor: FamilyActor, old: str, new: str) -> PinProblem | Refused | None:
    """Change the PIN of the member who knows the old one. None where it is done; every other session has ended."""
    with db.begin(actor.scope) as transaction:
        mine = transaction.execute(_PIN).one()
        known = transaction.execute(_NUMBERS, {"person": actor.person_id, "family": actor.family_id}).one()
    right = hasher.verify(mine.pin_hash, old)
    if not right or guard.seconds_left(mine.locked_until, now()):
        return _refuse(actor, mine.account_id)
    if new == old:
        return PinProblem("pin", SAME_PIN)
    numbers = [keys.ring.unseal("nik", known.nik_sealed), keys.ring.unseal("kk", known.kk_sealed)]
    refusal = pins.refusal(new, numbers=numbers, births=known.births or ())
    if refusal is not None:
        return PinProblem("pin", refusal)
    pin_hash = hasher.hash(new)
    with db.begin(actor.scope) as transaction:
        done = transaction.execute(
            _SET_PIN, {"proven": mine.pin_hash, "pin": pin_hash, "kept": token_hash(actor.token)}
        ).scalar_one()
        if done:
            record(transaction, Event.PIN_CHANGED, family_id=actor.family_id, person=actor.person_id)
    return None if done else _refuse(actor, mine.account_id)


def prove_pin(actor: FamilyActor, pin: str) -> Refused | None:
    """Ask for the own PIN once more, before what cannot lightly be undone. Wrong ones count as at a change of it."""
    with db.begin(actor.scope) as transaction:
        mine = transaction.execute(_PIN).one_or_none()
    if mine is None:
        return Refused(0)
    if hasher.verify(mine.pin_hash, pin) and not guard.seconds_left(mine.locked_until, now()):
        with db.begin(actor.scope) as transaction:
            if transaction.execute(_PROVEN, {"proven": mine.pin_hash}).scalar_one():
                return None
    return _refuse(actor, mine.account_id, Event.OWN_PIN_FAILED)


def _refuse(actor: FamilyActor, account_id: int, event: Event = Event.PIN_CHANGE_FAILED) -> Refused:
    subject = token_hash(f"own-pin:{account_id}")  # as own_pin() has it: the same hash, of no secret
    return fail(Lane(subject, "own", guard.FAMILY_WAITS), None, actor.family_id, event)


def init_own_sessions(app: Flask) -> None:
    """Let the pages say when they end."""
    app.jinja_env.globals.update(session_left=seconds_left, session_until=open_until)
