"""The answers of the anonymous screener as facts, so that the same rules judge them. Nothing of it is kept.

What was not answered is not known (None), as in the record; a box that was left empty on a page that was answered is a
no. Everything is read tolerantly: the answers travel through the reader's own form.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from portal.registry.facts import (
    DesilFacts,
    FamilyFacts,
    HealthFacts,
    HousingFacts,
    MemberFacts,
    ParticipationFacts,
)

MOST_PEOPLE = 12
OLDEST = 120
WORKING_AGE = 15
SCHOOL_AGE = 4
CHILD_UNTIL = 17
PREGNANT_FROM, PREGNANT_UNTIL = 12, 54
_NOT_YET, _ATTENDING, _NO_LONGER = 1, 2, 3

#: Answer about school: whether at school, at which, and the highest that is finished, in the record's words.
SCHOOLS: Mapping[str, tuple[int, str | None, str | None]] = {
    "none": (_NOT_YET, None, "TIDAK SEKOLAH"),
    "sd": (_ATTENDING, "SD", "TIDAK SEKOLAH"),
    "smp": (_ATTENDING, "SMP", "SD"),
    "sma": (_ATTENDING, "SMA", "SMP"),
    "college": (_ATTENDING, "PERGURUAN TINGGI", "SMA"),
    "left": (_NO_LONGER, None, "TIDAK SEKOLAH"),
    "done_sd": (_NO_LONGER, None, "SD"),
    "done_smp": (_NO_LONGER, None, "SMP"),
    "done_sma": (_NO_LONGER, None, "SMA"),
    "done_college": (_NO_LONGER, None, "PERGURUAN TINGGI"),
}
#: Answer about work, in the record's words.
WORKS: Mapping[str, str] = {
    "none": "TIDAK BEKERJA",
    "own": "BERUSAHA SENDIRI",
    "worker": "BURUH",
    "state": "ASN/TNI/POLRI",
    "company": "BUMN/BUMD",
    "official": "PEJABAT",
}
#: Aid that is asked about: what goes on now, and what may have come once.
AID_NOW = ("PKH", "SEMBAKO", "PBI-JK", "PIP")
AID_ONCE = ("RST", "BSPS")
HOUSE_CODES = ("tenure", "land_proof", "floor", "wall", "roof", "toilet")
POWERS = (450, 900, 1300, 2200)
_MOST_DIGITS = 4


class NotAges(ValueError):
    """The text is not a list of ages. ``reason`` is one of ``words``, ``none``, ``many``, ``old``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def ages_of(text: str) -> tuple[int, ...]:
    """``41, 38, 15 dan 0``: ages in whole years, in the order in which they were written. Raises ``NotAges``."""
    plain = re.sub(r"\b(dan|and|tahun|thn|th|years?)\b", " ", text.lower())
    found = [one for one in re.split(r"[\s,;.&+/-]+", plain) if one]
    if not found:
        raise NotAges("none")
    if not all(one.isascii() and one.isdigit() for one in found):
        raise NotAges("words")
    if len(found) > MOST_PEOPLE:
        raise NotAges("many")
    if any(len(one) > len(str(OLDEST)) or int(one) > OLDEST for one in found):
        raise NotAges("old")
    return tuple(int(one) for one in found)


def facts_of(answers: Mapping[str, Sequence[str]], day: date, called: str) -> FamilyFacts:
    """The facts of a family that answered on ``day``; ``called`` names a person by number (``Person %(number)s``)."""
    ages = ages_of(_one(answers, "ages"))
    desil = _number(answers, "desil")
    return FamilyFacts(
        id=0,
        village_id=0,
        members=tuple(_member(answers, place, age, day, called) for place, age in enumerate(ages)),
        housing=_housing(answers),
        desils=(DesilFacts(desil, day),) if desil and 1 <= desil <= 10 else (),
        participations=_aid(answers),
        as_of=day,
    )


def regency_in(answers: Mapping[str, Sequence[str]]) -> int | None:
    """The regency that was picked; none where the question was skipped."""
    return _number(answers, "regency")


def born(age: int, day: date) -> date:
    """A day of birth that makes somebody this old on ``day``."""
    return date(day.year - age, day.month, min(day.day, 28))


def _member(answers: Mapping[str, Sequence[str]], place: int, age: int, day: date, called: str) -> MemberFacts:
    at, level, finished = SCHOOLS.get(_one(answers, f"school_{place}"), (None, None, None))
    if age < SCHOOL_AGE:
        at, level, finished = _NOT_YET, None, "TIDAK SEKOLAH"
    lost_parent = str(place) in answers.get("orphans", ())
    return MemberFacts(
        id=place + 1,
        person_id=place + 1,
        name=called % {"number": place + 1},
        birth_date=born(age, day),
        school_participation=at,
        school_level=level,
        education=finished,
        work_status=WORKS.get(_one(answers, f"work_{place}")),
        orphan=("YATIM" if lost_parent else "TIDAK") if age <= CHILD_UNTIL else None,
        alive=True,
        health=_health(answers, place),
    )


def _health(answers: Mapping[str, Sequence[str]], place: int) -> HealthFacts:
    severe, mild = (str(place) in answers.get(key, ()) for key in ("severe", "mild"))
    pregnant = _one(answers, "pregnant") == str(place)
    return HealthFacts(
        disability=2 if severe else 1 if mild else 0,
        pregnant=pregnant,
        pregnancy_no=_number(answers, "pregnancy_no") if pregnant else None,
    )


def _housing(answers: Mapping[str, Sequence[str]]) -> HousingFacts:
    code = {field: _number(answers, field) for field in HOUSE_CODES}
    return HousingFacts(
        tenure=code["tenure"],
        land_proof=code["land_proof"],
        floor=code["floor"],
        wall=code["wall"],
        roof=code["roof"],
        toilet=code["toilet"],
        floor_area_m2=_number(answers, "area") or None,
        power_va=_number(answers, "power"),
    )


def _aid(answers: Mapping[str, Sequence[str]]) -> tuple[ParticipationFacts, ...]:
    now = [ParticipationFacts(code, None, None, active=True) for code in AID_NOW if code in answers.get("aid", ())]
    once = [ParticipationFacts(code, None, None, active=False) for code in AID_ONCE if code in answers.get("once", ())]
    return (*now, *once)


def _one(answers: Mapping[str, Sequence[str]], key: str) -> str:
    found = answers.get(key, ())
    return found[0].strip() if found else ""


def _number(answers: Mapping[str, Sequence[str]], key: str) -> int | None:
    text = _one(answers, key)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None
