"""Judged rows sealed and copied into the staging tables of a load.

NIK, No. KK and address leave this process only sealed and hashed; the fingerprint of a row is keyed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from sqlalchemy import Connection

from portal.core.sealing import Keyring
from portal.exchange.cells import NULL
from portal.exchange.format import FAMILIES, FILES, MEMBERS
from portal.exchange.judging import Accepted
from portal.registry.changes import statement_hash
from portal.registry.merge.tables import HOUSING_FIELDS, Stage, driver_connection

_CHUNK = 2_000
_HASH_SIZE = 16
Progress = Callable[[], None]

RECORD_FIELDS: dict[str, dict[str, str]] = {
    "keluarga": {
        "NKKS": "nkks",
        "KODE_WILAYAH": "village_id",
        "ALAMAT": "address",
        "RT": "rt",
        "RW": "rw",
        "BANK": "bank",
        "KKS_4DIGIT": "card_last4",
        "STATUS": "status",
        "ALASAN_NONAKTIF": "inactive_reason",
        "STATUS_RUMAH": "tenure",
        "BUKTI_TANAH": "land_proof",
        "LUAS_LANTAI_M2": "floor_area_m2",
        "LANTAI": "floor",
        "DINDING": "wall",
        "ATAP": "roof",
        "SUMBER_AIR": "water",
        "JAMBAN": "toilet",
        "LIMBAH": "sewage",
        "PENERANGAN": "lighting",
        "DAYA_VA": "power_va",
        "BAHAN_BAKAR": "fuel",
        "MOTOR": "motorcycles",
        "MOBIL": "cars",
        "LAHAN_M2": "land_m2",
        "TABUNGAN": "savings",
        "PINJAMAN": "loan",
        "JUMLAH_REKENING": "bank_accounts",
    },
    "anggota": {
        "NAMA": "name",
        "TGL_LAHIR": "birth_date",
        "JENIS_KELAMIN": "sex",
        "HUBUNGAN": "relation",
        "STATUS_KAWIN": "marital",
        "PARTISIPASI_SEKOLAH": "school_participation",
        "JENJANG": "school_level",
        "KELAS": "school_grade",
        "PENDIDIKAN_TERTINGGI": "education",
        "STATUS_KERJA": "work_status",
        "DISABILITAS": "disability",
        "HAMIL": "pregnant",
        "KEHAMILAN_KE": "pregnancy_no",
        "PENYAKIT_KRONIS": "chronic_illness",
        "YATIM": "orphan",
        "STATUS_HIDUP": "alive",
    },
    "kepesertaan": {"SAMPAI": "until", "STATUS": "active", "ALASAN": "reason"},
    "penyaluran": {
        "NOMINAL": "amount",
        "JADWAL": "scheduled_on",
        "TGL_CAIR": "paid_on",
        "STATUS": "status",
        "KANAL": "channel",
        "KETERANGAN": "note",
    },
}
"""The record's field for each column of the extract; key columns and columns about the row itself are left out."""


def bytea(value: bytes) -> str:
    """Bytes as COPY's text format takes them."""
    return "\\\\x" + value.hex()


class Stager:
    """Copies judged rows of one load; every number of a person or family is sealed here."""

    def __init__(self, connection: Connection, stage: Stage, ring: Keyring, progress: Progress) -> None:
        self.connection, self.stage, self.ring, self._progress = connection, stage, ring, progress
        self._version = bytes((ring.index_version,))

    def copy(self, table: str, lines: Iterable[str]) -> None:
        """COPY the lines into one staging table."""
        driver = driver_connection(self.connection)
        command = f"COPY {self.stage.name(table)} ({', '.join(self.stage.columns(table))}) FROM STDIN"
        chunk: list[str] = []
        with driver.cursor() as cursor, cursor.copy(command) as copy:
            for line in lines:
                chunk.append(line)
                if len(chunk) == _CHUNK:
                    copy.write("".join(chunk).encode())
                    chunk.clear()
                    self._progress()
            copy.write("".join(chunk).encode())
        self._progress()

    def families(self, rows: Iterable[Accepted]) -> None:
        """Stage accepted families."""
        self.copy("family", self._family_lines(rows))

    def recalled(self, families: Iterable[tuple[int, str]]) -> None:
        """Stage families that the extract only refers to and the registry has."""
        empty = f"\t{NULL}" * (len(self.stage.columns("family")) - 3)
        self.copy(
            "family", (f"{number}\tf\t{bytea(self.ring.blind_index('kk', kk))}{empty}\n" for number, kk in families)
        )

    def members(self, rows: Iterable[Accepted]) -> None:
        """Stage accepted members."""
        self.copy("member", self._member_lines(rows))

    def participations(self, rows: Iterable[Accepted]) -> None:
        """Stage accepted participations."""
        self.copy(
            "participation",
            (f"{family}\t{self.nik_hash(v[1])}\t{v[2]}\t{v[3]}\t{v[4]}\t{v[5]}\t{v[6]}\n" for _, family, v in rows),
        )

    def disbursements(self, rows: Iterable[tuple[int, int, str, str]]) -> None:
        """Stage accepted disbursements, already joined."""
        nik_hash = self.nik_hash
        self.copy(
            "disbursement",
            (f"{family}\t{NULL if nik is NULL else nik_hash(nik)}\t{text}\n" for _, family, nik, text in rows),
        )

    def uncertain(self, file: str, kks: Iterable[str]) -> None:
        """Stage the families of which ``file`` has refused rows: nothing of theirs is closed as absent."""
        self.copy("uncertain", (f"{file}\t{bytea(self.ring.blind_index('kk', kk))}\n" for kk in kks))

    def nik_hash(self, nik: str) -> str:
        """The keyed hash of a NIK as COPY text; NULL stays NULL."""
        return NULL if nik == NULL else bytea(self.ring.blind_index("nik", nik))

    def _family_lines(self, rows: Iterable[Accepted]) -> Iterator[str]:
        place = {name: FILES[FAMILIES].columns.index(name) for name in FILES[FAMILIES].columns}
        plain = [
            place[name]
            for name in ("NKKS", "KODE_WILAYAH", "RT", "RW", "BANK", "KKS_4DIGIT", "STATUS", "ALASAN_NONAKTIF")
        ]
        fields = {field: place[name] for name, field in RECORD_FIELDS[FAMILIES].items()}
        plain += [fields[field] for field in HOUSING_FIELDS]
        desil, ranked, source, taken, address_at = (
            place[n] for n in ("DESIL", "TGL_DESIL", "SUMBER_DATA", "TGL_DATA", "ALAMAT")
        )
        ring, version, no_address = self.ring, self._version, bytes(_HASH_SIZE)
        for _, number, values in rows:
            kk, sealed, address_hash, hashed = values[0], NULL, NULL, no_address
            address = values[address_at]
            if address != NULL:
                address = address.replace("\\\\", "\\")
                sealed, hashed = bytea(ring.seal("address", address)), statement_hash(ring, "address", address)
                address_hash = bytea(hashed)
            rest = "\t".join([values[at] for at in plain])
            mark = version + ring.fingerprint(f"{rest}\t{values[source]}\t{values[taken]}".encode()) + hashed
            yield (
                f"{number}\tt\t{bytea(ring.blind_index('kk', kk))}\t{bytea(ring.seal('kk', kk))}\t{sealed}\t"
                f"{address_hash}\t{bytea(mark)}\t{values[desil]}\t{values[ranked]}\t{values[source]}\t"
                f"{values[taken]}\t{rest}\n"
            )

    def _member_lines(self, rows: Iterable[Accepted]) -> Iterator[str]:
        columns = FILES[MEMBERS].columns
        plain = [
            columns.index(name)
            for name in (
                "NAMA",
                "TGL_LAHIR",
                "JENIS_KELAMIN",
                "HUBUNGAN",
                "STATUS_KAWIN",
                "PARTISIPASI_SEKOLAH",
                "JENJANG",
                "KELAS",
                "PENDIDIKAN_TERTINGGI",
                "STATUS_KERJA",
                "YATIM",
                "STATUS_HIDUP",
                "DISABILITAS",
                "HAMIL",
                "KEHAMILAN_KE",
                "PENYAKIT_KRONIS",
            )
        ]
        source = columns.index("SUMBER_DATA")
        ring, version = self.ring, self._version
        for _, number, values in rows:
            nik = values[1]
            rest = "\t".join([values[at] for at in plain])
            mark = version + ring.fingerprint(f"{rest}\t{values[source]}".encode())
            yield (
                f"{number}\t{values[-1]}\t{bytea(ring.blind_index('nik', nik))}\t{bytea(ring.seal('nik', nik))}\t"
                f"{bytea(mark)}\t{values[source]}\t{rest}\n"
            )
