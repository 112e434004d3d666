"""Families whose stories show what a family may meet. All are invented; the villages are real.

Every story is written twice: as the previous quarter's extract had it, and as this quarter's has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from portal.exchange.format import FAMILIES, FILES, MEMBERS
from portal.exchange.generator import Household

KABAT = (3510142015, 3510142001, 3510142006, 3510142012)  # Pendarungan, Bareng, Pakistaji, Kabat
BANGOREJO = (3510022001, 3510022004)  # Sukorejo, Bangorejo
_FEMALE_DAY = 40


@dataclass(frozen=True, slots=True)
class Quarter:
    """The two dates of the demo: the extract before, and the one in force."""

    before: date
    now: date

    @property
    def stage(self) -> int:
        """The payment stage of this quarter, 1-4."""
        return (self.now.month + 2) // 3


@dataclass(slots=True)
class Person:
    """A member of a story."""

    name: str
    birth: date
    sex: str
    relation: int
    facts: dict[str, str] = field(default_factory=dict)
    nik: str = ""


@dataclass(slots=True)
class Payment:
    """One stage: the label before and now. ``paid_after`` days from the schedule, where it was paid."""

    program: str
    quarters_ago: int
    amount: int
    label: str = "SUKSES SPM"
    paid_after: int | None = 6
    label_before: str | None = None


@dataclass(slots=True)
class Story:
    """A family and what happens to it between the two extracts."""

    key: str
    village: int
    people: list[Person]
    desil: tuple[int, int]  # before, now
    house: dict[str, str] = field(default_factory=dict)
    house_before: dict[str, str] = field(default_factory=dict)
    programs: list[tuple[str, str, str]] = field(default_factory=list)  # programme, since, reason of the end
    payments: list[Payment] = field(default_factory=list)
    login: bool = True


def _years_ago(now: date, years: int, days: int = 120) -> date:
    return now - timedelta(days=int(years * 365.25) + days)


def _regular(program: str, amount: int, quarters: int = 8) -> list[Payment]:
    """Paid on time in every stage, this quarter's too."""
    return [Payment(program, ago, amount, paid_after=4 + ago % 3) for ago in range(quarters)]


_PUPIL_SD = {"PARTISIPASI_SEKOLAH": "2", "JENJANG": "SD", "STATUS_KAWIN": "1"}
_PUPIL_SMP = {"PARTISIPASI_SEKOLAH": "2", "JENJANG": "SMP", "STATUS_KAWIN": "1"}
_WORKS = {"STATUS_KERJA": "BURUH", "PENDIDIKAN_TERTINGGI": "SD"}
_WIDOW = {"STATUS_KAWIN": "4"} | _WORKS
_ACTIVE = ("PKH", "2021-01-01", ""), ("SEMBAKO", "2022-01-01", ""), ("PBI-JK", "2019-10-01", "")


def _paid_on_time(now: date) -> Story:
    return Story(
        "paid_on_time",
        KABAT[0],
        [
            Person("SITI AMINAH", _years_ago(now, 38), "P", 1, _WIDOW),
            Person("Rizki Maulana", _years_ago(now, 13), "L", 3, _PUPIL_SMP | {"KELAS": "7"}),
            Person("Nur Aini", _years_ago(now, 8), "P", 3, _PUPIL_SD | {"KELAS": "2"}),
        ],
        (3, 3),
        programs=list(_ACTIVE),
        payments=_regular("PKH", 600_000) + _regular("SEMBAKO", 600_000),
    )


def _stuck_at_si(now: date) -> Story:
    return Story(
        "stuck_at_si",
        KABAT[0],
        [
            Person("Ngatinah", _years_ago(now, 41), "P", 2, _WORKS),
            Person("Supriyadi", _years_ago(now, 45), "L", 1, _WORKS),
            Person("Yanti Lestari", _years_ago(now, 10), "P", 3, _PUPIL_SD | {"KELAS": "4"}),
        ],
        (2, 2),
        programs=list(_ACTIVE),
        payments=[
            Payment("PKH", 0, 225_000, "SI", None),
            *_regular("PKH", 225_000)[1:],
            Payment("SEMBAKO", 0, 600_000, "SI", None),
            *_regular("SEMBAKO", 600_000)[1:],
        ],
    )


def _desil_4_to_6(now: date) -> Story:
    return Story(
        "desil_4_to_6",
        KABAT[1],
        [
            Person("SULASTRI WAHYUNI", _years_ago(now, 36), "P", 2, _WORKS),
            Person("Joko Santoso", _years_ago(now, 39), "L", 1, {"STATUS_KERJA": "BERUSAHA SENDIRI"}),
            Person("Putri Santoso", _years_ago(now, 9), "P", 3, _PUPIL_SD | {"KELAS": "3"}),
        ],
        (4, 6),
        house={"LANTAI": "2", "DAYA_VA": "1300", "SUMBER_DATA": "GROUND CHECK"},
        house_before={"LANTAI": "6", "DAYA_VA": "900", "SUMBER_DATA": "REGSOSEK 2022"},
        programs=[
            ("PKH", "2021-01-01", "DESIL"),
            ("SEMBAKO", "2022-01-01", "DESIL"),
            ("PBI-JK", "2019-10-01", "DESIL"),
        ],
        payments=_regular("PKH", 225_000)[1:] + _regular("SEMBAKO", 600_000)[1:],
    )


def _stopped_without_cause(now: date) -> Story:
    return Story(
        "stopped_without_cause",
        KABAT[1],
        [
            Person("Juariyah", _years_ago(now, 52), "P", 1, _WIDOW),
            Person(
                "Dedi Kusuma",
                _years_ago(now, 17),
                "L",
                3,
                {"PARTISIPASI_SEKOLAH": "2", "JENJANG": "SMA", "KELAS": "11", "STATUS_KAWIN": "1"},
            ),
        ],
        (2, 2),
        programs=[("PKH", "2020-07-01", "-"), ("SEMBAKO", "2022-01-01", ""), ("PBI-JK", "2019-10-01", "")],
        payments=_regular("PKH", 500_000)[1:] + _regular("SEMBAKO", 600_000),
    )


def _fits_a_training(now: date) -> Story:
    return Story(
        "fits_a_training",
        KABAT[2],
        [
            Person("Komariah", _years_ago(now, 43), "P", 1, _WIDOW),
            Person("Rahmat Hidayat", _years_ago(now, 15), "L", 3, _PUPIL_SMP | {"KELAS": "9"}),
            Person("Asep Hidayat", _years_ago(now, 6), "L", 3, _PUPIL_SD | {"KELAS": "1"}),
        ],
        (2, 2),
        programs=list(_ACTIVE),
        payments=_regular("PKH", 600_000) + _regular("SEMBAKO", 600_000),
    )


def _elder_alone(now: date) -> Story:
    return Story(
        "elder_alone",
        KABAT[3],
        [Person("Slamet Utomo", _years_ago(now, 76), "L", 1, {"STATUS_KAWIN": "4", "DISABILITAS": "2"})],
        (1, 1),
        house={
            "LANTAI": "8",
            "DINDING": "4",
            "ATAP": "7",
            "JAMBAN": "6",
            "LUAS_LANTAI_M2": "24",
            "BAHAN_BAKAR": "10",
            "DAYA_VA": "450",
        },
        programs=[("PKH", "2022-01-01", ""), ("SEMBAKO", "2022-01-01", "")],
        payments=_regular("PKH", 600_000) + _regular("SEMBAKO", 600_000),
    )


def _birth_not_recorded(now: date) -> Story:
    return Story(
        "birth_not_recorded",
        BANGOREJO[0],
        [
            Person("Dewi Rahayu", _years_ago(now, 27), "P", 2, {"HAMIL": "1", "KEHAMILAN_KE": "2"} | _WORKS),
            Person("Wayan Rahayu", _years_ago(now, 29), "L", 1, _WORKS),
            Person("Tuti Rahayu", _years_ago(now, 4), "P", 3, {"PARTISIPASI_SEKOLAH": "1", "STATUS_KAWIN": "1"}),
        ],
        (3, 3),
        programs=list(_ACTIVE),
        payments=_regular("PKH", 1_500_000, 3) + _regular("SEMBAKO", 600_000, 3),
    )


def _moved_away(now: date) -> Story:
    return Story(
        "moved_away",
        BANGOREJO[1],
        [
            Person("Endang Purnomo", _years_ago(now, 47), "P", 1, _WIDOW),
            Person("Bambang Purnomo", _years_ago(now, 14), "L", 3, _PUPIL_SMP | {"KELAS": "8"}),
        ],
        (4, 4),
        programs=list(_ACTIVE),
        payments=_regular("PKH", 375_000) + _regular("SEMBAKO", 600_000),
    )


def _dead_member_listed(now: date) -> Story:
    return Story(
        "dead_member_listed",
        KABAT[0],
        [
            Person("Kartini", _years_ago(now, 66), "P", 2, {"STATUS_KAWIN": "4"}),
            Person("Hasan Basri", _years_ago(now, 70), "L", 1, {"STATUS_HIDUP": "MENINGGAL"}),
        ],
        (2, 2),
        programs=list(_ACTIVE),
        payments=[
            Payment("PKH", 0, 1_200_000, "EXCLUDE MENINGGAL", None),
            *_regular("PKH", 1_200_000)[1:],
            *_regular("SEMBAKO", 600_000),
        ],
    )


def _not_yet_activated(now: date) -> Story:
    return Story(
        "not_yet_activated",
        KABAT[0],
        [Person("Maryam Wulandari", _years_ago(now, 33), "P", 1, _WIDOW)],
        (5, 5),
        programs=[("PBI-JK", "2019-10-01", "")],
        login=False,
    )


_STORIES = (
    _paid_on_time,
    _stuck_at_si,
    _desil_4_to_6,
    _stopped_without_cause,
    _fits_a_training,
    _elder_alone,
    _birth_not_recorded,
    _moved_away,
    _dead_member_listed,
    _not_yet_activated,
)


def stories(quarter: Quarter) -> list[Story]:
    """Every story of the demo."""
    return [story(quarter.now) for story in _STORIES]


def households(quarter: Quarter, *, before: bool) -> Iterator[Household]:
    """The stories as rows of an extract: the one before, or the one in force."""
    for number, story in enumerate(stories(quarter)):
        yield _household(number, story, quarter, before=before)


def kk_of(number: int, story: Story) -> str:
    """The No. KK of a story: issued on 31 December 2009, which no generated family is."""
    return f"{story.village // 10_000:06d}311209{9900 + number}"


def nik_of(number: int, place: int, story: Story, person: Person) -> str:
    """The NIK of a story's member: serial 99xx."""
    day = person.birth.day + (_FEMALE_DAY if person.sex == "P" else 0)
    return f"{story.village // 10_000:06d}{day:02d}{person.birth:%m%y}{9900 + number * 8 + place}"


def _household(number: int, story: Story, quarter: Quarter, *, before: bool) -> Household:
    as_of = quarter.before if before else quarter.now
    kk = kk_of(number, story)
    family = _row(FAMILIES, _family_cells(number, story, as_of, before=before) | {"NO_KK": kk})
    household = Household(-1 - number, family)
    for place, person in enumerate(story.people):
        household.members.append(
            _row(
                MEMBERS,
                {
                    "NO_KK": kk,
                    "NIK": nik_of(number, place, story, person),
                    "NAMA": person.name,
                    "TGL_LAHIR": person.birth.isoformat(),
                    "JENIS_KELAMIN": person.sex,
                    "HUBUNGAN": str(person.relation),
                    "STATUS_KAWIN": "2",
                    "PARTISIPASI_SEKOLAH": "3",
                    "DISABILITAS": "0",
                    "HAMIL": "0",
                    "STATUS_HIDUP": "HIDUP",
                    "SUMBER_DATA": "DUKCAPIL",
                }
                | person.facts,
            )
        )
    ended = (quarter.now - timedelta(days=1)).isoformat()
    for program, since, reason in story.programs:
        stopped = reason and not before
        end = [ended, "BERHENTI", reason.strip("-")] if stopped else ["", "AKTIF", ""]
        household.participations.append([kk, "", program, since, *end])
    household.disbursements = list(_payments(kk, story, quarter, before=before))
    return household


def _family_cells(number: int, story: Story, as_of: date, *, before: bool) -> dict[str, str]:
    digits = str(story.village)
    cells = {
        "NKKS": str(359_900_000 + number),
        "KODE_WILAYAH": f"{digits[:2]}.{digits[2:4]}.{digits[4:6]}.{digits[6:]}",
        "ALAMAT": f"Dusun Krajan No. {11 + number}",
        "RT": f"{1 + number % 5:03d}",
        "RW": "002",
        "DESIL": str(story.desil[0] if before else story.desil[1]),
        "TGL_DESIL": as_of.isoformat(),
        "BANK": "BRI",
        "KKS_4DIGIT": str(4100 + number * 37),
        "STATUS": "AKTIF",
        "STATUS_RUMAH": "1",
        "BUKTI_TANAH": "5",
        "LUAS_LANTAI_M2": "36",
        "LANTAI": "6",
        "DINDING": "1",
        "ATAP": "2",
        "SUMBER_AIR": "5",
        "JAMBAN": "1",
        "LIMBAH": "1",
        "PENERANGAN": "1",
        "DAYA_VA": "450",
        "BAHAN_BAKAR": "4",
        "MOTOR": "1",
        "MOBIL": "0",
        "LAHAN_M2": "0",
        "TABUNGAN": "TIDAK",
        "PINJAMAN": "TIDAK",
        "JUMLAH_REKENING": "1",
        "SUMBER_DATA": "REGSOSEK 2022",
        "TGL_DATA": "2022-11-10",
    }
    cells |= story.house
    if before:
        cells |= story.house_before
    elif story.house_before:
        cells["TGL_DATA"] = (as_of - timedelta(days=40)).isoformat()
    return cells


def _row(file: str, cells: dict[str, str]) -> list[str]:
    return [cells.get(column, "") for column in FILES[file].columns]


def _payments(kk: str, story: Story, quarter: Quarter, *, before: bool) -> Iterator[list[str]]:
    for payment in story.payments:
        year, stage = _stage(quarter, payment.quarters_ago)
        scheduled = date(year, stage * 3 - 2, 15 if payment.program == "PKH" else 10)
        if before and scheduled > quarter.before + timedelta(days=60):
            continue
        paid = "" if payment.paid_after is None else (scheduled + timedelta(days=payment.paid_after)).isoformat()
        yield [
            kk,
            "",
            payment.program,
            str(year),
            str(stage),
            str(payment.amount),
            scheduled.isoformat(),
            paid,
            payment.label,
            "BRI",
            "",
        ]


def _stage(quarter: Quarter, quarters_ago: int) -> tuple[int, int]:
    """Year and stage that many quarters before this one."""
    count = quarter.now.year * 4 + quarter.stage - 1 - quarters_ago
    return count // 4, count % 4 + 1


def find(quarter: Quarter, wanted: Callable[[Story], bool]) -> list[tuple[int, Story]]:
    """The stories that are wanted, with their numbers."""
    return [(number, story) for number, story in enumerate(stories(quarter)) if wanted(story)]
