"""Invented families with everything an extract says of them, one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random

from portal.exchange.generator.household import Household
from portal.exchange.generator.payments import disbursements
from portal.exchange.generator.people import Numbers, family_card, name

_DESILS = (1,) * 20 + (2,) * 18 + (3,) * 16 + (4,) * 13 + (5,) * 11 + (6,) * 8 + (7,) * 7 + (8,) * 6 + (9, 10) * 4
_BANKS = ("BRI", "BNI", "MANDIRI", "BSI", "POS")
_SOURCES = ("REGSOSEK 2022",) * 6 + ("GROUND CHECK",) * 3 + ("USULAN DESA",)
_ILLNESSES = ("HIPERTENSI", "DIABETES", "ASMA", "GAGAL GINJAL")
_LIMITS = {"PKH": 4, "SEMBAKO": 4, "PBI-JK": 5}
_MOVES = ((0.09, "desil"), (0.023, "floor"), (0.007, "death"), (0.004, "birth"))


def households(
    count: int, villages: Sequence[int], as_of: date, *, seed: int = 1, quarter: int = 0, since_year: int | None = None
) -> Iterator[Household]:
    """``count`` families of ``villages`` as of ``as_of``, the date of the first extract.

    ``quarter=1`` gives the same families three months later. ``since_year`` leaves out older
    disbursements; by default the first extract goes back to two years before, a later one holds the
    year of the first.
    """
    numbers = Numbers()
    first_year = since_year or (as_of.year if quarter else as_of.year - 2)
    for number in range(count):
        chance = Random(f"{seed}/{number}")
        yield _household(
            number, chance, villages, as_of, numbers, first_year, Random(f"{seed}/{number}/next") if quarter else None
        )


def next_quarter(day: date) -> date:
    """The same day three months later (extracts are taken on the first of a month)."""
    return date(day.year + (day.month + 2) // 12, (day.month + 2) % 12 + 1, day.day)


def _household(
    number: int,
    chance: Random,
    villages: Sequence[int],
    as_of: date,
    numbers: Numbers,
    first_year: int,
    later: Random | None,
) -> Household:
    village = chance.choice(villages)
    kecamatan = village // 10_000
    kk = family_card(kecamatan, number)
    desil = chance.choice(_DESILS)
    members = _members(kk, kecamatan, number, chance, as_of, numbers)
    household = Household(number, _family_row(kk, village, number, desil, chance, as_of), members)
    household.participations = _participations(kk, desil, members, chance, as_of)
    last = next_quarter(as_of) if later else as_of
    if later is not None:
        _a_quarter_later(household, later, as_of, kecamatan, numbers)
    for row in household.participations:
        if row[2] in ("PKH", "SEMBAKO"):
            household.disbursements += disbursements(
                row, household, Random(f"{number}/{row[2]}/{chance.random()}"), first_year, as_of, last
            )
    return household


def _family_row(kk: str, village: int, number: int, desil: int, chance: Random, as_of: date) -> list[str]:
    digits = str(village)
    poor = desil <= 4
    carries = desil <= 5
    measured = as_of - timedelta(days=chance.randrange(30, 1600))
    tenure = chance.choice((1, 1, 1, 2, 3, 3, 5))
    return [
        kk,
        f"{350_000_000 + number}" if carries else "",
        f"{digits[:2]}.{digits[2:4]}.{digits[4:6]}.{digits[6:]}",
        f"Dusun {chance.choice(('Krajan', 'Tegal', 'Sumber', 'Pasar', 'Kidul', 'Lor'))} No. {chance.randrange(1, 250)}",
        f"{chance.randrange(1, 12):03d}",
        f"{chance.randrange(1, 8):03d}",
        str(desil),
        as_of.isoformat(),
        chance.choice(_BANKS) if carries else "",
        f"{chance.randrange(1000, 10000)}" if carries else "",
        "AKTIF" if carries else "NONAKTIF",
        "" if carries else "DESIL",
        str(tenure),
        str(chance.choice((1, 2, 5, 6))) if tenure == 1 else "",
        str(chance.randrange(18, 70) if poor else chance.randrange(45, 180)),
        str(chance.choice((4, 5, 6, 7, 8) if poor else (1, 2, 4))),
        str(chance.choice((1, 3, 4, 6) if poor else (1, 2))),
        str(chance.choice((2, 3, 4, 7) if poor else (1, 2))),
        str(chance.choice((3, 4, 5, 6, 7, 9))),
        str(chance.choice((1, 2, 3, 4, 6) if poor else (1,))),
        str(chance.choice((1, 3, 4))),
        str(chance.choice((1, 1, 1, 2, 4) if poor else (1,))),
        str(chance.choice((450, 900) if poor else (900, 1300, 2200))),
        str(chance.choice((4, 10) if poor else (2, 4))),
        str(chance.randrange(0, 3)),
        "0" if poor else str(chance.choice((0, 0, 1))),
        str(chance.choice((0, 0, 300, 1500, 6000))),
        chance.choice(("YA", "TIDAK", "TIDAK")),
        chance.choice(("YA", "TIDAK")),
        str(chance.randrange(0, 3)),
        chance.choice(_SOURCES),
        measured.isoformat(),
    ]


def _members(kk: str, kecamatan: int, number: int, chance: Random, as_of: date, numbers: Numbers) -> list[list[str]]:
    kind = chance.random()
    elder = kind < 0.2
    head_age = chance.randrange(62, 84) if elder else chance.randrange(24, 60)
    head_sex = "P" if chance.random() < 0.25 else "L"
    couple = kind >= 0.1 and chance.random() < 0.8
    people = [(head_age, head_sex, 1, 2 if couple else chance.choice((1, 3, 4)))]
    if couple:
        people.append((max(19, head_age - chance.randrange(-2, 7)), "L" if head_sex == "P" else "P", 2, 2))
    if not elder:
        people += [
            (chance.randrange(0, max(1, head_age - 20)), chance.choice("LP"), 3, 1)
            for _ in range(chance.choice((0, 1, 1, 1, 2)))
        ]
        if chance.random() < 0.12:
            people.append((min(95, head_age + chance.randrange(20, 28)), chance.choice("LP"), 6, 4))
    rows = []
    for place, (age, sex, relation, marital) in enumerate(people):
        birth = as_of - timedelta(days=age * 365 + chance.randrange(1, 365))
        nik = numbers.nik(kecamatan, birth, sex, number * 7 + place * 131)
        rows.append(_member_row(kk, nik, (birth, sex, relation, marital), chance, as_of))
    return rows


def _member_row(kk: str, nik: str, person: tuple[date, str, int, int], chance: Random, as_of: date) -> list[str]:
    """A member's row with the schooling, work and health of its age. ``person``: birth, sex, relation, marital."""
    birth, sex, relation, marital = person
    called = name(chance, sex)
    age = (as_of - birth).days // 365
    school, level, grade = "3", "", ""
    if age < 7:
        school = "1"
    elif age < 19 and chance.random() < 0.9:
        school, grade = "2", str(min(12, age - 6))
        level = "SD" if age < 13 else "SMP" if age < 16 else "SMA"
    pregnant = sex == "P" and relation in (1, 2) and 19 < age < 42 and chance.random() < 0.05
    adult = school == "3"
    return [
        kk,
        nik,
        called,
        birth.isoformat(),
        sex,
        str(relation),
        str(marital),
        school,
        level,
        grade,
        chance.choice(("TIDAK SEKOLAH", "SD", "SMP", "SMA")) if adult else "",
        chance.choice(("BERUSAHA SENDIRI", "BURUH", "PEKERJA BEBAS", "")) if adult and age < 65 else "",
        chance.choice("0" * 30 + "112"),
        "1" if pregnant else "0",
        chance.choice("123") if pregnant else "",
        chance.choice(_ILLNESSES) if age > 40 and chance.random() < 0.4 else "",
        "YATIM" if age < 18 and chance.random() < 0.04 else "",
        "HIDUP",
        chance.choice(("DUKCAPIL", "REGSOSEK 2022")),
    ]


def _participations(kk: str, desil: int, members: list[list[str]], chance: Random, as_of: date) -> list[list[str]]:
    counted = any(m[7] in "12" or m[12] == "2" or m[3] < f"{as_of.year - 60}" for m in members)
    rows = []
    for program, limit in _LIMITS.items():
        wanted = chance.random()
        since = date(chance.randrange(2018, as_of.year - 1), chance.choice((1, 4, 7, 10)), 1).isoformat()
        if desil > limit + 1 or wanted > 0.97 or (program == "PKH" and not counted):
            continue
        if desil > limit or wanted < 0.03:
            reason = "DESIL" if desil > limit else chance.choice(("TIDAK ADA KOMPONEN", "PEKERJAAN", ""))
            until = as_of - timedelta(days=chance.choice((1, 93, 185)))
            rows.append([kk, "", program, since, until.isoformat(), "BERHENTI", reason])
        else:
            rows.append([kk, "", program, since, "", "AKTIF", ""])
    return rows


def _a_quarter_later(household: Household, later: Random, as_of: date, kecamatan: int, numbers: Numbers) -> None:
    """Change one household as a quarter does; what changed is listed in it."""
    family, last = household.family, next_quarter(as_of)
    family[7] = last.isoformat()
    moved = {what for share, what in _MOVES if later.random() < share}
    if "desil" in moved:
        before = int(family[6])
        family[6] = str(min(10, before + later.choice((1, 2, 3))) if before < 10 else 9)
        household.changes.append("desil")
        for row in household.participations:
            if row[5] == "AKTIF" and int(family[6]) > _LIMITS[row[2]]:
                row[4:7] = [(last - timedelta(days=1)).isoformat(), "BERHENTI", "DESIL"]
                household.changes.append("ended")
    if "floor" in moved:
        family[15] = str(int(family[15]) % 9 + 1)
        household.changes.append("floor")
    if "death" in moved:
        household.members[-1][17] = "MENINGGAL"
        household.changes.append("death")
    if "birth" in moved:
        birth, sex = as_of + timedelta(days=later.randrange(1, 90)), later.choice("LP")
        nik = numbers.nik(kecamatan, birth, sex, household.number)
        household.members.append(_member_row(household.kk, nik, (birth, sex, 3, 1), later, last))
        household.changes.append("birth")
