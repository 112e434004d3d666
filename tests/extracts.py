"""Extracts for tests: small ones written by hand, generated ones, and the shared ones where they exist."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

from portal.exchange.disbursing import DisbursementJudge
from portal.exchange.format import FILES
from portal.exchange.judging import Families, Members, judge_families, judge_members, judge_participations
from portal.exchange.reading import open_table
from portal.exchange.report import Report

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("PORTAL_SHARED", ROOT.parent / "shared")) / "registry-extract"
AS_OF, NEXT = date(2026, 10, 1), date(2027, 1, 1)
VILLAGES = (3510142015, 3510142016, 3510022001)
KK, OTHER_KK = "3510140101109001", "3510140101109002"
NIK, CHILD = "3510141203809001", "3510145205159002"  # a man of 1980-03-12, a girl of 2015-05-12


def write(folder: Path, **files: str | bytes) -> Path:
    """Write files of an extract from their text; ``__`` stands in for nothing, names are the file's."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        data = content if isinstance(content, bytes) else content.encode()
        (folder / f"{name}.csv").write_bytes(data)
    return folder


def rows(file: str, *lines: dict[str, str], separator: str = ",") -> str:
    """A file's text with all columns; each line names only the cells it fills."""
    columns = FILES[file].columns
    text = [separator.join(columns)]
    text += [separator.join(line.get(column, "") for column in columns) for line in lines]
    return "\n".join(text) + "\n"


def family(kk: str = KK, **cells: str) -> dict[str, str]:
    """A row of ``keluarga``."""
    return {"NO_KK": kk, "KODE_WILAYAH": "35.10.14.2015", "DESIL": "3", "TGL_DESIL": "2026-10-01"} | cells


def member(kk: str = KK, nik: str = NIK, **cells: str) -> dict[str, str]:
    """A row of ``anggota``."""
    born = {NIK: "1980-03-12", CHILD: "2015-05-12"}.get(nik, "")
    sex = {NIK: "L", CHILD: "P"}.get(nik, "")
    return {"NO_KK": kk, "NIK": nik, "NAMA": "Hasan Kusuma", "TGL_LAHIR": born, "JENIS_KELAMIN": sex} | cells


def judge(folder: Path, as_of: date = AS_OF, villages: tuple[int, ...] | set[int] = VILLAGES) -> Report:
    """Read and judge a whole extract without a database."""
    report = Report(as_of)
    tables = {name: open_table(folder, file, report) for name, file in FILES.items()}
    families, members = Families(), Members()
    if table := tables["keluarga"]:
        list(judge_families(table, villages, families, report))
    if table := tables["anggota"]:
        list(judge_members(table, families, members, report, set()))
    if table := tables["kepesertaan"]:
        list(judge_participations(table, families, members, report, set()))
    if table := tables["penyaluran"]:
        list(DisbursementJudge(table, families, members, report).rows())
    return report


def shared_manifest(folder: str = "") -> dict[str, Any]:
    """The manifest of a shared extract."""
    manifest: dict[str, Any] = json.loads((SHARED / folder / "manifest.json").read_text())
    return manifest


def shared_villages() -> set[int]:
    """The real villages that the shared extracts name."""
    found = set()
    for folder in ("", "next-quarter"):
        for line in (SHARED / folder / "keluarga.csv").read_text("utf-8-sig").splitlines()[1:]:
            code = line.replace(";", ",").split(",")[2].replace(".", "")
            if code.startswith("3510"):
                found.add(int(code))
    return found
