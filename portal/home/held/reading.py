"""Reads everything that is held about the family and that this member may see, in one transaction.

A bounded number of statements, however many cases, payments and messages there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from portal.accounts.actor import FamilyActor
from portal.audit.looks import LookFacts, looks_at
from portal.cases.drafts import OpenDraft, open_drafts
from portal.cases.helping.models import Mandate
from portal.cases.kinds import World
from portal.cases.loading import PathEvent, open_answers, path_event
from portal.cases.models import Case, CaseEvent, CaseFile
from portal.cases.visit_records import VisitView, visits_of_family
from portal.cases.ways import kind_of
from portal.core.clock import today
from portal.core.sealing import Keyring
from portal.delivery.devices import Device, devices_of
from portal.home.reading import FullRead, opened_changes, read_full
from portal.inbox.contacts import Reached, reached_by
from portal.inbox.service import Letter, all_letters
from portal.privacy.consents import Choice, choices
from portal.programs.offerings import catalog_for
from portal.registry import queries
from portal.registry.facts import DisbursementFacts
from portal.registry.models import Area
from portal.registry.queries import Place

#: More than any family has; what goes beyond is said on the page.
MOST = 1000
_LOGIN = text("SELECT own_login_held()")


@dataclass(frozen=True, slots=True)
class SentCase:
    """A case with its path and how many papers came with it."""

    case: Case
    path: Sequence[PathEvent]
    papers: int
    visits: Sequence[VisitView] = ()


@dataclass(frozen=True, slots=True)
class Everything:
    """What the page stands on."""

    actor: FamilyActor
    record: FullRead
    payments: Sequence[DisbursementFacts]
    world: World
    cases: Sequence[SentCase]
    drafts: Sequence[OpenDraft]
    letters: Sequence[Letter]
    consents: Sequence[Choice]
    helpers: Sequence[Mandate]
    looks: Sequence[LookFacts]
    login: dict[str, Any]
    reached: Reached | None
    devices: Sequence[Device]  # on which news is switched on


def read_everything(session: Session, ring: Keyring, actor: FamilyActor) -> Everything | None:
    """All of it, in the open transaction; None where the record shows the reader no family."""
    record = read_full(session, ring, actor)
    if record is None:
        return None
    changed = queries.changes(session, actor.family_id, limit=MOST)
    record = record._replace(changes=changed, changed_values=opened_changes(ring, changed))
    payments = queries.disbursements(session, actor.family_id)
    cases = _cases(session, actor.family_id)
    looks = looks_at(session, actor.family_id, limit=MOST)
    helpers = select(Mandate).where(Mandate.family_id == actor.family_id).order_by(Mandate.granted_at.desc())
    return Everything(
        actor,
        record,
        payments,
        _world(session, actor, record, payments, cases, looks),
        cases,
        open_drafts(session, actor),
        all_letters(session, actor.person_id, MOST),
        choices(session, actor.person_id),
        session.scalars(helpers).all(),
        looks,
        session.execute(_LOGIN).scalar_one(),
        reached_by(session, actor.person_id),
        devices_of(session, actor.person_id),
    )


def _cases(session: Session, family_id: int) -> list[SentCase]:
    """The cases that the member may see, the newest first, in four statements."""
    found = select(Case).where(Case.family_id == family_id).order_by(Case.sent_at.desc(), Case.id.desc()).limit(MOST)
    cases = session.scalars(found).all()
    path: dict[int, list[PathEvent]] = {}
    for step in session.scalars(select(CaseEvent).where(CaseEvent.family_id == family_id).order_by(CaseEvent.id)):
        path.setdefault(step.case_id, []).append(path_event(step))
    counted = (
        select(CaseFile.case_id, func.count())
        .where(CaseFile.family_id == family_id, CaseFile.case_id.is_not(None))
        .group_by(CaseFile.case_id)
    )
    papers = dict(session.execute(counted).all())
    visits = visits_of_family(session, family_id)
    return [SentCase(case, path.get(case.id, []), papers.get(case.id, 0), visits.get(case.id, ())) for case in cases]


def _world(
    session: Session,
    actor: FamilyActor,
    record: FullRead,
    payments: Sequence[DisbursementFacts],
    cases: Sequence[SentCase],
    looks: Sequence[LookFacts],
) -> World:
    """What the kinds need to say the answers of all cases."""
    by_id = {look.public_id: look for look in looks}
    villages = {record.facts.village_id}
    for sent in cases:
        villages.update(kind_of(sent.case).areas_in(open_answers(sent.case)))

    def one_look(wanted: UUID | None) -> Sequence[LookFacts]:
        return (by_id[wanted],) if wanted in by_id else ()

    return World(
        facts=record.facts,
        payments=payments,
        address=record.own.address,
        rt=record.own.rt,
        rw=record.own.rw,
        today=today(actor.zone),
        places=_places(session, villages),
        looks=one_look,
        offered=lambda: catalog_for(actor),
    )


def _places(session: Session, villages: set[int]) -> dict[int, Place]:
    """The names of these villages and of what they lie in, in one statement."""
    codes = {
        village: (village, village // 10_000, village // 1_000_000, village // 100_000_000) for village in villages
    }
    wanted = {code for four in codes.values() for code in four}
    names = dict(session.execute(select(Area.id, Area.name).where(Area.id.in_(wanted))).all())
    return {village: Place(village, *(names.get(code, "") for code in four)) for village, four in codes.items()}
