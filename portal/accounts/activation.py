"""The first sign-in: a sealed slip, bound by an officer who saw KTP and KK, and a PIN that the member chooses.

The officer knows the serial outside, never the code inside. The code works once, until it expires, and only together
with the NIK of the member it was bound to.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from portal.accounts import guard, pins
from portal.accounts.actor import StaffActor
from portal.accounts.hashing import hasher
from portal.accounts.signin import Lane, Refused, SignedIn, Whose, begin_session, fail, subject_of
from portal.audit.trail import Event, record
from portal.core.clock import now, today
from portal.core.db import ANONYMOUS
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

_FIND = "SELECT serial, birth_dates, kk_sealed, locked_until FROM slip_find(%s, %s)"
_USE = text("SELECT account_id, person_id, family_id FROM slip_use(:code, :subject, :pin_hash)")
_MEMBER = text(
    "SELECT family_id, member_id, family_public, person_public, name, birth_date, village, kk_sealed AS kk, has_login"
    " FROM activation_member(:subject, CAST(:family AS uuid), CAST(:person AS uuid))"
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


@dataclass(frozen=True, slots=True)
class Ticket:
    """What the first step of the activation hands to the second: sealed in the cookie, good for 15 minutes."""

    nik_text: str
    code: str

    def sealed(self) -> str:
        """As text for the cookie."""
        content = json.dumps([self.nik_text, self.code, int(now().timestamp()) + _TICKET_SECONDS])
        return base64.b64encode(keys.ring.seal("activation-ticket", content)).decode()


def open_ticket(sealed: str | None) -> Ticket | None:
    """The ticket in the cookie, or None where there is none that is still good."""
    try:
        nik_text, code, until = json.loads(keys.ring.unseal("activation-ticket", base64.b64decode(sealed or "")))
    except (SealBroken, ValueError):
        return None
    return Ticket(nik_text, code) if until > now().timestamp() else None


def tidy_code(typed: str) -> str:
    """A code as printed, from what was typed: small letters, spaces and dashes do not matter."""
    return "".join(ch for ch in typed.upper() if ch.isascii() and ch.isalnum())[:64]


def code_hash(code: str) -> bytes:
    """What the database keeps of a code."""
    return keys.ring.blind_index("slip-code", tidy_code(code))


def check_code(nik_text: str, code: str) -> Ticket | Refused:
    """The first step: whether this code is good now for the member of that NIK."""
    subject = subject_of(nik_text)
    serial, _births, _kk, locked_until = _find(code, subject)
    if serial is None or guard.seconds_left(locked_until, now()):
        return fail(_lane(subject), None, None)
    return Ticket(nik_text, code)


def pin_refusal(ticket: Ticket, pin: str) -> str | None:
    """Why this PIN may not be the member's (a message key), or None. Its own numbers and dates are known here."""
    _serial, births, kk_sealed, _locked = _find(ticket.code, subject_of(ticket.nik_text))
    numbers = [parse_nik(ticket.nik_text).clear]  # a ticket is made only where the NIK was found
    if kk_sealed is not None:
        numbers.append(keys.ring.unseal("kk", kk_sealed))
    return pins.refusal(pin, numbers=numbers, births=births or ())


def activate(ticket: Ticket, pin: str, device: bytes) -> SignedIn | None:
    """The second step: use the code, make the account and sign in. None where the code is no longer good."""
    subject = subject_of(ticket.nik_text)
    pin_hash = hasher.hash(pin)
    with db.begin(ANONYMOUS) as session:
        made = session.execute(
            _USE, {"code": code_hash(ticket.code), "subject": subject, "pin_hash": pin_hash}
        ).one_or_none()
        if made is None:
            return None
        whose = Whose(made.account_id, made.person_id, made.family_id, pin_hash)
        record(session, Event.ACCOUNT_ACTIVATED, family_id=whose.family_id, person=whose.person_id)
        # In a lane of its own: a stranger's wrong tries in the meantime do not stop who held the code.
        return begin_session(session, whose, Lane(subject, "activated", guard.ACTIVATION_WAITS), device)


def _lane(subject: bytes) -> Lane:
    return Lane(subject, _LANE, guard.ACTIVATION_WAITS)


def _find(code: str, subject: bytes) -> tuple[str | None, list[date] | None, bytes | None, datetime | None]:
    row = db.call(_FIND, (code_hash(code), subject))
    if row is None:
        raise RuntimeError("slip_find gives one row in any case")
    serial, births, kk_sealed, locked_until = row
    return serial, births, kk_sealed, locked_until


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


def find_by_nik(actor: StaffActor, nik_text: str) -> Sequence[Found]:
    """The member of that NIK in the officer's villages; twice where it stands in two families."""
    return _members(actor, {"subject": subject_of(nik_text), "family": None, "person": None})


def find_member(actor: StaffActor, family: UUID, person: UUID) -> Found | None:
    """The member by the public ids of family and person, or None outside the officer's villages."""
    found = _members(actor, {"subject": None, "family": family, "person": person})
    return found[0] if found else None


def _members(actor: StaffActor, wanted: dict[str, object]) -> Sequence[Found]:
    with db.begin(actor.scope) as session:
        rows = session.execute(_MEMBER, wanted).mappings().all()
    return [Found(**{**row, "kk": keys.ring.unseal("kk", row["kk"])}) for row in rows]


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
