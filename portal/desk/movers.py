"""The officer as the table of moves asks about it: the same questions of a case and of a proposal without a login."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from sqlalchemy import Select
from sqlalchemy.orm import Session

from portal.accounts.actor import StaffActor
from portal.accounts.leaves import stood_in_for
from portal.accounts.roles import Permission
from portal.cases.workflow import EYES, Move, Mover, Right, Side
from portal.web.forms import BaseForm

_RIGHTS = {
    Right.WORK: Permission.WORK_CASES,
    Right.DECIDE: Permission.DECIDE_CASES,
    Right.VERIFY: Permission.VERIFY_CASES,
    Right.CONFIRM: Permission.CONFIRM_CASES,
}
#: The events of the steps that take several pairs of eyes.
EYE_EVENTS = tuple(move.value for move in EYES)


class Moved(Protocol):
    """What an officer has, or wrote down: a case or a proposal."""

    @property
    def assigned_to(self) -> int | None: ...
    @property
    def recorded_by(self) -> int | None: ...


def mover_of(
    session: Session,
    actor: StaffActor,
    one: Moved,
    *,
    kin: bool,
    did: Select[str] | None,
    decided_first: bool = False,
) -> Mover:
    """The officer; who stands in for the holder is the holder meanwhile. ``did``: its own events of ``EYE_EVENTS``."""
    events: Iterable[str] = session.scalars(did) if did is not None else ()
    return Mover(
        Side.STAFF,
        rights=frozenset(right for right, permission in _RIGHTS.items() if actor.may(permission)),
        is_kin=kin,
        is_holder=one.assigned_to in {actor.staff_id, *stood_in_for(session, actor.staff_id)},
        is_recorder=one.recorded_by == actor.staff_id,
        was_recorded=one.recorded_by is not None,
        decided_first=decided_first,
        did=frozenset(Move(event) for event in events),
    )


def said_beside(form: BaseForm) -> dict[str, str]:
    """What stands beside the words of a later step, in clear."""
    found = {name: form[name].data for name in ("opinion", "basis") if name in form}
    if "held_on" in form and form["held_on"].data:
        found["held_on"] = form["held_on"].data.isoformat()
    return found
