"""Reads a case, its path and its papers for whoever may see them; the walls stand in the database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select, text
from sqlalchemy.orm import Session, aliased

from portal.accounts.models import Staff
from portal.accounts.staff_models import StaffSubstitution
from portal.audit.looks import LookFacts, find_look, looks_at
from portal.cases.answers import Answers
from portal.cases.headings import Other, others_of
from portal.cases.kinds import Kind, World
from portal.cases.kinds.base import OfficerFacts
from portal.cases.models import Case, CaseEvent, CaseFile
from portal.cases.paper_states import PaperState
from portal.cases.promises import due_at
from portal.cases.proof import ReadMark, is_traceable
from portal.cases.reading import reads_of
from portal.cases.visit_records import VisitView, visits_of
from portal.cases.ways import counts_from, kind_of
from portal.cases.workflow import STATES, State, StateInfo
from portal.core.clock import today, zone_of_area
from portal.core.db import Scope
from portal.core.errors import NotFound
from portal.extensions import db, keys
from portal.programs.catalog import Catalog
from portal.programs.offerings import catalog_read
from portal.registry.models import Family
from portal.registry.queries import children_of, disbursements, family_facts, place

_NEWEST_LOOKS = 8
_OWN_OFFICERS = text("SELECT public_id, name, title FROM own_officers()")
_OFFICER = text("SELECT public_id, name, title FROM staff WHERE public_id = :id")
_ANSWERS, _WORDS = "cases.answers", "case_event.words"


@dataclass(frozen=True, slots=True)
class Officer:
    """Who has the case, as a family may know it."""

    id: int
    name: str
    title: str
    hours: str | None
    substitute: str | None = None  # who answers in the officer's place today
    away_until: date | None = None


@dataclass(frozen=True, slots=True)
class PathEvent:
    """One step of the path, with the words that were said."""

    event: str
    actor_kind: str
    actor_name: str
    state: State
    words: str | None
    data: dict[str, Any]
    at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class PaperView:
    """A paper that was sent: one page of it."""

    public_id: UUID
    label: str
    size: int
    page: int
    created_at: datetime
    state: PaperState = PaperState.RECEIVED
    advice: str | None = None  # why it cannot be read
    looked_at: datetime | None = None
    first_sent_at: datetime | None = None  # with an earlier case


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as a page shows it."""

    family_id: int
    id: int
    reference: str
    kind: Kind
    state: State
    version: int
    level: str
    restricted: bool
    needs_two: bool
    person_id: int
    village_id: int
    officer: Officer | None
    answers: Answers
    events: list[PathEvent]
    papers: list[PaperView]
    promised_on: date
    visit_on: date | None
    visit_part: str | None
    sent_at: datetime
    counts_from: datetime  # where the promise is in hours
    closed_at: datetime | None
    world: World
    recorded_by: Officer | None = None  # wrote down what the person said
    recorded_at_place: str | None = None  # counter, visit
    helped_by: Officer | None = None  # was beside the person at a kiosk
    reads: Mapping[str, ReadMark] = field(default_factory=dict)  # by side
    traceable: bool = False  # by reference and year of birth, without a login
    spoken_by: str | None = None  # the named helper who told it by a mandate
    visits: Sequence[VisitView] = ()
    heading: UUID | None = None  # of the event of life that it belongs to
    event: str | None = None  # that event, by its stored key
    others: Sequence[Other] = ()  # the other cases of it

    @property
    def visit(self) -> VisitView | None:
        """The visit that was planned last."""
        return self.visits[-1] if self.visits else None

    @property
    def visited(self) -> VisitView | None:
        """The newest visit at which something was recorded."""
        return next((visit for visit in reversed(self.visits) if visit.done_at is not None), None)

    @property
    def info(self) -> StateInfo:
        """What the state means."""
        return STATES[self.state]

    @property
    def due_at(self) -> datetime | None:
        """The moment of the promise, where it is counted by the clock; None where the day counts."""
        return due_at(self.kind.key, self.counts_from)

    @property
    def zone(self) -> str:
        """The time zone of the village."""
        return zone_of_area(self.village_id)

    def last_words(self, event: str) -> PathEvent | None:
        """The newest step of that name."""
        return next((step for step in reversed(self.events) if step.event == event), None)


def find_case(session: Session, reference: str) -> Case:
    """The case of that reference. Raises ``NotFound``, also where it is somebody else's."""
    case = session.scalar(select(Case).where(Case.reference == reference))
    if case is None:
        raise NotFound
    return case


def load_world(
    session: Session,
    scope: Scope,
    family_id: int,
    *,
    reader: int | None,
    sender: int | None = None,
    villages: Iterable[int] = (),
) -> World:
    """The record of the family, as a kind may look at it. Raises ``NotFound``."""
    facts = family_facts(session, family_id, reader=reader)
    lines = select(Family.address_sealed, Family.rt, Family.rw).where(Family.id == family_id)
    found = session.execute(lines).one_or_none()
    if facts is None or found is None:
        raise NotFound
    wanted = {facts.village_id, *villages}

    def children(area: int | None) -> list[tuple[int, str]]:
        with db.begin(scope) as reading:
            return children_of(reading, area)

    return World(
        facts=facts,
        payments=disbursements(session, family_id),
        address=keys.ring.unseal("address", found.address_sealed) if found.address_sealed else None,
        rt=found.rt,
        rw=found.rw,
        today=today(zone_of_area(facts.village_id)),
        places={village: place(session, village) for village in wanted},
        children=children,
        looks=partial(_looks, scope, family_id),
        officers=partial(_officers, scope),
        sender=sender,
        offered=partial(_offered, scope, facts.village_id),
    )


def _offered(scope: Scope, village_id: int) -> Catalog:
    """The catalogue for a family of that village."""
    with db.begin(scope) as session:
        return catalog_read(session, village_id)


def _looks(scope: Scope, family_id: int, wanted: UUID | None) -> Sequence[LookFacts]:
    """The newest looks at the family, or the one that is wanted."""
    with db.begin(scope) as session:
        if wanted is None:
            return looks_at(session, family_id, limit=_NEWEST_LOOKS)
        found = find_look(session, wanted)
    return (found,) if found else ()


def _officers(scope: Scope, wanted: UUID | None) -> Sequence[OfficerFacts]:
    """The officers whom the family that asks meets, or the one that is wanted."""
    with db.begin(scope) as session:
        found = session.execute(_OWN_OFFICERS) if wanted is None else session.execute(_OFFICER, {"id": wanted})
        return [OfficerFacts(*row) for row in found]


def view_case(session: Session, scope: Scope, case: Case, *, reader: int | None) -> CaseView:
    """Everything of a case, opened."""
    kind = kind_of(case)
    answers = open_answers(case)
    villages = kind.areas_in(answers)
    world = load_world(session, scope, case.family_id, reader=reader, sender=case.person_id, villages=villages)
    return CaseView(
        family_id=case.family_id,
        id=case.id,
        reference=case.reference,
        kind=kind,
        state=State(case.state),
        version=case.version,
        level=case.level,
        restricted=case.restricted,
        needs_two=case.needs_two,
        person_id=case.person_id,
        village_id=case.village_id,
        officer=officer_of(session, case.assigned_to),
        answers=answers,
        events=path_of(session, case),
        papers=papers_of(session, case),
        promised_on=case.promised_on,
        visit_on=case.visit_on,
        visit_part=case.visit_part,
        sent_at=case.sent_at,
        counts_from=counts_from(case),
        closed_at=case.closed_at,
        world=world,
        recorded_by=officer_of(session, case.recorded_by),
        recorded_at_place=case.recorded_at_place,
        helped_by=officer_of(session, case.helped_by),
        reads=reads_of(session, case.family_id, case.id),
        traceable=is_traceable(restricted=case.restricted, private=case.private, kept_from=case.not_for),
        spoken_by=case.spoken_by,
        visits=visits_of(session, case),
        heading=case.heading,
        event=case.event,
        others=others_of(session, case),
    )


def seal_answers(answers: Answers) -> bytes:
    """The answers of a case, sealed."""
    return keys.ring.seal(_ANSWERS, json.dumps(answers, sort_keys=True))


def open_answers(case: Case) -> Answers:
    """The answers of a case."""
    answers: Answers = json.loads(keys.ring.unseal(_ANSWERS, case.answers_sealed))
    return answers


def seal_words(words: str | None) -> bytes | None:
    """What was asked, answered or decided, sealed."""
    return keys.ring.seal(_WORDS, words) if words else None


def officer_of(session: Session, staff_id: int | None) -> Officer | None:
    """The officer who has the case, and during a leave the one who stands in."""
    if staff_id is None:
        return None
    other = aliased(Staff)
    today_away = and_(
        StaffSubstitution.staff_id == Staff.id,
        StaffSubstitution.ended_at.is_(None),
        func.current_date().between(StaffSubstitution.since, StaffSubstitution.until),
    )
    found = (
        select(Staff.id, Staff.name, Staff.title, Staff.hours, other.name, StaffSubstitution.until)
        .outerjoin(StaffSubstitution, today_away)
        .outerjoin(other, other.id == StaffSubstitution.substitute_id)
        .where(Staff.id == staff_id)
        .limit(1)
    )
    row = session.execute(found).one_or_none()
    return Officer(*row) if row else None


def path_of(session: Session, case: Case) -> list[PathEvent]:
    """The steps of the case, the oldest first."""
    mine = (CaseEvent.family_id == case.family_id, CaseEvent.case_id == case.id)
    return [path_event(step) for step in session.scalars(select(CaseEvent).where(*mine).order_by(CaseEvent.id))]


def path_event(step: CaseEvent) -> PathEvent:
    """A stored step, its words opened."""
    words = keys.ring.unseal(_WORDS, step.words_sealed) if step.words_sealed else None
    return PathEvent(
        step.event, step.actor_kind, step.actor_name, State(step.state), words, step.data, step.at, step.id
    )


def papers_of(session: Session, case: Case) -> list[PaperView]:
    """The papers of the case."""
    mine = (CaseFile.family_id == case.family_id, CaseFile.case_id == case.id)
    return [paper_view(file) for file in session.scalars(select(CaseFile).where(*mine).order_by(CaseFile.id))]


def paper_view(file: CaseFile) -> PaperView:
    """A stored paper as a page shows it."""
    return PaperView(
        public_id=file.public_id,
        label=file.label,
        size=file.size,
        page=file.page,
        created_at=file.created_at,
        state=PaperState(file.state or PaperState.RECEIVED),
        advice=file.advice,
        looked_at=file.looked_at,
        first_sent_at=file.first_sent_at,
    )
