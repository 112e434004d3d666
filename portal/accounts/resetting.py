"""A lost PIN is replaced at the counter by two officers: one starts, another one of the village confirms.

The member is there in person with KTP and KK and takes home a sealed slip of the reset kind. Its code works only after
the confirmation, once, for two days. The database holds the rule by itself (``reset_start``, ``reset_confirm``, and a
constraint that the two are not the same officer).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.accounts.activation import Found, said_now, tidy_serial
from portal.accounts.actor import StaffActor
from portal.audit.trail import Event, record
from portal.core.clock import today
from portal.core.messages import N_
from portal.extensions import db, keys

#: Hours in which another officer confirms, and hours in which the code then works; the database counts them.
CONFIRM_HOURS, CODE_HOURS = 24, 48

_START = text("SELECT reset_start(:serial, :family, :member, :today, CAST(:said AS jsonb))")
_CONFIRM = text("SELECT reset_confirm(:reset)")
_CALL_OFF = text("SELECT reset_call_off(:reset)")
_SHOWN = text("SELECT * FROM resets_at_counter(CAST(:reset AS uuid))")

#: What the officer reads for each answer of the database that is not the wanted one.
REFUSALS = {
    "member_unknown": N_("This person is not in a family of your villages any more."),
    "own_family": N_("This is your own family or a relative's. A colleague has to do this."),
    "recorded_dead": N_("The record says that this person has died. Send the family to Dukcapil first."),
    "not_adult": N_("Only somebody who is 18 or older has a sign-in, and the birth date must be recorded."),
    "no_login": N_("This person has no sign-in yet. Give out a slip for the first time instead."),
    "slip_unknown": N_("There is no slip with this number. Read the number on the outside again."),
    "slip_of_other_kind": N_("This slip is for a first sign-in. Take one on which it says: new PIN."),
    "slip_taken": N_("This slip has been given to somebody already. Take another one."),
    "reset_unknown": N_("There is no such new PIN in your villages."),
    "same_officer": N_("You started this yourself. It takes another officer to confirm it."),
    "was_called_off": N_("This new PIN was called off."),
    "was_confirmed": N_("This new PIN is confirmed already."),
    "was_used": N_("The member has used the code already."),
    "too_late": N_("More than 24 hours have passed. The member has to come again, with a new slip."),
}


@dataclass(frozen=True, slots=True)
class Reset:
    """A reset as the counter sees it. ``state`` is waiting, confirmed, used, called_off or expired."""

    public_id: UUID
    family_id: int
    family_public: UUID
    name: str
    village: str
    kk: str
    starter: str
    started_at: datetime
    confirm_until: datetime
    confirmer: str | None
    code_until: datetime | None
    state: str
    mine: bool
    is_kin: bool


def start(actor: StaffActor, found: Found, serial: str) -> str | None:
    """The first officer's step, having seen the member with KTP and KK. Answers why not (a message key)."""
    asked = {
        "serial": tidy_serial(serial),
        "family": found.family_id,
        "member": found.member_id,
        "today": today(actor.zone),
        "said": said_now(actor.zone),
    }
    with db.begin(actor.scope) as session:
        answer: str = session.execute(_START, asked).scalar_one()
        if answer != "started":
            return REFUSALS[answer]
        record(session, Event.RESET_STARTED, family_id=found.family_id, serial=tidy_serial(serial))
    return None


def confirm(actor: StaffActor, reset: Reset) -> str | None:
    """The second officer's step. Answers why not (a message key); an officer who tries alone stands in the trail."""
    with db.begin(actor.scope) as session:
        answer = _answer(session, _CONFIRM, reset)
        if answer == "same_officer":
            record(session, Event.RESET_REFUSED, family_id=reset.family_id, reset=str(reset.public_id), why=answer)
        if answer != "confirmed":
            return REFUSALS[answer]
        record(session, Event.RESET_CONFIRMED, family_id=reset.family_id, reset=str(reset.public_id))
    return None


def call_off(actor: StaffActor, reset: Reset) -> str | None:
    """Take a reset back before its code was used. Answers why not (a message key)."""
    with db.begin(actor.scope) as session:
        answer = _answer(session, _CALL_OFF, reset)
        if answer != "called_off":
            return REFUSALS[answer]
        record(session, Event.RESET_CALLED_OFF, family_id=reset.family_id, reset=str(reset.public_id))
    return None


def under_way(actor: StaffActor) -> Sequence[Reset]:
    """The resets of the officer's villages that wait for a second officer or for their member, in that order."""
    return _shown(actor, None)


def find_reset(actor: StaffActor, public_id: UUID) -> Reset | None:
    """A reset by its public id, or None outside the officer's villages."""
    found = _shown(actor, public_id)
    return found[0] if found else None


def _answer(session: Session, step: Any, reset: Reset) -> str:
    answer: str = session.execute(step, {"reset": reset.public_id}).scalar_one()
    return answer


def _shown(actor: StaffActor, public_id: UUID | None) -> Sequence[Reset]:
    with db.begin(actor.scope) as session:
        rows = session.execute(_SHOWN, {"reset": public_id}).mappings().all()
    return [
        Reset(
            **{name: value for name, value in row.items() if name != "kk_sealed"},
            kk=keys.ring.unseal("kk", row["kk_sealed"]),
        )
        for row in rows
    ]
