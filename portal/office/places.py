"""What the office does with the places of an offering: gives them once registration has closed, notes who came.

The order is the published one and reckoned by the portal: an officer starts it and chooses nothing.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, func, select, text
from sqlalchemy.orm import Session

from portal.accounts.actor import StaffActor
from portal.audit.trail import Event, record
from portal.cases.models import Case
from portal.cases.moves import Act, make_move, tell_sender, write_step
from portal.cases.places import change, tell, title_of, who
from portal.cases.workflow import Move, Mover, Side, State
from portal.core.clock import today, zone_of_area
from portal.core.errors import Conflict, Forbidden, NotFound
from portal.core.messages import N_
from portal.core.names import written_name
from portal.core.wording import Message
from portal.extensions import db
from portal.inbox.service import Value
from portal.office.offerings import CHANGED, CLOSED, PUBLISHED
from portal.programs.offering_models import Offering, OfferingVersion
from portal.programs.place_models import Place, PlaceDraw
from portal.programs.place_order import Entry, Numbered, Order, in_order
from portal.programs.place_states import PlaceState, confirm_until

STILL_OPEN = N_("Registration is still open. Places are given afterwards.")
GIVEN = N_("The places have been given already.")
NOBODY = N_("Nobody has registered, so there is nothing to give.")
KIN = N_("Somebody of your own family or a relative has registered. Another officer of the office has to do this.")
NOT_NOTED = N_("This cannot be noted as the place stands now.")
_HAS_PLACE = N_("you have a place. Say until %(day)s whether you come.")
_WAITS = N_("number %(number)s in the order, for %(quota)s places. You are on the waiting list.")

#: The registrations that count: open or accepted one by one, of the regency, since the offering stands.
_ENTRIES = text(
    "SELECT c.family_id, c.id, c.reference, c.sent_at, p.id AS person_id, p.public_id AS code, m.name,"
    " a.name AS village,"
    " (SELECT d.desil FROM desil d WHERE d.family_id = c.family_id ORDER BY d.ranked_on DESC LIMIT 1) AS desil,"
    " c.family_id = ANY ((SELECT staff_kin())::bigint[]) AS kin"
    " FROM cases c JOIN person p ON p.id = coalesce(c.about_person_id, c.person_id)"
    " JOIN member m ON m.family_id = c.family_id AND m.person_id = p.id AND m.until IS NULL"
    " JOIN area a ON a.id = c.village_id"
    " WHERE c.kind = 'registration' AND c.program = :code AND c.village_id / 1000000 = :regency"
    " AND c.sent_at >= CAST(:since AS date) - 1"
    " AND (c.closed_at IS NULL AND c.state <> 'disowned' OR c.state = 'accepted')"
    " ORDER BY c.sent_at, c.id"
)
_PLACES = text(
    "SELECT p.number, p.seat, p.desil, p.lot, p.state, p.confirm_by, p.reminders, p.attended, p.certificate,"
    " c.reference, c.sent_at, m.name, a.name AS village"
    " FROM place p LEFT JOIN cases c ON c.family_id = p.family_id AND c.id = p.case_id"
    " LEFT JOIN member m ON m.family_id = p.family_id AND m.person_id = p.person_id"
    " LEFT JOIN area a ON a.id = c.village_id WHERE p.draw_id = :draw ORDER BY p.number"
)


class Note(StrEnum):
    """What the office notes about a place. The key is part of the form."""

    COMES = "confirmed"  # said to the office, by phone or in person
    GIVES_BACK = "given_back"
    ATTENDED = "attended"
    ABSENT = "absent"
    CERTIFICATE = "certificate"


NOTE_WORDS: dict[Note, str] = {
    Note.COMES: N_("Said that they come"),
    Note.GIVES_BACK: N_("Gave it back"),
    Note.ATTENDED: N_("Took part"),
    Note.ABSENT: N_("Did not take part"),
    Note.CERTIFICATE: N_("Got the certificate"),
}
_TOLD: dict[Note, str] = {Note.COMES: N_("you come."), Note.GIVES_BACK: N_("you give the place back.")}


@dataclass(frozen=True, slots=True)
class Line:
    """One person of the order; ``state`` is None before the places are given."""

    number: int | None
    seat: int | None
    name: str
    village: str
    desil: int | None
    lot: str
    reference: str | None
    sent_at: datetime | None
    state: PlaceState | None = None
    confirm_by: date | None = None
    reminders: int = 0
    attended: bool | None = None
    certificate: bool = False
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Book:
    """Everything about the places of one offering."""

    public_id: uuid.UUID
    name: str
    order: Order
    seed: str
    quota: int
    until: date  # of registration
    is_over: bool  # registration
    given_at: datetime | None
    lines: Sequence[Line]
    seen: str  # stands for who registered, so that what is given is what was read
    twice: int  # registrations of somebody who is in the order already

    def count(self, state: str) -> int:
        """How many places stand so."""
        return sum(line.state == state for line in self.lines)


@dataclass(frozen=True, slots=True)
class _Held:
    """The offering with its newest published version, and the draw where there is one."""

    offering: Offering
    version: OfferingVersion
    draw: PlaceDraw | None
    since: date

    @property
    def is_over(self) -> bool:
        """Whether nobody can register any more."""
        last = self.version.registration_until
        return self.offering.state == CLOSED or (
            last is not None and today(zone_of_area(self.offering.regency_id)) > last
        )


def book(actor: StaffActor, public_id: uuid.UUID) -> Book:
    """Who registered for it and, once the places are given, who has one. Raises ``NotFound``."""
    with db.begin(actor.scope) as session:
        held = _held(session, public_id)
        rows = [] if held.draw else _entries(session, held)
        numbered = _numbered(held, rows)
        lines = _given_lines(session, held.draw) if held.draw else _lines(rows, numbered)
        version = held.version
        return Book(
            public_id=public_id,
            name=str((version.content or {})["name"]["id"]),
            order=Order(version.place_order),
            seed=held.offering.lot_seed or "",
            quota=held.draw.quota if held.draw else version.quota or 0,
            until=version.registration_until or version.valid_until or date.min,
            is_over=held.is_over,
            given_at=held.draw.given_at if held.draw else None,
            lines=lines,
            seen=_seen(numbered),
            twice=len(rows) - len(numbered),
        )


def give(actor: StaffActor, public_id: uuid.UUID, seen: str) -> int:
    """Give the places by the published order, once; gives how many people are in it. Raises ``Conflict``."""
    with db.begin(actor.scope) as session:
        held = _held(session, public_id, lock=True)
        if held.draw is not None:
            raise Conflict(GIVEN)
        if not held.is_over:
            raise Conflict(STILL_OPEN)
        rows = _entries(session, held)
        numbered = _numbered(held, rows)
        if not numbered:
            raise Conflict(NOBODY)
        if any(row.kin for row in rows):
            raise Conflict(KIN)
        if _seen(numbered) != seen:
            raise Conflict(CHANGED)
        cases = _lock_cases(session, numbered)
        draw = _draw(session, actor, held, len(numbered))
        for one in numbered:
            _put(session, actor, draw, one, cases[one.entry.reference])
        counts = {"people": draw.people, "quota": draw.quota}
        record(session, Event.PLACES_GIVEN, program=draw.code, area=draw.regency_id, **counts)
        return draw.people


def note(actor: StaffActor, public_id: uuid.UUID, number: int, what: Note) -> None:
    """Note one thing about one place. Raises ``NotFound``, ``Forbidden`` for a relative, or ``Conflict``."""
    with db.begin(actor.scope) as session:
        draw = _held(session, public_id).draw
        one = select(Place).where(Place.draw_id == (draw.id if draw else 0), Place.number == number)
        place = session.scalar(one.with_for_update())
        if draw is None or place is None:
            raise Forbidden(KIN) if draw is not None and session.scalar(one) is not None else NotFound()
        if not _note(session, place, what):
            return
        case = session.get_one(Case, (place.family_id, place.case_id))
        write_step(session, case, f"place_{what}", Act(actor.name, actor.staff_id))
        if what in _TOLD:
            tell(session, case, "place_noted", place, draw, officer=actor.name, what=Message(_TOLD[what]))
        event, family = Event.PLACE_NOTED, place.family_id
        record(session, event, family_id=family, reference=case.reference, answer=what.value, number=number)


def _note(session: Session, place: Place, what: Note) -> bool:
    """Whether it is new."""
    if what in (Note.COMES, Note.GIVES_BACK):
        return change(session, place, comes=what is Note.COMES)
    before = (place.attended, place.certificate)
    if place.state != PlaceState.CONFIRMED or (what is Note.CERTIFICATE and not place.attended):
        raise Conflict(NOT_NOTED)
    if what is Note.CERTIFICATE:
        place.certificate = True
    else:
        place.attended = what is Note.ATTENDED
        place.certificate = place.certificate and place.attended
    session.flush()
    return before != (place.attended, place.certificate)


def _held(session: Session, public_id: uuid.UUID, *, lock: bool = False) -> _Held:
    query = select(Offering).where(Offering.public_id == public_id, Offering.state.in_((PUBLISHED, CLOSED)))
    offering = session.scalar(query.with_for_update() if lock else query)
    if offering is None:
        raise NotFound
    versions = select(OfferingVersion).where(
        OfferingVersion.offering_id == offering.id, OfferingVersion.state == PUBLISHED
    )
    version = session.scalars(versions.order_by(OfferingVersion.number.desc())).first()
    if version is None:
        raise NotFound
    firsts = select(func.min(OfferingVersion.valid_from)).where(
        OfferingVersion.offering_id == offering.id, OfferingVersion.state == PUBLISHED
    )
    draw = session.scalar(select(PlaceDraw).where(PlaceDraw.offering_id == offering.id))
    return _Held(offering, version, draw, session.scalar(firsts) or date.min)


def _entries(session: Session, held: _Held) -> list[Row[Any]]:
    asked = {"code": held.version.code, "regency": held.offering.regency_id, "since": held.since}
    return list(session.execute(_ENTRIES, asked))


def _numbered(held: _Held, rows: Sequence[Row[Any]]) -> list[Numbered]:
    entries = [Entry(row.person_id, str(row.code), row.desil, row.sent_at, row.reference) for row in rows]
    return in_order(entries, Order(held.version.place_order), held.offering.lot_seed or "", held.version.quota or 0)


def _seen(numbered: Sequence[Numbered]) -> str:
    """Stands for the order as it was read."""
    read = "|".join(f"{one.number}:{one.entry.reference}:{one.entry.desil}:{one.seat}" for one in numbered)
    return hashlib.sha256(read.encode()).hexdigest()[:16]


def _lock_cases(session: Session, numbered: Sequence[Numbered]) -> dict[str, Case]:
    """The registrations, held: one that is taken back at this moment is not in the order that was read."""
    references = [one.entry.reference for one in numbered]
    held = select(Case).where(Case.reference.in_(references)).order_by(Case.id).with_for_update()
    found = {case.reference: case for case in session.scalars(held.execution_options(populate_existing=True))}
    gone = any(case.closed_at is not None and case.state != "accepted" for case in found.values())
    if len(found) != len(references) or gone:
        raise Conflict(CHANGED)
    return found


def _draw(session: Session, actor: StaffActor, held: _Held, people: int) -> PlaceDraw:
    version = held.version
    draw = PlaceDraw(
        offering_id=held.offering.id,
        regency_id=held.offering.regency_id,
        code=version.code,
        name=(version.content or {})["name"],
        place_order=version.place_order,
        lot_seed=held.offering.lot_seed,
        quota=version.quota,
        people=people,
        starts_on=version.starts_on,
        given_by=actor.staff_id,
    )
    session.add(draw)
    session.flush()
    return draw


def _put(session: Session, actor: StaffActor, draw: PlaceDraw, one: Numbered, case: Case) -> None:
    """One person's place, with its step on the path and its message."""
    day = today(zone_of_area(draw.regency_id))
    until = confirm_until(day) if one.seat else None
    place = Place(
        draw_id=draw.id,
        number=one.number,
        quota=draw.quota,
        seat=one.seat,
        family_id=case.family_id,
        case_id=case.id,
        person_id=one.entry.person_id,
        desil=one.entry.desil,
        code=one.entry.code,
        lot=one.lot,
        state=(PlaceState.OFFERED if one.seat else PlaceState.WAITING).value,
        offered_on=day if one.seat else None,
        confirm_by=until,
    )
    session.add(place)
    session.flush()
    words = (
        Message(_HAS_PLACE, {"day": until})
        if one.seat
        else Message(_WAITS, {"number": one.number, "quota": draw.quota})
    )
    data = {"number": one.number, "people": draw.people, "quota": draw.quota}
    values: dict[str, Value] = {"program": title_of(draw), "name": who(session, place), "place": words}
    act = Act(actor.name, actor.staff_id, data=data, values=values)
    if case.closed_at is None:
        make_move(session, case, Move.LIST, Mover(Side.PORTAL), act)
        return
    case.state, case.version = (
        State.LISTED.value,
        case.version + 1,
    )  # accepted one by one before, so it is closed already
    write_step(session, case, Move.LIST.value, act)
    tell_sender(session, case, "case_listed", act)


def _lines(rows: Sequence[Row[Any]], numbered: Sequence[Numbered]) -> list[Line]:
    """Who registered, in the order as it is reckoned now."""
    of = {row.reference: row for row in rows}
    lines = []
    for one in numbered:
        row = of[one.entry.reference]
        name = written_name(row.name)
        lines.append(Line(one.number, one.seat, name, row.village, row.desil, one.lot, row.reference, row.sent_at))
    return lines


def _given_lines(session: Session, draw: PlaceDraw) -> list[Line]:
    return [_given_line(row) for row in session.execute(_PLACES, {"draw": draw.id})]


def _given_line(row: Row[Any]) -> Line:
    state = PlaceState(row.state)
    return Line(
        number=row.number,
        seat=row.seat,
        name=written_name(row.name or ""),
        village=row.village or "",
        desil=row.desil,
        lot=row.lot,
        reference=row.reference,
        sent_at=row.sent_at,
        state=state,
        confirm_by=row.confirm_by,
        reminders=row.reminders,
        attended=row.attended,
        certificate=row.certificate,
        notes=_notes(state, row.attended, row.certificate),
    )


def _notes(state: PlaceState, attended: bool | None, certificate: bool) -> tuple[Note, ...]:
    """What can be noted now."""
    if state is PlaceState.OFFERED:
        return Note.COMES, Note.GIVES_BACK
    if state is PlaceState.WAITING:
        return (Note.GIVES_BACK,)
    if state is not PlaceState.CONFIRMED:
        return ()
    if attended is None:
        return Note.ATTENDED, Note.ABSENT, Note.GIVES_BACK
    if not attended:
        return (Note.ATTENDED,)
    return (Note.ABSENT,) if certificate else (Note.CERTIFICATE, Note.ABSENT)
