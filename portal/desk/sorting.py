"""Free words find their kind: whoever works on them says what they are about, and the promise of that kind begins."""

from __future__ import annotations

from portal.accounts.actor import StaffActor
from portal.audit.trail import Event, record
from portal.cases.kinds import KINDS, Kind
from portal.cases.kinds.told import KIND as TOLD
from portal.cases.models import Case
from portal.cases.moves import Act, NotPossible, write_step
from portal.cases.promises import promised_hours, promised_on
from portal.cases.ways import kind_of
from portal.cases.workflow import NOT_NOW, Move, MoveRefused, State, check_move
from portal.core.clock import now, today, zone_of_area
from portal.core.errors import Forbidden, NotFound
from portal.core.wording import Message
from portal.desk.service import held
from portal.extensions import db
from portal.inbox.service import notify

SORTED = "sorted"  # the step on the path


def kinds_for(*, needs_two: bool) -> list[Kind]:
    """What free words can be: every kind that a family can begin by itself; sealed ones where they came sealed.

    Not what nobody but the family itself may begin: leaving aid, and a word against another household, which hides who
    says it from the beginning.
    """
    return [
        kind
        for kind in KINDS.values()
        if kind.listed
        and kind is not TOLD
        and not (kind.own_pin or kind.sent_alone)
        and (needs_two or not kind.needs_two({}))
    ]


def sort_case(actor: StaffActor, reference: str, seen: int, key: str) -> None:
    """Say what it is about: kept and put on the path; the way, urgency and promise are that kind's; the family is told.

    The promise is as if it had been sent so at this moment. The words stay as they were sent, and the officer goes on
    from there. Raises ``NotPossible``, ``NotFound`` or
    ``Forbidden``.
    """
    with db.begin(actor.scope) as session:
        case, mover = held(session, actor, reference, seen)
        if case.kind != TOLD.key:
            raise NotFound
        kind = next((one for one in kinds_for(needs_two=case.needs_two) if one.key == key), None)
        if kind is None:
            raise NotFound
        try:
            # Who may ask the family something may sort.
            check_move(Move.ASK, State(case.state), mover, kind_of(case).track)
        except MoveRefused as refused:
            raise (Forbidden if refused.forbidden else NotPossible)(refused.reason) from refused
        if case.sorted_as == key:
            raise NotPossible(NOT_NOW)
        _sort(case, kind)
        session.flush()
        data = {"kind": key, "title": kind.title}
        write_step(session, case, SORTED, Act(actor.name, actor.staff_id, data=data))
        notify(
            session,
            family_id=case.family_id,
            person_id=case.person_id,
            key="case_sorted",
            values={
                "officer": actor.name,
                "sorted": Message(kind.told_title(case.needs_two)),
                "day": case.promised_on,
            },
            case_reference=case.reference,
        )
        known = {} if case.needs_two else {"kind": key}
        record(session, Event.CASE_SORTED, family_id=case.family_id, reference=reference, **known)


def _sort(case: Case, kind: Kind) -> None:
    day = today(zone_of_area(case.village_id))
    case.sorted_as = kind.key
    case.urgent = case.urgent or kind.urgent
    case.promised_on = promised_on(kind.key, "sent", day, restricted=case.restricted)
    case.counted_from = now() if promised_hours(kind.key) else None
    case.version += 1
