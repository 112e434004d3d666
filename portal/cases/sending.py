"""Sends a draft: one draft makes one case, however often it is posted, and a case once acknowledged is stored.

Reference, routing, promise, first step of the path, message, trail and papers are one transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.audit.trail import Event, record
from portal.cases.drafts import Draft, NotAlone, view_draft
from portal.cases.kinds.registration import CLOSED
from portal.cases.loading import seal_answers
from portal.cases.models import Case, CaseDraft, CaseFile
from portal.cases.moves import Act, write_step
from portal.cases.promises import promised_on
from portal.cases.proof import NOBODY
from portal.cases.workflow import State
from portal.cases.writing import Writer, mandate_id, recorder_id
from portal.core.errors import Conflict, NotFound, PortalError
from portal.core.ids import new_reference
from portal.core.messages import N_
from portal.core.wording import Message
from portal.extensions import db
from portal.inbox.contacts import set_phone
from portal.inbox.service import Value, notify

_ROUTE = text("SELECT staff_id, level FROM case_route(:family, :restricted, :recorder)")
_ABOUT = text("SELECT id FROM staff WHERE public_id = :officer")
_ROUTE_AROUND = text("SELECT staff_id, level FROM look_route(:look)")
RECORDED = "recorded"
SEALED = "sealed"  # for the trail, instead of the kind
_TRIES = 5  # for a reference that nobody has


class SentOtherwise(Conflict):
    """The draft was sent before, with other content. ``reference`` is the case that it made."""

    message = N_("This was sent before with other answers. Nothing was sent twice.")

    def __init__(self, reference: str) -> None:
        super().__init__()
        self.reference = reference


class DraftChanged(Conflict):
    """The answers changed after they were read back, perhaps in another window."""

    message = N_("The answers changed after this page was opened. Check them again, then send.")


class NotNow(DraftChanged):
    """It cannot be sent today, whatever the answers; the message is the kind's."""

    def __init__(self, message: str) -> None:
        super().__init__(message)


class NotComplete(PortalError):
    """A step is not answered yet. ``step`` is its key."""

    status = 422
    message = N_("Some questions are not answered yet.")

    def __init__(self, step: str) -> None:
        super().__init__()
        self.step = step


@dataclass(frozen=True, slots=True)
class Sent:
    """The case that a draft made; ``again`` where it had been made by an earlier post of the same."""

    reference: str
    again: bool


@dataclass(frozen=True, slots=True)
class Route:
    """Who is to act. ``passed_on`` where the village has no worker of its own."""

    staff_id: int | None
    level: str
    passed_on: bool


@dataclass(frozen=True, slots=True)
class Walls:
    """Whose eyes a case is for."""

    restricted: bool
    private: bool
    needs_two: bool


def send(actor: Writer, draft_id: UUID, seen: str) -> Sent:
    """Make the case. ``seen`` stands for the content that the member read back.

    Of two identical posts at once, the second waits for the first and answers with its case. Raises
    ``NotFound``, ``SentOtherwise``, ``DraftChanged``, ``NotNow`` or ``NotComplete``.
    """
    with db.begin(actor.scope) as session:
        draft_row = session.scalar(select(CaseDraft).where(CaseDraft.id == draft_id).with_for_update())
        if draft_row is None:
            return _sent_before(session, draft_id, seen)
        draft = view_draft(session, actor, draft_row)
        kind = draft.kind
        if actor.helper is not None and kind.is_alone(draft.answers):
            raise NotAlone
        if draft.seen != seen:
            raise DraftChanged
        missing = draft.first_open_step()
        if missing is not None:
            raise NotComplete(missing)
        closed = kind.not_now(draft.answers, draft.world)
        if closed is not None:
            raise NotNow(closed)
        walls = _walls(session, draft)
        case = _make_case(session, actor, draft, walls, route(session, actor, draft, walls))
        session.execute(
            update(CaseFile)
            .where(CaseFile.family_id == actor.family_id, CaseFile.draft_id == draft_id, CaseFile.case_id.is_(None))
            .values(case_id=case.id)
        )
        session.delete(draft_row)
        _announce(session, actor, case, draft)
        _reach(session, actor, case, draft)
        return Sent(case.reference, again=False)


def _reach(session: Session, actor: Writer, case: Case, draft: Draft) -> None:
    """Write at once how the sender is reached, where the sender alone says it; else an officer accepts it first."""
    reach = draft.kind.reach(draft.answers)
    if reach is not None and actor.recorder is None and actor.helper is None:
        set_phone(session, case.person_id, reach.phone, channel=reach.channel, whose=reach.whose,
                  reference=case.reference, family_id=case.family_id)  # fmt: skip


def route(session: Session, actor: Writer, draft: Draft, walls: Walls) -> Route:
    """The officer with the fewest open cases of the village, or whoever stands in (see ``case_route`` in SQL).

    About a look of an officer it goes to whoever oversees that one. Raises ``NotFound`` where the member sees no such
    look.
    """
    look = draft.kind.about_look(draft.answers)
    if look is not None:
        over = session.execute(_ROUTE_AROUND, {"look": look}).one_or_none()
        if over is None:
            raise NotFound
        return Route(over.staff_id, over.level, passed_on=False)
    restricted = walls.restricted or draft.kind.to_office
    asked = {"family": actor.family_id, "restricted": restricted, "recorder": recorder_id(actor)}
    found = session.execute(_ROUTE, asked).one_or_none()
    staff_id, level = found if found is not None else (None, "regency")
    return Route(staff_id, level, passed_on=level != "village" and not restricted)


def _walls(session: Session, draft: Draft) -> Walls:
    """As the kind says; an appeal stands behind the walls of the case whose decision it is about.

    Raises ``NotFound`` where that is no decided case of the own family.
    """
    kind, answers = draft.kind, draft.answers
    own = Walls(kind.is_restricted(answers), kind.is_private(answers), kind.needs_two(answers))
    reference = kind.first_case(answers)
    if reference is None:
        return own
    final = or_(Case.closed_at.is_not(None), Case.kind == "claim_about_us")  # which goes on to the centre meanwhile
    decided = (Case.reference == reference, Case.decision.is_not(None), final)
    first = session.execute(select(Case.restricted, Case.private, Case.needs_two).where(*decided)).one_or_none()
    if first is None:
        raise NotFound
    return Walls(*first)


def _sent_before(session: Session, draft_id: UUID, seen: str) -> Sent:
    case = session.scalar(select(Case).where(Case.draft_id == draft_id))
    if case is None:
        raise NotFound
    if case.content_hash.hex() != seen:
        raise SentOtherwise(case.reference)
    return Sent(case.reference, again=True)


def _make_case(session: Session, actor: Writer, draft: Draft, walls: Walls, to: Route) -> Case:
    """Insert the case under a reference that nobody has."""
    for _try in range(_TRIES):
        case = Case(
            family_id=actor.family_id,
            reference=new_reference(),
            draft_id=draft.id,
            content_hash=bytes.fromhex(draft.seen),
            person_id=actor.person_id,
            kind=draft.kind.key,
            state=(State.RESTING if draft.kind.rests_days else State.SENT).value,
            village_id=draft.world.facts.village_id,
            level=to.level,
            restricted=walls.restricted,
            private=walls.private,
            needs_two=walls.needs_two,
            urgent=draft.kind.urgent,
            assigned_to=to.staff_id,
            answers_sealed=seal_answers(draft.answers),
            promised_on=_until(draft, walls.restricted),
            version=1,
            **_about(session, draft),
            **_by_whose_hand(actor, draft),
        )
        try:
            with session.begin_nested():
                session.add(case)
                session.flush()
        except IntegrityError as error:
            if "registration_in_time" in str(error.orig):  # the places were given at this moment
                raise NotNow(CLOSED) from None
            if "uq_cases_reference" not in str(error.orig):
                raise
            continue
        if case.first_case is not None:  # the database says who looks at a decision once more
            session.refresh(case, ("assigned_to", "level"))
            to = Route(case.assigned_to, case.level, passed_on=False)
        _write_first_step(session, actor, case, to)
        return case
    raise RuntimeError("no free reference")


def _until(draft: Draft, restricted: bool) -> date:
    """The day by which it is answered; for what may be thought over, the last day on which nothing is done with it."""
    if draft.kind.rests_days:
        return draft.world.today + timedelta(days=draft.kind.rests_days)
    return answered_by(draft, restricted=restricted)


def answered_by(draft: Draft, *, restricted: bool = False) -> date:
    """The day by which what is written is answered if it is sent today."""
    first = draft.kind.answered_after(draft.answers, draft.world) or draft.world.today
    return promised_on(draft.kind.key, "sent", max(first, draft.world.today), restricted=restricted)


def _about(session: Session, draft: Draft) -> dict[str, Any]:
    """Whom and what the case is about, as columns of it."""
    program, disbursement_id = draft.kind.about(draft.answers, draft.world)
    return {
        "about_person_id": draft.kind.about_person(draft.answers, draft.world),
        "about_look": draft.kind.about_look(draft.answers),
        "not_for": _officer_meant(session, draft),
        "first_case": draft.kind.first_case(draft.answers),
        "heading": draft.together.heading if draft.together else None,
        "event": draft.together.event if draft.together else None,
        "program": program,
        "disbursement_id": disbursement_id,
    }


def _by_whose_hand(actor: Writer, draft: Draft) -> dict[str, Any]:
    """Who wrote it down where, told it by a mandate, or sat beside the member, as columns of the case."""
    return {
        "recorded_by": recorder_id(actor),
        "recorded_at_place": draft.place,
        "mandate_id": mandate_id(actor),
        "spoken_by": actor.speaker.name if actor.speaker else None,
        "helped_by": actor.helper.staff_id if actor.helper else None,
    }


def _officer_meant(session: Session, draft: Draft) -> int | None:
    """The officer whom the case is about; the database sends it past that one, and refuses one the family never met."""
    officer = draft.kind.about_officer(draft.answers)
    return session.scalar(_ABOUT, {"officer": officer}) if officer else None


def _write_first_step(session: Session, actor: Writer, case: Case, to: Route) -> None:
    """The beginning of the path: sent by the person, or written down by an officer as the person said it."""
    nobody = {NOBODY: True} if case.assigned_to is None else {}
    if actor.recorder is None:
        urgent = {"urgent": True} if case.urgent and not case.restricted else {}
        data = {"level": to.level, "passed_on": to.passed_on} | nobody | urgent
        write_step(session, case, "sent", Act(actor.name, data=data, helper=actor.helper))
    else:  # where it goes past the village, that is because of who wrote it down
        recorder = actor.recorder
        told = {"spoken_by": actor.speaker.name} if actor.speaker else {}
        data = {"level": to.level, **nobody, **told}
        write_step(session, case, RECORDED, Act(recorder.name, recorder.staff_id, data=data))


def _announce(session: Session, actor: Writer, case: Case, draft: Draft) -> None:
    told: dict[str, Value] = {
        "title": Message(draft.kind.told_title(case.needs_two)),
        "reference": case.reference,
        "day": case.promised_on,
        "officer": actor.recorder.name if actor.recorder else "",
        **({"helper": actor.speaker.name} if actor.speaker else {}),
    }
    written = "case_told" if actor.speaker else "case_recorded"
    notify(
        session,
        family_id=actor.family_id,
        person_id=actor.person_id,
        key=written if actor.recorder else "case_sent",
        values=told,
        case_reference=case.reference,
    )
    record(
        session,
        Event.CASE_RECORDED if actor.recorder else Event.CASE_SENT,
        family_id=actor.family_id,
        reference=case.reference,
        kind=SEALED if case.needs_two else case.kind,  # an officer concerned may read the trail
        **({"helped_by": actor.helper.staff_id} if actor.helper else {}),
        **({"mandate": actor.speaker.mandate} if actor.speaker else {}),
    )
