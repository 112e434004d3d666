"""Makes a move of the table: state, event on the path, message and trail, in the open transaction.

Everybody who changes a case comes through here, family and officers alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.accounts.actor import Helper
from portal.audit.trail import Event, record
from portal.cases.loading import find_case, seal_words
from portal.cases.models import Case, CaseEvent
from portal.cases.promises import promised_hours, promised_on, stage_until
from portal.cases.ways import kind_of
from portal.cases.workflow import (
    CLOSED,
    LEVEL_OF,
    OWN_FAMILY,
    Move,
    Mover,
    MoveRefused,
    MoveRule,
    Side,
    State,
    check_move,
)
from portal.core.clock import now, today, zone_of_area
from portal.core.errors import Conflict, Forbidden
from portal.core.messages import N_
from portal.core.names import written_name
from portal.core.wording import Message
from portal.inbox.service import Value, notify

MAX_WORDS = 2000
_NEXT = text("SELECT staff_id, level FROM case_next(:family, :case, :level)")
_OWN_PROMISE = frozenset({"answered", "visited"})  # of these stages the later day counts, the first one or the new


class StaleCase(Conflict):
    """The case was changed after the page was drawn. ``seen`` is the version that the page showed."""

    message = N_("Something happened with this submission after you opened the page. Look at what is new, then go on.")

    def __init__(self, seen: int) -> None:
        super().__init__()
        self.seen = seen


class NotPossible(Conflict):
    """The table does not allow the move now; the sentence says why."""


def lock_case(session: Session, reference: str, seen: int) -> Case:
    """The case, held until the end of the transaction, as long as it is the version that was seen.

    Raises ``NotFound``; ``Forbidden`` for an officer's own family or relative; ``StaleCase``.
    """
    find_case(session, reference)
    held = select(Case).where(Case.reference == reference).with_for_update().execution_options(populate_existing=True)
    case = session.scalar(held)
    if case is None:  # seen, but not to be moved: the database keeps officers from their own family's cases
        raise Forbidden(OWN_FAMILY)
    if case.version != seen:
        raise StaleCase(seen)
    return case


@dataclass(frozen=True, slots=True)
class Act:
    """Who acts, and what is said with it. ``words`` go sealed into the path and ``data`` beside them in clear;
    ``values`` complete the message to the family."""

    name: str
    staff_id: int | None = None
    words: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Value] = field(default_factory=dict)
    helper: Helper | None = None  # the officer beside the member, in a session of two
    side: Side = Side.FAMILY  # who acts where no officer does: the family, or the portal by itself


def make_move(session: Session, case: Case, move: Move, mover: Mover, act: Act) -> None:
    """Make the move on a locked case. Raises ``NotPossible`` or ``Forbidden`` with the reason of the table."""
    try:
        rule = check_move(move, State(case.state), mover, kind_of(case).track)
    except MoveRefused as refused:
        raise (Forbidden if refused.forbidden else NotPossible)(refused.reason) from refused
    if rule.needs_words and not act.words:
        raise ValueError(f"{move} needs words")
    before = case.state
    if rule.to is not None:
        case.state = rule.to.value
    case.version += 1
    case.closed_at = now() if case.state in CLOSED else None
    if rule.decides:
        case.decision = case.state
    _promise_anew(case, rule)
    _wait_or_not(case, before)
    write_step(session, case, move.value, act)
    _hand_up(session, case, move)
    if rule.notice is not None:
        tell_sender(session, case, rule.notice, act)
    who = {"helped_by": act.helper.staff_id} if act.helper else {}
    record(session, Event.CASE_MOVED, family_id=case.family_id, reference=case.reference, move=move.value, **who)


def _promise_anew(case: Case, rule: MoveRule) -> None:
    """The promise of the stage that begins."""
    if rule.promise is None:
        return
    day = today(zone_of_area(case.village_id))
    if rule.promise == "answered":
        key = kind_of(case).key
        due = promised_on(key, rule.promise, day, restricted=case.restricted)
        case.counted_from = now() if promised_hours(key) else None
    else:
        due = stage_until(rule.promise, day)
    case.promised_on = max(due, case.promised_on) if rule.promise in _OWN_PROMISE else due


def _wait_or_not(case: Case, before: str) -> None:
    """Count from when the case waits for the family's answer."""
    if case.state == before:
        return
    case.waits_since = today(zone_of_area(case.village_id)) if case.state == State.NEEDS_MORE else None
    case.reminders = 0


def _hand_up(session: Session, case: Case, move: Move) -> None:
    """The case goes to whom its state belongs: who oversees, or back to who recommended it."""
    level = "village" if move is Move.SEND_BACK else LEVEL_OF.get(State(case.state))
    if level is None or (level == case.level and level != "village"):
        return
    session.flush()
    found = session.execute(_NEXT, {"family": case.family_id, "case": case.id, "level": level}).one_or_none()
    case.assigned_to, case.level = found if found is not None else (None, level)
    session.flush()


def write_step(session: Session, case: Case, event: str, act: Act) -> None:
    """Write one step of the path as the case stands now."""
    session.flush()
    session.add(
        CaseEvent(
            family_id=case.family_id,
            case_id=case.id,
            event=event,
            actor_kind=act.side.value if act.staff_id is None else Side.STAFF.value,
            actor_name=written_name(act.name),
            staff_id=act.staff_id,
            state=case.state,
            words_sealed=seal_words(act.words),
            data=dict(act.data) | ({"helped_by": act.helper.name} if act.helper else {}),
        )
    )
    session.flush()


def tell_sender(session: Session, case: Case, key: str, act: Act) -> None:
    """Leave a message about the case for the person who sent it."""
    told: dict[str, Value] = {
        "title": Message(kind_of(case).told_title(case.needs_two)),
        "officer": act.name,
        "day": case.promised_on,
        **act.values,
    }
    notify(
        session,
        family_id=case.family_id,
        person_id=case.person_id,
        key=key,
        values=told,
        case_reference=case.reference,
    )
