"""Tells everybody the own number once an officer gave the places, and takes places back where the office withdraws it.

The numbers and the places stand from the moment of giving; a job tells them one by one, each in a transaction of its
own. So nobody waits for thousands of messages, a job that was killed goes on where it ended, and nobody is told twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import structlog
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from portal.accounts.models import Staff
from portal.audit.trail import Event, record
from portal.cases.models import Case
from portal.cases.moves import Act, make_move, tell_sender, write_step
from portal.cases.place_turns import PORTAL, fill_places
from portal.cases.places import END_PLACES, TELL_PLACES, tell, title_of, who
from portal.cases.workflow import Move, Mover, Side, State
from portal.core.clock import now, today, zone_of_area
from portal.core.db import Scope
from portal.core.jobs import QUEUE, RETRY, app
from portal.core.messages import N_
from portal.core.wording import Message
from portal.extensions import db
from portal.inbox.service import Value
from portal.programs.offering_models import Offering
from portal.programs.place_models import Place, PlaceDraw
from portal.programs.place_states import CAN_GIVE_BACK, PlaceState, confirm_until

_HAS_PLACE = N_("you have a place. Say until %(day)s whether you come.")
_WAITS = N_("number %(number)s in the order, for %(quota)s places. You are on the waiting list.")
_AGAIN = N_("counted once, by the registration that was sent first. That one tells you more.")
_SCOPE = Scope("worker", job=TELL_PLACES)
_log = structlog.get_logger()
#: Accepted one by one before the places were given: closed, and in the order all the same.
ACCEPTED = frozenset({State.ACCEPTED.value, State.PARTLY.value})


class NotAllTold(RuntimeError):
    """Some families could not be told; the log names their numbers, and the others are done."""


@app.task(name=TELL_PLACES, queue=QUEUE, retry=RETRY)
def tell_places(draw: int) -> int:
    """Tell everybody of the draw who was not told yet; then what fell out meanwhile goes to the next ones."""
    done = _each(draw, Place.told_at.is_(None), _tell)
    fill_places(draw)
    return done


@app.task(name=END_PLACES, queue=QUEUE, retry=RETRY)
def end_places(draw: int) -> int:
    """Tell everybody of a draw whose offering was withdrawn that nobody takes part."""
    with db.begin(_SCOPE) as session:
        of = session.get(PlaceDraw, draw)
        offering = session.get(Offering, of.offering_id) if of else None
        if offering is None or offering.state != "withdrawn":
            return 0
    _each(draw, Place.told_at.is_(None), _tell)
    return _each(draw, and_(Place.state.in_(CAN_GIVE_BACK), Place.attended.is_(None)), _cancel)


def _each(draw: int, which: ColumnElement[bool], act: Callable[[Session, PlaceDraw, Place], None]) -> int:
    """The act on each of these places in its own transaction; one that fails does not keep the others down."""
    with db.begin(_SCOPE) as session:
        found = select(Place.number).where(Place.draw_id == draw, which).order_by(Place.number)
        numbers = session.scalars(found).all()
    done = failed = 0
    for number in numbers:
        try:
            with db.begin(_SCOPE) as session:
                held = select(Place).where(Place.draw_id == draw, Place.number == number, which).with_for_update()
                place = session.scalar(held)
                if place is not None:  # else another of the same job was here first
                    act(session, session.get_one(PlaceDraw, draw), place)
                    done += 1
        except Exception:
            _log.exception("place_not_told", draw=draw, number=number)
            failed += 1
    if failed:
        raise NotAllTold(f"{failed} families could not be told")
    return done


def _tell(session: Session, draw: PlaceDraw, place: Place) -> None:
    """One person's number, with its step on the path and its message; the days to answer count from now."""
    found = select(Case).where(Case.family_id == place.family_id, Case.id == place.case_id).with_for_update()
    case = session.scalars(found).one()
    place.told_at = now()
    if not _counts(case):  # withdrawn, refused or disowned since
        place.state = PlaceState.GIVEN_BACK.value
        return
    words = Message(_WAITS, {"number": place.number, "quota": draw.quota})
    if place.seat is not None:
        day = today(zone_of_area(draw.regency_id))
        place.offered_on, place.confirm_by = day, confirm_until(day, draw.starts_on)
        words = Message(_HAS_PLACE, {"day": place.confirm_by})
    _list(session, draw, place, case, words)
    for again in _again(session, place):
        _list(session, draw, place, again, Message(_AGAIN))


def _counts(case: Case) -> bool:
    """Whether a registration is still one: open, or accepted one by one before."""
    return (case.closed_at is None and case.state != State.DISOWNED) or case.state in ACCEPTED


def _list(session: Session, draw: PlaceDraw, place: Place, case: Case, words: Message) -> None:
    officer = session.get_one(Staff, draw.given_by)
    data = {"number": place.number, "people": draw.people, "quota": draw.quota}
    values: dict[str, Value] = {"program": title_of(draw), "name": who(session, place), "place": words}
    act = Act(officer.name, officer.id, data=data, values=values)
    if case.closed_at is None:
        make_move(session, case, Move.LIST, Mover(Side.PORTAL), act)
        return
    case.state, case.version = State.LISTED.value, case.version + 1
    write_step(session, case, Move.LIST.value, act)
    tell_sender(session, case, "case_listed", act)


def _again(session: Session, place: Place) -> Sequence[Case]:
    """The further registrations of the same person, as far as they are open: they end with the first one."""
    query = select(Case).where(Case.reference.in_(place.again), Case.closed_at.is_(None)).order_by(Case.id)
    return [case for case in session.scalars(query.with_for_update()) if case.state != State.DISOWNED]


def _cancel(session: Session, draw: PlaceDraw, place: Place) -> None:
    place.state = PlaceState.CANCELLED.value
    case = session.get_one(Case, (place.family_id, place.case_id))
    write_step(session, case, "place_cancelled", PORTAL)
    tell(session, case, "place_cancelled", place, draw)
    event, family = Event.PLACE_CANCELLED, place.family_id
    record(session, event, family_id=family, reference=case.reference, number=place.number)
