"""How the cells of each file are read: a parser for every column."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from portal.exchange import cells
from portal.exchange.cells import NULL, Parser
from portal.exchange.format import CODE_RANGES, KNOWN_PROGRAMS, KNOWN_REASONS, KNOWN_STATUSES

_HOUSE_CODES = "STATUS_RUMAH BUKTI_TANAH LANTAI DINDING ATAP SUMBER_AIR JAMBAN LIMBAH PENERANGAN BAHAN_BAKAR".split()


def family_parsers(villages: Collection[int]) -> dict[str, Parser]:
    """How the cells of ``keluarga`` are read."""
    yes_no = {"YA": "t", "TIDAK": "f"}
    parsers = {name: cells.code(name, *CODE_RANGES[name]) for name in _HOUSE_CODES}
    parsers |= {
        name: cells.count(name, high)
        for name, high in (("DAYA_VA", 1_000_000), ("MOTOR", 999), ("MOBIL", 999), ("JUMLAH_REKENING", 999))
    }
    parsers |= {
        name: cells.text(name, longest)
        for name, longest in (("NKKS", 40), ("ALAMAT", 300), ("BANK", 40), ("ALASAN_NONAKTIF", 80), ("SUMBER_DATA", 80))
    }
    return parsers | {
        "NO_KK": cells.kk(),
        "KODE_WILAYAH": cells.village(villages),
        "RT": cells.padded("RT", 3, "not_a_number"),
        "RW": cells.padded("RW", 3, "not_a_number"),
        "DESIL": cells.desil,
        "TGL_DESIL": cells.iso_date,
        "KKS_4DIGIT": cells.padded("KKS_4DIGIT", 4, "not_4_digits"),
        "STATUS": cells.choice("STATUS", {"AKTIF": "active", "NONAKTIF": "inactive"}),
        "LUAS_LANTAI_M2": cells.area("LUAS_LANTAI_M2", 100_000),
        "LAHAN_M2": cells.area("LAHAN_M2", 100_000_000),
        "TABUNGAN": cells.choice("TABUNGAN", yes_no),
        "PINJAMAN": cells.choice("PINJAMAN", yes_no),
        "TGL_DATA": cells.iso_date,
    }


def member_parsers() -> dict[str, Parser]:
    """How the cells of ``anggota`` are read."""
    parsers = {
        name: cells.code(name, *CODE_RANGES[name])
        for name in ("HUBUNGAN", "STATUS_KAWIN", "PARTISIPASI_SEKOLAH", "DISABILITAS")
    }
    parsers |= {
        name: cells.text(name, longest)
        for name, longest in (
            ("JENJANG", 40),
            ("PENDIDIKAN_TERTINGGI", 80),
            ("STATUS_KERJA", 80),
            ("PENYAKIT_KRONIS", 200),
            ("YATIM", 40),
            ("SUMBER_DATA", 80),
        )
    }
    return parsers | {
        "NO_KK": cells.kk(),
        "NIK": cells.nik(),
        "NAMA": cells.text("NAMA", 200, required="name_missing", too_long="refused"),
        "TGL_LAHIR": cells.iso_date,
        "JENIS_KELAMIN": cells.choice("JENIS_KELAMIN", {"L": "L", "P": "P"}),
        "KELAS": cells.code("KELAS", 0, 13),
        "HAMIL": cells.choice("HAMIL", {"0": "f", "1": "t"}),
        "KEHAMILAN_KE": cells.code("KEHAMILAN_KE", 0, 25),
        "STATUS_HIDUP": cells.choice("STATUS_HIDUP", {"HIDUP": "t", "MENINGGAL": "f"}),
    }


def optional_nik() -> Parser:
    """The NIK of a participation or disbursement of one member; empty for the family's."""
    judge = cells.nik()
    return lambda raw: judge(raw) if raw.strip() else (NULL, None)


def participation_parsers() -> dict[str, Parser]:
    """How the cells of ``kepesertaan`` are read."""
    return {
        "NO_KK": cells.kk(),
        "NIK": optional_nik(),
        "PROGRAM": cells.label("PROGRAM", KNOWN_PROGRAMS, "unknown_program", required="program_missing"),
        "SEJAK": cells.iso_date,
        "SAMPAI": cells.iso_date,
        "STATUS": cells.choice("STATUS", {"AKTIF": "t", "BERHENTI": "f"}),
        "ALASAN": cells.label("ALASAN", KNOWN_REASONS, "unknown_reason"),
    }


def disbursement_parsers(as_of: date) -> dict[str, Parser]:
    """How the cells of ``penyaluran`` are read."""
    return {
        "NO_KK": cells.kk(),
        "NIK": optional_nik(),
        "PROGRAM": cells.label("PROGRAM", KNOWN_PROGRAMS, "unknown_program", required="program_missing"),
        "TAHUN": cells.key_number("TAHUN", 1990, as_of.year + 2, "year"),
        "TAHAP": cells.key_number("TAHAP", 1, 4, "stage_outside_1_4"),
        "NOMINAL": cells.amount,
        "JADWAL": cells.iso_date,
        "TGL_CAIR": cells.iso_date,
        "STATUS": cells.label("STATUS", KNOWN_STATUSES, "unknown_status"),
        "KANAL": cells.text("KANAL", 80, upper=True),
        "KETERANGAN": cells.text("KETERANGAN", 500),
    }
