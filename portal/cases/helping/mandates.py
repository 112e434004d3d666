"""Named helpers: for one topic, until a day, signed on paper at the counter, ended by the family at any time.

With the topic of submissions the helper may tell, at the counter, what an officer then writes down for the person who
signed. A mandate opens no page of the family to the helper.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts.actor import FamilyActor, StaffActor
from portal.audit.looks import note_look
from portal.audit.trail import Event, record
from portal.cases.drafts import store_pages
from portal.cases.helping.models import Mandate
from portal.cases.models import CaseFile
from portal.cases.papers import PaperPage
from portal.cases.writing import Recording, Speaker
from portal.core.clock import now, today
from portal.core.errors import NotFound
from portal.core.messages import N_
from portal.extensions import blobs, db, keys
from portal.inbox.service import notify

#: Why, as the family reads it under who looked.
LOOK = N_("to record who helps your family, at the counter")
LONGEST_DAYS = 365
PAPER = "mandate"  # the label of the photo of the paper
RELATIONS = {
    "relative": N_("A relative outside the household"),
    "neighbour": N_("A neighbour or friend"),
    "cadre": N_("A cadre (posyandu, PKK, dasawisma)"),
    "officer": N_("An officer of the village or a social worker"),
    "other": N_("Somebody else"),
}
SPEAKS = "cases"  # the topic by which a helper tells something for the person
TOPICS = {
    SPEAKS: N_("Submissions: ask how they stand, and help to write them"),
    "aid": N_("Information about aid: what comes when, and where"),
}


@dataclass(frozen=True, slots=True)
class NamedHelper:
    """A mandate as a page shows it."""

    public_id: UUID
    name: str
    relation: str
    topic: str
    since: date
    until: date
    officer: str
    granted_at: datetime
    ended_at: datetime | None
    ended_by: str | None
    runs: bool  # today
    papers: tuple[UUID, ...]  # the pages of the photo of the paper, for who may see them


@dataclass(frozen=True, slots=True)
class SpeakingHelper:
    """A helper who may tell something for the person today."""

    speaker: Speaker
    relation: str
    until: date


@dataclass(frozen=True, slots=True)
class Grant:
    """What the paper says."""

    helper: str
    relation: str
    topic: str
    until: date


def grant(writer: Recording, what: Grant, paper: tuple[PaperPage, ...] = ()) -> UUID:
    """Record a mandate that the person signed before the officer, with the photo of the paper or without."""
    public_id = uuid4()
    with db.begin(writer.scope) as session:
        session.add(
            Mandate(
                public_id=public_id,
                family_id=writer.family_id,
                person_id=writer.person_id,
                helper_name=what.helper,
                helper_relation=what.relation,
                topic=what.topic,
                until=what.until,
                granted_by=writer.recorder.staff_id,
                officer_name=writer.recorder.name,
            )
        )
        session.flush()
        store_pages(session, writer, paper, label=PAPER, draft_id=public_id)
        notify(
            session,
            family_id=writer.family_id,
            person_id=writer.person_id,
            key="mandate_granted",
            values={"helper": what.helper, "day": what.until, "officer": writer.recorder.name},
        )
        record(session, Event.MANDATE_GRANTED, family_id=writer.family_id, mandate=str(public_id), topic=what.topic)
    return public_id


def own_helpers(actor: FamilyActor) -> list[NamedHelper]:
    """The helpers of the family, those of today first."""
    with db.begin(actor.scope) as session:
        return _helpers(session, actor.family_id, today(actor.zone))


def helpers_of(actor: StaffActor, family_id: int) -> list[NamedHelper]:
    """The helpers of a family, for the counter."""
    with db.begin(actor.scope) as session:
        note_look(session, family_id, LOOK)
        return _helpers(session, family_id, today(actor.zone))


def speaking_helpers(actor: StaffActor, family_id: int, person_id: int) -> list[SpeakingHelper]:
    """Who may tell something for the person today, by a paper that this person signed."""
    signed = select(Mandate).where(
        Mandate.family_id == family_id,
        Mandate.person_id == person_id,
        Mandate.topic == SPEAKS,
        Mandate.ended_at.is_(None),
        Mandate.until >= today(actor.zone),
    )
    with db.begin(actor.scope) as session:
        found = session.scalars(signed.order_by(Mandate.helper_name, Mandate.id))
        return [SpeakingHelper(speaker_of(one), RELATIONS[one.helper_relation], one.until) for one in found]


def speaker_of(mandate: Mandate) -> Speaker:
    """The helper of that mandate, as one who speaks."""
    return Speaker(mandate.id, str(mandate.public_id), mandate.helper_name)


def runs(mandate: Mandate, day: date) -> bool:
    """Whether the mandate is in force on that day."""
    return mandate.ended_at is None and mandate.until >= day


def end(actor: FamilyActor | StaffActor, public_id: UUID) -> None:
    """End it now: the family in one tap, or an officer to whom the family says so. Raises ``NotFound``."""
    by = "family" if isinstance(actor, FamilyActor) else "staff"
    with db.begin(actor.scope) as session:
        mandate = session.scalar(select(Mandate).where(Mandate.public_id == public_id))
        if mandate is None:
            raise NotFound
        open_one = update(Mandate).where(Mandate.id == mandate.id, Mandate.ended_at.is_(None))
        ended = session.execute(open_one.values(ended_at=now(), ended_by=by).returning(Mandate.id)).all()
        if ended:
            record(session, Event.MANDATE_ENDED, family_id=mandate.family_id, mandate=str(public_id), by=by)


def read_mandate_paper(actor: StaffActor, public_id: UUID) -> tuple[bytes, str]:
    """The bytes of a page of a signed paper, at the counter. Raises ``NotFound``."""
    wanted = select(CaseFile).where(CaseFile.public_id == public_id, CaseFile.label == PAPER)
    with db.begin(actor.scope) as session:
        file = session.scalar(wanted)
        if file is None:
            raise NotFound
        record(session, Event.CASE_FILE_OPENED, family_id=file.family_id, file=str(public_id))
        return blobs.get(keys.ring, file.blob), file.media_type


def _helpers(session: Session, family_id: int, day: date) -> list[NamedHelper]:
    found = select(Mandate).where(Mandate.family_id == family_id).order_by(Mandate.granted_at.desc())
    names = select(CaseFile.draft_id, CaseFile.public_id).where(
        CaseFile.family_id == family_id, CaseFile.label == PAPER, CaseFile.case_id.is_(None)
    )
    papers = [tuple(row) for row in session.execute(names.order_by(CaseFile.id))]
    helpers = [
        NamedHelper(
            one.public_id,
            one.helper_name,
            RELATIONS[one.helper_relation],
            TOPICS[one.topic],
            one.since,
            one.until,
            one.officer_name,
            one.granted_at,
            one.ended_at,
            one.ended_by,
            runs(one, day),
            tuple(page for mandate, page in papers if mandate == one.public_id),
        )
        for one in session.scalars(found)
    ]
    return sorted(helpers, key=lambda helper: not helper.runs)
