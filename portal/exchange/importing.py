"""One extract loaded: judged and staged, merged in one transaction, held by the brake where aid would end.

The steps: the four files are read and judged while they are copied into staging tables; then one
transaction of the regency merges them. What ends the aid of more than ``BRAKE`` of the families that
receive something is undone and waits, staged as it was checked, for a second officer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.audit.trail import Event, record
from portal.core.jobs import defer
from portal.core.sealing import Keyring
from portal.exchange import loads
from portal.exchange.disbursing import DisbursementJudge
from portal.exchange.format import DISBURSEMENTS, FAMILIES, FILES, MEMBERS, PARTICIPATIONS
from portal.exchange.judging import (
    REFUSED,
    Accepted,
    Families,
    Members,
    judge_families,
    judge_members,
    judge_participations,
)
from portal.exchange.reading import Table, open_table
from portal.exchange.recorded import Recorded
from portal.exchange.report import Report
from portal.exchange.staging import RECORD_FIELDS, Stager
from portal.exchange.telling import tell_families
from portal.programs.models import MATCH_REGENCY
from portal.registry.merge import Ending, Load, Stage, merge

BRAKE = 0.02
"""The share of receiving families whose aid a load may end without a second officer."""

_DAMAGE = ("wrong_number_of_cells", "quote_not_closed", "line_too_long", "kk_float", "kk_not_16_digits")
_FULL_FILES = frozenset((FAMILIES, MEMBERS, PARTICIPATIONS))

Watch = Callable[[str, int, int], None]
"""Told the step, the bytes or steps done, and how many there are."""


def _unwatched(step: str, done: int, whole: int) -> None:
    """Nobody looks."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for: the extract in ``folder`` as of a day. ``full`` names the files that hold everything."""

    folder: Path
    as_of: date
    full: Collection[str] = ()
    dry_run: bool = False
    requested_by: str = ""


@dataclass(frozen=True, slots=True)
class _Run:
    """One load at work."""

    connection: Connection
    stage: Stage
    report: Report
    watch: Watch = _unwatched


@dataclass(frozen=True, slots=True)
class Agreement:
    """A second officer agrees that as many families as were shown lose aid."""

    staff_id: int
    losing: int


@dataclass(slots=True)
class Extract:
    """What reading and staging an extract has shown, as far as the merge needs it."""

    tables: dict[str, Table]
    regency_id: int | None = None
    full: frozenset[str] = frozenset()
    present: frozenset[str] = frozenset()
    doubts: dict[str, set[str]] = field(default_factory=dict)


def import_extract(url: str, ring: Keyring, order: Order, watch: Watch = _unwatched) -> Report:
    """Load an extract into the database of the owner's ``url``.

    The report's ``status`` is ``loaded``, ``rehearsed`` (``dry_run``), ``awaiting_confirmation``,
    ``refused_older`` or ``nothing_to_load``; but for the first the record is as it was.
    """
    engine = loads.owner_engine(url)
    with engine.connect() as connection:
        load_id = loads.begin_load(connection, order.as_of, sorted(order.full), order.requested_by)
        run = _Run(connection, Stage(load_id), Report(order.as_of, run=load_id), watch)
        run.stage.create(connection)
        with Recorded(engine, ring) as recorded:
            extract = _stage(run, ring, order, recorded)
        run.stage.analyze(connection)
        connection.commit()
        accepted = sum(number for key, number in run.report.counts.items() if key.endswith(".accepted"))
        if extract.regency_id is None or not accepted:
            run.report.status = "nothing_to_load"
            _cancel(run, None)
        else:
            _merge(run, extract, extract.regency_id, dry_run=order.dry_run)
    return run.report


def confirm_load(url: str, load_id: int, staff_id: int) -> Report | None:
    """Apply a load that the brake held, exactly as it was checked; None where no such load waits.

    The report's status stays ``awaiting_confirmation`` where more families would lose aid by now than
    the officers saw, and becomes ``refused_older`` where a newer extract has come in meanwhile.
    """
    with loads.owner_engine(url).connect() as connection:
        held = loads.find_load(connection, load_id, for_update=True)
        if held is None or held.state != "awaiting_confirmation" or held.regency_id is None:
            return None
        run = _Run(connection, Stage(load_id), _restored(held))
        if not run.stage.holds_rows(connection):
            run.report.status = "staging_lost"
            loads.finish_load(connection, load_id, "cancelled", held.regency_id, held.report)
            connection.commit()
            return run.report
        extract = Extract({}, held.regency_id, frozenset(held.full_files), frozenset(held.report["present"]))
        agreed = int(held.report["changes"]["families_that_lose_a_program"])
        _merge(run, extract, held.regency_id, agreement=Agreement(staff_id, agreed))
        return run.report


def _stage(run: _Run, ring: Keyring, order: Order, recorded: Recorded) -> Extract:
    """Read, judge and copy the four files."""
    report = run.report
    opened = {name: open_table(order.folder, file, report) for name, file in FILES.items()}
    tables = {name: table for name, table in opened.items() if table is not None}
    extract = Extract(tables, doubts={name: set() for name in FILES})
    whole = sum(table.path.stat().st_size for table in tables.values()) or 1
    stager = Stager(
        run.connection, run.stage, ring, lambda: run.watch("reading", sum(t.bytes_read for t in tables.values()), whole)
    )
    families = Families(recorded.has_family if FAMILIES not in tables else None)
    members = Members(recorded.has_member)
    regencies: Counter[int] = Counter()
    if FAMILIES in tables:
        villages = set(run.connection.exec_driver_sql("SELECT id FROM area WHERE level = 4").scalars())
        rows = judge_families(tables[FAMILIES], villages, families, report)
        stager.families(_counting(rows, regencies))
        extract.doubts[FAMILIES] = {kk for kk, number in families.numbers.items() if number == REFUSED}
    if MEMBERS in tables:
        doubts = extract.doubts[MEMBERS]
        stager.members(judge_members(tables[MEMBERS], families, members, report, doubts))
    if PARTICIPATIONS in tables:
        doubts = extract.doubts[PARTICIPATIONS]
        stager.participations(judge_participations(tables[PARTICIPATIONS], families, members, report, doubts))
    if DISBURSEMENTS in tables:
        stager.disbursements(DisbursementJudge(tables[DISBURSEMENTS], families, members, report).rows())
    stager.recalled(families.recalled)
    for name, kks in extract.doubts.items():
        stager.uncertain(name, kks)
    extract.regency_id = regencies.most_common(1)[0][0] if regencies else recorded.regency(families.recalled)
    if (others := regencies.total() - regencies.get(extract.regency_id or 0, 0)) > 0:
        report.problem(FAMILIES, "other_regency", str(others))
    extract.full = _closable(frozenset(order.full), tables, report)
    extract.present = _present(tables)
    return extract


def _present(tables: dict[str, Table]) -> frozenset[str]:
    """The record's fields that the extract has columns for, as ``file.field``."""
    return frozenset(
        f"{name}.{record_field}"
        for name, table in tables.items()
        for column, record_field in RECORD_FIELDS[name].items()
        if table.places[column] >= 0
    )


def _counting(rows: Iterator[Accepted], regencies: Counter[int]) -> Iterator[Accepted]:
    """Pass families through, counting their regencies."""
    for row in rows:
        regencies[int(row[2][2][:4])] += 1
        yield row


def _closable(full: frozenset[str], tables: dict[str, Table], report: Report) -> frozenset[str]:
    """The files declared full that really are: readable, and every row of them names its family."""
    closable = set()
    for name in sorted(full & _FULL_FILES):
        damage = sum(report.counts[f"{name}.refused.{reason}"] for reason in _DAMAGE)
        if name not in tables:
            report.problem(name, "not_closed_file_missing")
        elif damage:
            report.problem(name, "not_closed_unreadable_rows", str(damage))
        else:
            closable.add(name)
    return frozenset(closable)


def _cancel(run: _Run, regency_id: int | None) -> None:
    run.stage.drop(run.connection)
    loads.finish_load(run.connection, run.stage.load_id, "cancelled", regency_id, run.report.as_dict())
    run.connection.commit()


def _merge(
    run: _Run, extract: Extract, regency: int, *, dry_run: bool = False, agreement: Agreement | None = None
) -> None:
    """One transaction: all of it, or nothing."""
    connection, report = run.connection, run.report
    loads.lock_regency(connection, regency)
    newest = loads.newest_loaded(connection, regency)
    if newest is not None and newest > report.as_of:
        report.status = "refused_older"
        report.problem("extract", "older_than_loaded", newest.isoformat())
        _cancel(run, regency)
        return
    tell = partial(run.watch, "merging")
    load = Load(connection, run.stage, report.as_of, regency, extract.full, extract.present, tell)
    ending = _merge_rows(load)
    _complete(report, load)
    if dry_run:
        connection.rollback()
        report.status = "rehearsed"
        run.stage.drop(connection)
        loads.forget_load(connection, run.stage.load_id)
        connection.commit()
    elif _brakes(ending, agreement):
        connection.rollback()
        _hold(run, extract, ending)
    else:
        report.status = "loaded"
        if told := tell_families(load):
            report.changes["notices"] = told
        _apply(run, extract, agreement)


def _merge_rows(load: Load) -> Ending:
    """The merge, begun anew once where a load of another regency named one of our people a moment before."""
    try:
        return merge(load)
    except IntegrityError:
        load.connection.rollback()
        load.counts.clear()
        loads.lock_regency(load.connection, load.regency_id)
        return merge(load)


def _brakes(ending: Ending, agreement: Agreement | None) -> bool:
    return ending.share > BRAKE if agreement is None else ending.losing > agreement.losing


def _apply(run: _Run, extract: Extract, agreement: Agreement | None) -> None:
    by = None if agreement is None else agreement.staff_id
    _tell(run, Event.EXTRACT_LOADED if by is None else Event.EXTRACT_CONFIRMED, by)
    if extract.regency_id is not None:
        with Session(run.connection, join_transaction_mode="rollback_only") as session:
            defer(session, MATCH_REGENCY, regency=extract.regency_id)
    stored = _stored(run.report, extract)
    loads.finish_load(run.connection, run.stage.load_id, "loaded", extract.regency_id, stored, by)
    run.stage.drop(run.connection)
    run.connection.commit()


def _hold(run: _Run, extract: Extract, ending: Ending) -> None:
    run.report.status = "awaiting_confirmation"
    run.report.problem("extract", "brake", f"{ending.losing} of {ending.receiving}")
    run.connection.exec_driver_sql(
        "UPDATE extract_load SET full_files = %s WHERE id = %s", (sorted(extract.full), run.stage.load_id)
    )
    _tell(run, Event.EXTRACT_HELD, None)
    stored = _stored(run.report, extract)
    loads.finish_load(run.connection, run.stage.load_id, "awaiting_confirmation", extract.regency_id, stored)
    run.connection.commit()


def _tell(run: _Run, event: Event, staff_id: int | None) -> None:
    losing = run.report.changes["families_that_lose_a_program"]
    with Session(run.connection, join_transaction_mode="rollback_only") as session:
        record(
            session, event, load=run.stage.load_id, as_of=run.report.as_of.isoformat(), staff=staff_id, losing=losing
        )


def _stored(report: Report, extract: Extract) -> dict[str, Any]:
    return report.as_dict() | {"present": sorted(extract.present)}


def _restored(held: loads.HeldLoad) -> Report:
    """The report of a held load, as far as it was stored."""
    report = Report(held.as_of, status=held.state, run=held.id)
    report.rows.update(held.report["rows"])
    report.counts.update(held.report["report"])
    report.unknown_columns.update(held.report["unknown_columns"])
    return report


def _complete(report: Report, load: Load) -> None:
    """Put what the merge did into the report; unchanged is what was accepted and neither new nor changed."""
    report.changes.clear()
    report.changes.update({key: number for key, number in load.counts.items() if number})
    for name in FILES:
        accepted = report.counts[f"{name}.accepted"]
        told = load.counts[f"{name}.new"] + load.counts[f"{name}.changed"]
        report.changes[f"{name}.unchanged"] = max(0, accepted - told)
        report.changes.setdefault(f"{name}.new", 0)
        report.changes.setdefault(f"{name}.changed", 0)


def cancel_load(url: str, load_id: int) -> bool:
    """Give up a load that the brake held; False where no such load waits."""
    with loads.owner_engine(url).connect() as connection:
        held = loads.find_load(connection, load_id, for_update=True)
        if held is None or held.state != "awaiting_confirmation":
            return False
        Stage(load_id).drop(connection)
        loads.finish_load(connection, load_id, "cancelled", held.regency_id, held.report)
        connection.commit()
        return True
