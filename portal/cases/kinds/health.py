"""Pregnancy, disability, long illness: told about oneself or one's own small child, seen by the sender alone of the
family. What is accepted is stated with its person: of the family that person alone reads it, and the guardian of a
small child."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from portal.cases.answers import Answers, shown
from portal.cases.kinds.base import NOT_RECORDED, Compared, Effect, Paper, Shown, World
from portal.cases.kinds.change import WHO, Change, Page
from portal.cases.kinds.effects import (
    AID_GOES_ON,
    DESIL_LATER,
    DESIL_STAYS,
    PREGNANCY_COUNTED,
    SEVERE_COUNTED,
    effect,
    only_if,
)
from portal.cases.kinds.lines import Day, Line, Number, OneOf, Some
from portal.cases.kinds.members import Member, member_of
from portal.cases.kinds.people import SINCE, TOLD
from portal.cases.workflow import Track
from portal.core.messages import N_
from portal.registry.changes import HEALTH, Finding
from portal.registry.codes import CODES, YES_NO, label
from portal.registry.facts import MemberFacts

_COUNT = Number(20)
GROWN = 18  # from here on a person tells it alone
_PARENTS, _CHILD = frozenset({1, 2}), 3  # codes of the place in the family
ONLY_YOU = N_(
    "Only you and the officers who work on it see this. Other adults of your family do not see it. You tell it about "
    "yourself or your own child under 18."
)


def self_or_small_child(member: MemberFacts, world: World) -> bool:
    """The sender; or, where the sender is head of the family or the spouse, a child under 18."""
    if member.person_id == world.sender:
        return True
    parent = any(one.person_id == world.sender and one.relation in _PARENTS for one in world.facts.members)
    age = member.age_on(world.today)
    return parent and member.lives and member.relation == _CHILD and age is not None and age < GROWN


def herself(member: MemberFacts, world: World) -> bool:
    """The sender, where she is a woman."""
    return member.person_id == world.sender and member.sex == "P"


class Health(Change):
    """What concerns the body: for the eyes of the sender and of the officers."""

    once_accepted = N_(
        "What was checked stands in the record now, beside what the centre says. Of your family only the person whom "
        "it concerns sees it, and the parent of a small child."
    )
    record_of: ClassVar[Mapping[str, str]] = {}  # by the key of a line, the field of the record that it tells

    def stated(self, answers: Answers) -> Mapping[str, str]:
        """By field of the record, what these answers make of it."""
        raise NotImplementedError

    def findings(self, answers: Answers, world: World) -> list[Finding]:
        """What the record does not say, or says otherwise."""
        member = self.member(answers, world)
        if member is None:
            return []
        return [
            Finding(HEALTH, name, value, member.id)
            for name, value in self.stated(answers).items()
            if _recorded(member, name).lower() != value.lower()
        ]

    def compare(self, answers: Answers, world: World) -> list[Compared]:
        """Every answer; what the record has a field for beside that."""
        member = self.member(answers, world)
        fields = {line.label: self.record_of.get(line.key) for _page, line in self.lines_asked(answers)}
        otherwise = {one.field for one in self.findings(answers, world)}
        return [
            replace(row, recorded=_recorded_words(member, name), changed=name in otherwise) if member and name else row
            for row in super().compare(answers, world)
            for name in (fields.get(row.label),)
        ]

    def is_private(self, answers: Answers) -> bool:
        """Never for the other adults of the family."""
        return True


def _recorded(member: MemberFacts, name: str) -> str:
    value = getattr(member.health, name, None)
    return "" if value is None else str(value)


def _recorded_words(member: MemberFacts, name: str) -> Shown:
    """What the record says, as far as the reader sees it."""
    value = getattr(member.health, name, None)
    if value is None:
        return NOT_RECORDED
    if isinstance(value, bool):
        return YES_NO[value]
    return label(name, value) if name in CODES else shown(str(value))


class Pregnancy(Health):
    """Pregnant, or not any more."""

    record_of: ClassVar = {"how": "pregnant", "pregnancy_no": "pregnancy_no"}

    key, slug, icon = "pregnancy", "kehamilan", "family"
    title = N_("I am pregnant")
    explanation = N_("Tell your own pregnancy, or that it has ended. Only you and the officers see it.")
    outcome = N_("The officer answers you and tells you what is possible: checks, posyandu and PKH.")
    pages = (
        Page(
            "hamil",
            N_("About your pregnancy"),
            (
                Line(WHO, N_("About"), N_("About whom is it?"), Member(herself)),
                Line(
                    "how",
                    N_("Pregnancy"),
                    N_("How is it?"),
                    OneOf(
                        {
                            "pregnant": N_("I am pregnant"),
                            "born": N_("The child is born"),
                            "ended": N_("The pregnancy has ended otherwise"),
                        }
                    ),
                ),
                Line(
                    "pregnancy_no",
                    N_("Which pregnancy"),
                    N_("Which pregnancy is it? First: 1, second: 2."),
                    _COUNT,
                    optional=True,
                ),
                Line("due_on", N_("Day of birth"), N_("When is or was the birth?"), Day(ahead=True), optional=True),
            ),
            note=N_("Only you and the officers who work on it see this. Other adults of your family do not see it."),
        ),
    )
    papers = (
        Paper(
            "pregnancy_paper",
            N_("Paper about the pregnancy, if there is one"),
            (N_("KIA book"), N_("letter of midwife or puskesmas")),
            why=N_("You can send it without any paper."),
        ),
    )

    def stated(self, answers: Answers) -> Mapping[str, str]:
        """Whether she is pregnant, and for which time where she says so."""
        if answers.get("how") != "pregnant":
            return {"pregnant": "False"}
        number = answers.get("pregnancy_no")
        return {"pregnant": "True"} | ({"pregnancy_no": _COUNT.stated(number)} if number else {})

    def effects(self, answers: Answers, world: World) -> Sequence[Effect]:
        """PKH counts it."""
        return [AID_GOES_ON, effect(world, "PKH", PREGNANCY_COUNTED, "B"), DESIL_STAYS]


_ABOUT = Line(WHO, N_("About"), N_("About whom is it?"), Member(self_or_small_child), why=N_("Choose who it is."))
DIFFICULTIES = {
    "see": N_("seeing"),
    "hear": N_("hearing"),
    "walk": N_("walking or climbing stairs"),
    "hands": N_("using hands and fingers"),
    "learn": N_("learning or understanding"),
    "behave": N_("behaviour"),
    "speak": N_("speaking"),
    "care": N_("washing or dressing alone"),
    "remember": N_("remembering or concentrating"),
    "mood": N_("being sad or afraid very often"),
}
ILLNESSES = {
    "blood_pressure": N_("high blood pressure"),
    "rheumatism": N_("rheumatism"),
    "asthma": N_("asthma"),
    "heart": N_("heart disease"),
    "diabetes": N_("diabetes"),
    "tbc": N_("TBC"),
    "stroke": N_("stroke"),
    "cancer": N_("cancer"),
    "kidney": N_("kidney failure"),
    "blood": N_("thalassemia, haemophilia or leukemia"),
    "hiv": N_("HIV"),
    "liver": N_("liver disease"),
    "memory": N_("Alzheimer"),
    "other": N_("another illness"),
}


#: The record knows mild (1) and severe (2). Severe is who needs help all day; a portal's reading, sureness G.
_LEVELS = {"some": "1", "much": "1", "cannot": "2"}


class Disability(Health):
    """A disability, new or not recorded."""

    record_of: ClassVar = {"level": "disability"}

    key, slug, icon = "disability", "disabilitas", "person"
    track = Track.LONG
    title = N_("A disability")
    explanation = N_("You or your own small child have a disability that is not recorded, or recorded wrongly.")
    outcome = N_("An officer looks at it and answers you. Nobody may ask you for money for this.")
    pages = (
        Page(
            "siapa",
            N_("About whom is it?"),
            (
                _ABOUT,
                Line("difficulties", N_("Difficulty with"), N_("What is difficult?"), Some(DIFFICULTIES)),
                Line(
                    "level",
                    N_("How strong"),
                    N_("How strong is it?"),
                    OneOf(
                        {
                            "some": N_("Some difficulty"),
                            "much": N_("Much difficulty, needs help sometimes"),
                            "cannot": N_("Cannot do it at all, needs help all day"),
                        }
                    ),
                ),
            ),
            note=ONLY_YOU,
        ),
        Page("sejak", N_("Since when?"), (SINCE, TOLD)),
    )
    papers = (
        Paper(
            "disability_paper",
            N_("Paper about it, if there is one"),
            (N_("letter of puskesmas or hospital"), N_("card of persons with disabilities (KPD)")),
            why=N_("You can send it without any paper. No photo of the body is needed."),
        ),
    )

    def stated(self, answers: Answers) -> Mapping[str, str]:
        """How severe it is."""
        level = _LEVELS.get(answers.get("level", ""))
        return {"disability": level} if level else {}

    def effects(self, answers: Answers, world: World) -> Sequence[Effect]:
        """PKH counts a severe one."""
        return [AID_GOES_ON, effect(world, "PKH", SEVERE_COUNTED, "B"), DESIL_LATER]


#: As the form of the census names them (Regsosek), which the record keeps as text.
_NAMES = {
    "blood_pressure": "Hipertensi",
    "rheumatism": "Rematik",
    "asthma": "Asma",
    "heart": "Jantung",
    "diabetes": "Diabetes",
    "tbc": "TBC",
    "stroke": "Stroke",
    "cancer": "Kanker",
    "kidney": "Gagal ginjal",
    "blood": "Talasemia/hemofilia/leukemia",
    "hiv": "HIV/AIDS",
    "liver": "Sirosis",
    "memory": "Alzheimer",
    "other": "Lainnya",
}


class Illness(Health):
    """A long illness."""

    record_of: ClassVar = {"illnesses": "chronic_illness"}

    key, slug, icon = "illness", "sakit-menahun", "person"
    title = N_("A long illness")
    explanation = N_("You or your own small child have an illness that lasts. Only you and the officers see it.")
    outcome = N_("An officer answers you and tells you what is possible. In an emergency go to the hospital at once.")
    pages = (
        Page(
            "siapa",
            N_("About whom is it?"),
            (
                _ABOUT,
                Line("illnesses", N_("Illness"), N_("Which illness?"), Some(ILLNESSES)),
                Line(
                    "treated",
                    N_("Treatment"),
                    N_("Is it treated?"),
                    OneOf(
                        {
                            "regular": N_("Yes, regularly"),
                            "stopped": N_("Not any more"),
                            "never": N_("Not yet"),
                        }
                    ),
                ),
                TOLD,
            ),
            note=ONLY_YOU,
        ),
    )
    papers = (
        Paper(
            "illness_paper",
            N_("Paper about it, if there is one"),
            (N_("letter of doctor, puskesmas or hospital"),),
            why=N_("You can send it without any paper."),
        ),
    )

    def stated(self, answers: Answers) -> Mapping[str, str]:
        """Their names."""
        named = [name for key, name in _NAMES.items() if key in (answers.get("illnesses") or ())]
        return {"chronic_illness": ", ".join(named)} if named else {}

    def effects(self, answers: Answers, world: World) -> Sequence[Effect]:
        """The membership of the ill person matters."""
        member = member_of(world, answers.get(WHO))
        off = [one for one in world.facts.participations if one.program == "PBI-JK" and one.active is False]
        lost = [one for one in off if one.member_id in (None, member.id if member else None)]
        reactivate = [effect(world, "PBI-JK", PBI_BACK, "B")] if lost else []
        return [AID_GOES_ON, *reactivate, *only_if(world, "PKH", NOT_BY_ILLNESS, "B", safe=True), DESIL_STAYS]


PBI_BACK = N_(
    "It is recorded as stopped. It can be asked for again: letter of the health facility, then the regency office "
    "(Permensos 3/2026)."
)
NOT_BY_ILLNESS = N_("PKH does not count illness. It stays as it is.")
PREGNANCY, DISABILITY, ILLNESS = Pregnancy(), Disability(), Illness()
