"""Makes a move of the table: state, event on the path, message and trail, in the open transaction.

Everybody who changes a case comes through here, family and officers alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.actor import Helper
from portal.audit.trail import Event, record
from portal.cases.kinds import KINDS
from portal.cases.loading import find_case, seal_words
from portal.cases.models import Case, CaseEvent
from portal.cases.workflow import CLOSED, OWN_FAMILY, Move, Mover, MoveRefused, State, check_move
from portal.core.clock import now
from portal.core.errors import Conflict, Forbidden
from portal.core.messages import N_
from portal.core.names import written_name
from portal.core.wording import Message
from portal.inbox.service import Value, notify

MAX_WORDS = 2000


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


def make_move(session: Session, case: Case, move: Move, mover: Mover, act: Act) -> None:
    """Make the move on a locked case. Raises ``NotPossible`` or ``Forbidden`` with the reason of the table."""
    try:
        rule = check_move(move, State(case.state), mover)
    except MoveRefused as refused:
        raise (Forbidden if refused.forbidden else NotPossible)(refused.reason) from refused
    if rule.needs_words and not act.words:
        raise ValueError(f"{move} needs words")
    if rule.to is not None:
        case.state = rule.to.value
    case.version += 1
    case.closed_at = now() if case.state in CLOSED else None
    if rule.decides:
        case.decision = case.state
    session.flush()
    write_step(session, case, move.value, act)
    if rule.notice is not None:
        _tell_sender(session, case, rule.notice, act)
    who = {"helped_by": act.helper.staff_id} if act.helper else {}
    record(session, Event.CASE_MOVED, family_id=case.family_id, reference=case.reference, move=move.value, **who)


def write_step(session: Session, case: Case, event: str, act: Act) -> None:
    """Write one step of the path as the case stands now."""
    session.add(
        CaseEvent(
            family_id=case.family_id,
            case_id=case.id,
            event=event,
            actor_kind="family" if act.staff_id is None else "staff",
            actor_name=written_name(act.name),
            staff_id=act.staff_id,
            state=case.state,
            words_sealed=seal_words(act.words),
            data=dict(act.data) | ({"helped_by": act.helper.name} if act.helper else {}),
        )
    )
    session.flush()


def _tell_sender(session: Session, case: Case, key: str, act: Act) -> None:
    told: dict[str, Value] = {
        "title": Message(KINDS[case.kind].title),
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
