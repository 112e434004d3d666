"""Work of a member, better or worse, and school of a child."""

from __future__ import annotations

from collections.abc import Sequence

from portal.cases.answers import Answers
from portal.cases.kinds.base import Effect, Elsewhere, Paper, World
from portal.cases.kinds.change import WHO, Change, Page
from portal.cases.kinds.effects import (
    AID_GOES_ON,
    DESIL_LATER,
    DESIL_STAYS,
    LOST_WORK,
    PUPIL_COUNTED,
    SCHOOL_MONEY,
    STATE_WORK,
    WORK_AND_PKH,
    effect,
    only_if,
)
from portal.cases.kinds.lines import Line, Number, OneOf, Words, codes
from portal.cases.kinds.members import Member
from portal.cases.kinds.offices import SCHOOL_DATA
from portal.cases.kinds.people import SINCE, TOLD
from portal.cases.workflow import Track
from portal.core.messages import N_
from portal.registry.codes import SCHOOL_PARTICIPATION
from portal.registry.facts import MemberFacts

_STATE = "ASN/TNI/POLRI/BUMN/BUMD/PEJABAT"
#: As the record writes them, after the job status of Regsosek form K.
WORK = {
    "TIDAK BEKERJA": N_("does not work"),
    "BURUH": N_("paid by the day, or casual work"),
    "KARYAWAN SWASTA": N_("employee of a company or of a person"),
    "BERUSAHA SENDIRI": N_("own business, farm or fishing, without paid workers"),
    "BERUSAHA DENGAN PEKERJA": N_("own business with paid workers"),
    "PEKERJA KELUARGA": N_("helps in the family without pay"),
    _STATE: N_("ASN, TNI, Polri, BUMN, BUMD or official"),
}
LEVELS = {
    "PAUD": N_("PAUD or kindergarten"),
    "SD": N_("SD, MI or Paket A"),
    "SMP": N_("SMP, MTs or Paket B"),
    "SMA": N_("SMA, SMK, MA or Paket C"),
    "PT": N_("college or university"),
}
GOES = "2"  # the code of «goes to school»
YOUNGEST_WORKER, YOUNGEST_PUPIL, OLDEST_PUPIL = 15, 3, 25  # years, for the lists to choose from
WORSE = frozenset({"lost", "less", "closed"})


def may_work(member: MemberFacts, world: World) -> bool:
    """Old enough to work."""
    age = member.age_on(world.today)
    return member.lives and (age is None or age >= YOUNGEST_WORKER)


def may_learn(member: MemberFacts, world: World) -> bool:
    """Of the age of school."""
    age = member.age_on(world.today)
    return member.lives and (age is None or YOUNGEST_PUPIL <= age <= OLDEST_PUPIL)


class Work(Change):
    """Work or income better or worse."""

    key, slug, icon = "work", "pekerjaan", "coins"
    track = Track.LONG
    title = N_("Work or income is different now")
    explanation = N_("Work found or lost, more or less income: of you or of a member of the family.")
    outcome = N_(
        "An officer checks it, then village, kecamatan and regency. After that it goes to the centre. Saying honestly "
        "that you have work does not end aid by itself."
    )
    pages = (
        Page(
            "siapa",
            N_("Whose work?"),
            (
                Line(WHO, N_("Whose work"), N_("Whose work or income is different?"), Member(may_work)),
                Line(
                    "happened",
                    N_("What happened"),
                    N_("What happened?"),
                    OneOf(
                        {
                            "found": N_("Found work"),
                            "lost": N_("Lost the work, or cannot work any more"),
                            "more": N_("Same work, more income"),
                            "less": N_("Same work, less income"),
                            "opened": N_("Began an own business"),
                            "closed": N_("The business stopped"),
                        }
                    ),
                ),
                SINCE,
            ),
        ),
        Page(
            "kerja",
            N_("What work is it now?"),
            (Line("work_status", N_("Work"), N_("What does the person do now?"), OneOf(WORK), "member"), TOLD),
        ),
    )
    papers = (
        Paper(
            "income_paper",
            N_("Paper about the work, if there is one"),
            (N_("letter of the employer"), N_("letter of income of the village"), N_("letter of dismissal")),
            why=N_("You can send it without any paper."),
        ),
    )

    def effects(self, answers: Answers, world: World) -> Sequence[Effect]:
        """Honest reporting is safe; work for the state is different."""
        state = answers.get("work_status") == _STATE
        worse = answers.get("happened") in WORSE
        return [
            AID_GOES_ON,
            *(only_if(world, "PKH", WORK_AND_PKH, "B", safe=True) if not state else []),
            *([effect(world, "PKH", STATE_WORK, "B")] if state else []),
            *([effect(world, "BLT-DESA", LOST_WORK, "B")] if worse else []),
            DESIL_LATER,
        ]


class School(Change):
    """School begun, changed or ended."""

    key, slug, icon = "school", "sekolah", "star"
    title = N_("School began, changed or ended")
    explanation = N_("A child goes to school now, goes to another school or class, or left school.")
    outcome = N_("The officer checks it and answers you. What was checked stands in your record here at once.")
    pages = (
        Page(
            "siapa",
            N_("Which child?"),
            (
                Line(WHO, N_("Child"), N_("Which child?"), Member(may_learn)),
                Line(
                    "school_participation",
                    N_("School attendance"),
                    N_("Does the child go to school now?"),
                    codes(SCHOOL_PARTICIPATION),
                    "member",
                ),
            ),
        ),
        Page(
            "kelas",
            N_("Which school and class?"),
            (
                Line("school_level", N_("School level"), N_("Which level?"), OneOf(LEVELS), "member"),
                Line("school_grade", N_("Class"), N_("Which class?"), Number(13), "member", optional=True),
                Line("school_name", N_("Name of the school"), N_("What is the name of the school?"), Words()),
            ),
            needed=lambda answers: answers.get("school_participation") == GOES,
        ),
        Page("sejak", N_("Since when?"), (SINCE, TOLD)),
    )
    papers = (
        Paper(
            "school_paper",
            N_("Paper of the school, if there is one"),
            (N_("letter of the school that the child goes there"), N_("report book"), N_("diploma")),
            why=N_("You can send it without any paper."),
        ),
    )

    def effects(self, answers: Answers, world: World) -> Sequence[Effect]:
        """Pupils are counted, and may get school money."""
        return [
            AID_GOES_ON,
            *only_if(world, "PKH", PUPIL_COUNTED, "B"),
            *([effect(world, "PIP", SCHOOL_MONEY, "B")] if answers.get("school_participation") == GOES else []),
            DESIL_STAYS,
        ]

    def elsewhere(self, answers: Answers, world: World) -> Sequence[Elsewhere]:
        """The school writes its own data."""
        return (SCHOOL_DATA,) if answers.get("school_participation") == GOES else ()


WORK_CHANGED, SCHOOL = Work(), School()
