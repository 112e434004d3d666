"""What happens to places by itself: what becomes free goes to the next one, reminders, and the end of waiting for one.

Every step has a message and stands on the path of the registration; nothing goes on silently.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import structlog
from sqlalchemy import Select, and_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.audit.trail import Event, record
from portal.cases.models import Case
from portal.cases.moves import Act, write_step
from portal.cases.places import END_PLACES, FILL_PLACES, TELL_PLACES, tell
from portal.cases.workflow import Side, State
from portal.core.clock import today, zone_of_area
from portal.core.db import Scope
from portal.core.jobs import QUEUE, RETRY, app, defer, periodic
from portal.extensions import db
from portal.programs.offering_models import Offering
from portal.programs.place_models import Place, PlaceDraw
from portal.programs.place_states import (
    CAN_GIVE_BACK,
    Due,
    PlaceState,
    confirm_until,
    due,
    has_begun,
    until_after,
)

PORTAL = Act("Portal", side=Side.PORTAL)
_SCOPE = Scope("worker", job="remind_places")
_log = structlog.get_logger()


class NotAllReminded(RuntimeError):
    """Some places could not be reminded of; the log names them, and the others are done."""


@app.task(name=FILL_PLACES, queue=QUEUE, retry=RETRY)
def fill_places(draw: int) -> int:
    """Offer every free place of the draw to the next of the waiting list; gives how many were offered.

    Whoever fills holds every place of the draw, in one order: of two at once the second finds nothing left to do.
    Nobody is called before everybody was told the own number, once it has begun, or where the office withdrew it. What
    was offered to somebody whose registration does not count any more is free too.
    """
    with db.begin(Scope("worker", job=FILL_PLACES)) as session:
        of = session.get(PlaceDraw, draw)
        if of is None or not _goes_on(session, of):
            return 0
        every = select(Place).where(Place.draw_id == draw).order_by(Place.number).with_for_update()
        places = session.scalars(every).all()
        if any(place.told_at is None for place in places):
            return 0  # the job that tells them fills at its end
        _let_go(session, draw, places)
        taken = {place.seat for place in places if place.seat is not None}
        free = [seat for seat in range(1, of.quota + 1) if seat not in taken]
        waiting = [place for place in places if place.state == PlaceState.WAITING]
        day = today(zone_of_area(of.regency_id))
        for seat, place in zip(free, waiting, strict=False):
            _offer(session, of, place, seat, day)
        return min(len(free), len(waiting))


def _goes_on(session: Session, draw: PlaceDraw) -> bool:
    offering = session.get(Offering, draw.offering_id)
    begun = has_begun(draw.starts_on, today(zone_of_area(draw.regency_id)))
    return offering is not None and offering.state != "withdrawn" and not begun


def _let_go(session: Session, draw: int, places: Sequence[Place]) -> None:
    """Whose registration was disowned after the places were given: nobody said these words, so nobody comes."""
    gone = set(session.scalars(_gone(Place.number).where(Place.draw_id == draw)))
    for place in places:
        if place.number in gone:
            place.state, place.seat = PlaceState.GIVEN_BACK.value, None
            write_step(session, _case(session, place), "place_given_back", PORTAL)
    session.flush()


def _gone(column: InstrumentedAttribute[int]) -> Select[int]:
    listed = (Case.family_id == Place.family_id, Case.id == Place.case_id, Case.state != State.LISTED.value)
    held = (Place.told_at.is_not(None), Place.state.in_(CAN_GIVE_BACK), Place.attended.is_(None))
    return select(column).join(Case, and_(*listed)).where(*held)


def _offer(session: Session, draw: PlaceDraw, place: Place, seat: int, day: date) -> None:
    place.state, place.seat = PlaceState.OFFERED.value, seat
    place.offered_on, place.confirm_by = day, confirm_until(day, draw.starts_on)
    case = _case(session, place)
    write_step(session, case, "place_offered", PORTAL)
    tell(session, case, "place_offered", place, draw, day=place.confirm_by)
    record(session, Event.PLACE_OFFERED, family_id=place.family_id, reference=case.reference, number=place.number)


@periodic("45 1 * * *")  # a quarter to nine in the west
def remind_places() -> int:
    """Remind of every place that waits for an answer by now; what was reminded of twice goes on to the next one."""
    done = failed = 0
    with db.begin(_SCOPE) as session:
        _catch_up(session)
        open_ = select(Place.draw_id, Place.number).where(
            Place.state == PlaceState.OFFERED.value, Place.told_at.is_not(None)
        )
        found = session.execute(open_.order_by(Place.draw_id, Place.number)).all()
    for draw, number in found:
        try:
            done += _look_at(draw, number)
        except Exception:
            # One that cannot be told of must not keep the others down.
            _log.exception("place_not_reminded", draw=draw, number=number)
            failed += 1
    if failed:
        raise NotAllReminded(f"{failed} places could not be reminded of")
    return done


def _catch_up(session: Session) -> None:
    """Ask once more for what jobs left undone, and for what became free because a registration was disowned."""
    for draw in session.scalars(select(Place.draw_id).where(Place.told_at.is_(None)).distinct()):
        defer(session, TELL_PLACES, draw=draw)
    withdrawn = and_(Offering.id == PlaceDraw.offering_id, Offering.state == "withdrawn")
    left = select(Place.draw_id).join(PlaceDraw, PlaceDraw.id == Place.draw_id).join(Offering, withdrawn)
    for draw in session.scalars(left.where(Place.state.in_(CAN_GIVE_BACK), Place.attended.is_(None)).distinct()):
        defer(session, END_PLACES, draw=draw)
    for draw in session.scalars(_gone(Place.draw_id).distinct()):
        defer(session, FILL_PLACES, draw=draw)


def _look_at(draw_id: int, number: int) -> bool:
    """What is due for one place, all or nothing; one that somebody holds at this moment waits for the next round."""
    with db.begin(_SCOPE) as session:
        held = select(Place).where(Place.draw_id == draw_id, Place.number == number).with_for_update(skip_locked=True)
        place, draw = session.scalar(held), session.get(PlaceDraw, draw_id)
        if place is None or draw is None or place.state != PlaceState.OFFERED:
            return False
        if place.offered_on is None or place.confirm_by is None:
            return False
        day = today(zone_of_area(draw.regency_id))
        what = due(place.offered_on, place.confirm_by, place.reminders, place.reminded_on, day, draw.starts_on)
        if what is Due.REMIND:
            _remind(session, draw, place, day)
        elif what is Due.LAPSE:
            _lapse(session, draw, place)
        return what is not Due.NOTHING


def _remind(session: Session, draw: PlaceDraw, place: Place, day: date) -> None:
    until = until_after(place.confirm_by or day, day, draw.starts_on)
    place.reminders, place.reminded_on, place.confirm_by = place.reminders + 1, day, until
    case = _case(session, place)
    write_step(session, case, "place_reminded", PORTAL)
    tell(session, case, "place_reminded", place, draw, day=until)
    event, family = Event.PLACE_REMINDED, place.family_id
    record(session, event, family_id=family, reference=case.reference, count=place.reminders)


def _lapse(session: Session, draw: PlaceDraw, place: Place) -> None:
    place.state = PlaceState.LAPSED.value
    case = _case(session, place)
    write_step(session, case, "place_lapsed", PORTAL)
    tell(session, case, "place_lapsed", place, draw)
    record(session, Event.PLACE_LAPSED, family_id=place.family_id, reference=case.reference, number=place.number)
    defer(session, FILL_PLACES, draw=draw.id)


def _case(session: Session, place: Place) -> Case:
    return session.get_one(Case, (place.family_id, place.case_id))
