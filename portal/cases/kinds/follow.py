"""What follows from an event of life and is asked for with it: to be counted by PKH, a membership of PBI-JK.

They are begun from the page of the event, not from the first screen.
"""

from __future__ import annotations

from collections.abc import Sequence

from portal.cases.answers import Answers
from portal.cases.kinds.base import Effect, Elsewhere, Paper, World
from portal.cases.kinds.change import Change, Page
from portal.cases.kinds.effects import (
    AID_GOES_ON,
    CHILD_COUNTED,
    DESIL_STAYS,
    HEALTH_OWN,
    PUPIL_COUNTED,
    effect,
)
from portal.cases.kinds.lines import Day, Line, OneOf
from portal.cases.kinds.offices import BIRTH_DEED
from portal.cases.kinds.people import NAME, TOLD
from portal.core.messages import N_

SMALL, PUPIL = "small_child", "pupil"
_BORN = Line("born_on", N_("Birth date"), N_("When was the person born?"), Day(), why=N_("Write the birth date."))
_NAME = Line(NAME.key, NAME.label, NAME.question, NAME.ask, why=NAME.why)
#: Told with the event; the same answer stands in each of its cases.
CHILD_PAPER = Paper(
    "child_paper",
    N_("Paper about the child"),
    (N_("birth deed"), N_("letter of birth from midwife, puskesmas or hospital"), N_("letter of the school"), N_("KK")),
    why=N_("You can send it without any paper."),
)


class Component(Change):
    """Ask PKH to count a child."""

    key, slug, icon = "pkh_component", "komponen-pkh", "star"
    listed = False
    once_accepted = None
    title = N_("PKH: count a child")
    explanation = N_("Ask the PKH social worker to count a new baby or a new pupil.")
    outcome = N_("The PKH social worker checks whether PKH counts the child, and answers you. This is no promise.")
    pages = (
        Page(
            "anak",
            N_("Which child?"),
            (
                _NAME,
                _BORN,
                Line(
                    "counted_as",
                    N_("Counted as"),
                    N_("As what shall PKH count the child?"),
                    OneOf({SMALL: N_("Small child up to 6 years"), PUPIL: N_("Pupil of SD, SMP or SMA")}),
                ),
                TOLD,
            ),
        ),
    )
    papers = (CHILD_PAPER,)

    def effects(self, answers: Answers, world: World) -> Sequence[Effect]:
        """It may be counted."""
        words = PUPIL_COUNTED if answers.get("counted_as") == PUPIL else CHILD_COUNTED
        return [AID_GOES_ON, effect(world, "PKH", words, "B"), DESIL_STAYS]

    def about(self, answers: Answers, world: World) -> tuple[str | None, int | None]:
        """PKH."""
        return "PKH", None


class Insured(Change):
    """Ask for PBI-JK for somebody new."""

    key, slug, icon = "pbi_member", "pbi-jk-anggota", "shield"
    listed = False
    once_accepted = None
    title = N_("PBI-JK: for a new member of the family")
    explanation = N_("Ask that BPJS Kesehatan of the new member be paid by the state (PBI-JK).")
    outcome = N_(
        "The officer asks for it at the regency office and answers you. Whether it is given is decided there. This is "
        "no promise."
    )
    pages = (Page("siapa", N_("For whom?"), (_NAME, _BORN, TOLD)),)
    papers = (CHILD_PAPER,)

    def effects(self, answers: Answers, world: World) -> Sequence[Effect]:
        """Not certain."""
        return [AID_GOES_ON, effect(world, "PBI-JK", HEALTH_OWN, "B"), DESIL_STAYS]

    def elsewhere(self, answers: Answers, world: World) -> Sequence[Elsewhere]:
        """Without a NIK there is no membership."""
        return (BIRTH_DEED,)

    def about(self, answers: Answers, world: World) -> tuple[str | None, int | None]:
        """PBI-JK."""
        return "PBI-JK", None


COMPONENT, INSURED = Component(), Insured()
