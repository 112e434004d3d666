"""Random families in the tables, and random conditions about them: every fact that a rule may read, and its absence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from random import Random
from typing import Any, get_args, get_type_hints

from sqlalchemy import Connection, insert

from portal.core.wording import Localised
from portal.programs.catalog import CatalogDay, Program
from portal.programs.criteria import combine as c
from portal.programs.criteria import holdings as o
from portal.programs.criteria import household as h
from portal.programs.criteria import person as p
from portal.programs.criteria import schooling as s
from portal.programs.criteria.base import Rule
from portal.programs.offerings import Offered, Round, offered
from portal.programs.place_order import Order
from portal.registry.models import Desil, Family, Housing, Member, MemberHealth, Participation, Person, Statement
from tests.factories import FAR_KECAMATAN, KECAMATAN, OTHER_REGENCY_VILLAGE, OTHER_VILLAGE, REGENCY, VILLAGE

DAYS = (date(2026, 11, 22), date(2024, 2, 29), date(2027, 2, 28), date(2026, 1, 1))
SAY = Localised(id="Katakan", en="Say")
LEVELS = (None, "SD", "MI", "SMP", "SMA", "SMK", " sma ", "Paket  C", "S1", "")
EDUCATION = (None, "SD", "SMA", "smk", "S1", "")
WORK = (None, "", "BURUH", "Tani", "ASN/TNI/POLRI", " pns ", "swasta / bumn", "TNI", "/")
ORPHANS = (None, "YATIM", "piatu", "TIDAK")
LABELS = (
    "PKH",
    "Sembako",
    "BPNT",
    "pbi jk",
    "PBI-JK",
    "RST",
    " rutilahu",
    "ASING 1",
    "PIP",
    *(f"T-{n}" for n in range(8)),
)
CODES = ("PKH", "SEMBAKO", "PBI-JK", "RST", "ASING 1", "T-1", "BPNT", "LAIN")
HOUSE = ("tenure", "land_proof", "floor", "wall", "roof", "water", "toilet", "sewage", "lighting", "fuel")


def fill(connection: Connection, random: Random, day: date, families: int, first: int) -> list[int]:
    """Random families, the ids of which begin at ``first``; gives the ids of those that are still in the record."""
    rows: dict[Any, list[dict[str, Any]]] = {
        table: [] for table in (Family, Person, Housing, Desil, Member, MemberHealth, Participation, Statement)
    }
    for family in range(first, first + families):
        _family(rows, random, day, family)
    for table, values in rows.items():
        if values:
            connection.execute(insert(table), values)
    return [row["id"] for row in rows[Family] if row["closed_on"] is None]


def _family(rows: dict[Any, list[dict[str, Any]]], random: Random, day: date, family: int) -> None:
    pick = random.choice
    key = family.to_bytes(16, "big")
    rows[Family].append(
        {"id": family, "kk_hash": key, "kk_key_version": 1, "kk_sealed": b"x", "as_of": day,
         "village_id": pick((VILLAGE, VILLAGE, OTHER_REGENCY_VILLAGE)), "closed_on": pick((None,) * 9 + (day,))}
    )  # fmt: skip
    if random.random() < 0.9:
        house: dict[str, Any] = {field: pick((None, *range(1, 9))) for field in HOUSE}
        house |= {
            "floor_area_m2": pick((None, 0, 7.2, 14.4, 21.6, 36, 30.05)),
            "power_va": pick((None, 450, 900, 1300)),
            "motorcycles": pick((None, 0, 1, 2)),
            "cars": pick((None, 0, 1)),
            "land_m2": pick((None, 0, 99.99, 100, 250.5)),
            "savings": pick((None, True, False)),
            "loan": pick((None, True, False)),
            "bank_accounts": pick((None, 0, 1, 3)),
        }
        rows[Housing].append({"family_id": family} | house)
    for past in random.sample((30, 400, 9000), random.randint(0, 2)):
        rows[Desil].append(
            {"family_id": family, "ranked_on": day - timedelta(days=past), "desil": random.randint(1, 10)}
        )
    members = [family * 16 + place for place in range(random.randint(0, 4))]
    for member in members:
        _member(rows, random, day, family, member)
    for since in range(random.randint(0, 3)):
        until = pick((None, None, day, day - timedelta(days=1), day - timedelta(days=800), day + timedelta(days=400)))
        rows[Participation].append(
            {"family_id": family, "member_id": pick((None, None, *members)), "program": pick(LABELS), "until": until,
             "active": pick((True, True, False, None)), "since": date(2020, 1, since + 1)}
        )  # fmt: skip


def _member(rows: dict[Any, list[dict[str, Any]]], random: Random, day: date, family: int, member: int) -> None:
    pick = random.choice
    age = pick((0, 6, 7, 12, 13, 15, 17, 18, 20, 21, 25, 45, 54, 59, 60, 70))
    born = pick((None, date(2004, 2, 29), date(2000, 2, 29), day + timedelta(days=3), *(
        date(day.year - age, day.month, 28) + timedelta(days=shift) for shift in (-2, -1, 0, 1, 2))))  # fmt: skip
    rows[Person].append({"id": member})
    rows[Member].append(
        {"family_id": family, "id": member, "person_id": member, "nik_sealed": b"x", "name": "ORANG",
         "birth_date": born, "sex": pick((None, "L", "P")), "school_participation": pick((None, 1, 2, 2, 2, 3)),
         "school_level": pick(LEVELS), "school_grade": pick((None, 1, 6, 9, 12)), "education": pick(EDUCATION),
         "work_status": pick(WORK), "orphan": pick(ORPHANS), "alive": pick((None, True, True, True, False)),
         "since": day, "until": pick((None,) * 9 + (day,))}
    )  # fmt: skip
    if random.random() < 0.7:
        rows[MemberHealth].append(
            {"family_id": family, "member_id": member, "person_id": member, "disability": pick((None, 0, 0, 1, 2)),
             "pregnant": pick((None, False, True)), "pregnancy_no": pick((None, 1, 2, 3))}
        )  # fmt: skip
    if random.random() < 0.1:
        rows[Statement].append(
            {"family_id": family, "subject": "member", "subject_id": member, "field": pick(("alive", "name")),
             "value": pick(("false", "False", "true")), "state": pick(("waiting", "accepted", "contradicted")),
             "staff_id": 1, "staff_name": "X", "case_reference": "X"}
        )  # fmt: skip


def some(random: Random, of: tuple[Any, ...]) -> tuple[Any, ...]:
    """One to three of them."""
    return tuple(random.sample(of, random.randint(1, min(3, len(of)))))


def _ages(r: Random) -> dict[str, Any]:
    lowest = r.choice((0, 6, 13, 17, 18, 20, 60))
    highest = r.choice((None, lowest, lowest + 5, lowest + 40))
    return {"lowest": lowest, "highest": highest, "maybe_lowest": r.choice((None, max(0, lowest - 5))),
            "maybe_highest": r.choice((None, (highest or lowest) + 10)), "maybe": SAY}  # fmt: skip


#: How a random condition of each kind is made; a kind that lacks its line fails the test.
MAKERS: Mapping[type[Rule], Callable[[Random], dict[str, Any]]] = {
    h.DesilBetween: lambda r: {
        "lowest": r.randint(1, 4), "highest": r.randint(4, 6), "maybe_highest": r.choice((None, 7)), "maybe": SAY
    },
    h.HouseCode: lambda r: {
        "field": r.choice(HOUSE), "met": some(r, tuple(range(1, 9))), "unsure": r.choice(((), some(r, (1, 2, 3, 8))))
    },
    h.AreaPerPerson: lambda r: {"below": r.choice((7.2, 8.0, 36.0))},
    o.PowerIn: lambda r: {"values": some(r, (450, 900, 1300))},
    o.OwnsAtMost: lambda r: {"field": r.choice(("motorcycles", "cars", "land_m2")), "most": r.choice((0.0, 1, 99.99))},
    o.HasMoney: lambda r: {"field": r.choice(("savings", "loan")), "has": r.random() < 0.5},
    o.HasAccount: lambda r: {},
    o.IncomeAtMost: lambda r: {"rupiah": 4_000_000, "ask": SAY},
    h.Receives: lambda r: {"programs": some(r, CODES), "else_ask": r.choice((None, SAY))},
    h.NeverReceived: lambda r: {"programs": some(r, CODES), "within_years": r.choice((None, 1, 2, 10))},
    h.NobodyWorksAs: lambda r: {"work": some(r, ("ASN", "tni", "PNS", "BUMN", "TANI"))},
    p.AgeBetween: _ages,
    p.Attending: lambda r: {
        "levels": r.choice(((), some(r, ("SD", "SMP", "SMA")))), "grades": r.choice(((), some(r, (1, 6, 12))))
    },
    s.FinalGrade: lambda r: {"grades": {"SD": 6, "SMP": 9, "SMA": r.choice((12, 1))}},
    s.InFormalSchool: lambda r: {
        "expected": r.random() < 0.5, "other_levels": r.choice(((), ("Paket  C", "SD")))
    },
    p.EducationIn: lambda r: {"levels": some(r, ("SD", "SMA", "SMK"))},
    s.GraduatedWithin: lambda r: {"levels": some(r, ("SMA", "SMK")), "years": 3, "ask": SAY},
    p.WorksAs: lambda r: {"work": some(r, ("TANI", "BURUH", "BUMN")), "ask": SAY},
    p.OrphanIs: lambda r: {"values": some(r, ("YATIM", "PIATU"))},
    p.Pregnant: lambda r: {"highest_no": r.choice((None, 1, 2))},
    p.DisabilityIs: lambda r: {"severity": some(r, (0, 1, 2))},
    c.AllOf: lambda r: {"criteria": parts(r)},
    c.AnyOf: lambda r: {"criteria": parts(r)},
    c.Signs: lambda r: {"criteria": parts(r), "ask": SAY},
    c.Disputed: lambda r: {"criteria": parts(r)},
    c.AnyMember: lambda r: {"criteria": parts(r, MEMBER_KINDS)},
    c.NotInRecord: lambda r: {"text": SAY, "ask": SAY, "per_member": r.random() < 0.5},
    c.PkhComponent: lambda r: {},
}  # fmt: skip
_GROUPS = (c.AllOf, c.AnyOf, c.Signs, c.Disputed)
MEMBER_KINDS = tuple(kind for kind in MAKERS if kind.about_member)
PLAIN = tuple(kind for kind in MAKERS if kind not in (*_GROUPS, c.PkhComponent))


def rule(random: Random, kind: type[Rule]) -> Rule:
    """A random condition of this kind."""
    return kind(kind=name_of(kind), sure="B", **MAKERS[kind](random))  # type: ignore[call-arg]


def name_of(kind: type[Rule]) -> str:
    """The word by which the catalogue says this kind."""
    return str(get_args(get_type_hints(kind)["kind"])[0])


def parts(random: Random, kinds: tuple[type[Rule], ...] = ()) -> tuple[Rule, ...]:
    """One to three conditions, which may be groups of conditions."""
    made = []
    for _ in range(random.randint(1, 3)):
        kind = random.choice(_GROUPS) if random.random() < 0.2 else random.choice(kinds or PLAIN)
        if kind in _GROUPS:
            inner = {"ask": SAY} if kind is c.Signs else {}
            made.append(kind(kind=name_of(kind), sure="B", criteria=parts(random, kinds), **inner))  # type: ignore[call-arg]
        else:
            made.append(rule(random, kind))
    return tuple(made)


def asking(random: Random, program: Program) -> Offered:
    """The programme as an office's round that asks one or two areas, of any level."""
    areas = (VILLAGE, OTHER_VILLAGE, OTHER_REGENCY_VILLAGE, KECAMATAN, FAR_KECAMATAN, REGENCY)
    asked = tuple(random.sample(areas, random.randint(1, 2)))
    first = program.valid_from
    return offered(
        program,
        Round(public_id="", version=1, quota=9, registration_from=first, registration_until=first, starts_on=None,
              ends_on=None, order=Order.DESIL, seed="lot", asked=asked)
    )  # fmt: skip


def programs(random: Random, catalog: CatalogDay, count: int) -> tuple[Program, ...]:
    """Random programmes ``T-0``, ``T-1`` ..., for families and for members."""
    made = []
    for number in range(count):
        for_family = random.random() < 0.5
        criteria = parts(random)[: random.randint(0, 2)]
        own = parts(random, MEMBER_KINDS)[:2] if not for_family else ()
        if for_family:
            criteria = tuple(one for one in criteria if not c.asks_member(one)) or (rule(random, h.DesilBetween),)
        made.append(
            Program(
                code=f"T-{number}", name=SAY, summary=SAY, kind="training", organiser=SAY, valid_from=catalog.day,
                audience="family" if for_family else "member", criteria=(*criteria, *own)
            )
        )  # fmt: skip
    return tuple(made)
