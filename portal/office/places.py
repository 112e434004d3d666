"""What the office does with the places of an offering: gives them once registration has closed, notes who came.

The order is the published one and reckoned by the portal: an officer starts it and chooses nothing.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, func, insert, select, text
from sqlalchemy.orm import Session

from portal.accounts.actor import StaffActor
from portal.audit.trail import Event, record
from portal.cases.models import Case
from portal.cases.moves import Act, write_step
from portal.cases.places import TELL_PLACES, change, tell
from portal.core.clock import today, zone_of_area
from portal.core.errors import Conflict, Forbidden, NotFound
from portal.core.jobs import defer
from portal.core.messages import N_
from portal.core.names import written_name
from portal.core.wording import Message
from portal.extensions import db
from portal.office.offerings import CHANGED, CLOSED, PUBLISHED
from portal.programs.offering_models import Offering, OfferingVersion
from portal.programs.place_models import Place, PlaceDraw
from portal.programs.place_order import Entry, Numbered, Order, in_order
from portal.programs.place_states import PlaceState, confirm_until, has_begun

STILL_OPEN = N_("Registration is still open. Places are given afterwards.")
GIVEN = N_("The places have been given already.")
NOBODY = N_("Nobody has registered, so there is nothing to give.")
KIN = N_("Somebody of your own family or a relative has registered. Another officer of the office has to do this.")
NOT_NOTED = N_("This cannot be noted as the place stands now.")
BEGUN = N_("It has begun, so nobody is called any more. Publish a change with other days first.")
MOVED = N_("The family lives in another regency now. It answers by itself, or its place goes on.")

#: The registrations of the regency on the days on which the offering stands: open, or accepted one by one. Only of a
#: living member of a family of the record one ``counts``; the others are answered by hand.
_ENTRIES = text(
    "SELECT c.family_id, c.id, c.reference, c.sent_at, p.id AS person_id, p.public_id AS code, m.name,"
    " a.name AS village, coalesce(m.until IS NULL AND m.alive IS NOT FALSE AND f.closed_on IS NULL, false) AS counts,"
    " (SELECT d.desil FROM desil d WHERE d.family_id = c.family_id ORDER BY d.ranked_on DESC LIMIT 1) AS desil,"
    " c.family_id = ANY ((SELECT staff_kin())::bigint[]) AS kin"
    " FROM cases c LEFT JOIN person p ON p.id = coalesce(c.about_person_id, c.person_id)"
    " LEFT JOIN member m ON m.family_id = c.family_id AND m.person_id = p.id"
    " JOIN family f ON f.id = c.family_id JOIN area a ON a.id = c.village_id"
    " WHERE c.kind = 'registration' AND c.program = :code AND c.village_id / 1000000 = :regency"
    " AND CAST(c.sent_at AT TIME ZONE :zone AS date) BETWEEN :first AND :last"
    " AND (c.closed_at IS NULL AND c.state <> 'disowned' OR c.state IN ('accepted', 'partly'))"
    " ORDER BY c.sent_at, c.id"
)
_PLACES = text(
    "SELECT p.number, p.seat, p.desil, p.lot, p.state, p.told_at, p.confirm_by, p.reminders, p.attended,"
    " p.certificate, c.reference, c.sent_at, m.name, a.name AS village"
    " FROM place p LEFT JOIN cases c ON c.family_id = p.family_id AND c.id = p.case_id"
    " LEFT JOIN member m ON m.family_id = p.family_id AND m.person_id = p.person_id"
    " LEFT JOIN area a ON a.id = c.village_id"
    " WHERE p.draw_id = :draw AND p.number BETWEEN :first AND :last ORDER BY p.number"
)
_COUNTS = text(
    "SELECT state, count(*), count(*) FILTER (WHERE told_at IS NULL) FROM place WHERE draw_id = :d GROUP BY 1"
)
#: Waits for the registrations that are being sent at this moment; the ones after find the draw (a trigger).
_NO_MORE = text("SELECT pg_advisory_xact_lock(hashtextextended(:places, 0))")
PER_PAGE = 50


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
    """Everything about the places of one offering; ``lines`` is one page of the order."""

    public_id: uuid.UUID
    name: str
    order: Order
    seed: str
    quota: int
    until: date  # of registration
    is_over: bool  # registration
    given_at: datetime | None
    people: int  # in the order
    counts: Mapping[str, int]  # how many places stand so, once they are given
    untold: int  # whom the job has not told yet
    lines: Sequence[Line]
    page: int
    last_page: int
    seen: str  # stands for who registered, so that what is given is what was read
    twice: int  # registrations of somebody who is in the order already
    aside: Sequence[str]  # open registrations that do not count, by reference


@dataclass(frozen=True, slots=True)
class _Held:
    """The offering with its newest published version, and the draw where there is one."""

    offering: Offering
    version: OfferingVersion
    draw: PlaceDraw | None
    first: date  # on which the offering stood

    @property
    def is_over(self) -> bool:
        """Whether nobody can register any more."""
        last = self.version.registration_until
        return self.offering.state == CLOSED or (
            last is not None and today(zone_of_area(self.offering.regency_id)) > last
        )


def book(actor: StaffActor, public_id: uuid.UUID, page: int = 1) -> Book:
    """Who registered for it and, once the places are given, who has one. Raises ``NotFound``."""
    with db.begin(actor.scope) as session:
        held = _held(session, public_id)
        rows, draw, version = _entries(session, held), held.draw, held.version
        counted = [] if draw else [row for row in rows if row.counts]
        numbered = _numbered(held, counted)
        counts, untold = _counts(session, draw) if draw else ({}, 0)
        people = draw.people if draw else len(numbered)
        last_page = max(1, -(-people // PER_PAGE))
        page = min(max(page, 1), last_page)
        first, last = (page - 1) * PER_PAGE + 1, page * PER_PAGE
        return Book(
            public_id=public_id,
            name=str((version.content or {})["name"]["id"]),
            order=Order(version.place_order),
            seed=held.offering.lot_seed or "",
            quota=draw.quota if draw else version.quota or 0,
            until=version.registration_until or version.valid_until or date.min,
            is_over=held.is_over,
            given_at=draw.given_at if draw else None,
            people=people,
            counts=counts,
            untold=untold,
            lines=_given_lines(session, draw, first, last) if draw else _lines(counted, numbered[first - 1 : last]),
            page=page,
            last_page=last_page,
            seen=_seen(numbered),
            twice=len(counted) - len(numbered),
            aside=[row.reference for row in rows if not row.counts],
        )


def page_of(number: int) -> int:
    """The page on which a number of the order stands."""
    return (number - 1) // PER_PAGE + 1


def give(actor: StaffActor, public_id: uuid.UUID, seen: str) -> int:
    """Give the places by the published order, once; gives how many people are in it. Raises ``Conflict``.

    The order and the places stand from here on; a job tells everybody.
    """
    with db.begin(actor.scope) as session:
        held = _held(session, public_id, lock=True)
        if held.draw is not None:
            raise Conflict(GIVEN)
        if not held.is_over:
            raise Conflict(STILL_OPEN)
        day = today(zone_of_area(held.offering.regency_id))
        if has_begun(held.version.starts_on, day):
            raise Conflict(BEGUN)
        session.execute(_NO_MORE, {"places": f"places/{held.offering.regency_id}/{held.version.code}"})
        rows = [row for row in _entries(session, held) if row.counts]
        numbered = _numbered(held, rows)
        if not numbered:
            raise Conflict(NOBODY)
        if any(row.kin for row in rows):
            raise Conflict(KIN)
        if _seen(numbered) != seen:
            raise Conflict(CHANGED)
        draw = _draw(session, actor, held, len(numbered))
        session.execute(insert(Place), _places(draw, rows, numbered, day))
        defer(session, TELL_PLACES, draw=draw.id)
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
        case = session.get(Case, (place.family_id, place.case_id))
        if case is None and what in _TOLD:
            raise Conflict(MOVED)
        if not _note(session, place, what):
            return
        event, family = Event.PLACE_NOTED, place.family_id
        if case is None:  # the family moved to another regency: its place says who came, its path is the other office's
            record(session, event, family_id=family, answer=what.value, number=number)
            return
        write_step(session, case, f"place_{what}", Act(actor.name, actor.staff_id))
        if what in _TOLD:
            tell(session, case, "place_noted", place, draw, officer=actor.name, what=Message(_TOLD[what]))
        record(session, event, family_id=family, reference=case.reference, answer=what.value, number=number)


def _note(session: Session, place: Place, what: Note) -> bool:
    """Whether it is new."""
    if place.told_at is None:
        raise Conflict(NOT_NOTED)
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
    regency = held.offering.regency_id
    asked = {"code": held.version.code, "regency": regency, "zone": zone_of_area(regency)}
    days = {"first": held.first, "last": held.version.valid_until or date.max}
    return list(session.execute(_ENTRIES, {**asked, **days}))


def _numbered(held: _Held, rows: Sequence[Row[Any]]) -> list[Numbered]:
    entries = [Entry(row.person_id, str(row.code), row.desil, row.sent_at, row.reference) for row in rows]
    return in_order(entries, Order(held.version.place_order), held.offering.lot_seed or "", held.version.quota or 0)


def _seen(numbered: Sequence[Numbered]) -> str:
    """Stands for the order as it was read."""
    read = "|".join(f"{one.number}:{one.entry.reference}:{one.entry.desil}:{one.seat}" for one in numbered)
    return hashlib.sha256(read.encode()).hexdigest()[:16]


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


def _places(draw: PlaceDraw, rows: Sequence[Row[Any]], numbered: Sequence[Numbered], day: date) -> list[dict[str, Any]]:
    """The rows of everybody in the order, told of nothing yet."""
    of = {row.reference: row for row in rows}
    again: dict[int, list[str]] = {}
    for row in rows:
        again.setdefault(row.person_id, []).append(row.reference)
    until = confirm_until(day, draw.starts_on)
    return [
        {
            "draw_id": draw.id,
            "number": one.number,
            "quota": draw.quota,
            "seat": one.seat,
            "family_id": of[one.entry.reference].family_id,
            "case_id": of[one.entry.reference].id,
            "person_id": one.entry.person_id,
            "desil": one.entry.desil,
            "code": one.entry.code,
            "lot": one.lot,
            "again": [other for other in again[one.entry.person_id] if other != one.entry.reference],
            "state": (PlaceState.OFFERED if one.seat else PlaceState.WAITING).value,
            "offered_on": day if one.seat else None,
            "confirm_by": until if one.seat else None,
        }
        for one in numbered
    ]


def _lines(rows: Sequence[Row[Any]], numbered: Sequence[Numbered]) -> list[Line]:
    """Who registered, in the order as it is reckoned now."""
    of = {row.reference: row for row in rows}
    lines = []
    for one in numbered:
        row = of[one.entry.reference]
        name = written_name(row.name)
        lines.append(Line(one.number, one.seat, name, row.village, row.desil, one.lot, row.reference, row.sent_at))
    return lines


def _counts(session: Session, draw: PlaceDraw) -> tuple[dict[str, int], int]:
    """How many places stand how, and how many people were not told yet."""
    rows = session.execute(_COUNTS, {"d": draw.id}).all()
    return {row[0]: row[1] for row in rows}, sum(row[2] for row in rows)


def _given_lines(session: Session, draw: PlaceDraw, first: int, last: int) -> list[Line]:
    found = session.execute(_PLACES, {"draw": draw.id, "first": first, "last": last})
    return [_given_line(row) for row in found]


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
        notes=_notes(state, row.attended, row.certificate) if row.told_at else (),
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
