"""What the office does with its own offerings: write, count, hand on, publish by a second person, change, end.

Every act is one transaction in the scope of the officer, and names the state it saw (``seen``).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.accounts.actor import StaffActor
from portal.accounts.four_eyes import Act, Second, refusal
from portal.accounts.models import Staff
from portal.accounts.roles import permissions_of
from portal.audit.trail import Event, record
from portal.cases.places import END_PLACES
from portal.core.clock import now, today
from portal.core.errors import Conflict, NotFound
from portal.core.jobs import defer
from portal.core.messages import N_
from portal.extensions import db
from portal.office.offering_content import ABOUT, CONDITIONS, TERMS, Faulty, Written, span_of, written
from portal.office.offering_picks import Pick, picks
from portal.programs.catalog import default
from portal.programs.models import MATCH_REGENCY
from portal.programs.offering_models import Offering, OfferingVersion
from portal.programs.offerings import program_of
from portal.programs.place_models import PlaceDraw
from portal.programs.preview import MOST_CONDITIONS, Preview, Wanted, preview
from portal.registry.models import Area

DRAFT, WAITING, PUBLISHED, CLOSED, WITHDRAWN = "draft", "waiting", "published", "closed", "withdrawn"
CHANGED = N_("Somebody else changed this meanwhile. Look at it again.")
TAKEN = N_("Another offering of this short name stands on these days. Choose another short name or other days.")
NOT_OPEN = N_("This is not being written now.")
ORDER_STAYS = N_("The order in which places are given was published before. It stays as it was.")
PLACES_STAY = N_("The places have been given. How many there are stays as it was; for more places begin another one.")
ENOUGH = N_("There are enough conditions. Remove one first.")
_REGENCIES = text(
    "SELECT id, name FROM area WHERE level = 2 AND NOT retired AND area_span(id) <@ (SELECT staff_area()) ORDER BY name"
)
_BELOW = text(
    "SELECT id, level, name FROM area WHERE level IN (3, 4) AND NOT retired"
    " AND area_span(id) <@ area_span(:regency) ORDER BY name"
)


@dataclass(frozen=True, slots=True)
class Version:
    """One version as the office reads it; the newest is the one that is written, waits or holds."""

    number: int
    state: str
    answers: Mapping[str, Any]
    written_by: str
    written_at: Any
    submitted_by: str | None
    submitted_at: Any
    submitted_by_id: int | None
    published_by: str | None
    published_at: Any
    seen: int


@dataclass(frozen=True, slots=True)
class Known:
    """One offering with its versions, newest first."""

    public_id: uuid.UUID
    regency_id: int
    regency: str
    code: str
    kind: str
    state: str
    versions: list[Version]

    @property
    def newest(self) -> Version:
        """The version that is written, waits, or holds."""
        return self.versions[0]

    @property
    def name(self) -> str:
        """What it is called, as far as that is written."""
        return str(self.newest.answers.get(ABOUT, {}).get("name_id") or self.code)


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted before publishing, with the names of the villages, and whether a version stood before."""

    preview: Preview
    names: Mapping[int, str]
    conditions: tuple[Any, ...]
    is_change: bool


def known_picks() -> Mapping[str, Pick]:
    """Every kind of condition by its key."""
    return picks(default())


def regencies(actor: StaffActor) -> list[tuple[int, str]]:
    """The regencies of the office, by name."""
    with db.begin(actor.scope) as session:
        return [(row.id, row.name) for row in session.execute(_REGENCIES)]


def places_below(actor: StaffActor, regency_id: int) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """The kecamatan and the villages of a regency, a village with the name of its kecamatan."""
    with db.begin(actor.scope) as session:
        rows = session.execute(_BELOW, {"regency": regency_id}).all()
    kecamatan = [(row.id, row.name) for row in rows if row.level == 3]
    above = dict(kecamatan)
    villages = [(row.id, f"{row.name} ({above.get(row.id // 10_000, '')})") for row in rows if row.level == 4]
    return kecamatan, villages


def listed(actor: StaffActor) -> list[Known]:
    """The offerings of the office: what waits first, then what is written, then the rest, newest first."""
    order = {WAITING: 0, DRAFT: 1, PUBLISHED: 2, CLOSED: 3, WITHDRAWN: 4}
    with db.begin(actor.scope) as session:
        rows = session.scalars(select(Offering).order_by(Offering.id.desc()).limit(200)).all()
        found = [_known(session, row) for row in rows]
    return sorted(found, key=lambda one: order.get(one.newest.state, 9) if one.state != WITHDRAWN else 9)


def one(actor: StaffActor, public_id: uuid.UUID) -> Known:
    """One offering. Raises ``NotFound``."""
    with db.begin(actor.scope) as session:
        return _known(session, _find(session, public_id))


def begin(actor: StaffActor, regency_id: int, about: Mapping[str, Any]) -> uuid.UUID:
    """A new offering of that regency, as a draft. Gives its public id."""
    with db.begin(actor.scope) as session:
        row = Offering(regency_id=regency_id, code=about["code"], kind=about["kind"], public_id=uuid.uuid4())
        session.add(row)
        session.flush()
        _add_version(session, actor, row, {ABOUT: dict(about)}, 1)
        return row.public_id


def save(actor: StaffActor, public_id: uuid.UUID, seen: int, step: str, answers: Any) -> None:
    """Keep one step of the draft."""
    with db.begin(actor.scope) as session:
        row, version = _open(session, public_id, seen, DRAFT)
        if step in (ABOUT, TERMS):
            _check_free(session, row, {**version.answers, step: answers})
        version.answers = {**version.answers, step: answers}
        if step == ABOUT and row.state in (DRAFT, WAITING):
            row.code, row.kind = answers["code"], answers["kind"]


def add_condition(actor: StaffActor, public_id: uuid.UUID, seen: int, condition: Mapping[str, Any]) -> None:
    """One more condition at the end."""
    with db.begin(actor.scope) as session:
        _, version = _open(session, public_id, seen, DRAFT)
        before = version.answers.get(CONDITIONS, [])
        if len(before) >= MOST_CONDITIONS:
            raise Conflict(ENOUGH)
        version.answers = {**version.answers, CONDITIONS: [*before, dict(condition)]}


def remove_condition(actor: StaffActor, public_id: uuid.UUID, seen: int, place: int) -> None:
    """The condition at that place goes."""
    with db.begin(actor.scope) as session:
        _, version = _open(session, public_id, seen, DRAFT)
        before = version.answers.get(CONDITIONS, [])
        if not 0 <= place < len(before):
            raise NotFound
        version.answers = {**version.answers, CONDITIONS: before[:place] + before[place + 1 :]}


def submit(actor: StaffActor, public_id: uuid.UUID, seen: int) -> None:
    """Hand it to the second officer. Raises ``Faulty`` where something is missing."""
    with db.begin(actor.scope) as session:
        row, version = _open(session, public_id, seen, DRAFT)
        made = written(version.answers, known_picks())
        _check_free(session, row, version.answers)
        if any(one.state == PUBLISHED and one.place_order != made.place_order for one in _versions(session, row)):
            raise Faulty(TERMS, ORDER_STAYS)
        draw = _draw_of(session, row)
        if draw is not None and draw.quota != made.quota:
            raise Faulty(TERMS, PLACES_STAY)
        _write(version, made)
        version.state = WAITING
        version.submitted_by, version.submitted_at = actor.staff_id, now()
        if row.state == DRAFT:
            row.state = WAITING
        record(session, Event.PROGRAM_SUBMITTED, program=made.code, version=version.number, area=row.regency_id)


def give_back(actor: StaffActor, public_id: uuid.UUID, seen: int) -> None:
    """Back to writing, by whoever of the office sees that something is not right yet."""
    with db.begin(actor.scope) as session:
        row, version = _open(session, public_id, seen, WAITING)
        version.state, version.submitted_by, version.submitted_at = DRAFT, None, None
        if row.state == WAITING:
            row.state = DRAFT
        record(session, Event.PROGRAM_GIVEN_BACK, program=row.code, version=version.number, area=row.regency_id)


def publish(actor: StaffActor, public_id: uuid.UUID, seen: int) -> None:
    """The second officer. Raises ``Conflict`` with the reason where that one may not."""
    with db.begin(actor.scope) as session:
        row, version = _open(session, public_id, seen, WAITING)
        if version.submitted_by is None or version.submitted_at is None:
            raise Conflict(CHANGED)
        second = Second(actor.staff_id, permissions_of(actor.role))
        for began in {version.submitted_by, version.written_by}:
            ago = now() - version.submitted_at
            if refused := refusal(Act.PUBLISH_PROGRAM, second, begun_by=began, begun_ago=ago):
                raise Conflict(refused)
        _check_free(session, row, version.answers)
        program_of(version.content or {})
        version.state, version.published_by, version.published_at = PUBLISHED, actor.staff_id, now()
        try:
            session.flush()
            # Once the places are given nobody can register any more, whatever else changes.
            draw = _draw_of(session, row)
            row.state, row.code = CLOSED if draw else PUBLISHED, version.code or row.code
            if draw is not None:
                draw.starts_on = version.starts_on
            session.flush()
        except IntegrityError:  # another of this code was published at the same moment
            raise Conflict(TAKEN) from None
        defer(session, MATCH_REGENCY, regency=row.regency_id)
        record(session, Event.PROGRAM_PUBLISHED, program=row.code, version=version.number, area=row.regency_id)


def change(actor: StaffActor, public_id: uuid.UUID) -> None:
    """Begin the next version, with what the newest one says. What is published holds on until that one is too."""
    with db.begin(actor.scope) as session:
        row = _find(session, public_id, lock=True)
        newest = _versions(session, row)[0]
        if row.state not in (PUBLISHED, CLOSED) or newest.state != PUBLISHED:
            raise Conflict(CHANGED)
        terms = {**newest.answers[TERMS], "valid_from": today(actor.zone).isoformat()}
        _add_version(session, actor, row, {**newest.answers, TERMS: terms}, newest.number + 1)


def end(actor: StaffActor, public_id: uuid.UUID, seen: int, state: str) -> None:
    """Close the registration, or withdraw the whole; a withdrawn one is seen by no family any more."""
    with db.begin(actor.scope) as session:
        row = _find(session, public_id, lock=True)
        if _versions(session, row)[0].seen != seen or row.state in (WITHDRAWN, state):
            raise Conflict(CHANGED)
        if state == CLOSED and row.state != PUBLISHED:
            raise Conflict(CHANGED)
        if state == WITHDRAWN and row.state in (PUBLISHED, CLOSED):
            defer(session, MATCH_REGENCY, regency=row.regency_id)
            draw = _draw_of(session, row)
            if draw is not None:
                defer(session, END_PLACES, draw=draw.id)
        row.state = state
        event = Event.PROGRAM_CLOSED if state == CLOSED else Event.PROGRAM_WITHDRAWN
        record(session, event, program=row.code, area=row.regency_id)


def count(actor: StaffActor, public_id: uuid.UUID) -> Counted:
    """How many it would reach, in the walls of the officer. Raises ``Faulty`` where something is missing."""
    with db.begin(actor.scope) as session:
        row = _find(session, public_id)
        versions = _versions(session, row)
        made = written(versions[0].answers, known_picks())
        wanted = _wanted(made.content, made.asked)
        held = next((one for one in versions[1:] if one.state == PUBLISHED), None)
        before = None if held is None else _wanted(held.content or {}, held.asked)
        found = preview(session, wanted, today(actor.zone), row.regency_id, before)
        names = _names(session, found.villages)
    return Counted(found, names, tuple(wanted.program.criteria), before is not None)


def names_of(actor: StaffActor, found: Known) -> dict[int, str]:
    """The areas that the newest version asks, by name."""
    asked = found.newest.answers.get(TERMS, {}).get("asked", [])
    with db.begin(actor.scope) as session:
        return _names(session, asked)


def _names(session: Session, areas: Iterable[int]) -> dict[int, str]:
    rows = session.execute(select(Area.id, Area.name).where(Area.id.in_(list(areas))))
    return {row.id: row.name for row in rows}


def _wanted(content: Mapping[str, Any], asked: list[int]) -> Wanted:
    return Wanted(program_of(content), tuple(asked))


def _check_free(session: Session, row: Offering, answers: Mapping[str, Any]) -> None:
    """Raises ``Faulty`` where another published offering of that code stands on one of the days."""
    about, terms = answers.get(ABOUT), answers.get(TERMS)
    if not about or not terms:
        return
    first, last = span_of(terms)
    v = OfferingVersion
    other = (
        select(v.id)
        .join(Offering, Offering.id == v.offering_id)
        .where(Offering.state.in_((PUBLISHED, CLOSED)), v.state == PUBLISHED, v.offering_id != row.id)
        .where(v.regency_id == row.regency_id, v.code == about["code"])
        .where(v.valid_from <= last, v.valid_until >= first)
    )
    if session.execute(select(other.exists())).scalar_one():
        raise Faulty(ABOUT, TAKEN)


def _find(session: Session, public_id: uuid.UUID, *, lock: bool = False) -> Offering:
    query = select(Offering).where(Offering.public_id == public_id)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound
    return found


def _draw_of(session: Session, row: Offering) -> PlaceDraw | None:
    """The draw of the offering, once its places are given."""
    return session.scalar(select(PlaceDraw).where(PlaceDraw.offering_id == row.id))


def _versions(session: Session, row: Offering) -> list[OfferingVersion]:
    order = OfferingVersion.number.desc()
    return list(session.scalars(select(OfferingVersion).where(OfferingVersion.offering_id == row.id).order_by(order)))


def _open(session: Session, public_id: uuid.UUID, seen: int, state: str) -> tuple[Offering, OfferingVersion]:
    """The version that is in this state, as it was seen."""
    row = _find(session, public_id, lock=True)
    version = _versions(session, row)[0]
    if version.seen != seen:
        raise Conflict(CHANGED)
    if version.state != state or row.state == WITHDRAWN:
        raise Conflict(NOT_OPEN)
    version.seen += 1
    return row, version


def _add_version(session: Session, actor: StaffActor, row: Offering, answers: Mapping[str, Any], number: int) -> None:
    version = OfferingVersion(
        offering_id=row.id, regency_id=row.regency_id, number=number, answers=dict(answers), written_by=actor.staff_id
    )
    session.add(version)
    session.flush()
    record(session, Event.PROGRAM_DRAFTED, program=row.code, version=number, area=row.regency_id)


def _write(version: OfferingVersion, made: Written) -> None:
    version.content, version.code = made.content, made.code
    version.valid_from, version.valid_until, version.quota = made.valid_from, made.valid_until, made.quota
    version.registration_from, version.registration_until = made.registration_from, made.registration_until
    version.starts_on, version.ends_on, version.asked = made.starts_on, made.ends_on, made.asked
    version.place_order = made.place_order


def _known(session: Session, row: Offering) -> Known:
    versions = _versions(session, row)
    ids = {i for v in versions for i in (v.written_by, v.submitted_by, v.published_by) if i is not None}
    names = {s.id: s.name for s in session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids)))}
    regency = session.execute(select(Area.name).where(Area.id == row.regency_id)).scalar_one()
    return Known(
        row.public_id,
        row.regency_id,
        regency,
        row.code,
        row.kind,
        row.state,
        [
            Version(
                v.number,
                v.state,
                v.answers,
                names.get(v.written_by, ""),
                v.written_at,
                names.get(v.submitted_by or 0),
                v.submitted_at,
                v.submitted_by,
                names.get(v.published_by or 0),
                v.published_at,
                v.seen,
            )
            for v in versions
        ],
    )
