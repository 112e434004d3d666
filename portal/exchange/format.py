"""The registry extract's format: four CSV files, their columns, keys and known labels."""

from __future__ import annotations

from dataclasses import dataclass

FAMILIES, MEMBERS, PARTICIPATIONS, DISBURSEMENTS = "keluarga", "anggota", "kepesertaan", "penyaluran"


@dataclass(frozen=True, slots=True)
class FileFormat:
    """One of the four files. ``required`` are the columns without which no row of it means anything."""

    name: str
    columns: tuple[str, ...]
    required: tuple[str, ...]


FILES: dict[str, FileFormat] = {
    f.name: f
    for f in (
        FileFormat(
            FAMILIES,
            tuple(
                "NO_KK NKKS KODE_WILAYAH ALAMAT RT RW DESIL TGL_DESIL BANK KKS_4DIGIT STATUS ALASAN_NONAKTIF "
                "STATUS_RUMAH BUKTI_TANAH LUAS_LANTAI_M2 LANTAI DINDING ATAP SUMBER_AIR JAMBAN LIMBAH PENERANGAN "
                "DAYA_VA BAHAN_BAKAR MOTOR MOBIL LAHAN_M2 TABUNGAN PINJAMAN JUMLAH_REKENING SUMBER_DATA "
                "TGL_DATA".split()
            ),
            ("NO_KK", "KODE_WILAYAH"),
        ),
        FileFormat(
            MEMBERS,
            tuple(
                "NO_KK NIK NAMA TGL_LAHIR JENIS_KELAMIN HUBUNGAN STATUS_KAWIN PARTISIPASI_SEKOLAH JENJANG KELAS "
                "PENDIDIKAN_TERTINGGI STATUS_KERJA DISABILITAS HAMIL KEHAMILAN_KE PENYAKIT_KRONIS YATIM "
                "STATUS_HIDUP SUMBER_DATA".split()
            ),
            ("NO_KK", "NIK", "NAMA"),
        ),
        FileFormat(
            PARTICIPATIONS,
            tuple("NO_KK NIK PROGRAM SEJAK SAMPAI STATUS ALASAN".split()),
            ("NO_KK", "PROGRAM", "SEJAK"),
        ),
        FileFormat(
            DISBURSEMENTS,
            tuple("NO_KK NIK PROGRAM TAHUN TAHAP NOMINAL JADWAL TGL_CAIR STATUS KANAL KETERANGAN".split()),
            ("NO_KK", "PROGRAM", "TAHUN", "TAHAP"),
        ),
    )
}

KNOWN_PROGRAMS = frozenset(
    (
        "PKH",
        "SEMBAKO",
        "BPNT",
        "PBI-JK",
        "BLTS",
        "BLT KESRA",
        "BLT DESA",
        "PIP",
        "ATENSI",
        "ATENSI YAPI",
        "RST",
        "BSPS",
        "PENA",
        "SEKOLAH RAKYAT",
        "KIP KULIAH",
        "PRAKERJA",
    )
)
"""Programmes the portal knows by their label (domain.md section 3); any other is kept by its own name."""

KNOWN_STATUSES = frozenset(
    (
        "OMSPAN",
        "GAGAL OMSPAN",
        "SI",
        "EXCLUDE",
        "EXCLUDE PEKERJAAN",
        "EXCLUDE TIDAK LAYAK DAERAH",
        "EXCLUDE MENINGGAL",
        "TIDAK TRANSAKSI",
        "PROSES SPM",
        "SUKSES SPM",
        "PROSES BUREKOL",
        "TIDAK LAYAK GIS",
        "SK",
        "CALON PENERIMA",
        "SK / CALON PENERIMA",
        "OVERLAP SDM KESOS",
        "-",
        'KETERANGAN "-"',
    )
)
"""SIKS-NG labels of a disbursement (domain.md 2.4)."""

KNOWN_REASONS = frozenset(("DESIL", "TIDAK ADA KOMPONEN", "PEKERJAAN", "MENINGGAL"))
"""Recorded causes of an ended participation."""

CODE_RANGES = {
    "STATUS_RUMAH": (1, 6),
    "BUKTI_TANAH": (1, 6),
    "LANTAI": (1, 9),
    "DINDING": (1, 7),
    "ATAP": (1, 8),
    "SUMBER_AIR": (1, 13),
    "JAMBAN": (1, 6),
    "LIMBAH": (1, 6),
    "PENERANGAN": (1, 4),
    "BAHAN_BAKAR": (1, 12),
    "HUBUNGAN": (1, 8),
    "STATUS_KAWIN": (1, 4),
    "PARTISIPASI_SEKOLAH": (1, 3),
    "DISABILITAS": (0, 2),
}
"""Codes of Regsosek form K (301a-310, with OpenSID's additions) and of the extract: lowest and highest."""
