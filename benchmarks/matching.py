"""Finding who matches what: all opportunities for a million families, against one look at the same columns; and
counting whom one course would reach."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import date
from statistics import median

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from benchmarks.data import databases
from benchmarks.processes import NotMeasured
from portal.core.db import Scope, set_scope
from portal.core.wording import Localised
from portal.programs import catalog
from portal.programs.catalog import Catalog, Program
from portal.programs.criteria.base import Rule
from portal.programs.criteria.combine import AnyMember, AnyOf
from portal.programs.criteria.holdings import HasMoney, OwnsAtMost, PowerIn
from portal.programs.criteria.household import AreaPerPerson, DesilBetween, HouseCode, NeverReceived, Receives
from portal.programs.criteria.person import AgeBetween, Attending, DisabilityIs, EducationIn, Pregnant, WorksAs
from portal.programs.matching import match_family, match_regency
from portal.programs.preview import Wanted, preview

_DATABASE = os.environ.get("PORTAL_BENCH_FAMILIES", "1m")  # a smaller one for a look at it; the bars are for 1m
_DAY, _ALL = date(2026, 11, 22), 20
_SAY = Localised(id="Contoh", en="Example")
_SCOPE = Scope("worker", job="match_regency")
_ROUNDS, _RUNS = 100, 3
# One pass over the tables that matching reads, of the columns that it reads.
_SCAN = (
    "SELECT count(id), count(closed_on) FROM family",
    "SELECT count(tenure), count(floor_area_m2), count(power_va), count(land_m2), count(bank_accounts) FROM housing",
    "SELECT count(desil), max(ranked_on) FROM desil",
    "SELECT count(program), count(active), count(until), count(member_id) FROM participation",
    """SELECT count(id), count(birth_date), count(sex), count(school_participation), count(school_level), count(until),
        count(school_grade), count(education), count(work_status), count(orphan), count(alive) FROM member""",
    "SELECT count(disability), count(pregnant), count(pregnancy_no) FROM member_health",
    "SELECT count(family_id), count(member_id), count(program) FROM eligible",
)


def measure() -> Iterator[tuple[str, float]]:
    """Seconds of the run that stores everything for the first time, and of one over what is stored; one family."""
    with databases(_DATABASE) as urls:
        engine = create_engine(urls[_DATABASE])
        try:
            yield from _measured(engine, opportunities())
        finally:
            with engine.begin() as connection:
                connection.execute(text("TRUNCATE eligible"))
            engine.dispose()


def _measured(engine: Engine, entries: Catalog) -> Iterator[tuple[str, float]]:
    """The first run writes millions of rows, once; a later one reads them beside the record and writes what differs.

    The scan writes nothing, so it is held against a run that finds everything and has nothing to write.
    """
    with engine.begin() as connection:
        connection.execute(text("TRUNCATE eligible"))
    first, stored = _run(engine, entries)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM (ANALYZE) eligible"))  # as the database does by itself a minute later
    _scanned(engine)  # so that both read from memory
    rounds = []
    for _ in range(_RUNS):
        scan = _scanned(engine)
        again, changed = _run(engine, entries)
        if changed:
            raise NotMeasured(f"a second run found {changed} differences")
        rounds.append((scan, again))
    yield "match_entries", len(entries.on(_DAY).programs)
    yield "match_stored", stored
    yield f"match_s_{_DATABASE}", first
    yield f"match_again_s_{_DATABASE}", median(again for _, again in rounds)
    yield "match_scan_s", median(scan for scan, _ in rounds)
    # Of another size the name is another, and no bar: what is worked out once weighs more the fewer families there are.
    name = "match_vs_scan" if _DATABASE == "1m" else f"match_vs_scan_{_DATABASE}"
    yield name, median(again / scan for scan, again in rounds)
    yield "match_one_ms", _one(engine, entries)
    yield f"preview_s_{_DATABASE}", _previewed(engine)


def _scanned(engine: Engine) -> float:
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL max_parallel_workers_per_gather = 0"))
        began = time.monotonic()
        for statement in _SCAN:
            connection.execute(text(statement)).all()
        return time.monotonic() - began


def _run(engine: Engine, entries: Catalog) -> tuple[float, int]:
    """Seconds until it is committed, and how many matches are new or gone."""
    began = time.monotonic()
    with Session(engine) as session, session.begin():
        set_scope(session, _SCOPE)
        found = match_regency(session, None, _DAY, entries)
    return time.monotonic() - began, found.new + found.gone


def _one(engine: Engine, entries: Catalog) -> float:
    """The median of one family whose record changed, each its own transaction, in milliseconds."""
    taken = []
    with engine.connect() as connection:
        families = connection.execute(text("SELECT count(*) FROM family")).scalar_one()
    for number in range(_ROUNDS):
        family = 1 + number * (families - 1) // _ROUNDS
        with engine.begin() as connection:
            connection.execute(text("UPDATE housing SET tenure = 3 - tenure WHERE family_id = :f"), {"f": family})
        began = time.monotonic()
        with Session(engine) as session, session.begin():
            set_scope(session, _SCOPE)
            match_family(session, family, _DAY, entries)
        taken.append(1000 * (time.monotonic() - began))
    with engine.begin() as connection:
        connection.execute(text("UPDATE housing SET tenure = 1 WHERE tenure <> 1"))
    return median(taken)


def _previewed(engine: Engine) -> float:
    """The median of counting whom one course would reach in the whole record, before it is published, in seconds."""
    taken = []
    for _ in range(_RUNS):
        began = time.monotonic()
        with Session(engine) as session, session.begin():
            set_scope(session, _SCOPE)
            found = preview(session, Wanted(_entry(0, *_COURSE)), _DAY)
        taken.append(time.monotonic() - began)
        if not found.all.members:
            raise NotMeasured("the preview counted nobody")
    return median(taken)


def opportunities() -> Catalog:
    """The portal's own catalogue, and what a regency's office may add to it, until there are twenty at least."""
    official = catalog.default()
    added = [_entry(number, *rules) for number, rules in enumerate(_LOCAL, 1)]
    missing = max(8, _ALL - len(official.on(_DAY).programs))
    return Catalog([*official.programs, *added[:missing]], official.named, official.version + "-bench")


def _entry(number: int, audience: str, *criteria: Rule) -> Program:
    return Program(
        code=f"BENCH-{number}", name=_SAY, summary=_SAY, kind="training", organiser=_SAY, valid_from=_DAY,
        audience=audience, criteria=criteria  # type: ignore[arg-type]
    )  # fmt: skip


def _desil(highest: int) -> Rule:
    return DesilBetween(kind="desil_between", lowest=1, highest=highest, sure="B")


def _age(lowest: int, highest: int) -> Rule:
    return AgeBetween(kind="age_between", lowest=lowest, highest=highest, sure="B")


#: What an office counts before it publishes: two conditions about the family, two about its members.
_COURSE: tuple[object, ...] = (
    "member",
    _desil(4),
    AreaPerPerson(kind="area_per_person", below=20.0, sure="B"),
    _age(15, 45),
    EducationIn(kind="education", levels=("SMP", "SMA"), sure="B"),
)
_RECEIVES = Receives(kind="receives", programs=("PKH",), sure="B")
#: What offices run: courses, home repair, electricity, goods for a business, help for old or pregnant members.
_LOCAL: tuple[tuple[object, ...], ...] = (
    ("member", _desil(3), _age(15, 24)),
    ("member", _age(18, 45), EducationIn(kind="education", levels=("SMP", "SMA"), sure="B"), _desil(2)),
    ("member", _desil(4), Attending(kind="attending", levels=("SMP",), sure="B")),
    ("member", WorksAs(kind="works_as", work=("BURUH", "TANI"), ask=_SAY, sure="B"), _age(25, 40), _desil(2)),
    ("member", DisabilityIs(kind="disability", severity=(2,), sure="B")),
    ("family", _desil(2), AreaPerPerson(kind="area_per_person", below=7.2, sure="B")),
    ("family", PowerIn(kind="power_va", values=(450,), sure="B"), _desil(3)),
    ("family", HouseCode(kind="house", field="floor", met=(7, 8), sure="B"), _desil(4)),
    ("family", AnyMember(kind="any_member", criteria=(_age(65, 120),), sure="B"), _desil(4)),
    ("family", AnyMember(kind="any_member", criteria=(Pregnant(kind="pregnant", sure="B"),), sure="B")),
    ("family", NeverReceived(kind="never_received", programs=("PKH",), sure="B"), _desil(5)),
    ("family", OwnsAtMost(kind="owns_at_most", field="motorcycles", most=0.0, sure="B"), _desil(2)),
    ("family", HasMoney(kind="has_money", field="savings", has=True, sure="B"), _desil(3)),
    (
        "member",
        AnyOf(
            kind="any_of", criteria=(Receives(kind="receives", programs=("PKH",), sure="B"), _age(60, 120)), sure="B"
        ),
        _age(55, 75),
    ),
)
