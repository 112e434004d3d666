"""Spoiled files against a real database: any cells and any bytes give a report, never an error."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from portal.config import Settings
from portal.exchange.format import FILES
from tests.extracts import CHILD, KK, NIK, OTHER_KK, family, member, rows, write
from tests.pages.importing import Registry

ODD = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["", "\\N", "\\", "\t", "\x00", "a\\tb", "0", "-1", "1.000", "9" * 15, "1e3", "31/02/2026", "1/1/1900"]
    ),
    st.sampled_from(["2100-12-31", "99999", "100000", "1,5", "AKTIF", "YA", "L", "\ufffd", "e\u0301", "=1+1", "ß"]),
)
PLAUSIBLE: dict[str, dict[str, str]] = {
    "keluarga": family(),
    "anggota": member(),
    "kepesertaan": {"NO_KK": KK, "PROGRAM": "PKH", "SEJAK": "2024-01-01", "STATUS": "AKTIF"},
    "penyaluran": {"NO_KK": KK, "PROGRAM": "PKH", "TAHUN": "2026", "TAHAP": "1", "NOMINAL": "1000"},
}


@pytest.fixture
def registry(committed_url: str, settings: Settings, tmp_path: Path) -> Iterator[Registry]:
    engine = create_engine(committed_url, poolclass=NullPool)
    yield Registry(engine, settings.keyring, tmp_path / "extract")
    engine.dispose()


@st.composite
def spoiled_file(draw: st.DrawFn, file: str) -> str:
    """Some rows of ``file``, a few cells of each spoiled."""
    made = []
    for _ in range(draw(st.integers(1, 4))):
        row = PLAUSIBLE[file] | {"NO_KK": draw(st.sampled_from([KK, OTHER_KK]))}
        if file != "keluarga":
            row["NIK"] = draw(st.sampled_from([NIK, CHILD] if file == "anggota" else [NIK, CHILD, ""]))
        for column in draw(st.lists(st.sampled_from(FILES[file].columns), max_size=4)):
            row[column] = '"' + draw(ODD).replace('"', '""') + '"'
        made.append(row)
    return rows(file, *made)


@settings(max_examples=15, suppress_health_check=list(HealthCheck), deadline=None)
@given(data=st.data())
def test_any_cells_load_or_are_refused_with_a_reason(registry: Registry, data: st.DataObject) -> None:
    files = {file: data.draw(spoiled_file(file)).encode("utf-8", "surrogatepass") for file in FILES}
    broken = data.draw(st.sampled_from([*FILES, ""]))
    if broken:
        files[broken] += data.draw(st.binary(max_size=60))
    write(registry.folder, **files)
    report = registry.load(full=["keluarga", "anggota", "kepesertaan"])
    assert report.status in {"loaded", "awaiting_confirmation", "nothing_to_load"}
    for file in FILES:
        told = sum(n for key, n in report.counts.items() if key.startswith((f"{file}.refused.", f"{file}.accepted")))
        assert told + report.counts[f"{file}.repeated"] == report.rows[file]
    if report.status == "loaded":
        before = registry.record()
        again = registry.load(full=["keluarga", "anggota", "kepesertaan"])
        assert again.status == "loaded"
        assert registry.record() == before
