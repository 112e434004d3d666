"""What the record says of one family, as plain values that rules and pages read.

Codes are those of Regsosek form K and of the registry extract (see ``registry/codes.py`` for
their words). ``None`` always means *not known*, never *no*.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class HealthFacts:
    """Health facts of one member: specific data, shown to that member and a small child's parent."""

    disability: int | None = None  # 0 none, 1 mild, 2 severe
    pregnant: bool | None = None
    pregnancy_no: int | None = None
    chronic_illness: str | None = None


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """One member of the family as recorded."""

    id: int
    person_id: int
    name: str
    birth_date: date | None = None
    sex: str | None = None  # L, P
    relation: int | None = None  # 1 head 2 spouse 3 child 4 child-in-law 5 grandchild 6 parent 7 servant 8 other
    marital: int | None = None  # 1 single 2 married 3 divorced 4 widowed
    school_participation: int | None = None  # 1 not yet or never, 2 attending, 3 no longer
    school_level: str | None = None  # SD, SMP, SMA ... as recorded
    school_grade: int | None = None
    education: str | None = None  # highest finished, as recorded
    work_status: str | None = None  # as recorded
    orphan: str | None = None  # as recorded
    alive: bool | None = None
    source: str | None = None
    health: HealthFacts | None = None
    health_hidden: bool = False  # a row may exist, but the reader may not see it
    reported_dead: bool = False  # an officer established it; the centre has not accepted it yet

    @property
    def lives(self) -> bool:
        """Whether neither the record nor an officer says that the member has died."""
        return self.alive is not False and not self.reported_dead

    def age_on(self, day: date) -> int | None:
        """Age in whole years on ``day``; from the recorded birth date, never from the NIK."""
        if self.birth_date is None:
            return None
        before_birthday = (day.month, day.day) < (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - before_birthday


@dataclass(frozen=True, slots=True)
class HousingFacts:
    """House, utilities and assets. Codes of Regsosek form K 301a-310; areas in m2, power in VA."""

    tenure: int | None = None
    land_proof: int | None = None
    floor_area_m2: float | None = None
    floor: int | None = None
    wall: int | None = None
    roof: int | None = None
    water: int | None = None
    toilet: int | None = None
    sewage: int | None = None
    lighting: int | None = None
    power_va: int | None = None
    fuel: int | None = None
    motorcycles: int | None = None
    cars: int | None = None
    land_m2: float | None = None
    savings: bool | None = None
    loan: bool | None = None
    bank_accounts: int | None = None
    source: str | None = None
    observed_on: date | None = None


@dataclass(frozen=True, slots=True)
class DesilFacts:
    """One desil as ranked by BPS on a day (1 lowest welfare, 10 highest)."""

    desil: int
    ranked_on: date


@dataclass(frozen=True, slots=True)
class ParticipationFacts:
    """The family (``member_id`` None) or one member in a programme."""

    program: str  # the extract's label: PKH, SEMBAKO, PBI-JK ... unknown ones are kept
    since: date | None
    until: date | None = None
    active: bool | None = None
    reason: str | None = None  # as recorded; None = cause not recorded
    member_id: int | None = None


@dataclass(frozen=True, slots=True)
class DisbursementFacts:
    """One payment of one stage. ``amount`` in rupiah per stage."""

    id: int
    program: str
    year: int
    stage: int  # 1-4, three months each
    amount: int | None
    scheduled_on: date | None
    paid_on: date | None
    status: str | None  # SIKS-NG label as recorded
    channel: str | None = None
    note: str | None = None
    member_id: int | None = None


@dataclass(frozen=True, slots=True)
class FamilyFacts:
    """Everything the record holds of one family that rules may read."""

    id: int
    village_id: int
    members: tuple[MemberFacts, ...] = ()
    housing: HousingFacts = field(default_factory=HousingFacts)
    desils: tuple[DesilFacts, ...] = ()  # newest first
    participations: tuple[ParticipationFacts, ...] = ()
    as_of: date | None = None  # date of the extract the record stands on

    @property
    def desil(self) -> int | None:
        """The current desil, or None where it is not recorded."""
        return self.desils[0].desil if self.desils else None

    @property
    def living_members(self) -> tuple[MemberFacts, ...]:
        """Members not reported dead."""
        return tuple(m for m in self.members if m.alive is not False)
