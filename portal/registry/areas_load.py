"""All areas of Indonesia, from the CSV files of the npm package ``idn-area-data`` or a newer set of them.

The package holds the codes of the Kemendagri decree in force (300.2.2-2138/2025 for 4.0.1) under the
ODbL. The portal's own id of an area is the number of its code's digits.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection

from portal.registry.merge.tables import driver_connection

_FILES = (("provinces", 1, 2), ("regencies", 2, 4), ("districts", 3, 6), ("villages", 4, 10))
_BPS_COLUMNS = ("bps_code", "bps", "kode_bps")
_CHUNK = 2_000
LEVEL_NAMES = {1: "provinces", 2: "regencies", 3: "kecamatan", 4: "villages"}


class AreasRefused(Exception):
    """The files do not hold a usable set of areas. The message says which file and line, and why."""


def load_areas(connection: Connection, folder: Path) -> Counter[str]:
    """Merge the areas of ``folder`` into the record, in the caller's transaction.

    Counts areas by level and what is new, changed (name, BPS code, parent) and retired. An area that is
    no longer in the set is kept and marked as retired: families may still live under its code.
    """
    connection.exec_driver_sql(
        "CREATE TEMP TABLE area_new (id bigint, level smallint, parent_id bigint, name text, bps_code text)"
        " ON COMMIT DROP"
    )
    counts = _copy(connection, folder)
    _refuse_broken(connection)
    counts["changed"] = connection.exec_driver_sql(
        "UPDATE area a SET name = n.name, parent_id = n.parent_id, retired = false,"
        " bps_code = coalesce(n.bps_code, a.bps_code) FROM area_new n WHERE n.id = a.id"
        " AND (a.name, a.parent_id, a.bps_code, a.retired) IS DISTINCT FROM"
        " (n.name, n.parent_id, coalesce(n.bps_code, a.bps_code), false)"
    ).rowcount
    counts["new"] = connection.exec_driver_sql(
        "INSERT INTO area (id, level, parent_id, name, bps_code) SELECT n.id, n.level, n.parent_id, n.name, n.bps_code"
        " FROM area_new n LEFT JOIN area a ON a.id = n.id WHERE a.id IS NULL ORDER BY n.level, n.id"
    ).rowcount
    counts["retired"] = connection.exec_driver_sql(
        "UPDATE area a SET retired = true WHERE NOT a.retired AND NOT EXISTS (SELECT FROM area_new n WHERE n.id = a.id)"
    ).rowcount
    connection.exec_driver_sql("DROP TABLE area_new")
    return counts


def _copy(connection: Connection, folder: Path) -> Counter[str]:
    driver = driver_connection(connection)
    counts: Counter[str] = Counter()
    with driver.cursor() as cursor, cursor.copy("COPY area_new FROM STDIN") as copy:
        for name, level, digits in _FILES:
            lines: list[str] = []
            for line in _lines(folder / f"{name}.csv", level, digits):
                lines.append(line)
                if len(lines) == _CHUNK:
                    copy.write("".join(lines))
                    lines.clear()
                counts[LEVEL_NAMES[level]] += 1
            copy.write("".join(lines))
    return counts


def _lines(path: Path, level: int, digits: int) -> Iterator[str]:
    """The areas of one file as lines for COPY."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as source:
            rows = csv.DictReader(source)
            for row in rows:
                place = f"{path.name}, line {rows.line_num}"
                code = (row.get("code") or "").replace(".", "").strip()
                name = " ".join((row.get("name") or "").split())
                if not code.isascii() or not code.isdigit() or len(code) != digits or not name:
                    raise AreasRefused(f"{place}: a code of {digits} digits and a name are needed")
                parent = code[: {1: 0, 2: 2, 3: 4, 4: 6}[level]] or "\\N"
                bps = next((row[c].strip() for c in _BPS_COLUMNS if row.get(c)), "") or "\\N"
                escaped = [text if text == "\\N" else text.replace("\\", "\\\\") for text in (name, bps)]
                yield f"{code}\t{level}\t{parent}\t{escaped[0]}\t{escaped[1]}\n"
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise AreasRefused(f"{path.name}: cannot be read ({type(error).__name__})") from error


def _refuse_broken(connection: Connection) -> None:
    """Refuse a set with a code twice or an area without its parent."""
    twice = connection.exec_driver_sql("SELECT id FROM area_new GROUP BY id HAVING count(*) > 1 LIMIT 1").scalar()
    if twice is not None:
        raise AreasRefused(f"the code {twice} stands in the files twice")
    orphan = connection.exec_driver_sql(
        "SELECT n.id FROM area_new n WHERE n.parent_id IS NOT NULL"
        " AND NOT EXISTS (SELECT FROM area_new p WHERE p.id = n.parent_id) LIMIT 1"
    ).scalar()
    if orphan is not None:
        raise AreasRefused(f"the area {orphan} lies in none of the files' areas")
