"""The conditions that an office picks from: each kind with its few choices. Nothing is typed but numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.core.messages import N_
from portal.core.wording import Message
from portal.programs.catalog import Catalog
from portal.registry.codes import CODES, FIELD_NAMES, YES_NO

Words = Message | str
AUDIENCES: Mapping[str, str] = {"family": N_("For a family"), "member": N_("For one family member")}
#: The record's words for levels of school and kinds of work, and what they are called.
LEVELS: Mapping[str, str] = {
    "PAUD": N_("PAUD or kindergarten"),
    "SD": N_("SD, MI or Paket A"),
    "SMP": N_("SMP, MTs or Paket B"),
    "SMA": N_("SMA, SMK, MA or Paket C"),
    "PT": N_("college or university"),
}
_SAME_LEVEL: Mapping[str, tuple[str, ...]] = {
    "SD": ("SD", "MI"),
    "SMP": ("SMP", "MTS"),
    "SMA": ("SMA", "SMK", "MA", "SMALB", "MAK"),
}
WORK: Mapping[str, str] = {
    "TIDAK BEKERJA": N_("does not work"),
    "BURUH": N_("paid by the day, or casual work"),
    "KARYAWAN SWASTA": N_("employee of a company or of a person"),
    "BERUSAHA SENDIRI": N_("own business, farm or fishing, without paid workers"),
    "BERUSAHA DENGAN PEKERJA": N_("own business with paid workers"),
    "PEKERJA KELUARGA": N_("helps in the family without pay"),
    "ASN/TNI/POLRI": N_("ASN, TNI or Polri"),
}
_ASK_WORK = {"id": "Beri tahu petugas apa pekerjaannya.", "en": "Tell the officer what the work is."}
POWERS = (450, 900, 1300, 2200)


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number (or ``fraction``) between two bounds."""

    key: str
    label: str
    lowest: int
    highest: int
    needed: bool = True
    fraction: bool = False


@dataclass(frozen=True, slots=True)
class Several:
    """Any of a few choices, one at least."""

    key: str
    label: str
    choices: tuple[tuple[str, Words], ...]


@dataclass(frozen=True, slots=True)
class One:
    """One of a few choices."""

    key: str
    label: str
    choices: tuple[tuple[str, Words], ...]


@dataclass(frozen=True, slots=True)
class Pick:
    """One kind of condition: what it is called, what is chosen, and the condition of the catalogue that it makes."""

    key: str
    name: Words
    about_member: bool
    fields: tuple[Number | Several | One, ...]
    make: Callable[[Mapping[str, Any]], dict[str, Any]]


def _house(field: str) -> Pick:
    choices = tuple((str(code), words) for code, words in CODES[field].items())
    return Pick(
        f"house_{field}",
        Message(N_("House: %(field)s"), {"field": FIELD_NAMES[field]}),
        False,
        (Several("met", N_("Which of these fit?"), choices),),
        lambda said: {"kind": "house", "field": field, "met": [int(code) for code in said["met"]]},
    )


def _school_words(levels: list[str]) -> list[str]:
    return [word for level in levels for word in _SAME_LEVEL.get(level, (level,))]


def _between(kind: str) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    def make(said: Mapping[str, Any]) -> dict[str, Any]:
        given = {name: said[name] for name in ("lowest", "highest") if said.get(name) is not None}
        return {"kind": kind, **given}

    return make


def _never(said: Mapping[str, Any]) -> dict[str, Any]:
    years = {"within_years": said["years"]} if said.get("years") else {}
    return {"kind": "never_received", "programs": said["programs"], **years}


_LEVEL_CHOICES = tuple(LEVELS.items())
_WORK_CHOICES = tuple(WORK.items())
_WHICH_WORK = Several("work", N_("Which work?"), _WORK_CHOICES)
_PERSON: tuple[Pick, ...] = (
    Pick(
        "age",
        N_("Age"),
        True,
        (
            Number("lowest", N_("From how many years?"), 0, 130),
            Number("highest", N_("To how many years?"), 0, 130, needed=False),
        ),
        _between("age_between"),
    ),
    Pick(
        "attending",
        N_("Goes to school"),
        True,
        (Several("levels", N_("Which schools?"), _LEVEL_CHOICES),),
        lambda said: {"kind": "attending", "levels": _school_words(said["levels"])},
    ),
    Pick(
        "education",
        N_("Highest school finished"),
        True,
        (Several("levels", N_("Which schools?"), _LEVEL_CHOICES[1:]),),
        lambda said: {"kind": "education", "levels": _school_words(said["levels"])},
    ),
    Pick(
        "in_school",
        N_("Is at school or not"),
        True,
        (One("expected", N_("What must be so?"), (("1", N_("Goes to a school")), ("0", N_("Goes to no school")))),),
        lambda said: {"kind": "in_formal_school", "expected": said["expected"] == "1"},
    ),
    Pick(
        "works_as",
        N_("Works as"),
        True,
        (_WHICH_WORK,),
        lambda said: {"kind": "works_as", "work": _work_words(said["work"]), "ask": _ASK_WORK},
    ),
    Pick(
        "disability",
        N_("Disability"),
        True,
        (Several("severity", N_("Which of these fit?"), tuple((str(k), v) for k, v in CODES["disability"].items())),),
        lambda said: {"kind": "disability", "severity": [int(code) for code in said["severity"]]},
    ),
)


def _work_words(work: list[str]) -> list[str]:
    """Each word of the record by itself: a job may be one of several that are written together."""
    return [word for one in work for word in one.split("/")]


_HOUSE: tuple[Pick, ...] = (
    Pick(
        "nobody_works_as",
        N_("Nobody works as"),
        False,
        (_WHICH_WORK,),
        lambda said: {"kind": "nobody_works_as", "work": _work_words(said["work"])},
    ),
    Pick(
        "area_per_person",
        N_("House: floor area for each person"),
        False,
        (Number("below", N_("Less than how many m2 for each person?"), 1, 100, fraction=True),),
        lambda said: {"kind": "area_per_person", "below": float(said["below"])},
    ),
    Pick(
        "power",
        N_("House: electric power"),
        False,
        (Several("values", N_("Which power (VA)?"), tuple((str(power), str(power)) for power in POWERS)),),
        lambda said: {"kind": "power_va", "values": [int(value) for value in said["values"]]},
    ),
    *(_house(field) for field in ("tenure", "land_proof", "floor", "wall", "roof", "water", "toilet", "lighting")),
    Pick(
        "vehicles",
        N_("Vehicles or land"),
        False,
        (
            One("field", N_("What?"), tuple((key, FIELD_NAMES[key]) for key in ("motorcycles", "cars", "land_m2"))),
            Number("most", N_("At most how many (land: m2)?"), 0, 1_000_000),
        ),
        lambda said: {"kind": "owns_at_most", "field": said["field"], "most": float(said["most"])},
    ),
    Pick(
        "savings",
        N_("Savings or a loan"),
        False,
        (
            One("field", N_("What?"), (("savings", FIELD_NAMES["savings"]), ("loan", FIELD_NAMES["loan"]))),
            One("has", N_("What must be so?"), (("1", YES_NO[True]), ("0", YES_NO[False]))),
        ),
        lambda said: {"kind": "has_money", "field": said["field"], "has": said["has"] == "1"},
    ),
)


def _family_picks(catalog: Catalog) -> tuple[Pick, ...]:
    programs = tuple((one.code, Message("%(name)s", {"name": one.name})) for one in _newest(catalog))
    which = Several("programs", N_("Which programmes?"), programs)
    desils = tuple((str(number), str(number)) for number in range(1, 11))
    lowest, highest = N_("From which desil?"), N_("To which desil?")
    return (
        Pick(
            "desil",
            N_("Desil"),
            False,
            (One("lowest", lowest, desils), One("highest", highest, desils)),
            lambda said: {"kind": "desil_between", "lowest": int(said["lowest"]), "highest": int(said["highest"])},
        ),
        Pick(
            "receives",
            N_("Receives a programme now"),
            False,
            (which,),
            lambda said: {"kind": "receives", "programs": said["programs"]},
        ),
        Pick(
            "never_received",
            N_("Has never received a programme"),
            False,
            (which, Number("years", N_("In the last how many years?"), 1, 50, needed=False)),
            _never,
        ),
    )


def _newest(catalog: Catalog) -> list[Any]:
    """Each programme of the catalogue once, by its name in the newest rules."""
    return list({one.code: one for one in catalog.programs if not one.demo}.values())


def picks(catalog: Catalog) -> Mapping[str, Pick]:
    """Every kind by its key, in the order of the list."""
    return {pick.key: pick for pick in (*_PERSON, *_family_picks(catalog), *_HOUSE)}


def criteria_of(picked: list[dict[str, Any]], audience: str, known: Mapping[str, Pick]) -> list[dict[str, Any]]:
    """The conditions of the catalogue that were picked. What the office asks is its own rule, so it is sure of it.

    Of a programme for families, what is asked of a person must hold of one member: of the same one, all of it.
    """
    made = [(known[one["pick"]].about_member, {**known[one["pick"]].make(one), "sure": "A"}) for one in picked]
    if audience == "member":
        return [condition for _, condition in made]
    asked = [condition for about_member, condition in made if about_member]
    whole = [condition for about_member, condition in made if not about_member]
    return whole + ([{"kind": "any_member", "criteria": asked, "sure": "A"}] if asked else [])
