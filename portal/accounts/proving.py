"""Whoever is signed in is asked for the PIN, or an officer for a code, once more before a key is added or removed.

Wrong tries count as they do at sign-in, so that an open session is no way around its locks.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from portal.accounts import guard
from portal.accounts.actor import FamilyActor, StaffActor
from portal.accounts.hashing import hasher
from portal.accounts.signin import Lane, Refused, fail
from portal.accounts.staff_signin import matching_step
from portal.audit.trail import Event
from portal.core.clock import now
from portal.extensions import db

_OWN_SECRET = text("SELECT subject, pin_hash, totp_sealed, lane, locked_until FROM own_secret(:device)")


@dataclass(frozen=True, slots=True)
class Proof:
    """That the person who is signed in knows the PIN (its stored hash) or has a code (its step), on this device.

    The database looks at it once more, and spends the step, where something is done on its strength.
    """

    lane: Lane
    device: bytes
    pin_hash: str | None
    step: int | None
    typed: str
    family_id: int | None

    def values(self) -> dict[str, object]:
        """For the named functions that take a proof."""
        return {"lane": self.lane.name, "device": self.device, "proven": self.pin_hash, "step": self.step}

    def refused(self) -> Refused:
        """Count it as a wrong try: the code was used, or the PIN or the lane changed, while this went on."""
        return _fail(self.lane, self.typed, self.family_id)


def prove(actor: FamilyActor | StaffActor, typed: str, device: bytes) -> Proof | Refused:
    """Check the PIN or the code that was typed by the person who is signed in."""
    with db.begin(actor.scope) as session:
        found = session.execute(_OWN_SECRET, {"device": device}).one_or_none()
    if found is None or found.subject is None:
        return Refused()
    family = actor.family_id if isinstance(actor, FamilyActor) else None
    lane = Lane(found.subject, found.lane, guard.STAFF_WAITS if family is None else guard.FAMILY_WAITS)
    step = matching_step(found.totp_sealed, typed, now())
    right = step is not None if family is None else hasher.verify(found.pin_hash, typed)
    if not right or guard.seconds_left(found.locked_until, now()):
        return _fail(lane, typed, family)
    return Proof(lane, device, found.pin_hash, step, typed, family)


def _fail(lane: Lane, typed: str, family: int | None) -> Refused:
    if family is None:
        return fail(lane, None, None, Event.STAFF_SIGN_IN_FAILED)
    return fail(lane, typed, family)
