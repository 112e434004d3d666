"""Rows are judged by the order of the format: own fields, family, repeated keys, and only then counted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from portal.exchange import cells
from portal.exchange.format import FILES
from portal.exchange.generator import Spoiled, Style, households, spoiled, write_extract
from portal.exchange.generator.people import Numbers
from portal.exchange.report import Report
from tests.extracts import (
    AS_OF,
    CHILD,
    KK,
    NIK,
    OTHER_KK,
    SHARED,
    VILLAGES,
    family,
    judge,
    member,
    rows,
    shared_manifest,
    shared_villages,
    write,
)

REGENCY = tuple(3510_00_2001 + kecamatan * 10_000 for kecamatan in range(1, 25))
STYLES = {
    "keluarga": Style(";", "\r\n", bom=True),
    "anggota": Style(lower=True),
    "kepesertaan": Style(extra_column="CATATAN"),
    "penyaluran": Style(";", reversed_columns=True),
}


def counts(folder: Path, **files: str) -> dict[str, int]:
    for name in FILES:
        (folder / f"{name}.csv").unlink(missing_ok=True)
    report = judge(write(folder, **files))
    found: dict[str, int] = report.as_dict()["report"]
    return found


@pytest.mark.parametrize("styles", [{}, STYLES], ids=["plain", "styled"])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_spoiled_extract_gives_the_report_that_is_due(tmp_path: Path, styles: dict[str, Style], seed: int) -> None:
    due = Spoiled()
    source = spoiled(households(700, REGENCY, AS_OF, seed=seed), 5, due, seed=seed, two_families=4)
    written = write_extract(tmp_path, source, styles)
    report = judge(tmp_path, villages=REGENCY)
    assert not due.unmet
    assert report.as_dict()["report"] == due.report()
    assert report.rows == written == due.rows


@pytest.mark.skipif(not SHARED.exists(), reason="the shared extract is not beside this clone")
def test_the_shared_manifest_is_met() -> None:
    manifest = shared_manifest()
    report = judge(SHARED, villages=shared_villages()).as_dict()
    assert report["report"] == manifest["report"]
    assert report["rows"] == manifest["rows"]


def test_the_first_reason_from_the_left_counts_once(tmp_path: Path) -> None:
    found = counts(tmp_path, keluarga=rows("keluarga", family(KODE_WILAYAH="99", TGL_DATA="31/02/2026")))
    assert found == {"keluarga.refused.unknown_village": 1}
    reordered = "TGL_DATA,KODE_WILAYAH,NO_KK\n31/02/2026,99," + KK + "\n"
    assert counts(tmp_path, keluarga=reordered) == {"keluarga.refused.impossible_date": 1}


def test_own_fields_come_before_the_family_and_the_family_before_repeats(tmp_path: Path) -> None:
    found = counts(
        tmp_path,
        keluarga=rows("keluarga", family(), family(OTHER_KK, KODE_WILAYAH="x")),
        anggota=rows(
            "anggota",
            member(OTHER_KK, "35", TGL_LAHIR="31/02/1990"),
            member(OTHER_KK),
            member("3510000000009999"),
            member(TGL_LAHIR="12/03/1980"),
            member(TGL_LAHIR="12/03/1980"),
        ),
    )
    assert found == {
        "keluarga.accepted": 1,
        "keluarga.refused.unknown_village": 1,
        "anggota.refused.nik_not_16_digits": 1,
        "anggota.refused.family_refused": 1,
        "anggota.refused.family_unknown": 1,
        "anggota.accepted": 1,
        "anggota.repaired.date_with_slashes": 1,
        "anggota.repeated": 1,
    }


def test_a_refused_family_row_does_not_spoil_a_good_one_of_the_same_card(tmp_path: Path) -> None:
    found = counts(
        tmp_path,
        keluarga=rows("keluarga", family(KODE_WILAYAH="x"), family(), family()),
        anggota=rows("anggota", member()),
    )
    assert found["keluarga.accepted"] == found["anggota.accepted"] == found["keluarga.repeated"] == 1


def test_a_bad_desil_loses_the_value_not_the_family(tmp_path: Path) -> None:
    bad = [family(f"35101401011090{n:02d}", DESIL=value) for n, value in enumerate(("0", "11", "IV", "-1", "n/a"))]
    found = counts(tmp_path, keluarga=rows("keluarga", *bad))
    assert found == {"keluarga.accepted": 5, "keluarga.value_dropped.desil_outside_1_10": 5}


def test_member_rows_of_unknown_people_are_refused(tmp_path: Path) -> None:
    paid = {"NO_KK": KK, "PROGRAM": "PKH", "TAHUN": "2026", "TAHAP": "1"}
    takes_part = {"NO_KK": KK, "PROGRAM": "PBI-JK"}
    found = counts(
        tmp_path,
        keluarga=rows("keluarga", family()),
        anggota=rows("anggota", member()),
        kepesertaan=rows("kepesertaan", takes_part | {"NIK": NIK}, takes_part, takes_part | {"NIK": CHILD}),
        penyaluran=rows("penyaluran", paid, paid, paid | {"NIK": NIK}, paid | {"NIK": NIK}, paid | {"NIK": CHILD}),
    )
    assert found["kepesertaan.accepted"] == 2
    assert found["kepesertaan.refused.member_unknown"] == found["penyaluran.refused.member_unknown"] == 1
    assert found["penyaluran.accepted"] == found["penyaluran.repeated"] == 2


def test_one_person_in_two_families_is_a_finding_a_person(tmp_path: Path) -> None:
    third = "3510140101109003"
    found = counts(
        tmp_path,
        keluarga=rows("keluarga", family(), family(OTHER_KK), family(third)),
        anggota=rows("anggota", member(), member(OTHER_KK), member(third), member(OTHER_KK)),
    )
    assert found["anggota.accepted"] == 3
    assert found["anggota.finding.nik_in_two_families"] == found["anggota.repeated"] == 1


def test_a_birth_date_or_sex_that_differs_is_only_a_warning(tmp_path: Path) -> None:
    found = counts(
        tmp_path,
        keluarga=rows("keluarga", family()),
        anggota=rows("anggota", member(TGL_LAHIR="1979-03-12"), member(nik=CHILD, JENIS_KELAMIN="L")),
    )
    assert found["anggota.warned.birth_date_differs_from_nik"] == found["anggota.warned.sex_differs_from_nik"] == 1
    assert found["anggota.accepted"] == 2


def test_a_birth_long_after_the_extract_is_refused_and_a_short_while_ahead_is_not(tmp_path: Path) -> None:
    born = [member(TGL_LAHIR="2026-12-24"), member(nik=CHILD, TGL_LAHIR="2028-01-01")]
    found = counts(tmp_path, keluarga=rows("keluarga", family()), anggota=rows("anggota", *born))
    assert (found["anggota.accepted"], found["anggota.refused.birth_in_future"]) == (1, 1)


def test_a_participation_that_ends_before_it_begins_is_a_warning(tmp_path: Path) -> None:
    odd = {"NO_KK": KK, "PROGRAM": "PKH", "SEJAK": "2024-01-01", "SAMPAI": "2023-01-01"}
    found = counts(tmp_path, keluarga=rows("keluarga", family()), kepesertaan=rows("kepesertaan", odd))
    assert found["kepesertaan.warned.ends_before_it_begins"] == found["kepesertaan.accepted"] == 1


def test_numbers_of_invented_people_run_out_rather_than_repeat() -> None:
    numbers = Numbers()
    made = {numbers.nik(351014, AS_OF, "L", 7) for _ in range(1000)}
    assert len(made) == 1000
    with pytest.raises(ValueError, match="thousand"):
        numbers.nik(351014, AS_OF, "L", 7)


@pytest.mark.parametrize(
    ("text", "value", "note"),
    [
        ("2026-10-01", "2026-10-01", None),
        ("1/2/2026", "2026-02-01", "repaired.date_with_slashes"),
        ("2026-10-01 00:00:00", "2026-10-01", "repaired.date_with_time"),
        ("", cells.NULL, None),
        ("31/02/2026", cells.NULL, "refused.impossible_date"),
        ("45931", cells.NULL, "refused.impossible_date"),
        ("01-02-2026", cells.NULL, "refused.impossible_date"),
        ("0026-01-01", cells.NULL, "refused.impossible_date"),
        ("٢٠٢٦-01-01", cells.NULL, "refused.impossible_date"),
    ],
)
def test_dates(text: str, value: str, note: str | None) -> None:
    assert cells.iso_date(text) == (value, note)


@pytest.mark.parametrize(
    ("text", "value", "note"),
    [
        ("1800000", "1800000", None),
        ("1.800.000", "1800000", "repaired.thousands_dots"),
        ("0", "0", None),
        ("", cells.NULL, None),
        ("1.80", cells.NULL, "refused.amount"),
        ("-200000", cells.NULL, "refused.amount"),
        ("1e6", cells.NULL, "refused.amount"),
        ("600,000", cells.NULL, "refused.amount"),
        ("9" * 15, cells.NULL, "refused.amount"),
    ],
)
def test_amounts(text: str, value: str, note: str | None) -> None:
    assert cells.amount(text) == (value, note)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (NIK, None),
        (f" {NIK} ", None),
        (f"'{NIK}", None),
        ("3510 1412.0380-9001", "repaired.nik_separators"),
        ("3.51014E+15", "refused.nik_float"),
        ("3,51014E+15", "refused.nik_float"),
        (NIK + ".0", "refused.nik_float"),
        (NIK[:15], "refused.nik_not_16_digits"),
        ("", "refused.nik_not_16_digits"),
        ("O" + NIK[1:], "refused.nik_not_16_digits"),
        ("3510149903809001", "refused.nik_impossible"),
    ],
)
def test_niks(text: str, note: str | None) -> None:
    assert cells.nik()(text)[1] == note


@pytest.mark.parametrize(
    ("parser", "text", "value", "note"),
    [
        (cells.village(VILLAGES), "3510142015", "3510142015", "repaired.village_code_without_dots"),
        (cells.village(VILLAGES), "35 10 14 2015", "3510142015", "repaired.village_code_separators"),
        (cells.village(VILLAGES), "35.10.14.2015", "3510142015", None),
        (cells.village(VILLAGES), "35.10.14.9999", cells.NULL, "refused.unknown_village"),
        (cells.desil, "3.0", "3", "repaired.whole_number_with_decimals"),
        (cells.code("LANTAI", 1, 9), "10", cells.NULL, "value_dropped.lantai_unknown_code"),
        (cells.area("LAHAN_M2", 10**8), "72,5", "72.5", None),
        (cells.area("LAHAN_M2", 10**8), "1500000", "1500000", None),
        (cells.area("LAHAN_M2", 10**8), "luas", cells.NULL, "value_dropped.lahan_m2_not_a_number"),
        (cells.area("LAHAN_M2", 10**8), "", cells.NULL, None),
        (cells.padded("RT", 3, "not_a_number"), "7", "007", None),
        (cells.padded("RT", 3, "not_a_number"), "", cells.NULL, None),
        (cells.padded("KKS_4DIGIT", 4, "not_4_digits"), NIK, cells.NULL, "value_dropped.kks_4digit_not_4_digits"),
        (cells.text("ALAMAT", 20), "RT 1\x07\r\nRW 2", "RT 1 RW 2", "repaired.control_characters"),
        (cells.text("ALAMAT", 20), "a\\N", "a\\\\N", None),
        (cells.text("ALAMAT", 20), "x" * 21, cells.NULL, "value_dropped.alamat_too_long"),
        (cells.text("ALAMAT", 20), "Jos\ufffd", cells.NULL, "refused.not_utf8"),
        (cells.text("NAMA", 20, required="name_missing"), " ", cells.NULL, "refused.name_missing"),
        (cells.text("NAMA", 20), "Ø.  Lund", "Ø. Lund", None),
        (cells.label("STATUS", ("SI",), "unknown_status"), "si", "SI", None),
        (cells.label("STATUS", ("SI",), "unknown_status"), "ANTRE", "ANTRE", "kept.unknown_status"),
        (cells.choice("HAMIL", {"1": "t"}), "2", cells.NULL, "value_dropped.hamil_unknown_code"),
        (cells.choice("HAMIL", {"1": "t"}), "", cells.NULL, None),
        (cells.key_number("TAHAP", 1, 4, "stage_outside_1_4"), "", cells.NULL, "refused.stage_outside_1_4"),
        (cells.count("MOTOR", 9), "2", "2", None),
    ],
)
def test_cells(parser: cells.Parser, text: str, value: str, note: str | None) -> None:
    assert parser(text) == (value, note)


def test_the_report_masks_numbers_and_starts_no_formula(tmp_path: Path) -> None:
    report = Report(AS_OF, keep_refused=3)
    for value in ("=HYPERLINK(1)", f"{NIK}", " +1"):
        report.refuse("anggota", 2, "NAMA", value, "name_missing")
    report.repeat("anggota", 3, "NIK", "-5")
    report.write_refused(tmp_path / "refused.csv")
    report.write_json(tmp_path / "report.json")
    listed = (tmp_path / "refused.csv").read_text("utf-8-sig")
    assert NIK not in listed
    assert "3510**********01" in listed
    assert "'=HYPERLINK" in listed
    assert "' +1" in listed
    stored = json.loads((tmp_path / "report.json").read_text())
    assert stored["refused_not_listed"] == 1
    assert stored["report"] == {"anggota.refused.name_missing": 3, "anggota.repeated": 1}


def test_a_quarter_later_the_same_families_stand_there(tmp_path: Path) -> None:
    first = list(households(60, REGENCY, AS_OF))
    later = list(households(60, REGENCY, AS_OF, quarter=1))
    assert [h.kk for h in first] == [h.kk for h in later]
    assert first == list(households(60, REGENCY, AS_OF))
    for old, new in zip(first, later, strict=True):
        assert [m[1] for m in old.members] == [m[1] for m in new.members][: len(old.members)]
        assert ("floor" in new.changes) == (old.family[15] != new.family[15])
        kept = {tuple(row[2:5]): row[5] for row in new.disbursements}
        assert all(kept.get(tuple(row[2:5]), row[5]) == row[5] for row in old.disbursements)
    numbers = [m[1] for h in later for m in h.members]
    assert len(numbers) == len(set(numbers))
    assert all(number[12] == "9" for number in numbers)
