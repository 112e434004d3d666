"""Reads the record of one family as plain values. The walls stand in the database; the filters here are for speed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import BigInteger, and_, bindparam, select
from sqlalchemy.orm import Session

from portal.registry.facts import (
    DesilFacts,
    DisbursementFacts,
    FamilyFacts,
    HealthFacts,
    HousingFacts,
    MemberFacts,
    ParticipationFacts,
)
from portal.registry.models import (
    Area,
    Desil,
    Disbursement,
    Family,
    Housing,
    Member,
    MemberHealth,
    Participation,
    RecordChange,
    Statement,
)

FAMILY = bindparam("family", type_=BigInteger())

HOUSE = (
    select(
        Family.village_id,
        Family.as_of,
        Housing.tenure,
        Housing.land_proof,
        Housing.floor_area_m2,
        Housing.floor,
        Housing.wall,
        Housing.roof,
        Housing.water,
        Housing.toilet,
        Housing.sewage,
        Housing.lighting,
        Housing.power_va,
        Housing.fuel,
        Housing.motorcycles,
        Housing.cars,
        Housing.land_m2,
        Housing.savings,
        Housing.loan,
        Housing.bank_accounts,
        Family.source,
        Family.source_date,
    )
    .outerjoin(Housing, Housing.family_id == Family.id)
    .where(Family.id == FAMILY)
)
MEMBERS = (
    select(
        Member.id,
        Member.person_id,
        Member.name,
        Member.birth_date,
        Member.sex,
        Member.relation,
        Member.marital,
        Member.school_participation,
        Member.school_level,
        Member.school_grade,
        Member.education,
        Member.work_status,
        Member.orphan,
        Member.alive,
        Member.source,
        MemberHealth.member_id,
        MemberHealth.disability,
        MemberHealth.pregnant,
        MemberHealth.pregnancy_no,
        MemberHealth.chronic_illness,
    )
    .outerjoin(
        MemberHealth,
        and_(MemberHealth.family_id == Member.family_id, MemberHealth.member_id == Member.id),
    )
    .where(Member.family_id == FAMILY, Member.until.is_(None))
    .order_by(Member.relation.nulls_last(), Member.birth_date.nulls_last(), Member.id)
)
MEMBER_COLUMNS = 15
DESILS = select(Desil.desil, Desil.ranked_on).where(Desil.family_id == FAMILY).order_by(Desil.ranked_on.desc())
PARTICIPATIONS = (
    select(
        Participation.program,
        Participation.since,
        Participation.until,
        Participation.active,
        Participation.reason,
        Participation.member_id,
    )
    .where(Participation.family_id == FAMILY)
    .order_by(Participation.active.desc().nulls_last(), Participation.since.desc().nulls_last(), Participation.id)
)
_DISBURSEMENTS = (
    select(
        Disbursement.id,
        Disbursement.program,
        Disbursement.year,
        Disbursement.stage,
        Disbursement.amount,
        Disbursement.scheduled_on,
        Disbursement.paid_on,
        Disbursement.status,
        Disbursement.channel,
        Disbursement.note,
        Disbursement.member_id,
    )
    .where(Disbursement.family_id == FAMILY)
    .order_by(Disbursement.year.desc(), Disbursement.stage.desc(), Disbursement.program, Disbursement.id)
)
RECENT_DISBURSEMENTS = _DISBURSEMENTS.limit(12)


@dataclass(frozen=True, slots=True)
class Place:
    """Names of a village and what it lies in."""

    village_id: int
    village: str
    kecamatan: str
    regency: str
    province: str


def family_facts(session: Session, family_id: int, *, reader: int | None) -> FamilyFacts | None:
    """The official record of the family, or None where the reader may not see it.

    ``reader`` is the person who reads (None for an officer): a health row that the database keeps from them
    is marked hidden, so that a rule answers *not known to you* and never *no*.
    """
    values = {"family": family_id}
    house = session.execute(HOUSE, values).one_or_none()
    if house is None:
        return None
    return FamilyFacts(
        id=family_id,
        village_id=house[0],
        as_of=house[1],
        housing=_housing(house[2:]),
        members=tuple(_member(row, reader) for row in session.execute(MEMBERS, values)),
        desils=tuple(DesilFacts(*row) for row in session.execute(DESILS, values)),
        participations=tuple(ParticipationFacts(*row) for row in session.execute(PARTICIPATIONS, values)),
    )


def _housing(columns: tuple[object, ...]) -> HousingFacts:
    values = list(columns)
    for place in (2, 14):  # numeric columns: m2
        if values[place] is not None:
            values[place] = float(values[place])  # type: ignore[arg-type]
    return HousingFacts(*values)  # type: ignore[arg-type]


def _member(row: tuple[object, ...], reader: int | None) -> MemberFacts:
    person_id, seen = row[1], row[MEMBER_COLUMNS] is not None
    values = list(row[:MEMBER_COLUMNS])
    values.append(HealthFacts(*row[MEMBER_COLUMNS + 1 :]) if seen else None)  # type: ignore[arg-type]
    values.append(not seen and reader is not None and person_id != reader)  # hidden from this reader
    return MemberFacts(*values)  # type: ignore[arg-type]


def disbursements(session: Session, family_id: int, *, recent: bool = False) -> list[DisbursementFacts]:
    """What was and is to be paid, newest stage first; ``recent`` gives the newest dozen."""
    statement = RECENT_DISBURSEMENTS if recent else _DISBURSEMENTS
    return [DisbursementFacts(*row) for row in session.execute(statement, {"family": family_id})]


def place(session: Session, village_id: int) -> Place:
    """The names of a village, its kecamatan, regency and province."""
    codes = (village_id, village_id // 10_000, village_id // 1_000_000, village_id // 100_000_000)
    names = dict(session.execute(select(Area.id, Area.name).where(Area.id.in_(codes))).all())
    village, kecamatan, regency, province = (names.get(code, "") for code in codes)
    return Place(village_id, village, kecamatan, regency, province)


def children_of(session: Session, area_id: int | None) -> list[tuple[int, str]]:
    """The areas directly below one (None: the provinces), by name; retired ones left out."""
    parent = Area.parent_id.is_(None) if area_id is None else Area.parent_id == area_id
    found = session.execute(select(Area.id, Area.name).where(parent, Area.retired.is_(False)).order_by(Area.name))
    return [(area, name) for area, name in found]


def statements(session: Session, family_id: int) -> list[Statement]:
    """What was established here about the family, newest first."""
    found = select(Statement).where(Statement.family_id == family_id).order_by(Statement.stated_at.desc())
    return list(session.scalars(found))


def changes(session: Session, family_id: int, *, since: datetime | None = None, limit: int = 50) -> list[RecordChange]:
    """What changed in the record, newest first."""
    found = select(RecordChange).where(RecordChange.family_id == family_id)
    if since is not None:
        found = found.where(RecordChange.at > since)
    return list(session.scalars(found.order_by(RecordChange.at.desc(), RecordChange.id.desc()).limit(limit)))


@dataclass(frozen=True, slots=True)
class Ended:
    """A participation that ended, and the extract that first said so."""

    program: str
    until: date | None
    reason: str | None
    ended_as_of: date | None
