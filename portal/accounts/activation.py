"""A sealed slip, bound by an officer who saw KTP and KK, and a PIN that the member chooses: the first, or a new one.

The officer knows the serial outside, never the code inside. The code works once, until it expires, and only together
with the NIK of the member it was bound to. A code for a new PIN waits for a second officer (``resetting``).
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from portal.accounts import guard, pins
from portal.accounts.actor import StaffActor
from portal.accounts.hashing import hasher
from portal.accounts.signin import Lane, Refused, SignedIn, Whose, begin_session, fail, subject_of
from portal.audit.trail import Event, record
from portal.core.clock import WIB, now, today, zone, zone_of_area, zone_word
from portal.core.db import ANONYMOUS
from portal.core.errors import NotFound
from portal.core.ids import new_code
from portal.core.messages import N_
from portal.core.nik import parse_nik
from portal.core.sealing import SealBroken
from portal.extensions import db, keys

#: Days from the binding in which the code works.
VALID_DAYS = 30
_CODE_LENGTH = 8
_SERIAL_DIGITS = 7
_TICKET_SECONDS = 15 * 60
_LANE = "activation"

_FIND = "SELECT serial, purpose, state, village_id, birth_dates, kk_sealed, locked_until FROM slip_find(%s, %s)"
_USE = text(
    "SELECT account_id, person_id, family_id, purpose FROM slip_use(:code, :subject, :pin_hash, CAST(:said AS jsonb))"
)
_MEMBER = text(
    "SELECT family_id, member_id, family_public, person_public, name, birth_date, village, kk_sealed AS kk, has_login"
    " FROM activation_member(NULL, CAST(:family AS uuid), CAST(:person AS uuid))"
)
_BIND = text("SELECT slip_bind(:serial, :family, :member, :days, :today)")
_BY_OFFICER = text("SELECT name, bound, used FROM activations_by_officer(:since)")

#: What the officer reads for each answer of ``slip_bind`` but 'bound'.
REFUSALS = {
    "member_unknown": N_("This person is not in a family of your villages any more."),
    "own_family": N_("This is your own family or a relative's. A colleague has to do this."),
    "recorded_dead": N_("The record says that this person has died. Send the family to Dukcapil first."),
    "not_adult": N_("Only somebody who is 18 or older gets a sign-in, and the birth date must be recorded."),
    "has_login": N_("This person has a sign-in already. A sign-in is never made twice."),
    "slip_unknown": N_("There is no slip with this number. Read the number on the outside again."),
    "slip_taken": N_("This slip has been given to somebody already. Take another one."),
}


#: What the holder of a true code reads where it cannot be used now.
STATES = {
    "waiting": N_(
        "This code is right, but a second officer has not confirmed it yet. Ask at the village office, then write the "
        "code again. It is confirmed within 24 hours or not at all."
    ),
    "called_off": N_("An officer called this slip off. Ask at the village office why, and for a new slip."),
    "used": N_("This code was used already, and a code works once. Was it not you? Tell the village office at once."),
    "expired": N_("This code is too old. Ask at the village office for a new slip. It costs nothing."),
}


@dataclass(frozen=True, slots=True)
class NotNow:
    """The code goes with the NIK, but cannot be used: why (a message key)."""

    message: str


class _Slip(NamedTuple):
    """What the database tells of a code and a NIK; all but the lock are None where they do not go together."""

    serial: str | None
    purpose: str
    state: str
    village_id: int
    births: list[date] | None
    kk_sealed: bytes | None
    locked_until: datetime | None


@dataclass(frozen=True, slots=True)
class Ticket:
    """What the first step of the activation hands to the second: sealed in the cookie, good for 15 minutes."""

    nik_text: str
    code: str
    purpose: str = "activation"
    village_id: int = 0

    def sealed(self) -> str:
        """As text for the cookie."""
        until = int(now().timestamp()) + _TICKET_SECONDS
        content = json.dumps([self.nik_text, self.code, self.purpose, self.village_id, until])
        return base64.b64encode(keys.ring.seal("activation-ticket", content)).decode()


def open_ticket(sealed: str | None) -> Ticket | None:
    """The ticket in the cookie, or None where there is none that is still good."""
    try:
        *content, until = json.loads(keys.ring.unseal("activation-ticket", base64.b64decode(sealed or "")))
        ticket = Ticket(*content)
    except (SealBroken, ValueError, TypeError):
        return None
    return ticket if until > now().timestamp() else None


def tidy_code(typed: str) -> str:
    """A code as printed, from what was typed: small letters, spaces and dashes do not matter."""
    return "".join(ch for ch in typed.upper() if ch.isascii() and ch.isalnum())[:64]


def code_hash(code: str) -> bytes:
    """What the database keeps of a code."""
    return code_hashes(code)[0]


def code_hashes(code: str) -> list[bytes]:
    """The same under every index key: a slip that was printed before the key changed still works."""
    return keys.ring.blind_indexes("slip-code", tidy_code(code))


def check_code(nik_text: str, code: str) -> Ticket | NotNow | Refused:
    """The first step: whether this code is good now for the member of that NIK.

    Only who holds a true code reads what has become of it; everybody else reads one and the same sentence.
    """
    subject = subject_of(nik_text)
    found = _find(code, subject)
    locked = guard.seconds_left(found.locked_until, now())
    if found.serial is None or locked:
        return fail(_lane(subject), tidy_code(code), None, Event.CODE_FAILED, guess_alarm=not locked)
    if found.state != "good":
        return NotNow(STATES[found.state])
    return Ticket(nik_text, code, found.purpose, found.village_id)


def pin_refusal(ticket: Ticket, pin: str) -> str | None:
    """Why this PIN may not be the member's (a message key), or None. Its own numbers and dates are known here."""
    found = _find(ticket.code, subject_of(ticket.nik_text))
    numbers = [parse_nik(ticket.nik_text).clear]  # a ticket is made only where the NIK was found
    if found.kk_sealed is not None:
        numbers.append(keys.ring.unseal("kk", found.kk_sealed))
    return pins.refusal(pin, numbers=numbers, births=found.births or ())


def activate(ticket: Ticket, pin: str, device: bytes) -> SignedIn | None:
    """The second step: use the code, make the account or give it the new PIN, and sign in.

    None where the code is no longer good. A new PIN ends every other session of the account.
    """
    subject = subject_of(ticket.nik_text)
    pin_hash = hasher.hash(pin)
    said = said_now(zone_of_area(ticket.village_id) if ticket.village_id else WIB)
    values = {"subject": subject, "pin_hash": pin_hash, "said": said}
    with db.begin(ANONYMOUS) as session:
        used = (session.execute(_USE, values | {"code": code}).one_or_none() for code in code_hashes(ticket.code))
        made = next((row for row in used if row is not None), None)
        if made is None:
            return None
        whose = Whose(made.account_id, made.person_id, made.family_id, pin_hash)
        event = Event.PIN_RESET if made.purpose == "reset" else Event.ACCOUNT_ACTIVATED
        record(session, event, family_id=whose.family_id, person=whose.person_id)
        # In a lane of its own: a stranger's wrong tries in the meantime do not stop who held the code.
        return begin_session(session, whose, Lane(subject, "activated", guard.ACTIVATION_WAITS), device)


def _lane(subject: bytes) -> Lane:
    return Lane(subject, _LANE, guard.ACTIVATION_WAITS)


def said_now(zone_name: str) -> str:
    """This day and time in the village's zone, as a message keeps them (JSON)."""
    there = now().astimezone(zone(zone_name))
    return json.dumps({"day": {"day": there.date().isoformat()}, "time": f"{there:%H.%M} {zone_word(zone_name)}"})


def _find(code: str, subject: bytes) -> _Slip:
    # Under every index key, found or not, so that both cost the same.
    found = [_look(hashed, subject) for hashed in code_hashes(code)]
    return next((slip for slip in found if slip.serial is not None), found[0])


def _look(hashed: bytes, subject: bytes) -> _Slip:
    row = db.call(_FIND, (hashed, subject))
    if row is None:
        raise RuntimeError("slip_find gives one row in any case")
    return _Slip(*row)


def new_slip(sequence: int) -> tuple[str, str]:
    """A serial for the outside (``S-0000042``) and a code for the inside (``7KQ4-MX9T``)."""
    code = new_code(_CODE_LENGTH)
    return f"S-{sequence:0{_SERIAL_DIGITS}}", f"{code[:4]}-{code[4:]}"


def tidy_serial(typed: str) -> str:
    """A serial as printed, from what was typed (``s 42``, ``0000042``)."""
    digits = re.sub(r"\D", "", typed)[:12]
    return f"S-{int(digits or 0):0{_SERIAL_DIGITS}}"


@dataclass(frozen=True, slots=True)
class Found:
    """A member of the officer's villages, as it is shown before a slip is bound."""

    family_id: int
    member_id: int
    family_public: UUID
    person_public: UUID
    name: str
    birth_date: date | None
    village: str
    kk: str
    has_login: bool


def find_member(actor: StaffActor, family: UUID, person: UUID) -> Found:
    """The member by the public ids of family and person. Raises ``NotFound``, also outside the officer's villages."""
    with db.begin(actor.scope) as session:
        row = session.execute(_MEMBER, {"family": family, "person": person}).mappings().one_or_none()
    if row is None:
        raise NotFound
    return Found(**{**row, "kk": keys.ring.unseal("kk", row["kk"])})


def bind(actor: StaffActor, found: Found, serial: str) -> str | None:
    """Give the slip to the member whom the officer has seen with KTP and KK. Answers why not (a message key)."""
    with db.begin(actor.scope) as session:
        answer: str = session.execute(
            _BIND,
            {
                "serial": tidy_serial(serial),
                "family": found.family_id,
                "member": found.member_id,
                "days": VALID_DAYS,
                "today": today(actor.zone),
            },
        ).scalar_one()
        if answer != "bound":
            return REFUSALS[answer]
        record(session, Event.SLIP_BOUND, family_id=found.family_id, serial=tidy_serial(serial))
    return None


def by_officer(actor: StaffActor, since: datetime) -> Sequence[Row[tuple[str, int, int]]]:
    """How many slips each officer of the area bound since then, and how many became a sign-in."""
    with db.begin(actor.scope) as session:
        return session.execute(_BY_OFFICER, {"since": since}).all()


def create_account(session: Session, person_id: int, family_id: int, pin: str) -> int:
    """Make an account without a slip, as the owner (the demo and the tests)."""
    made: int = session.execute(
        text("INSERT INTO account (person_id, family_id, pin_hash) VALUES (:p, :f, :h) RETURNING id"),
        {"p": person_id, "f": family_id, "h": hasher.hash(pin)},
    ).scalar_one()
    return made
