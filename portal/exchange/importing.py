"""One extract loaded: judged and staged, merged in one transaction, held by the brake where aid would end.

The steps: the four files are read and judged while they are copied into staging tables; then one
transaction of the regency merges them. What ends the aid of more than ``BRAKE`` of the families that
receive something is undone and waits, staged as it was checked, for a second officer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from portal.audit.trail import Event, record
from portal.core.sealing import Keyring
from portal.exchange import loads
from portal.exchange.format import DISBURSEMENTS, FAMILIES, FILES, MEMBERS, PARTICIPATIONS
from portal.exchange.judging import (
    REFUSED,
    DisbursementJudge,
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
from portal.registry.merge import Ending, Load, Stage, merge

BRAKE = 0.02
"""The share of receiving families whose aid a load may end without a second officer."""

_DAMAGE = ("wrong_number_of_cells", "quote_not_closed", "line_too_long", "kk_float", "kk_not_16_digits")
_FULL_FILES = frozenset((FAMILIES, MEMBERS, PARTICIPATIONS))

Watch = Callable[[str, int, int], None]
"""Told the step, the bytes or steps done, and how many there are."""


def _unwatched(step: str, done: int, whole: int) -> None:
    """Nobody looks."""


@dataclass(slots=True)
class Extract:
    """What reading and staging an extract has shown, as far as the merge needs it."""

    tables: dict[str, Table]
    regency_id: int | None = None
    full: frozenset[str] = frozenset()
    present: frozenset[str] = frozenset()
    doubts: dict[str, set[str]] = field(default_factory=dict)


def import_extract(url: str, ring: Keyring, folder: Path, as_of: date, *, full: Collection[str] = (),
                   dry_run: bool = False, requested_by: str = "", watch: Watch = _unwatched) -> Report:
    """Load the extract in ``folder``, as of ``as_of``, into the database of the owner's ``url``.

    ``full`` names the files that hold everything: what is absent from them is closed. The report's
    ``status`` is ``loaded``, ``rehearsed`` (``dry_run``), ``awaiting_confirmation``, ``refused_older``
    or ``nothing_to_load``; in the last two and for a rehearsal the record is as it was.
    """
    report = Report(as_of)
    engine = loads.owner_engine(url)
    with engine.connect() as connection:
        load_id = loads.begin_load(connection, as_of, sorted(full), requested_by)
        report.run = load_id
        stage = Stage(load_id)
        stage.create(connection)
        with Recorded(engine, ring) as recorded:
            extract = _stage(connection, stage, ring, folder, frozenset(full), report, recorded, watch)
        stage.analyze(connection)
        connection.commit()
        _decide(connection, stage, extract, report, dry_run)
    return report


def confirm_load(url: str, load_id: int, staff_id: int) -> Report | None:
    """Apply a load that the brake held, exactly as it was checked; None where no such load waits.

    The report's status stays ``awaiting_confirmation`` where more families would lose aid by now than
    the officers saw, and becomes ``refused_older`` where a newer extract has come in meanwhile.
    """
    with loads.owner_engine(url).connect() as connection:
        held = loads.find_load(connection, load_id, for_update=True)
        if held is None or held.state != "awaiting_confirmation" or held.regency_id is None:
            return None
        report = _restored(held)
        stage = Stage(load_id)
        if not stage.holds_rows(connection):
            report.status = "staging_lost"
            loads.finish_load(connection, load_id, "cancelled", held.regency_id, held.report)
            connection.commit()
            return report
        extract = Extract({}, held.regency_id, frozenset(held.full_files), frozenset(held.report["present"]))
        _merge(connection, stage, extract, report, confirmed_by=staff_id,
               allowed=int(held.report["changes"]["families_that_lose_a_program"]))
        return report


def _stage(connection: Connection, stage: Stage, ring: Keyring, folder: Path, full: frozenset[str], report: Report,
           recorded: Recorded, watch: Watch) -> Extract:
    """Read, judge and copy the four files."""
    tables = {name: table for name, file in FILES.items() if (table := open_table(folder, file, report)) is not None}
    extract = Extract(tables, doubts={name: set() for name in FILES})
    whole = sum(table.path.stat().st_size for table in tables.values()) or 1
    stager = Stager(connection, stage, ring,
                    lambda: watch("reading", sum(table.bytes_read for table in tables.values()), whole))
    families = Families(recorded.has_family if FAMILIES not in tables else None)
    members = Members(recorded.has_member)
    regencies: Counter[int] = Counter()
    if FAMILIES in tables:
        villages = set(connection.exec_driver_sql("SELECT id FROM area WHERE level = 4").scalars())
        rows = judge_families(tables[FAMILIES], villages, families, report)
        stager.families(_counting(rows, regencies))
        extract.doubts[FAMILIES] = {kk for kk, number in families.numbers.items() if number == REFUSED}
    if MEMBERS in tables:
        stager.members(judge_members(tables[MEMBERS], families, members, report.as_of, report, extract.doubts[MEMBERS]))
    if PARTICIPATIONS in tables:
        stager.participations(judge_participations(tables[PARTICIPATIONS], families, members, report,
                                                   extract.doubts[PARTICIPATIONS]))
    if DISBURSEMENTS in tables:
        judge = DisbursementJudge(tables[DISBURSEMENTS], families, members, report.as_of, report)
        stager.disbursements(judge.rows())
    stager.recalled(families.recalled)
    for name, kks in extract.doubts.items():
        stager.uncertain(name, kks)
    extract.regency_id = regencies.most_common(1)[0][0] if regencies else recorded.regency(families.recalled)
    if (others := sum(regencies.values()) - regencies.get(extract.regency_id or 0, 0)) > 0:
        report.problem(FAMILIES, "other_regency", str(others))
    extract.full = _closable(full, tables, report)
    extract.present = frozenset(
        record_field for name, table in tables.items() for column, record_field in RECORD_FIELDS[name].items()
        if table.places[column] >= 0)
    return extract


def _counting(rows: Any, regencies: Counter[int]) -> Any:
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


def _decide(connection: Connection, stage: Stage, extract: Extract, report: Report, dry_run: bool) -> None:
    """Merge what was staged, unless there is nothing or it is too old."""
    accepted = sum(number for key, number in report.counts.items() if key.endswith(".accepted"))
    if extract.regency_id is None or not accepted:
        report.status = "nothing_to_load"
        _cancel(connection, stage, None, report)
    else:
        _merge(connection, stage, extract, report, dry_run=dry_run)


def _cancel(connection: Connection, stage: Stage, regency_id: int | None, report: Report) -> None:
    stage.drop(connection)
    loads.finish_load(connection, stage.load_id, "cancelled", regency_id, report.as_dict())
    connection.commit()


def _merge(connection: Connection, stage: Stage, extract: Extract, report: Report, *, dry_run: bool = False,
           confirmed_by: int | None = None, allowed: int | None = None) -> None:
    """One transaction: all of it, or nothing. ``allowed`` is how many families two officers agreed may lose aid."""
    regency = extract.regency_id
    assert regency is not None
    loads.lock_regency(connection, regency)
    newest = loads.newest_loaded(connection, regency)
    if newest is not None and newest > report.as_of:
        report.status = "refused_older"
        report.problem("extract", "older_than_loaded", newest.isoformat())
        _cancel(connection, stage, regency, report)
        return
    load = Load(connection, stage, report.as_of, regency, extract.full, extract.present)
    ending = merge(load)
    _complete(report, load)
    if dry_run:
        connection.rollback()
        report.status = "rehearsed"
        stage.drop(connection)
        loads.forget_load(connection, stage.load_id)
        connection.commit()
    elif _brakes(ending, allowed):
        connection.rollback()
        _hold(connection, stage, extract, report, ending)
    else:
        report.status = "loaded"
        _apply(connection, stage, extract, report, confirmed_by)


def _brakes(ending: Ending, allowed: int | None) -> bool:
    return ending.share > BRAKE if allowed is None else ending.losing > allowed


def _apply(connection: Connection, stage: Stage, extract: Extract, report: Report, confirmed_by: int | None) -> None:
    event = Event.EXTRACT_LOADED if confirmed_by is None else Event.EXTRACT_CONFIRMED
    _tell(connection, event, stage, report, confirmed_by)
    loads.finish_load(connection, stage.load_id, "loaded", extract.regency_id, _stored(report, extract), confirmed_by)
    stage.drop(connection)
    connection.commit()


def _hold(connection: Connection, stage: Stage, extract: Extract, report: Report, ending: Ending) -> None:
    report.status = "awaiting_confirmation"
    report.problem("extract", "brake", f"{ending.losing} of {ending.receiving}")
    connection.exec_driver_sql("UPDATE extract_load SET full_files = %s WHERE id = %s",
                               (sorted(extract.full), stage.load_id))
    _tell(connection, Event.EXTRACT_HELD, stage, report, None)
    loads.finish_load(connection, stage.load_id, "awaiting_confirmation", extract.regency_id, _stored(report, extract))
    connection.commit()


def _tell(connection: Connection, event: Event, stage: Stage, report: Report, confirmed_by: int | None) -> None:
    with Session(connection, join_transaction_mode="rollback_only") as session:
        record(session, event, load=stage.load_id, as_of=report.as_of.isoformat(), staff=confirmed_by,
               losing=report.changes["families_that_lose_a_program"])


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
