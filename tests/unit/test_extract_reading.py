"""Any bytes give rows and reasons."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.exchange.format import FILES
from portal.exchange.reading import LONGEST_LINE, open_table
from portal.exchange.report import Report
from tests.extracts import AS_OF, KK, NIK, family, judge, member, rows, write

HEADER = "NO_KK,NIK,NAMA\n"


def read(folder: Path, content: str | bytes, file: str = "anggota") -> tuple[list[tuple[int, list[str]]], Report]:
    report = Report(AS_OF)
    table = open_table(write(folder, **{file: content}), FILES[file], report)
    return (list(table.rows(report)) if table else []), report


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_every_way_of_writing_reads_the_same(tmp_path: Path, bom: bytes, separator: str, line_end: str) -> None:
    text = "nama,no_kk,Nik\nA B,1,2\n\n,,\nC,3,4".replace(",", separator).replace("\n", line_end)
    found, report = read(tmp_path, bom + text.encode())
    assert found == [(2, ["A B", "1", "2"]), (5, ["C", "3", "4"])]
    assert report.rows["anggota"] == 2


def test_unknown_columns_are_told_once_and_missing_ones_refuse_the_file(tmp_path: Path) -> None:
    _, report = read(tmp_path, "NO_KK,NIK,NAMA,HOBI\n1,2,A,x\n1,2,B,y\n")
    assert report.unknown_columns == {"anggota": ["HOBI"]}
    found, report = read(tmp_path, "NO_KK,NAMA\n1,A\n")
    assert not found
    assert report.problems == ["anggota.column_missing: NIK"]
    _, report = read(tmp_path, "NO_KK,NIK,nik,NAMA\n")
    assert report.problems == ["anggota.column_twice: NIK"]


def test_missing_and_empty_files_say_so(tmp_path: Path) -> None:
    report = Report(AS_OF)
    assert open_table(tmp_path, FILES["anggota"], report) is None
    (tmp_path / "keluarga.csv").write_bytes(b"")
    assert open_table(tmp_path, FILES["keluarga"], report) is None
    (tmp_path / "penyaluran.csv").mkdir()
    assert open_table(tmp_path, FILES["penyaluran"], report) is None
    assert report.problems[:2] == ["anggota.file_missing", "keluarga.file_empty"]
    assert report.problems[2].startswith("penyaluran.file_unreadable")


def test_quoted_cells_may_hold_separators_and_lines(tmp_path: Path) -> None:
    found, _ = read(tmp_path, HEADER + '1,2,"SYARIF, S.PD"\n1,2,"two\nlines"\n1,2,"say ""A"""\n1,2,JL 5" A\n')
    assert [cells[2] for _, cells in found] == ["SYARIF, S.PD", "two\nlines", 'say "A"', 'JL 5" A']
    assert [line for line, _ in found] == [2, 3, 5, 6]


def test_a_quote_never_closed_costs_its_own_line_only(tmp_path: Path) -> None:
    found, report = read(tmp_path, HEADER + '1,2,"A\n' + "1,2,B\n" * 40)
    assert len(found) == 40
    assert [(row.line, row.reason) for row in report.refused] == [(2, "quote_not_closed")]


def test_a_quoted_cell_too_long_to_be_one_is_not_followed(tmp_path: Path) -> None:
    found, report = read(tmp_path, HEADER + '1,2,"A\n' + ("x" * 9_000 + "\n") * 3 + '1,2,B"\n1,2,C\n')
    assert found[-1][1] == ["1", "2", "C"]
    assert report.counts["anggota.refused.quote_not_closed"] == 1


def test_a_file_that_vanishes_while_it_is_read_is_told(tmp_path: Path) -> None:
    report = Report(AS_OF)
    table = open_table(write(tmp_path, anggota=HEADER + "1,2,A\n"), FILES["anggota"], report)
    assert table
    (tmp_path / "anggota.csv").unlink()
    assert not list(table.rows(report))
    assert report.problems[-1].startswith("anggota.file_unreadable")


def test_rows_cut_off_or_shifted_are_refused(tmp_path: Path) -> None:
    found, report = read(tmp_path, HEADER + "1,2\n1,2,A,\n1,2,A,B\n1,2,A")
    assert [line for line, _ in found] == [5]
    assert report.counts["anggota.refused.wrong_number_of_cells"] == 3
    assert report.rows["anggota"] == 4
    found, report = read(tmp_path, "NO_KK,NIK,NAMA,,\n1,2,A,,\n1,2,A\n1,2,A,B,\n1,2,A,,,\n")
    assert [line for line, _ in found] == [2, 3]
    assert report.counts["anggota.refused.wrong_number_of_cells"] == 2


def test_a_line_without_end_does_not_fill_the_memory(tmp_path: Path) -> None:
    found, report = read(tmp_path, HEADER + "1,2," + "A" * 3_000_000 + "\n1,2,B\n")
    assert [cells[2] for _, cells in found] == ["B"]
    assert report.counts["anggota.refused.line_too_long"] == 1
    assert len(report.refused[0].value) < LONGEST_LINE


def test_blocks_do_not_cut_rows(tmp_path: Path) -> None:
    lines = [f'1,{n},"name\n{n}"' if n % 7 == 0 else f"1,{n},name {n}" for n in range(90_000)]
    found, report = read(tmp_path, HEADER + "\n".join(lines))
    assert [int(cells[1]) for _, cells in found] == list(range(90_000))
    assert not report.refused


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=st.binary(max_size=400), file=st.sampled_from(sorted(FILES)), headed=st.booleans())
def test_any_bytes_give_a_report(tmp_path: Path, content: bytes, file: str, headed: bool) -> None:
    header = ",".join(FILES[file].columns).encode() + b"\n" if headed else b""
    good = rows("keluarga", family()), rows("anggota", member())
    write(tmp_path, keluarga=good[0], anggota=good[1], kepesertaan=rows("kepesertaan"), penyaluran=rows("penyaluran"))
    write(tmp_path, **{file: header + content})
    report = judge(tmp_path)
    read_rows = report.rows[file]
    told = report.counts[f"{file}.accepted"] + report.counts[f"{file}.repeated"]
    told += sum(n for key, n in report.counts.items() if key.startswith(f"{file}.refused."))
    assert told == read_rows
    report.write_json(tmp_path / "report.json")
    report.write_refused(tmp_path / "refused.csv")


CELL = st.one_of(
    st.text(max_size=30), st.sampled_from([KK, NIK, "2026-10-01", "35.10.14.2015", "1", "PKH", "", "=1+1"])
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_any_cells_give_a_report(tmp_path: Path, data: st.DataObject) -> None:
    made = {
        name: "\n".join(
            [
                ",".join(file.columns),
                *(",".join(data.draw(CELL) for _ in file.columns) for _ in range(data.draw(st.integers(0, 3)))),
            ]
        )
        for name, file in FILES.items()
    }
    report = judge(write(tmp_path, **{name: text.encode("utf-8", "surrogatepass") for name, text in made.items()}))
    for name in FILES:
        told = sum(n for key, n in report.counts.items() if key.startswith((f"{name}.refused.", f"{name}.accepted")))
        assert told + report.counts[f"{name}.repeated"] == report.rows[name]


def test_a_quote_that_opens_within_a_cell_takes_no_line_end_along(tmp_path: Path) -> None:
    found, report = read(tmp_path, HEADER + '"1","2" x"A\n3,4,B"\n5,6,C\n')
    assert [cells[0] for _, cells in found][-1] == "5"
    assert report.counts["anggota.refused.quote_not_closed"] >= 1
