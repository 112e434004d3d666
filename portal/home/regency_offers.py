"""What the offices of regencies offer themselves, for visitors: who offers something, and whom it asks.

A visitor is of no village here: what asks some places only cannot be judged to its end, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import ARRAY, BigInteger, Date, Text, any_, bindparam, cast, func, select

from portal.core.messages import N_
from portal.core.quick import Question
from portal.core.wording import Message
from portal.extensions import db
from portal.programs.catalog import Catalog, default
from portal.programs.criteria.base import Context, Finding, Rule, Verdict
from portal.programs.offerings import Offered, published_in, with_offerings
from portal.registry.facts import MemberFacts
from portal.registry.models import Area

_REGENCIES = Question(select(func.offering_regencies(bindparam("day", type_=Date))))
_NAMES = Question(
    select(func.json_object_agg(Area.id, Area.name)).where(
        Area.id == any_(cast(bindparam("areas", type_=Text), ARRAY(BigInteger)))
    )
)
_FIRST_CODE, _LAST_CODE = 1000, 9999  # codes of regencies have four digits
_VILLAGES_OF_KECAMATAN = 10_000  # the digits of a village below its kecamatan
_ONLY_KECAMATAN = N_("Only for families of kecamatan %(names)s")
_ONLY_VILLAGES = N_("Only for families of the villages %(names)s")
_NOT_ASKED = Message(N_("You were not asked here in which village you live."))
_SETTLE = Message(N_("If your place is among them, this condition is met."))


class RegencyOffering(NamedTuple):
    """A regency whose office offers something, and how many programmes or opportunities these are."""

    regency_id: int
    name: str
    province: str
    programs: int


class Province(NamedTuple):
    """A province with the regencies in it that offer something."""

    name: str
    regencies: tuple[RegencyOffering, ...]


@dataclass(frozen=True, slots=True)
class Regency:
    """A regency, what its office has published, and the names of the places that are asked."""

    id: int
    name: str
    revision: int
    offerings: tuple[Offered, ...]
    names: Mapping[int, str]

    def on(self, day: date) -> tuple[Offered, ...]:
        """What holds on ``day``."""
        return tuple(one for one in self.offerings if one.holds_on(day))

    def asked(self, program: Offered) -> Message | None:
        """The places whose families it asks; None where it asks the whole regency."""
        return _asked(program.round.asked, self.names)

    @property
    def catalog(self) -> Catalog:
        """What is published there and nothing else."""
        return Catalog(self.offerings, (), str(self.revision))

    @property
    def screened(self) -> Catalog:
        """The portal's own catalogue with what is published there, for somebody whose village is not known."""
        return with_offerings((self._of_no_village(one) for one in self.offerings), f"{default().version}.visitor")

    def _of_no_village(self, program: Offered) -> Offered:
        asked = self.asked(program)
        if asked is None:
            return program
        return replace(program, criteria=(LivesThere(sure="A", asked=asked), *program.criteria))


@dataclass(frozen=True, kw_only=True)
class LivesThere(Rule):
    """The family lives in a place that the offering asks, asked of somebody who did not say where they live."""

    asked: Message

    def words(self) -> Message:
        return self.asked

    def judge(self, context: Context, member: MemberFacts | None) -> Finding:
        return Finding(Verdict.UNKNOWN, _NOT_ASKED, _SETTLE)


def provinces_offering(day: date) -> tuple[Province, ...]:
    """Every regency whose office offers something on ``day``, by province and name."""
    found = [RegencyOffering(*row) for row in db.ask(_REGENCIES, day=day)]
    return tuple(Province(name, tuple(rows)) for name, rows in groupby(found, lambda one: one.province))


def regency_of(regency_id: int) -> Regency | None:
    """A regency with what its office has published, in two questions; None where no regency has this code."""
    if not _FIRST_CODE <= regency_id <= _LAST_CODE:
        return None
    revision, offerings = published_in(regency_id)
    asked = {area for one in offerings for area in one.round.asked}
    names = _names({regency_id, *asked, *(area // _VILLAGES_OF_KECAMATAN for area in asked if _is_village(area))})
    if regency_id not in names:
        return None
    return Regency(regency_id, names[regency_id], revision, offerings, names)


def _names(areas: Iterable[int]) -> dict[int, str]:
    found = db.ask(_NAMES, areas=f"{{{','.join(map(str, sorted(areas)))}}}") or {}
    return {int(area): name for area, name in found.items()}


def _is_village(area_id: int) -> bool:
    return area_id >= _FIRST_CODE * 1_000_000


def _asked(areas: Iterable[int], names: Mapping[int, str]) -> Message | None:
    """``Only for families of the villages Kalirejo, Pendarungan (Kabat); Sukorejo (Bangorejo)``."""
    kecamatan: list[str] = []
    villages: dict[int, list[str]] = {}  # by their kecamatan
    for area in areas:
        name = names.get(area, str(area))
        if _is_village(area):
            villages.setdefault(area // _VILLAGES_OF_KECAMATAN, []).append(name)
        else:
            kecamatan.append(name)
    if villages:  # an office picks either villages or kecamatan
        inside = (f"{', '.join(sorted(few))} ({names.get(above, above)})" for above, few in villages.items())
        return Message(_ONLY_VILLAGES, {"names": "; ".join(sorted(inside))})
    return Message(_ONLY_KECAMATAN, {"names": ", ".join(sorted(kecamatan))}) if kecamatan else None
