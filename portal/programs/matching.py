"""Who matches which programme: found for all families in one pass, or for one that changed, and stored.

Stored is what is met and not received yet, and nothing else. A run compares what it finds with what is stored and
writes the difference alone: what is new and what is gone; what still matches is not touched. Both functions work in
the transaction of who calls them, as the worker, who sees every fact.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    BigInteger,
    CursorResult,
    Executable,
    and_,
    bindparam,
    case,
    delete,
    func,
    literal,
    select,
    text,
    union_all,
)
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.orm import Session

from portal.programs.catalog import Catalog, CatalogDay, Program, default
from portal.programs.criteria.base import Rule, is_active
from portal.programs.criteria.combine import AnyMember, Group, PkhComponent
from portal.programs.criteria.person import DisabilityIs, Pregnant
from portal.programs.criteria_sql.base import BITS, Rows
from portal.programs.criteria_sql.tables import Reach
from portal.programs.eligibility import State, judge
from portal.programs.matching_sql import Pass
from portal.programs.models import Eligible
from portal.programs.offerings import Offered, catalog_in
from portal.programs.side_by_side import SIDE_BY_SIDE, reaches_of
from portal.registry.facts import FamilyFacts
from portal.registry.models import Family
from portal.registry.snapshot import PARTS, facts_of

_LOCK, _EVERYWHERE = 7166, 0  # one run a regency at a time; the families of it wait
_QUICK = text("SELECT set_config('statement_timeout', '0', true)")  # a run over everything takes as long as it takes
_DIALECT = psycopg.dialect()  # type: ignore[no-untyped-call]
_SNAPSHOT = select(*PARTS)
_PLACE = select(Family.regency_id).where(Family.id == bindparam("family"), Family.closed_on.is_(None))


_ADD = text(
    "INSERT INTO eligible (family_id, member_id, program, about_health, since, catalog_version)"
    " SELECT d.family_id, nullif(d.member_id, 0), p.code, p.health, :day, :version"
    " FROM pg_temp.match_difference d JOIN unnest(CAST(:codes AS text[]), CAST(:bits AS bigint[]),"
    " CAST(:health AS boolean[])) p (code, bit, health) ON d.added & p.bit <> 0"
)
_REMOVE = text(
    "DELETE FROM eligible e USING pg_temp.match_difference d,"
    " unnest(CAST(:codes AS text[]), CAST(:bits AS bigint[])) p (code, bit)"
    " WHERE e.family_id = d.family_id AND e.member_id IS NOT DISTINCT FROM nullif(d.member_id, 0)"
    " AND e.program = p.code AND d.removed & p.bit <> 0"
)
_DROP = text("DROP TABLE pg_temp.match_difference")
_ADD_OF_FAMILY = text(
    "INSERT INTO eligible (family_id, member_id, program, about_health, since, catalog_version)"
    " SELECT :family, w.member, w.code, w.health, :day, :version"
    " FROM unnest(CAST(:members AS bigint[]), CAST(:codes AS text[]), CAST(:health AS boolean[]))"
    " w (member, code, health) ON CONFLICT DO NOTHING"
)
_REMOVE_OF_FAMILY = text(
    "DELETE FROM eligible e WHERE e.family_id = :family AND NOT EXISTS ("
    "SELECT FROM unnest(CAST(:members AS bigint[]), CAST(:codes AS text[])) w (member, code)"
    " WHERE w.code = e.program AND w.member IS NOT DISTINCT FROM e.member_id)"
)


class Match(NamedTuple):
    """A family (no member) or a member that matches a programme."""

    member_id: int | None
    program: str


class Difference(NamedTuple):
    """How many matches a run found new, and how many are gone."""

    new: int
    gone: int


def asks_health(rule: Rule) -> bool:
    """Whether a condition looks at a health fact: what it finds is told to nobody else."""
    if isinstance(rule, Group | AnyMember):
        return any(asks_health(part) for part in rule.criteria)
    return isinstance(rule, Pregnant | DisabilityIs | PkhComponent)


def matches_of(facts: FamilyFacts, day: date, catalog: CatalogDay) -> set[Match]:
    """What one family and its members match and do not receive, by the answers that its own pages give."""
    found = set()
    for program in catalog.programs:
        if isinstance(program, Offered) and not program.round.asks(facts.village_id):
            continue
        answer = judge(program, facts, day, catalog)
        if answer.state is not State.MEETS:
            continue
        if program.audience == "family":
            found |= set() if answer.receives else {Match(None, program.code)}
        elif not _receives_as_a_whole(program, facts, day, catalog):
            found |= {Match(one.member.id, program.code) for one in answer.fitting if not one.receives}
    return found


def _receives_as_a_whole(program: Program, facts: FamilyFacts, day: date, catalog: CatalogDay) -> bool:
    return any(
        part.member_id is None and is_active(part, day) and catalog.code_of(part.program) == program.code
        for part in facts.participations
    )


def match_family(session: Session, family_id: int, day: date, catalog: Catalog | None = None) -> Difference:
    """Match one family that changed, with all that its regency offers where no catalogue is named."""
    regency = session.execute(_PLACE, {"family": family_id}).scalar_one_or_none()
    lock_matches(session, regency, shared=True)
    catalog = catalog or _catalog(session, regency)
    known = facts_of(family_id, tuple(session.execute(_SNAPSHOT, {"family": family_id}).one()), reader=0)
    today = catalog.on(day)
    found = matches_of(known.facts, day, today) if known is not None and regency is not None else set()
    values = {
        "family": family_id,
        "members": [one.member_id for one in found],
        "codes": [one.program for one in found],
        "health": [_about_health(today.by_code[one.program]) for one in found],
        "day": day,
        "version": catalog.version,
    }
    gone = _changed(session, _REMOVE_OF_FAMILY, values)
    return Difference(_changed(session, _ADD_OF_FAMILY, values), gone)


def match_regency(session: Session, regency_id: int | None, day: date, catalog: Catalog | None = None) -> Difference:
    """Match every family of a regency with all that it offers, or of all regencies (``None``) with the portal's own
    catalogue, in one pass over the tables. ``catalog`` stands in the place of either."""
    session.execute(_QUICK)
    session.execute(SIDE_BY_SIDE)
    lock_matches(session, regency_id)
    catalog = catalog or _catalog(session, regency_id)
    today = catalog.on(day)
    gone, new = _forget(session, regency_id, today), 0
    reaches = reaches_of(session, regency_id)
    for start in range(0, len(today.programs) if reaches else 0, BITS):
        programs = today.programs[start : start + BITS]
        _compare(session, Pass(programs, day, today), reaches)
        values = {
            "codes": [program.code for program in programs],
            "bits": [1 << bit for bit in range(len(programs))],
            "health": [_about_health(program) for program in programs],
            "day": day,
            "version": catalog.version,
        }
        gone += _changed(session, _REMOVE, values)
        new += _changed(session, _ADD, values)
        session.execute(_DROP)
    return Difference(new, gone)


def _changed(session: Session, statement: Executable, values: dict[str, object]) -> int:
    """How many rows a statement wrote or removed."""
    return cast(CursorResult[Any], session.connection().execute(statement, values)).rowcount


def _about_health(program: Program) -> bool:
    return any(asks_health(rule) for rule in program.criteria)


def _catalog(session: Session, regency_id: int | None) -> Catalog:
    return default() if regency_id is None else catalog_in(session, regency_id)


def lock_matches(session: Session, regency_id: int | None, *, shared: bool = False) -> None:
    """A run over everything keeps all others out, a run of a regency those of it; families keep nobody out."""
    regency_id = regency_id or _EVERYWHERE
    everywhere = "pg_advisory_xact_lock" if regency_id == _EVERYWHERE and not shared else "pg_advisory_xact_lock_shared"
    here = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    asked = {"lock": _LOCK, "everywhere": _EVERYWHERE, "here": regency_id}
    session.execute(text(f"SELECT {everywhere}(:lock, :everywhere), {here}(:lock, :here)"), asked)


def _forget(session: Session, regency_id: int | None, today: CatalogDay) -> int:
    """Remove what was found by programmes that are not in the catalogue of the day any more."""
    ended = delete(Eligible).where(Eligible.program.not_in([program.code for program in today.programs]))
    if regency_id is not None:
        ended = ended.where(Eligible.family_id == Family.id, Family.regency_id == regency_id)
    return _changed(session, ended, {})


def _compare(session: Session, one: Pass, reaches: Sequence[Reach]) -> None:
    """What the pass finds and what is stored, put beside each other; only where they differ."""
    differences = union_all(*(_difference(one, reach) for reach in reaches))
    found = differences.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    kept = f"CREATE TEMP TABLE match_difference ON COMMIT DROP AS {found}"
    session.connection().exec_driver_sql(kept, found.params)


def _difference(one: Pass, reach: Reach) -> Rows:
    bits = {program.code: literal(1 << bit, BigInteger) for bit, program in enumerate(one.programs)}
    e = Eligible.__table__.c
    member = func.coalesce(e.member_id, 0).label("member_id")
    stored = select(e.family_id, member, func.bit_or(case(bits, value=e.program)).label("bits"))
    stored = reach.bound(stored.where(e.program.in_(list(bits))), e.family_id).group_by(e.family_id, member)
    n, o = one.matches(reach).subquery("n"), stored.subquery("o")
    same = and_(n.c.family_id == o.c.family_id, n.c.member_id == o.c.member_id)
    now, before = func.coalesce(n.c.bits, 0), func.coalesce(o.c.bits, 0)
    difference = select(
        func.coalesce(n.c.family_id, o.c.family_id).label("family_id"),
        func.coalesce(n.c.member_id, o.c.member_id).label("member_id"),
        now.bitwise_and(before.bitwise_not()).label("added"),
        before.bitwise_and(now.bitwise_not()).label("removed"),
    ).select_from(n.outerjoin(o, same, full=True))
    return difference.where(now != before)
